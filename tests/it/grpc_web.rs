//! gRPC-Web, and what pages of other origins may do.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Buf as _, Bytes};
use http::{Method, Version};
use prost::Message as _;
use pullquote::grpc::pb::v1 as pb;

use crate::{
    plain::{Answer, post, send},
    support::{Running, SUMMARIZE, article, eventually, framed, summarize, text},
};

const WEB: (&str, &str) = ("content-type", "application/grpc-web+proto");
const JSON: (&str, &str) = ("content-type", "application/json");
const ORIGIN: (&str, &str) = ("origin", "https://news.example");

/// The messages and the trailers of a body.
fn frames(mut body: Bytes) -> (Vec<Bytes>, String) {
    let (mut messages, mut trailers) = (Vec::new(), String::new());
    while body.has_remaining() {
        let flags = body.get_u8();
        let length = body.get_u32() as usize;
        let frame = body.split_to(length);
        if flags & 0x80 == 0 {
            messages.push(frame);
        } else {
            trailers = String::from_utf8(frame.to_vec()).unwrap();
        }
    }
    (messages, trailers)
}

fn summary(answer: &Answer) -> String {
    let (messages, trailers) = frames(answer.body.clone());
    assert!(trailers.to_lowercase().contains("grpc-status:0"), "{trailers}");
    pb::SummarizeResponse::decode(messages[0].clone()).unwrap().summary
}

#[tokio::test]
async fn calls_are_answered_over_both_versions_of_http_in_binary_and_text() {
    let server = Running::start().await;
    let body = framed(&summarize(text("It rained.")));
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let answer = send(&server, version, Method::POST, SUMMARIZE, &[WEB], body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/grpc-web+proto")));
        assert_eq!(summary(&answer), "It rained.");
        assert_eq!(answer.header("x-request-id").map(str::len), Some(16));
    }
    let headers = [("content-type", "application/grpc-web-text"), ("accept", "application/grpc-web-text")];
    let answer = post(&server, SUMMARIZE, &headers, STANDARD.encode(&body)).await;
    // Each frame is padded by itself.
    let decoded = answer.body.chunks(4).flat_map(|group| STANDARD.decode(group).unwrap());
    assert_eq!(summary(&Answer { body: decoded.collect(), ..answer }), "It rained.");

    let counted = ["call_duration_seconds_count", "Summarize\"", "\"grpc\"", "\"OK\""];
    eventually(|| async { (server.metric(&counted).await == 3).then_some(()) }).await;
    server.stop().await;
}

#[tokio::test]
async fn faults_are_told_as_grpc_tells_them() {
    let server = Running::start().await;
    for (path, headers, body, code) in [
        (SUMMARIZE, vec![WEB], framed(&summarize(text(" "))), "3"),
        (SUMMARIZE, vec![WEB, ("grpc-timeout", "4m")], framed(&summarize(text(article(1 << 20)))), "4"),
        ("/pullquote.v1.PullquoteService/Nothing", vec![WEB], Bytes::new(), "12"),
        ("/nobody.Knows/It", vec![WEB], Bytes::new(), "12"),
    ] {
        let answer = post(&server, path, &headers, body).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("grpc-status"), Some(code), "{path}");
        assert_eq!(answer.header("content-type"), Some("application/grpc-web+proto"));
    }
    let answer = send(&server, Version::HTTP_11, Method::GET, SUMMARIZE, &[WEB], "").await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("POST")));
    server.stop().await;
}

fn preflight() -> [(&'static str, &'static str); 3] {
    [
        ORIGIN,
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,connect-protocol-version,authorization"),
    ]
}

#[tokio::test]
async fn no_other_origin_may_call_by_default() {
    let server = Running::start().await;
    let answer = send(&server, Version::HTTP_11, Method::OPTIONS, SUMMARIZE, &preflight(), "").await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let answer = post(&server, SUMMARIZE, &[JSON, ORIGIN], r#"{"document": {"text": "It rained."}}"#).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, None));
    server.stop().await;
}

#[tokio::test]
async fn the_origins_that_are_named_may_call() {
    let server = Running::with(&[("cors-origins", "https://news.example, http://localhost:5173")]).await;
    let answer = send(&server, Version::HTTP_11, Method::OPTIONS, SUMMARIZE, &preflight(), "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://news.example"));
    assert_eq!(answer.header("access-control-allow-methods"), Some("POST"));
    let allowed = answer.header("access-control-allow-headers").unwrap();
    assert!(allowed.contains("authorization") && allowed.contains("connect-protocol-version"), "{allowed}");
    assert_eq!(answer.header("access-control-max-age"), Some("7200"));

    for (content_type, body, status) in [
        (JSON, Bytes::from_static(br#"{"document": {"text": "It rained."}}"#), 200),
        (JSON, Bytes::from_static(b"{}"), 400),
        (WEB, framed(&summarize(text("It rained."))), 200),
    ] {
        let answer = post(&server, SUMMARIZE, &[content_type, ORIGIN], body.clone()).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://news.example"));
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("grpc-status") && exposed.contains("server-timing"), "{exposed}");
        let stranger = post(&server, SUMMARIZE, &[content_type, ("origin", "https://else.example")], body).await;
        assert_eq!(stranger.header("access-control-allow-origin"), None);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_star_lets_every_origin_call() {
    let server = Running::with(&[("cors-origins", "*")]).await;
    let answer = post(&server, SUMMARIZE, &[JSON, ORIGIN], r#"{"document": {"text": "It rained."}}"#).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    server.stop().await;
}
