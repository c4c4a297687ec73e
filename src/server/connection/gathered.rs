//! What a connection writes, gathered: the answers of calls that end in the same turn of the scheduler leave in one write.
//!
//! h2 flushes each message on its own, and a call that ends has its connection polled next: a write for every answer, though
//! a dozen calls stand ready behind it. A write costs about a fifth of a small article. So a flush lets the others have
//! their turn first, once: on an idle server there are none, and nothing waits.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// More than this is not gathered.
const CAPACITY: usize = 64 << 10;

/// A stream whose flushes wait for one turn.
///
/// A flush that waits says that it is done and wakes its task: whoever polls must read (or try to) and flush whenever it is
/// woken, as hyper does for both of HTTP's versions.
pub(super) struct Gathered<I> {
    io: I,
    bytes: Vec<u8>,
    /// How many of the bytes are written.
    written: usize,
    turn: Turn,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// No flush waits.
    None,
    /// A flush waits for the others' turn.
    Theirs,
    /// The others had their turn.
    Over,
}

impl<I> Gathered<I> {
    pub(super) fn new(io: I) -> Self {
        Self { io, bytes: Vec::new(), written: 0, turn: Turn::None }
    }
}

impl<I: AsyncWrite + Unpin> Gathered<I> {
    /// Writes what is gathered.
    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(left @ [_, ..]) = self.bytes.get(self.written..) {
            match ready!(Pin::new(&mut self.io).poll_write(cx, left))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.written += written,
            }
        }
        // Idle connections hold no memory.
        self.bytes = Vec::new();
        self.written = 0;
        self.turn = Turn::None;
        Poll::Ready(Ok(()))
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Gathered<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.turn == Turn::Theirs {
            self.turn = Turn::Over;
        }
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Gathered<I> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let size = bufs.iter().map(|buf| buf.len()).sum::<usize>();
        if self.bytes.len() + size > CAPACITY {
            ready!(self.poll_drain(cx))?;
        }
        if size > CAPACITY {
            return Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        }
        if self.bytes.capacity() == 0 {
            self.bytes.reserve_exact(CAPACITY);
        }
        for buf in bufs {
            self.bytes.extend_from_slice(buf);
        }
        Poll::Ready(Ok(size))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.bytes.is_empty() && self.turn != Turn::Over {
            if self.turn == Turn::None {
                self.turn = Turn::Theirs;
                cx.waker().wake_by_ref();
            }
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_drain(cx))?;
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_drain(cx))?;
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio_test::{assert_pending, assert_ready_ok, task};

    use super::*;

    /// Writes and flushes, as h2 does for each message.
    async fn send(io: &mut Gathered<DuplexStream>, message: &[u8]) -> io::Result<()> {
        io.write_all(message).await?;
        io.flush().await
    }

    /// Begins the next turn, as a connection that is polled does.
    fn turn(io: &mut Gathered<DuplexStream>) {
        assert_pending!(task::spawn(io.read_u8()).poll());
    }

    fn received(peer: &mut DuplexStream) -> Vec<u8> {
        let mut bytes = vec![0; 2 * CAPACITY];
        let read = task::spawn(peer.read(&mut bytes)).poll();
        bytes.truncate(if let Poll::Ready(Ok(read)) = read { read } else { 0 });
        bytes
    }

    #[tokio::test]
    async fn answers_of_one_turn_leave_together_in_the_next() {
        let (mut peer, io) = duplex(1 << 20);
        let mut io = Gathered::new(io);
        for message in [b"one ", b"two "] {
            assert!(send(&mut io, message).await.is_ok());
        }
        assert!(received(&mut peer).is_empty());
        turn(&mut io);
        assert!(send(&mut io, b"three").await.is_ok());
        assert_eq!(received(&mut peer), b"one two three");
    }

    #[tokio::test]
    async fn a_flush_that_waits_wakes_its_task_once() {
        let (_peer, io) = duplex(1 << 20);
        let mut io = Gathered::new(io);
        let mut sending = task::spawn(async {
            send(&mut io, b"one").await?;
            send(&mut io, b"two").await
        });
        assert_ready_ok!(sending.poll());
        assert!(sending.is_woken());
    }

    #[tokio::test]
    async fn what_is_large_is_not_gathered_and_keeps_its_place() {
        let (mut peer, io) = duplex(1 << 20);
        let mut io = Gathered::new(io);
        assert!(io.write_all(b"small ").await.is_ok());
        assert!(io.write_all(&vec![b'x'; CAPACITY + 1]).await.is_ok());
        let received = received(&mut peer);
        assert!(received.starts_with(b"small xx") && received.len() == CAPACITY + 7);
    }

    #[tokio::test]
    async fn closing_sends_what_is_gathered() {
        let (mut peer, io) = duplex(1 << 20);
        let mut io = Gathered::new(io);
        assert!(send(&mut io, b"the last words").await.is_ok());
        assert!(io.shutdown().await.is_ok());
        let mut received = String::new();
        assert!(peer.read_to_string(&mut received).await.is_ok());
        assert_eq!(received, "the last words");
    }

    #[tokio::test]
    async fn a_peer_that_does_not_read_is_waited_for() {
        let (mut peer, io) = duplex(4);
        let mut io = Gathered::new(io);
        assert!(send(&mut io, b"one two").await.is_ok());
        turn(&mut io);
        let mut flushing = task::spawn(io.flush());
        assert_pending!(flushing.poll());
        assert_eq!(received(&mut peer), b"one ");
        assert!(flushing.is_woken());
        assert_ready_ok!(flushing.poll());
        assert_eq!(received(&mut peer), b"two");
    }
}
