//! One connection, from its first byte to its last: it must speak soon, is told to go when idle, old or draining, and
//! is left once its calls are done.

mod bounded;
mod gathered;

use std::{
    collections::BTreeSet,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::Instant,
};
use tower::ServiceExt as _;

use bounded::Bounded;
use gathered::Gathered;

use super::{drain::Drain, web::Web};
use crate::config::Config;

/// How long a peer that has been told to go, and has no call in flight, may take to go, or to read more of its last answers.
const FAREWELL: Duration = Duration::from_millis(250);

/// How long after its deadline a call may still be there. Each is answered at its deadline: what is left then is an answer
/// that its caller does not read, and only the connection's end frees what it holds.
const OVERDUE: Duration = Duration::from_secs(2);

/// The sizes of h2's windows and buffers. h2 takes frames of less than 256 bytes for a flood, and ends the connection, when
/// what those not read yet lack of that size adds up to half the connection's window. A stream that is answered more slowly
/// than it is sent leaves a whole window of small messages unread: so there must be room for many a stream's window of them.
/// It is the streams' windows that bound what a connection holds.
const CONNECTION_WINDOW_BYTES: u32 = 64 << 20;
pub(crate) const STREAM_WINDOW_BYTES: u32 = 128 << 10;
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
    pub(crate) async fn serve<I>(&self, io: I, web: Web, age: Duration, drain: &Drain)
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let activity = Arc::clone(&web.calls.activity);
        let service = TowerToHyperService::new(
            web.map_request(|request: http::Request<hyper::body::Incoming>| request.map(tonic::body::Body::new)),
        );
        let io = Bounded::new(io, self.first_byte_timeout, FAREWELL, Arc::clone(&activity));
        let io = TokioIo::new(Gathered::new(io));
        let mut connection = pin!(self.protocol.serve_connection(io, service));
        let told_to_go = async {
            tokio::select! {
                () = tokio::time::sleep(age) => "old",
                () = activity.quiet_for(self.idle_timeout) => "idle",
                () = drain.begun() => "draining",
            }
        };
        let ended = async {
            tokio::select! {
                end = connection.as_mut() => return told(end),
                why = told_to_go => tracing::debug!(why, "connection told to go"),
            }
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                end = connection.as_mut() => told(end),
                () = activity.still_for(FAREWELL) => tracing::debug!("connection left"),
            }
        };
        tokio::select! {
            () = ended => {}
            () = activity.overdue() => tracing::debug!("connection left: an answer is not read"),
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
    /// Those of the calls that nobody waits for.
    open_ended_calls: usize,
    quiet_since: Instant,
    written_at: Instant,
    /// Those of the calls that have one, the earliest first.
    deadlines: BTreeSet<(Instant, u64)>,
    begun_count: u64,
}

/// A call in flight on a connection, until it is dropped.
#[derive(Debug)]
pub(crate) struct Busy {
    activity: Arc<Activity>,
    is_open_ended: bool,
    deadline: Option<(Instant, u64)>,
}

impl Activity {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            calls: 0,
            open_ended_calls: 0,
            quiet_since: Instant::now(),
            written_at: Instant::now(),
            deadlines: BTreeSet::new(),
            begun_count: 0,
        })))
    }

    /// A call begins.
    pub(crate) fn begin(self: &Arc<Self>, is_open_ended: bool, deadline: Option<Instant>) -> Busy {
        let mut state = self.state();
        state.calls += 1;
        state.open_ended_calls += usize::from(is_open_ended);
        state.begun_count += 1;
        let deadline = deadline.map(|deadline| (deadline, state.begun_count));
        state.deadlines.extend(deadline);
        drop(state);
        Busy { activity: Arc::clone(self), is_open_ended, deadline }
    }

    /// Waits until a call is still there when its deadline is long over.
    async fn overdue(&self) {
        loop {
            let now = Instant::now();
            let earliest = self.state().deadlines.first().map(|(deadline, _)| *deadline + OVERDUE);
            if earliest.is_some_and(|earliest| earliest <= now) {
                return;
            }
            // No call that begins meanwhile is overdue before.
            tokio::time::sleep_until(earliest.unwrap_or(now).clamp(now + OVERDUE / 4, now + OVERDUE)).await;
        }
    }

    /// The peer takes bytes.
    fn note_written(&self) {
        self.state().written_at = Instant::now();
    }

    /// Waits until no call was in flight for `time`, counted from now at the earliest.
    async fn quiet_for(&self, time: Duration) {
        self.since(time, |state| (state.calls > 0, state.quiet_since)).await;
    }

    /// Waits until no call that somebody waits for was in flight and no byte was written for `time`.
    async fn still_for(&self, time: Duration) {
        let last = |state: &State| (state.calls > state.open_ended_calls, state.quiet_since.max(state.written_at));
        self.since(time, last).await;
    }

    /// Waits until something is over for `time`, counted from now at the earliest; `last` says whether it goes on, and when
    /// it ended last.
    async fn since(&self, time: Duration, last: impl Fn(&State) -> (bool, Instant)) {
        let begin = Instant::now();
        loop {
            let until = {
                let (goes_on, ended) = last(&self.state());
                if goes_on { Instant::now() + time } else { ended.max(begin) + time }
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
        let mut state = self.activity.state();
        state.calls -= 1;
        state.open_ended_calls -= usize::from(self.is_open_ended);
        if let Some(deadline) = &self.deadline {
            state.deadlines.remove(deadline);
        }
        state.quiet_since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_quiet_when_no_call_was_in_flight_for_the_time() {
        let activity = Activity::new();
        let time = Duration::from_mins(1);
        let begin = Instant::now();
        let busy = activity.begin(false, None);
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
    async fn a_call_is_overdue_when_it_is_there_long_after_its_deadline() {
        let activity = Activity::new();
        let begin = Instant::now();
        let answered = activity.begin(false, Some(begin + Duration::from_secs(1)));
        let _without = activity.begin(false, None);
        let overdue = tokio::spawn({
            let activity = Arc::clone(&activity);
            async move { activity.overdue().await }
        });
        tokio::time::sleep(Duration::from_secs(2)).await;
        drop(answered);
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert!(!overdue.is_finished());
        let _left = activity.begin(false, Some(begin + Duration::from_secs(70)));
        assert!(overdue.await.is_ok());
        let late = begin.elapsed().saturating_sub(Duration::from_secs(70));
        assert!(late >= OVERDUE && late <= OVERDUE * 2, "{late:?}");
    }
}
