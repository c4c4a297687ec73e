//! Connect's unary protocol, through a plain HTTP client: codecs, versions, faults, limits, as the contract has them.

use std::{io::Read as _, time::Duration};

use flate2::{
    Compression,
    read::{GzDecoder, GzEncoder},
};
use http::{Method, Version};
use prost::Message as _;
use pullquote::grpc::pb::v1 as pb;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    plain::{post, send},
    support::{Running, SUMMARIZE, SUMMARIZE_STREAM, article, eventually, summarize, text},
};

const EXTRACT_QUOTES: &str = "/pullquote.v1.PullquoteService/ExtractQuotes";
const JSON: (&str, &str) = ("content-type", "application/json");
const PROTO: (&str, &str) = ("content-type", "application/proto");

#[tokio::test]
async fn json_and_proto_answer_as_grpc_does_over_both_versions_of_http() {
    let server = Running::start().await;
    let article = "Rain fell. “It poured — \u{1f327}\u{fe0f} all day,” said Ann Lee. Then it stopped.";
    let request = pb::SummarizeRequest { max_sentence_count: 2, encoding_type: 2, ..summarize(text(article)) };
    let expected = server.client().await.summarize(request.clone()).await.unwrap().into_inner();
    let body = json!({"document": {"text": article}, "maxSentenceCount": 2, "encodingType": "ENCODING_TYPE_UTF16"});
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let answer = send(&server, version, Method::POST, SUMMARIZE, &[JSON], body.to_string()).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/json")));
        let read: pb::SummarizeResponse = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(read, expected, "{version:?}");

        let answer = send(&server, version, Method::POST, SUMMARIZE, &[PROTO], request.encode_to_vec()).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/proto")));
        assert_eq!(pb::SummarizeResponse::decode(answer.body).unwrap(), expected, "{version:?}");
    }
    // Enums by number, fields by their name in the contract, a charset, and a version that is spoken.
    let body = r#"{"document": {"text": "“It poured,” said Ann Lee."}, "include_indirect": true, "encodingType": 3}"#;
    let headers = [("content-type", "application/json; charset=utf-8"), ("connect-protocol-version", "1")];
    let answer = post(&server, EXTRACT_QUOTES, &headers, body).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["quotes"][0]["contents"][0]["content"], "It poured,");
    server.stop().await;
}

#[tokio::test]
async fn every_answer_carries_its_time_and_the_request_id() {
    let server = Running::start().await;
    let body = r#"{"document": {"text": "It rained."}}"#;
    let answer = post(&server, SUMMARIZE, &[JSON, ("x-request-id", "mine-8")], body).await;
    assert_eq!(answer.header("x-request-id"), Some("mine-8"));
    let timing = answer.header("server-timing").unwrap();
    assert!(timing.starts_with("compute;dur=") && timing.contains("total;dur="), "{timing}");
    let refused = post(&server, SUMMARIZE, &[JSON], "{}").await;
    assert_eq!(refused.header("x-request-id").map(str::len), Some(16));
    server.stop().await;
}

#[tokio::test]
async fn faults_are_connect_s_json_with_the_contract_s_details() {
    let server = Running::start().await;
    let short = |field: &str, value: serde_json::Value| {
        let mut request = json!({"document": {"text": "It rained."}});
        request[field] = value;
        request.to_string()
    };
    for (path, body, reason, fields) in [
        (SUMMARIZE, "{}".to_owned(), "INVALID_REQUEST", &["document"][..]),
        (SUMMARIZE, json!({"document": {"text": " "}}).to_string(), "INVALID_REQUEST", &["document.text"]),
        (SUMMARIZE, short("maxWordCount", json!(-1)), "INVALID_REQUEST", &["max_word_count"]),
        (SUMMARIZE, short("maxWordCount", json!("many")), "INVALID_REQUEST", &["max_word_count"]),
        (SUMMARIZE, short("centrality", json!("CENTRALITY_BEST")), "INVALID_REQUEST", &["centrality"]),
        (SUMMARIZE, short("centrality", json!(99)), "INVALID_REQUEST", &["centrality"]),
        (SUMMARIZE, json!({"document": {"text": 1}}).to_string(), "INVALID_REQUEST", &["document.text"]),
        (
            SUMMARIZE,
            json!({"document": {"text": "x".repeat((1 << 20) + 1)}}).to_string(),
            "TOO_LARGE",
            &["document.text"],
        ),
        (SUMMARIZE, json!({"document": {"html": "<p></p>"}}).to_string(), "UNREADABLE_HTML", &["document.html"]),
        (EXTRACT_QUOTES, short("minConfidence", json!(1.5)), "INVALID_REQUEST", &["min_confidence"]),
        (EXTRACT_QUOTES, short("minConfidence", json!("NaN")), "INVALID_REQUEST", &["min_confidence"]),
        (SUMMARIZE, "{\"document\": ".to_owned(), "INVALID_REQUEST", &[]),
        (SUMMARIZE, String::new(), "INVALID_REQUEST", &[]),
        (SUMMARIZE, "[".repeat(100_000), "INVALID_REQUEST", &[]),
    ] {
        let shown: String = body.chars().take(80).collect();
        let answer = post(&server, path, &[JSON], body).await;
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        assert_eq!(answer.fault(), (400, "invalid_argument".to_owned(), reason.to_owned(), fields), "{shown}");
        assert!(!answer.json()["message"].as_str().unwrap().is_empty());
    }
    // Each detail's value is the message itself, in base64 without padding.
    let answer = post(&server, SUMMARIZE, &[JSON], "{}").await;
    let error = answer.json();
    let detail =
        error["details"].as_array().unwrap().iter().find(|detail| detail["type"] == "google.rpc.BadRequest").unwrap();
    let value =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD_NO_PAD, detail["value"].as_str().unwrap());
    let bad_request = tonic_types::pb::BadRequest::decode(value.unwrap().as_slice()).unwrap();
    assert_eq!(bad_request.field_violations[0].field, "document");
    // Protobuf that cannot be read.
    let answer = post(&server, SUMMARIZE, &[PROTO], &b"\xff\xff\xff"[..]).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (400, Some("invalid_argument")));
    server.stop().await;
}

#[tokio::test]
async fn what_reaches_no_method_is_told_in_http() {
    let server = Running::start().await;
    let body = r#"{"document": {"text": "It rained."}}"#;
    for (method, path, content_type, status) in [
        (Method::POST, "/pullquote.v1.PullquoteService/Nothing", "application/json", 404),
        (Method::POST, "/", "application/json", 404),
        (Method::GET, "/", "", 404),
        (Method::GET, SUMMARIZE, "", 405),
        (Method::PUT, SUMMARIZE, "application/json", 405),
        (Method::OPTIONS, SUMMARIZE, "", 405),
        (Method::POST, SUMMARIZE, "text/plain", 415),
        (Method::POST, SUMMARIZE, "", 415),
        (Method::POST, SUMMARIZE, "application/x-www-form-urlencoded", 415),
        (Method::POST, SUMMARIZE, "application/json; charset=latin1", 415),
        (Method::POST, SUMMARIZE, "application/connect+json", 415),
        (Method::POST, SUMMARIZE_STREAM, "application/json", 415),
        (Method::POST, SUMMARIZE, "application/grpc", 505),
    ] {
        let shown = format!("{method} {path} {content_type}");
        let answer = send(&server, Version::HTTP_11, method, path, &[("content-type", content_type)], body).await;
        assert_eq!(answer.status.as_u16(), status, "{shown}");
        assert_eq!(answer.header("allow").is_some(), status == 405, "{shown}");
        assert_eq!(answer.header("accept-post").is_some(), status == 415, "{shown}");
        assert!(!answer.json()["message"].as_str().unwrap().is_empty(), "{shown}");
    }
    for headers in [[JSON, ("connect-protocol-version", "2")], [JSON, ("connect-timeout-ms", "soon")]] {
        let answer = post(&server, SUMMARIZE, &headers, body).await;
        assert_eq!(answer.fault().1, "invalid_argument", "{headers:?}");
    }
    let answer = post(&server, SUMMARIZE, &[JSON, ("content-encoding", "br")], body).await;
    assert_eq!((answer.status.as_u16(), answer.fault().1.as_str()), (501, "unimplemented"));
    server.stop().await;
}

#[tokio::test]
async fn bodies_may_be_gzip_both_ways_and_a_bomb_is_refused() {
    let server = Running::start().await;
    let gzip = |content: &[u8]| {
        let mut compressed = Vec::new();
        GzEncoder::new(content, Compression::fast()).read_to_end(&mut compressed).unwrap();
        compressed
    };
    let body = json!({"document": {"text": article(20_000)}, "maxSentenceCount": 40}).to_string();
    let headers = [JSON, ("content-encoding", "gzip"), ("accept-encoding", "gzip")];
    let answer = post(&server, SUMMARIZE, &headers, gzip(body.as_bytes())).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-encoding")), (200, Some("gzip")));
    let mut content = Vec::new();
    GzDecoder::new(&answer.body[..]).read_to_end(&mut content).unwrap();
    let read: pb::SummarizeResponse = serde_json::from_slice(&content).unwrap();
    assert_eq!(read.sentences.len(), 40);

    let answer = post(&server, SUMMARIZE, &headers, "no gzip").await;
    assert_eq!(answer.fault().1, "invalid_argument");

    let too_large = (429, "resource_exhausted".to_owned(), "MESSAGE_TOO_LARGE".to_owned(), Vec::new());
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert_eq!(post(&server, SUMMARIZE, &headers, bomb).await.fault(), too_large);
    let large = send(&server, Version::HTTP_2, Method::POST, SUMMARIZE, &[JSON], vec![b' '; (5 << 20) + 1]).await;
    assert_eq!(large.fault(), too_large);
    server.stop().await;
}

#[tokio::test]
async fn a_deadline_bounds_the_computing() {
    let server = Running::start().await;
    let body = json!({"document": {"text": article(1 << 20)}}).to_string();
    let answer = post(&server, SUMMARIZE, &[JSON, ("connect-timeout-ms", "4")], body).await;
    let exceeded = (504, "deadline_exceeded".to_owned(), "DEADLINE_EXCEEDED".to_owned(), Vec::new());
    assert_eq!(answer.fault(), exceeded);
    server.stop().await;
}

#[tokio::test]
async fn a_full_server_says_when_to_come_back() {
    let server = Running::with(&[("max-call-bytes", "5MiB"), ("retry-pushback", "1500ms")]).await;
    let mut raw = server.raw().await;
    let mut holder = raw.begin(SUMMARIZE, &[]);
    holder.body.reserve_capacity(900 << 10);
    holder.send(vec![0; 900 << 10].into(), false);
    eventually(|| async { (server.metric(&["pullquote_call_bytes"]).await > 900_000).then_some(()) }).await;
    let body = vec![b' '; 9 << 19];
    let refused = send(&server, Version::HTTP_2, Method::POST, SUMMARIZE, &[JSON], body).await;
    let overloaded = (429, "resource_exhausted".to_owned(), "OVERLOADED".to_owned(), Vec::new());
    assert_eq!(refused.fault(), overloaded);
    assert_eq!(refused.header("retry-after"), Some("2"));
    assert_eq!(refused.header("grpc-retry-pushback-ms"), Some("1500"));
    drop((holder, raw));
    server.stop().await;
}

#[tokio::test]
async fn keys_are_asked_for() {
    let file = std::env::temp_dir().join(format!("pullquote-plain-keys-{}", std::process::id()));
    std::fs::write(&file, "first\n").unwrap();
    let server = Running::with(&[("api-keys", file.to_str().unwrap())]).await;
    std::fs::remove_file(&file).unwrap();
    let body = r#"{"document": {"text": "It rained."}}"#;
    let answer = post(&server, SUMMARIZE, &[JSON], body).await;
    assert_eq!(answer.fault(), (401, "unauthenticated".to_owned(), "BAD_API_KEY".to_owned(), Vec::new()));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    let answer = post(&server, SUMMARIZE, &[JSON, ("authorization", "Bearer first")], body).await;
    assert_eq!(answer.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn calls_are_counted_by_their_protocol_and_code() {
    let server = Running::start().await;
    let call = |body: &'static str| post(&server, SUMMARIZE, &[JSON], body);
    call(r#"{"document": {"text": "It rained."}}"#).await;
    call("{}").await;
    for code in ["\"OK\"", "\"INVALID_ARGUMENT\""] {
        let counted = ["call_duration_seconds_count", "Summarize\"", "connectrpc", code];
        eventually(|| async { (server.metric(&counted).await == 1).then_some(()) }).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_stalls_is_bounded_by_the_default_time() {
    let server = Running::with(&[("call-timeout", "80ms")]).await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST {SUMMARIZE} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut told = String::new();
    let reading = socket.read_to_string(&mut told);
    tokio::time::timeout(Duration::from_secs(10), reading).await.expect("in time").unwrap();
    assert!(told.starts_with("HTTP/1.1 504 ") && told.contains("\"code\":\"deadline_exceeded\""), "{told}");
    server.stop().await;
}

#[tokio::test]
async fn a_rejected_request_is_heard_out_and_its_connection_goes_on() {
    let server = Running::start().await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST {SUMMARIZE} HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n"
    );
    let mut told = [0; 13];
    for _ in 0..2 {
        socket.write_all(format!("{head}a").as_bytes()).await.unwrap();
        let early = tokio::time::timeout(Duration::from_millis(20), socket.peek(&mut told)).await;
        assert!(early.is_err(), "it is answered before it has ended");
        socket.write_all(b"b").await.unwrap();
        tokio::time::timeout(Duration::from_secs(10), socket.read_exact(&mut told)).await.expect("in time").unwrap();
        assert_eq!(told.as_slice(), b"HTTP/1.1 415 ");
        // The rest of the answer, to its end.
        let mut rest = Vec::new();
        while !rest.ends_with(b"}") {
            rest.push(socket.read_u8().await.unwrap());
        }
    }
    // One that does not end is answered all the same.
    socket.write_all(format!("{head}a").as_bytes()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), socket.read_exact(&mut told)).await.expect("in time").unwrap();
    assert_eq!(told.as_slice(), b"HTTP/1.1 415 ");
    server.stop().await;
}
