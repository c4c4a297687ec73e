//! Going away: health first, nobody loses anything, nobody holds the server.

use std::time::{Duration, Instant};

use pullquote::grpc::pb::{
    health::{HealthCheckRequest, health_check_response::ServingStatus},
    v1 as pb,
};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};
use tonic::Code;

use crate::support::{Raw, Running, SUMMARIZE, SUMMARIZE_STREAM, article, eventually, framed, summarize, text, told};

const WATCH: &str = "/grpc.health.v1.Health/Watch";
const REFLECTION: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

fn draining() -> (Code, String, Vec<String>) {
    (Code::Unavailable, "DRAINING".to_owned(), Vec::new())
}

fn item(id: &str, words: &str) -> pb::SummarizeStreamRequest {
    pb::SummarizeStreamRequest { id: id.to_owned(), request: Some(summarize(text(words))) }
}

#[tokio::test]
async fn health_says_not_serving_while_summarize_is_still_answered_and_then_it_is_unavailable() {
    let server = Running::with(&[("drain-delay", "300ms")]).await;
    let (mut client, mut health, mut raw) = (server.client().await, server.health().await, server.raw().await);
    let mut watch = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    // A call that outlives the delay, so that its connection does, too.
    let mut long = raw.begin(SUMMARIZE, &[]);
    let body = framed(&summarize(text("It rained.")));
    long.send(body.slice(..5), false);

    let begin = Instant::now();
    let serving = server.begin_stop();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    let check = health.check(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(check.status(), ServingStatus::NotServing);
    client.summarize(summarize(text("It rained."))).await.unwrap();
    assert!(begin.elapsed() < Duration::from_millis(300), "all of this in the delay");

    // The watch ends when the delay does; so does what comes after, but not what came before.
    assert_eq!(told(&watch.message().await.unwrap_err()), draining());
    long.send(body.slice(5..), true);
    assert_eq!(long.end().await.0.code(), Code::Ok);
    serving.await.unwrap();
    assert!(begin.elapsed() < Duration::from_millis(1_300), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn what_races_with_the_goaway_is_answered_or_told_unavailable() {
    let server = Running::start().await;
    let mut raw = server.raw().await;
    let mut holder = raw.begin(SUMMARIZE, &[]);
    let body = framed(&summarize(text("It rained.")));
    holder.send(body.slice(..5), false);
    eventually(|| async { (server.metric(&["pullquote_calls_in_flight"]).await == 1).then_some(()) }).await;
    let serving = server.begin_stop();
    // Calls that race with the GOAWAY are told; those that lose it are never sent.
    while let Some(mut call) = raw.try_begin(SUMMARIZE) {
        // The stream may be refused already.
        let _sent = call.body.send_data(body.clone(), true);
        match call.code().await {
            Some(Code::Unavailable | Code::Ok) => {}
            None => break,
            other => panic!("{other:?}"),
        }
    }
    holder.send(body.slice(5..), true);
    assert_eq!(holder.end().await.0.code(), Code::Ok);
    serving.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn summarize_stream_answers_what_was_received_however_much_more_is_sent() {
    // So long that the test fails when only the drain's end ends the stream.
    let server = Running::with(&[("drain-timeout", "10m")]).await;
    let mut client = server.client().await;
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let requests = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let sending = tokio::spawn(async move {
        let mut sent = 0_u32;
        while sender.send(item(&sent.to_string(), "It rained. It poured.")).await.is_ok() {
            sent += 1;
        }
        sent
    });
    let mut answers = client.summarize_stream(requests).await.unwrap().into_inner();
    let mut answered = Vec::new();
    for _ in 0..100 {
        answered.push(answers.message().await.unwrap().unwrap().id);
    }
    let begin = Instant::now();
    let serving = server.begin_stop();
    let status = loop {
        match answers.message().await {
            Ok(Some(answer)) => answered.push(answer.id),
            Ok(None) => panic!("it must say why it ends"),
            Err(status) => break status,
        }
    };
    assert_eq!(told(&status), draining(), "{status:?}");
    serving.await.unwrap();
    assert!(begin.elapsed() < Duration::from_mins(1), "{:?}", begin.elapsed());
    drop(answers);
    let sent = sending.await.unwrap();
    // No item before one that is answered was left out.
    let mut numbers: Vec<u32> = answered.iter().map(|id| id.parse().unwrap()).collect();
    numbers.sort_unstable();
    let count = u32::try_from(numbers.len()).unwrap();
    assert!(count <= sent);
    assert_eq!(numbers, (0..count).collect::<Vec<_>>());
}

#[tokio::test]
async fn nobody_who_waits_for_nothing_holds_the_server() {
    let server = Running::with(&[("drain-timeout", "10s")]).await;
    let silent = TcpStream::connect(server.address).await.unwrap();
    let mut preface = TcpStream::connect(server.address).await.unwrap();
    preface.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut raw = server.raw().await;
    let mut deaf = Raw::with_window(TcpStream::connect(server.address).await.unwrap(), 0).await;
    let mut open = Vec::new();
    for path in [WATCH, REFLECTION, SUMMARIZE_STREAM] {
        open.push(raw.begin(path, &[]));
        let mut unread = deaf.begin(path, &[]);
        if path == WATCH {
            unread.send(framed(&HealthCheckRequest::default()), true);
        }
        open.push(unread);
    }
    eventually(|| async { (server.metric(&["pullquote_calls_in_flight"]).await == 6).then_some(()) }).await;
    let took = server.stop().await;
    assert!(took < Duration::from_secs(1), "{took:?}");
    drop((silent, preface, open));
}

#[tokio::test]
async fn a_call_that_never_ends_is_cut_off_at_the_drain_s_end() {
    let server = Running::with(&[("drain-timeout", "300ms")]).await;
    let mut raw = server.raw().await;
    let mut stalled = raw.begin(SUMMARIZE, &[]);
    stalled.send(framed(&summarize(text(article(1000)))).slice(..100), false);
    eventually(|| async { (server.metric(&["pullquote_calls_in_flight"]).await == 1).then_some(()) }).await;
    let took = server.stop().await;
    assert!((300..800).contains(&took.as_millis()), "{took:?}");
}
