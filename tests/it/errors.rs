//! Every row of the contract's table of errors, through a real client: code, reason, fields.

use std::time::{Duration, Instant};

use bytes::Bytes;
use pullquote::grpc::{pb::v1 as pb, status::DOMAIN};
use tonic::{Code, codec::CompressionEncoding};
use tonic_types::StatusExt as _;

use crate::support::{
    Running, SUMMARIZE, SUMMARIZE_STREAM, article, eventually, framed, framed_bytes, html, summarize, text, told,
};

#[tokio::test]
async fn invalid_requests_to_summarize_name_every_field() {
    let server = Running::start().await;
    let mut client = server.client().await;
    let short = || summarize(text("It rained. It poured."));
    let long = "x".repeat(4097);
    let both = pb::SummarizeRequest { max_word_count: -1, ..summarize(text("x".repeat((1 << 20) + 1))) };
    for (request, reason, fields) in [
        (pb::SummarizeRequest::default(), "INVALID_REQUEST", &["document"][..]),
        (summarize(pb::Document::default()), "INVALID_REQUEST", &["document.text"]),
        (summarize(text("")), "INVALID_REQUEST", &["document.text"]),
        (summarize(text(" \n\t\u{a0}")), "INVALID_REQUEST", &["document.text"]),
        (summarize(html(" ")), "INVALID_REQUEST", &["document.html"]),
        (pb::SummarizeRequest { max_sentence_count: -1, ..short() }, "INVALID_REQUEST", &["max_sentence_count"]),
        (
            pb::SummarizeRequest { max_word_count: -1, max_char_count: i32::MIN, ..short() },
            "INVALID_REQUEST",
            &["max_word_count", "max_char_count"],
        ),
        (pb::SummarizeRequest { centrality: 99, ..short() }, "INVALID_REQUEST", &["centrality"]),
        (pb::SummarizeRequest { sentence_order: -1, ..short() }, "INVALID_REQUEST", &["sentence_order"]),
        (pb::SummarizeRequest { encoding_type: 4, ..short() }, "INVALID_REQUEST", &["encoding_type"]),
        (
            summarize(pb::Document { language_code: "no code".to_owned(), ..text("It rained.") }),
            "INVALID_REQUEST",
            &["document.language_code"],
        ),
        (summarize(text("x".repeat((1 << 20) + 1))), "TOO_LARGE", &["document.text"]),
        (summarize(html("x".repeat((4 << 20) + 1))), "TOO_LARGE", &["document.html"]),
        (summarize(pb::Document { title: long.clone(), ..text("It rained.") }), "TOO_LARGE", &["document.title"]),
        (pb::SummarizeRequest { query: long.clone(), ..short() }, "TOO_LARGE", &["query"]),
        (both, "INVALID_REQUEST", &["document.text", "max_word_count"]),
        (summarize(html("<html><body></body></html>")), "UNREADABLE_HTML", &["document.html"]),
    ] {
        let shown: String = format!("{request:?}").chars().take(120).collect();
        let status = client.summarize(request).await.expect_err(&shown);
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        assert_eq!(told(&status), (Code::InvalidArgument, reason.to_owned(), fields), "{shown}");
        assert_eq!(status.get_error_details().error_info().unwrap().domain, DOMAIN);
    }
    server.stop().await;
}

#[tokio::test]
async fn invalid_requests_for_quotes_name_every_field() {
    let server = Running::start().await;
    let mut client = server.client().await;
    for (min_confidence, encoding_type, fields) in [
        (-0.1, 0, &["min_confidence"][..]),
        (1.1, 0, &["min_confidence"]),
        (f32::NAN, 0, &["min_confidence"]),
        (f32::INFINITY, 9, &["encoding_type", "min_confidence"]),
    ] {
        let document = Some(text("“It rained,” she said."));
        let request = pb::ExtractQuotesRequest { document, include_indirect: true, min_confidence, encoding_type };
        let status = client.extract_quotes(request).await.unwrap_err();
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        assert_eq!(told(&status), (Code::InvalidArgument, "INVALID_REQUEST".to_owned(), fields));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_violation_of_size_tells_limit_and_size() {
    let server = Running::start().await;
    let status = server.client().await.summarize(summarize(text("x".repeat(1_048_580)))).await.unwrap_err();
    let details = status.get_error_details();
    let description = &details.bad_request().unwrap().field_violations.first().unwrap().description;
    assert!(description.contains("1048576") && description.contains("1048580"), "{description}");
    server.stop().await;
}

#[tokio::test]
async fn an_item_of_a_stream_is_told_what_a_unary_call_is_and_the_stream_goes_on() {
    let server = Running::start().await;
    let mut client = server.client().await;
    let item = |id: &str, request| pb::SummarizeStreamRequest { id: id.to_owned(), request };
    let long_id = "i".repeat(257);
    let items = vec![
        item("blank", Some(summarize(text(" ")))),
        item("none", None),
        item(&long_id, Some(summarize(text("It rained.")))),
        item("page", Some(summarize(html("<p></p>")))),
        item("good", Some(summarize(text("It rained.")))),
    ];
    let mut answers = client.summarize_stream(tokio_stream::iter(items)).await.unwrap().into_inner();
    let mut told = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        let (reason, fields) = match answer.result.unwrap() {
            pb::summarize_stream_response::Result::Response(response) => (response.summary, Vec::new()),
            pb::summarize_stream_response::Result::Error(error) => {
                assert_eq!(error.code, Code::InvalidArgument as i32);
                assert!(!error.message.is_empty());
                (error.reason, error.field_violations.into_iter().map(|violation| violation.field).collect())
            }
        };
        told.push((answer.id, reason, fields.join(",")));
    }
    told.sort();
    let mut expected = [
        ("blank", "INVALID_REQUEST", "document.text"),
        ("none", "INVALID_REQUEST", "request"),
        (&long_id, "TOO_LARGE", "id"),
        ("page", "UNREADABLE_HTML", "document.html"),
        ("good", "It rained.", ""),
    ]
    .map(|(id, reason, fields)| (id.to_owned(), reason.to_owned(), fields.to_owned()));
    expected.sort();
    assert_eq!(told, expected);
    server.stop().await;
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_compressed_or_not() {
    let server = Running::start().await;
    let too_large = (Code::ResourceExhausted, "MESSAGE_TOO_LARGE".to_owned(), Vec::new());
    let request = || summarize(text("x".repeat(6 << 20)));
    let status = server.client().await.summarize(request()).await.unwrap_err();
    assert_eq!(told(&status), too_large);
    for encoding in [CompressionEncoding::Gzip, CompressionEncoding::Zstd] {
        let mut client = server.client().await.send_compressed(encoding);
        let status = client.summarize(request()).await.unwrap_err();
        assert_eq!(told(&status), too_large, "{encoding:?}");
        let item = pb::SummarizeStreamRequest { id: String::new(), request: Some(request()) };
        let mut answers = client.summarize_stream(tokio_stream::iter([item])).await.unwrap().into_inner();
        assert_eq!(told(&answers.message().await.unwrap_err()), too_large, "{encoding:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_full_server_says_when_to_come_back() {
    let server = Running::with(&[("max-call-bytes", "5MiB"), ("retry-pushback", "150ms")]).await;
    // A caller that has sent most of a large message holds that much.
    let mut raw = server.raw().await;
    let mut holder = raw.begin(SUMMARIZE, &[]);
    let message = framed(&summarize(text("x".repeat(1 << 20))));
    holder.body.reserve_capacity(900 << 10);
    holder.send(message.slice(..900 << 10), false);
    eventually(|| async { (server.metric(&["pullquote_call_bytes"]).await > 900_000).then_some(()) }).await;

    let refused = server.client().await.summarize(summarize(text("x".repeat(9 << 19)))).await.unwrap_err();
    assert_eq!(told(&refused), (Code::ResourceExhausted, "OVERLOADED".to_owned(), Vec::new()));
    let details = refused.get_error_details();
    assert_eq!(details.retry_info().unwrap().retry_delay, Some(Duration::from_millis(150)));
    assert_eq!(refused.metadata().get("grpc-retry-pushback-ms").unwrap(), "150");

    // Small calls and health go on.
    server.client().await.summarize(summarize(text("It rained."))).await.unwrap();
    drop((holder, raw));
    eventually(|| async { (server.metric(&["pullquote_call_bytes"]).await == 0).then_some(()) }).await;
    server.stop().await;
}

#[tokio::test]
async fn a_deadline_is_told_while_computing() {
    let server = Running::start().await;
    let mut raw = server.raw().await;
    let body = framed(&summarize(text(article(1 << 20))));
    let begin = Instant::now();
    let mut call = raw.begin(SUMMARIZE, &[("grpc-timeout", "4m")]);
    call.send(body, true);
    let (status, _) = call.end().await;
    assert_eq!(told(&status), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".to_owned(), Vec::new()));
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn a_deadline_bounds_a_body_that_stalls_and_a_stream() {
    let server = Running::with(&[("call-timeout", "80ms")]).await;
    let mut raw = server.raw().await;
    let exceeded = (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".to_owned(), Vec::new());
    // The default time bounds a call that has no deadline.
    for (path, headers) in [(SUMMARIZE, &[][..]), (SUMMARIZE_STREAM, &[("grpc-timeout", "80m")])] {
        let begin = Instant::now();
        let call = raw.begin(path, headers);
        let (status, _) = call.end().await;
        assert_eq!(told(&status), exceeded, "{path}");
        assert!(begin.elapsed() >= Duration::from_millis(80));
    }
    server.stop().await;
}

#[tokio::test]
async fn the_default_time_is_each_item_s_and_not_the_stream_s() {
    let server = Running::with(&[("call-timeout", "50ms")]).await;
    let mut client = server.client().await;
    let (items, receiver) = tokio::sync::mpsc::channel(1);
    let requests = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let mut answers = client.summarize_stream(requests).await.unwrap().into_inner();
    for id in ["first", "second"] {
        tokio::time::sleep(Duration::from_millis(80)).await;
        let item = pb::SummarizeStreamRequest { id: id.to_owned(), request: Some(summarize(text("It rained."))) };
        items.send(item).await.unwrap();
        assert_eq!(answers.message().await.unwrap().unwrap().id, id);
    }
    drop(items);
    assert!(answers.message().await.unwrap().is_none());
    server.stop().await;
}

#[tokio::test]
async fn a_caller_that_goes_is_counted_as_cancelled() {
    let server = Running::start().await;
    let mut raw = server.raw().await;
    let mut call = raw.begin(SUMMARIZE, &[]);
    call.send(framed(&summarize(text(article(1 << 20)))), true);
    eventually(|| async { (server.metric(&["pullquote_call_bytes"]).await > 0).then_some(()) }).await;
    call.body.send_reset(h2::Reason::CANCEL);
    let counted = ["call_duration_seconds_count", "Summarize\"", "CANCELLED"];
    eventually(|| async { (server.metric(&counted).await == 1).then_some(()) }).await;
    // Nothing of it is left.
    eventually(|| async { (server.metric(&["pullquote_call_bytes"]).await == 0).then_some(()) }).await;
    server.stop().await;
}

#[tokio::test]
async fn a_drain_ends_a_stream_after_the_items_it_received() {
    let server = Running::start().await;
    let mut client = server.client().await;
    let (items, receiver) = tokio::sync::mpsc::channel(4);
    let requests = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let mut answers = client.summarize_stream(requests).await.unwrap().into_inner();
    let item = pb::SummarizeStreamRequest { id: "last".to_owned(), request: Some(summarize(text("It rained."))) };
    items.send(item).await.unwrap();
    assert_eq!(answers.message().await.unwrap().unwrap().id, "last");
    let serving = server.begin_stop();
    let status = answers.message().await.unwrap_err();
    assert_eq!(told(&status), (Code::Unavailable, "DRAINING".to_owned(), Vec::new()));
    serving.await.unwrap();
}

#[tokio::test]
async fn keys_are_asked_for_but_not_by_health() {
    let file = std::env::temp_dir().join(format!("pullquote-keys-{}", std::process::id()));
    std::fs::write(&file, "# two keys\nfirst\nsecond\n").unwrap();
    let server = Running::with(&[("api-keys", file.to_str().unwrap()), ("reload-interval", "20ms")]).await;
    let mut raw = server.raw().await;
    let body = || framed(&summarize(text("It rained.")));
    for (headers, code, reason) in [
        (&[][..], Code::Unauthenticated, "BAD_API_KEY"),
        (&[("authorization", "Bearer third")], Code::Unauthenticated, "BAD_API_KEY"),
        (&[("authorization", "Bearer second")], Code::Ok, ""),
    ] {
        let (status, _) = raw.call(SUMMARIZE, headers, body()).await;
        assert_eq!(told(&status), (code, reason.to_owned(), Vec::new()), "{headers:?}");
    }
    let health = server.health().await.check(pullquote::grpc::pb::health::HealthCheckRequest::default()).await;
    assert!(health.is_ok());

    std::fs::write(&file, "third key\n").unwrap();
    let mut raw = server.raw().await;
    eventually(|| {
        let call = raw.begin(SUMMARIZE, &[("authorization", "Bearer third key")]);
        async {
            let mut call = call;
            call.send(body(), true);
            (call.end().await.0.code() == Code::Ok).then_some(())
        }
    })
    .await;
    std::fs::remove_file(&file).unwrap();
    server.stop().await;
}

#[tokio::test]
async fn what_tonic_says_by_itself_stays() {
    let server = Running::start().await;
    let mut raw = server.raw().await;
    for (path, body, code) in [
        (SUMMARIZE, framed_bytes(b"\xff\xff\xff", false), Code::Internal),
        (SUMMARIZE, framed_bytes(b"\x0a\x04\x0a\x02\xff\xfe", false), Code::Internal),
        ("/pullquote.v1.PullquoteService/Nothing", Bytes::new(), Code::Unimplemented),
        ("/nobody.Knows/It", Bytes::new(), Code::Unimplemented),
        ("/", Bytes::new(), Code::Unimplemented),
    ] {
        let (status, _) = raw.call(path, &[], body).await;
        assert_eq!(status.code(), code, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_request_id_is_kept_or_made() {
    let server = Running::start().await;
    let mut raw = server.raw().await;
    let body = framed(&summarize(text("It rained.")));
    let (_, headers) = raw.call(SUMMARIZE, &[("x-request-id", "mine-7")], body.clone()).await;
    assert_eq!(headers["x-request-id"], "mine-7");
    let (_, headers) = raw.call(SUMMARIZE, &[], body).await;
    assert_eq!(headers["x-request-id"].len(), 16);
    server.stop().await;
}
