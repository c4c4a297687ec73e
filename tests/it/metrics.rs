//! What Prometheus reads.

use pullquote::grpc::pb::v1 as pb;
use tonic::Code;

use crate::support::{Running, eventually, summarize, text};

#[tokio::test]
async fn calls_are_counted_under_opentelemetry_s_names() {
    let server = Running::with(&[("max-message-bytes", "1MiB")]).await;
    let mut client = server.client().await;
    client.summarize(summarize(text("It rained. It poured."))).await.unwrap();
    let refused = client.summarize(summarize(text("x".repeat(2 << 20)))).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    let items = [pb::SummarizeStreamRequest { id: "only".to_owned(), request: None }];
    let mut answers = client.summarize_stream(tokio_stream::iter(items)).await.unwrap().into_inner();
    while answers.message().await.unwrap().is_some() {}
    let ended = ["rpc_server_call_duration_seconds_count"];
    eventually(|| async { (server.metric(&ended).await == 3).then_some(()) }).await;

    let method = |name: &str| format!("rpc_method=\"pullquote.v1.PullquoteService/{name}\"");
    for (parts, count) in [
        (vec![ended[0], "rpc_system_name=\"grpc\"", &method("Summarize"), "rpc_response_status_code=\"OK\""], 1),
        (vec![ended[0], &method("Summarize"), "rpc_response_status_code=\"RESOURCE_EXHAUSTED\""], 1),
        (vec![ended[0], &method("SummarizeStream"), "rpc_response_status_code=\"OK\""], 1),
        (vec!["rpc_server_call_duration_seconds_bucket", "le=\"+Inf\""], 3),
        (vec!["pullquote_stream_items_total", "rpc_response_status_code=\"INVALID_ARGUMENT\""], 1),
        (vec!["pullquote_refused_total", "reason=\"RESOURCE_EXHAUSTED\""], 1),
        (vec!["pullquote_article_size_bytes_count", &method("Summarize")], 1),
        (vec!["pullquote_stage_duration_seconds_count", "stage=\"read\""], 1),
        (vec!["pullquote_stage_duration_seconds_count", "stage=\"summarize\""], 1),
        (vec!["pullquote_calls_in_flight"], 0),
        (vec!["pullquote_calls_waiting"], 0),
        (vec!["pullquote_calls_working"], 0),
        (vec!["pullquote_call_bytes"], 0),
        (vec!["pullquote_connections"], 1),
        (vec!["pullquote_compute_queue"], 0),
        (vec!["pullquote_compute_threads_busy"], 0),
    ] {
        assert!(server.scrape().await.contains(parts[0]), "{parts:?}");
        assert_eq!(server.metric(&parts).await, count, "{parts:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn no_caller_invents_a_label() {
    let server = Running::start().await;
    server.raw().await.call("/invented.Service/Method", &[], bytes::Bytes::new()).await;
    let counted = ["rpc_server_call_duration_seconds_count", "rpc_method=\"_OTHER\"", "UNIMPLEMENTED"];
    eventually(|| async { (server.metric(&counted).await == 1).then_some(()) }).await;
    assert!(!server.scrape().await.contains("invented"));
    server.stop().await;
}
