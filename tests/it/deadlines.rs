//! Deadlines and callers that go: answered in time, and nothing is computed for nobody.

use std::time::{Duration, Instant};

use pullquote::grpc::pb::v1 as pb;
use tonic::Code;

use crate::support::{
    EXTRACT_QUOTES, EXTRACT_QUOTES_STREAM, RawCall, Running, SUMMARIZE, SUMMARIZE_STREAM, article, eventually, framed,
    quotes, summarize, text, told,
};

/// How late a deadline may be answered.
const LATENESS: Duration = Duration::from_millis(20);
/// How long computing may go on for a caller that is gone. Without optimization every step takes about ten times as long.
const AFTERMATH: Duration = Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 50 });
/// This machine may be busy with other things: the best of so many counts.
const TRIES: usize = 50;

/// The least time that `one` takes, of some tries; the first that is within `bound` ends them.
async fn best<F: Future<Output = Duration>>(bound: Duration, mut one: impl FnMut() -> F) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..TRIES {
        best = best.min(one().await);
        if best <= bound {
            break;
        }
    }
    best
}

/// Makes calls with a deadline that each run into it; asserts the code, and how late it came.
async fn late(path: &str, deadline_ms: u64, send: impl Fn(&mut RawCall)) {
    let server = Running::start().await;
    let mut raw = server.raw().await;
    let deadline = Duration::from_millis(deadline_ms);
    let lateness = best(LATENESS, || {
        let begin = Instant::now();
        let mut call = raw.begin(path, &[("grpc-timeout", &format!("{deadline_ms}m"))]);
        send(&mut call);
        async move {
            let (status, _) = call.end().await;
            assert_eq!(told(&status), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".to_owned(), Vec::new()));
            assert!(begin.elapsed() >= deadline);
            begin.elapsed().saturating_sub(deadline)
        }
    })
    .await;
    assert!(lateness <= LATENESS, "{path}: {lateness:?}");
    server.stop().await;
}

fn large() -> bytes::Bytes {
    framed(&summarize(text(article(1 << 20))))
}

fn large_item() -> bytes::Bytes {
    let request = Some(summarize(text(article(1 << 20))));
    framed(&pb::SummarizeStreamRequest { id: String::new(), request })
}

fn large_of_quotes() -> bytes::Bytes {
    framed(&quotes(text(article(1 << 20))))
}

fn large_item_of_quotes() -> bytes::Bytes {
    let request = Some(quotes(text(article(1 << 20))));
    framed(&pb::ExtractQuotesStreamRequest { id: String::new(), request })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn summarize_is_answered_deadline_exceeded_on_time_while_computing() {
    let body = large();
    late(SUMMARIZE, 40, |call| call.send(body.clone(), true)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn summarize_is_answered_deadline_exceeded_on_time_while_its_body_stalls() {
    let body = large();
    late(SUMMARIZE, 40, |call| call.send(body.slice(..1000), false)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn summarize_stream_is_answered_deadline_exceeded_on_time_while_computing() {
    let body = large_item();
    late(SUMMARIZE_STREAM, 40, |call| call.send(body.clone(), false)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn extract_quotes_is_answered_deadline_exceeded_on_time_while_computing() {
    let body = large_of_quotes();
    late(EXTRACT_QUOTES, 40, |call| call.send(body.clone(), true)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn extract_quotes_stream_is_answered_deadline_exceeded_on_time_while_computing() {
    let body = large_item_of_quotes();
    late(EXTRACT_QUOTES_STREAM, 40, |call| call.send(body.clone(), false)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn summarize_stream_is_answered_deadline_exceeded_on_time_while_nothing_comes() {
    late(SUMMARIZE_STREAM, 40, |_| ()).await;
}

/// How long the pool goes on computing once `reset` has left the caller's hands.
async fn aftermath(server: &Running, begin: impl Fn(&mut crate::support::Raw) -> RawCall) -> Duration {
    let mut raw = server.raw().await;
    let busy = || async { server.metric(&["pullquote_compute_threads_busy"]).await };
    let mut call = begin(&mut raw);
    eventually(|| async { (busy().await > 0).then_some(()) }).await;
    call.body.send_reset(h2::Reason::CANCEL);
    let gone = Instant::now();
    eventually(|| async { (busy().await == 0).then_some(()) }).await;
    gone.elapsed()
}

/// Callers of `path` go while their article is computed.
async fn gone(path: &str, body: &bytes::Bytes, is_whole: bool) {
    let server = Running::start().await;
    let took = best(AFTERMATH, || {
        aftermath(&server, |raw| {
            let mut call = raw.begin(path, &[]);
            call.send(body.clone(), is_whole);
            call
        })
    })
    .await;
    assert!(took <= AFTERMATH, "{path}: {took:?}");
    let method = format!("{}\"", path.trim_start_matches('/'));
    let counted = ["call_duration_seconds_count", method.as_str(), "CANCELLED"];
    eventually(|| async { (server.metric(&counted).await > 0).then_some(()) }).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_resets_summarize_costs_no_more_and_is_counted_cancelled() {
    gone(SUMMARIZE, &large(), true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_resets_summarize_stream_costs_no_more_and_is_counted_cancelled() {
    gone(SUMMARIZE_STREAM, &large_item(), false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_resets_extract_quotes_costs_no_more_and_is_counted_cancelled() {
    gone(EXTRACT_QUOTES, &large_of_quotes(), true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_resets_extract_quotes_stream_costs_no_more_and_is_counted_cancelled() {
    gone(EXTRACT_QUOTES_STREAM, &large_item_of_quotes(), false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn ten_thousand_calls_with_short_deadlines_end_ok_or_deadline_exceeded() {
    const CONNECTIONS: usize = 8;
    const AT_ONCE: usize = 25;
    const CALLS: usize = 10_000;
    let server = Running::start().await;
    let body = framed(&summarize(text(article(2_000))));
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let raw = server.raw().await;
        for _ in 0..AT_ONCE {
            let (mut raw, body) = (raw.clone(), body.clone());
            callers.spawn(async move {
                let mut unlike = Vec::new();
                for _ in 0..CALLS / CONNECTIONS / AT_ONCE {
                    raw.ready().await;
                    let mut call = raw.begin(SUMMARIZE, &[("grpc-timeout", "5m")]);
                    call.send(body.clone(), true);
                    // An honest caller keeps its own clock as well, and resets the call.
                    match tokio::time::timeout(Duration::from_millis(5), call.code()).await {
                        Err(_) | Ok(Some(Code::Ok | Code::DeadlineExceeded)) => {}
                        Ok(other) => unlike.push(other),
                    }
                }
                unlike
            });
        }
    }
    for unlike in callers.join_all().await {
        assert_eq!(unlike, Vec::new());
    }
    let idle = || async { server.metric(&["pullquote_calls_in_flight"]).await == 0 };
    eventually(|| async { idle().await.then_some(()) }).await;
    for code in ["UNAVAILABLE", "INTERNAL", "UNKNOWN", "RESOURCE_EXHAUSTED"] {
        assert_eq!(server.metric(&["call_duration_seconds_count", code]).await, 0, "{code}");
    }
    server.stop().await;
}
