//! A connection's bytes: the first are due soon, and the last are given time to arrive.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use super::Activity;

/// What a peer that is still sending when the server closes has its bytes thrown into.
const DISCARDED_BYTES: usize = 16 << 10;

/// A stream with bounds on its beginning and its end.
pub(super) struct Bounded<I> {
    io: I,
    first_byte: Option<Pin<Box<Sleep>>>,
    farewell: Duration,
    activity: Arc<Activity>,
    end: End,
}

enum End {
    /// Not begun.
    Open,
    /// The peer is told that no more will come; what it still sends is read, for to close on unread bytes resets the
    /// connection, and that may destroy the last answers on their way.
    Lingering(Pin<Box<Sleep>>),
}

impl<I> Bounded<I> {
    /// The first byte of `io` is due after `first_byte`; closing it takes at most `farewell`. What is written is told to
    /// `activity`.
    pub(super) fn new(io: I, first_byte: Duration, farewell: Duration, activity: Arc<Activity>) -> Self {
        Self { io, first_byte: Some(Box::pin(sleep(first_byte))), farewell, activity, end: End::Open }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Bounded<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        let Some(due) = &mut self.first_byte else { return read };
        if read.is_ready() {
            self.first_byte = None;
            // HTTP/2's preface, or a method of HTTP/1: nobody else is answered.
            let speaks_http = buf.filled().first().is_none_or(|first| b"PGHODCT".contains(first));
            return if speaks_http { read } else { Poll::Ready(Err(io::ErrorKind::InvalidData.into())) };
        }
        due.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Bounded<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.io).poll_write(cx, buf));
        self.activity.note_written();
        Poll::Ready(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.io).poll_write_vectored(cx, bufs));
        self.activity.note_written();
        Poll::Ready(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { io, farewell, end, .. } = &mut *self;
        if let End::Open = end {
            ready!(Pin::new(&mut *io).poll_shutdown(cx))?;
            *end = End::Lingering(Box::pin(sleep(*farewell)));
        }
        let End::Lingering(over) = end else { return Poll::Ready(Ok(())) };
        if over.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        let mut discarded = [0; DISCARDED_BYTES];
        loop {
            let mut buf = ReadBuf::new(&mut discarded);
            let read = ready!(Pin::new(&mut *io).poll_read(cx, &mut buf));
            if read.is_err() || buf.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        time::Instant,
    };
    use tokio_test::{assert_pending, task};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(2);

    fn bounded<I>(io: I) -> Bounded<I> {
        Bounded::new(io, LIMIT, LIMIT, Activity::new())
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_peer_is_told_off_in_time_and_a_speaking_one_is_not() {
        let (_silent, io) = tokio::io::duplex(64);
        let begin = Instant::now();
        let error = bounded(io).read_u8().await.map_err(|error| error.kind());
        assert_eq!((error, begin.elapsed()), (Err(io::ErrorKind::TimedOut), LIMIT));

        let (mut speaking, io) = tokio::io::duplex(64);
        let mut io = bounded(io);
        assert!(speaking.write_u8(b'P').await.is_ok());
        assert_eq!(io.read_u8().await.ok(), Some(b'P'));
        tokio::time::advance(LIMIT * 2).await;
        assert_pending!(task::spawn(io.read_u8()).poll());
    }

    #[tokio::test]
    async fn what_is_no_http_is_not_answered() {
        for (said, is_heard) in
            [("PRI * HTTP/2.0", true), ("OPTIONS *", true), ("INVALID", false), ("\x16\x03\x01", false)]
        {
            let (mut peer, io) = tokio::io::duplex(64);
            assert!(peer.write_all(said.as_bytes()).await.is_ok());
            assert_eq!(bounded(io).read_u8().await.is_ok(), is_heard, "{said}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_goes_on_sending_is_listened_to_for_a_while() {
        let (mut peer, io) = tokio::io::duplex(64);
        let mut io = bounded(io);
        let closing = tokio::spawn(async move { io.shutdown().await });
        let mut end = Vec::new();
        assert_eq!(peer.read_to_end(&mut end).await.ok(), Some(0));
        let begin = Instant::now();
        while peer.write_all(&[7; 64]).await.is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
        assert!(begin.elapsed() >= LIMIT && begin.elapsed() < LIMIT * 2, "{:?}", begin.elapsed());
        assert!(closing.await.is_ok_and(|closed| closed.is_ok()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_goes_is_not_waited_for() {
        let (peer, io) = tokio::io::duplex(64);
        let begin = Instant::now();
        drop(peer);
        assert!(bounded(io).shutdown().await.is_ok());
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }
}
