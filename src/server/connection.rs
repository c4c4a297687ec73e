//! One connection, from its first byte to its last: it must speak soon, is told to go when idle, old or draining, and
//! is left once its calls are done.

use std::{
    future::Future,
    io,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};
use tower::ServiceExt as _;

use super::{calls::Calls, drain::Drain};
use crate::config::Config;

/// How long a peer that has been told to go, and has no call in flight, may take to go.
const FAREWELL: Duration = Duration::from_millis(250);

/// The sizes of h2's windows and buffers. A connection window below 8 MiB makes h2 take a long stream of small messages
/// for a flood of tiny frames.
const CONNECTION_WINDOW_BYTES: u32 = 8 << 20;
const STREAM_WINDOW_BYTES: u32 = 1 << 20;
const MAX_SEND_BUFFER_BYTES: usize = 256 << 10;
const MAX_HEADER_LIST_BYTES: u32 = 16 << 10;
/// Resets that a client may have outstanding: honest clients with short deadlines send many.
const MAX_PENDING_RESETS: usize = 2_000;

/// How connections are served.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    protocol: auto::Builder<TokioExecutor>,
    first_byte_timeout: Duration,
    idle_timeout: Duration,
}

impl Connections {
    pub(crate) fn new(config: &Config) -> Self {
        let mut protocol = auto::Builder::new(TokioExecutor::new());
        protocol
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(config.max_streams_per_connection)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .max_send_buf_size(MAX_SEND_BUFFER_BYTES)
            .max_header_list_size(MAX_HEADER_LIST_BYTES)
            .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
            .keep_alive_interval(config.keepalive_interval)
            .keep_alive_timeout(config.keepalive_timeout);
        protocol.http1().timer(TokioTimer::new()).header_read_timeout(config.idle_timeout);
        Self { protocol, first_byte_timeout: config.first_byte_timeout, idle_timeout: config.idle_timeout }
    }

    /// Serves one connection until it ends. `age` is the one at which it is told to go.
    pub(crate) async fn serve<I>(&self, io: I, calls: Calls, age: Duration, drain: &Drain)
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let activity = Arc::clone(&calls.activity);
        let service = TowerToHyperService::new(
            calls.map_request(|request: http::Request<hyper::body::Incoming>| request.map(tonic::body::Body::new)),
        );
        let io = TokioIo::new(FirstByte::due(io, self.first_byte_timeout));
        let mut connection = pin!(self.protocol.serve_connection(io, service));
        let told_to_go = async {
            tokio::select! {
                () = tokio::time::sleep(age) => "old",
                () = activity.quiet_for(self.idle_timeout) => "idle",
                () = drain.begun() => "draining",
            }
        };
        tokio::select! {
            end = connection.as_mut() => return told(end),
            why = told_to_go => tracing::debug!(why, "connection told to go"),
        }
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            end = connection => told(end),
            () = activity.quiet_for(FAREWELL) => tracing::debug!("connection left"),
        }
    }
}

fn told(end: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
    if let Err(error) = end {
        tracing::debug!(error, "connection ended");
    }
}

/// Whether a connection has calls in flight, and since when it has none.
#[derive(Debug)]
pub(crate) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    calls: usize,
    quiet_since: Instant,
}

/// A call in flight on a connection, until it is dropped.
#[derive(Debug)]
pub(crate) struct Busy(Arc<Activity>);

impl Activity {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State { calls: 0, quiet_since: Instant::now() })))
    }

    /// A call begins.
    pub(crate) fn begin(self: &Arc<Self>) -> Busy {
        self.state().calls += 1;
        Busy(Arc::clone(self))
    }

    /// Waits until no call was in flight for `time`, counted from now at the earliest.
    async fn quiet_for(&self, time: Duration) {
        let begin = Instant::now();
        loop {
            let until = {
                let state = self.state();
                let since = if state.calls > 0 { Instant::now() } else { state.quiet_since.max(begin) };
                since + time
            };
            if until <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(until).await;
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.calls -= 1;
        state.quiet_since = Instant::now();
    }
}

/// A stream whose first byte is due soon.
struct FirstByte<I> {
    io: I,
    due: Option<Pin<Box<Sleep>>>,
}

impl<I> FirstByte<I> {
    fn due(io: I, time: Duration) -> Self {
        Self { io, due: Some(Box::pin(tokio::time::sleep(time))) }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for FirstByte<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        let Some(due) = &mut self.due else { return read };
        if read.is_ready() {
            self.due = None;
            return read;
        }
        due.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for FirstByte<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio_test::{assert_pending, task};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_quiet_when_no_call_was_in_flight_for_the_time() {
        let activity = Activity::new();
        let time = Duration::from_mins(1);
        let begin = Instant::now();
        let busy = activity.begin();
        let quiet = tokio::spawn({
            let activity = Arc::clone(&activity);
            async move { activity.quiet_for(time).await }
        });
        tokio::time::sleep(Duration::from_secs(90)).await;
        drop(busy);
        assert!(quiet.await.is_ok());
        assert_eq!(begin.elapsed().as_secs(), 150);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_peer_is_told_off_in_time_and_a_speaking_one_is_not() {
        let limit = Duration::from_secs(2);
        let (_silent, io) = tokio::io::duplex(64);
        let begin = Instant::now();
        let error = FirstByte::due(io, limit).read_u8().await.map_err(|error| error.kind());
        assert_eq!((error, begin.elapsed()), (Err(io::ErrorKind::TimedOut), limit));

        let (mut speaking, io) = tokio::io::duplex(64);
        let mut io = FirstByte::due(io, limit);
        assert!(speaking.write_u8(7).await.is_ok());
        assert_eq!(io.read_u8().await.ok(), Some(7));
        tokio::time::advance(limit * 2).await;
        assert_pending!(task::spawn(io.read_u8()).poll());
    }
}
