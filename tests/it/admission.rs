//! Who is let in when the server is full, what a refusal says, and who is never refused.

use std::time::{Duration, Instant};

use pullquote::grpc::pb::{health::HealthCheckRequest, v1 as pb};
use tokio_stream::StreamExt as _;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::{Running, SUMMARIZE, SUMMARIZE_STREAM, article, eventually, framed, summarize, text, told};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn summarize_beyond_the_calls_allowed_is_refused_with_pushback_and_health_is_not() {
    let server = Running::with(&[("max-calls", "1"), ("max-waiting-calls", "1"), ("retry-pushback", "150ms")]).await;
    let mut raw = server.raw().await;
    let body = framed(&summarize(text(article(1 << 20))));
    let mut begin = || {
        let mut call = raw.begin(SUMMARIZE, &[]);
        call.send(body.clone(), true);
        call
    };
    let working = begin();
    eventually(|| async { (server.metric(&["pullquote_calls_working"]).await == 1).then_some(()) }).await;
    let waiting = begin();
    eventually(|| async { (server.metric(&["pullquote_calls_waiting"]).await == 1).then_some(()) }).await;

    let refused = server.client().await.summarize(summarize(text("It rained."))).await.unwrap_err();
    assert_eq!(told(&refused), (Code::ResourceExhausted, "OVERLOADED".to_owned(), Vec::new()));
    assert_eq!(refused.metadata().get("grpc-retry-pushback-ms").unwrap(), "150");
    assert_eq!(refused.get_error_details().retry_info().unwrap().retry_delay, Some(Duration::from_millis(150)));
    assert_eq!(server.metric(&["pullquote_refused_total", "RESOURCE_EXHAUSTED"]).await, 1);
    assert!(server.health().await.check(HealthCheckRequest::default()).await.is_ok());

    // Whoever was let in is answered, and so is who waited.
    assert_eq!(working.end().await.0.code(), Code::Ok);
    assert_eq!(waiting.end().await.0.code(), Code::Ok);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn summarize_that_would_wait_in_vain_is_refused_before_it_waits() {
    let server = Running::with(&[("compute-threads", "1"), ("call-timeout", "10m")]).await;
    let mut raw = server.raw().await;
    let body = framed(&summarize(text(article(1 << 20))));
    // What an article takes is learned from those before.
    assert_eq!(raw.call(SUMMARIZE, &[], body.clone()).await.0.code(), Code::Ok);
    let mut begin = |headers: &[(&str, &str)]| {
        let mut call = raw.begin(SUMMARIZE, headers);
        call.send(body.clone(), true);
        call
    };
    let waiting: Vec<_> = (0..8).map(|_| begin(&[])).collect();
    eventually(|| async { (server.metric(&["pullquote_calls_working"]).await == 8).then_some(()) }).await;

    let (status, headers) = begin(&[("grpc-timeout", "300m")]).end().await;
    assert_eq!(told(&status), (Code::ResourceExhausted, "OVERLOADED".to_owned(), Vec::new()));
    assert_eq!(headers["grpc-retry-pushback-ms"], "200");
    // It could not come back in its time, and a small one need not wait.
    let (status, _) = begin(&[("grpc-timeout", "100m")]).end().await;
    assert_eq!(status.code(), Code::DeadlineExceeded);
    let small = framed(&summarize(text("It rained.")));
    assert_eq!(server.raw().await.call(SUMMARIZE, &[("grpc-timeout", "10S")], small).await.0.code(), Code::Ok);
    drop(waiting);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn summarize_whose_queue_fills_up_while_its_message_arrives_is_refused_before_it_is_whole() {
    let server = Running::with(&[("max-calls", "1"), ("max-waiting-calls", "0"), ("call-timeout", "10m")]).await;
    let mut raw = server.raw().await;
    let body = framed(&summarize(text(article(1 << 20))));
    let mut arriving = raw.begin(SUMMARIZE, &[]);
    arriving.send(body.slice(..1000), false);
    let bytes_held = || async { (server.metric(&["pullquote_call_bytes"]).await == 1000).then_some(()) };
    eventually(bytes_held).await;

    let mut working = server.raw().await.begin(SUMMARIZE, &[]);
    working.send(body.clone(), true);
    eventually(|| async { (server.metric(&["pullquote_calls_working"]).await == 1).then_some(()) }).await;
    arriving.send(body.slice(1000..2000), false);
    let (status, headers) = arriving.end().await;
    assert_eq!(told(&status), (Code::ResourceExhausted, "OVERLOADED".to_owned(), Vec::new()));
    assert_eq!(headers["grpc-retry-pushback-ms"], "200");
    assert_eq!(working.end().await.0.code(), Code::Ok);
    server.stop().await;
}

#[tokio::test]
async fn half_a_message_of_summarize_stream_is_counted_and_due() {
    let server = Running::with(&[("call-timeout", "5s")]).await;
    let mut raw = server.raw().await;
    let item = pb::SummarizeStreamRequest { id: "1".to_owned(), request: Some(summarize(text(article(900 << 10)))) };
    let body = framed(&item);
    let (half, rest) = (body.slice(..400 << 10), body.slice(400 << 10..));
    let held = |bytes: u64| {
        let server = &server;
        eventually(move || async move { (server.metric(&["pullquote_call_bytes"]).await == bytes).then_some(()) })
    };
    let mut whole = raw.begin(SUMMARIZE_STREAM, &[]);
    whole.send(half.clone(), false);
    held(400 << 10).await;
    whole.send(rest, true);
    assert_eq!(whole.end().await.0.code(), Code::Ok);
    held(0).await;

    let mut broken_off = raw.begin(SUMMARIZE_STREAM, &[]);
    let begin = Instant::now();
    broken_off.send(half, false);
    assert_eq!(told(&broken_off.end().await.0).0, Code::DeadlineExceeded);
    assert!(begin.elapsed() >= Duration::from_secs(5), "{:?}", begin.elapsed());
    held(0).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_server_slows_summarize_stream_down_and_fails_no_item() {
    let server = Running::with(&[("max-calls", "1"), ("max-call-bytes", "5MiB")]).await;
    let items = (0..24).map(|number| pb::SummarizeStreamRequest {
        id: number.to_string(),
        request: Some(summarize(text("x".repeat(1 << 20)))),
    });
    let mut client = server.client().await;
    let answers = client.summarize_stream(tokio_stream::iter(items)).await.unwrap().into_inner();
    let answers: Vec<_> = answers.map(|answer| answer.unwrap()).collect().await;
    assert_eq!(answers.len(), 24);
    for answer in answers {
        assert!(matches!(answer.result, Some(pb::summarize_stream_response::Result::Response(_))), "{}", answer.id);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_check_is_quick_while_large_articles_are_computed() {
    let server = Running::start().await;
    let mut raw = server.raw().await;
    let body = framed(&summarize(text(article(1 << 20))));
    let computing: Vec<_> = (0..20)
        .map(|_| {
            let mut call = raw.begin(SUMMARIZE, &[("grpc-timeout", "20S")]);
            call.send(body.clone(), true);
            call
        })
        .collect();
    eventually(|| async { (server.metric(&["pullquote_compute_threads_busy"]).await > 0).then_some(()) }).await;
    let mut health = server.health().await;
    let mut took = Vec::new();
    for _ in 0..20 {
        let begin = Instant::now();
        health.check(HealthCheckRequest::default()).await.unwrap();
        took.push(begin.elapsed());
    }
    took.sort();
    // The middle one: other processes may have the processor now and then.
    assert!(took[10] <= Duration::from_millis(25), "{took:?}");
    assert!(server.metric(&["pullquote_compute_threads_busy"]).await > 0, "it was measured while computing");
    drop((computing, raw));
    server.stop().await;
}
