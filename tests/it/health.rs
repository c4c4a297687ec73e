//! Health and reflection, as their protocols have them.

use std::time::Duration;

use pullquote::grpc::pb::health::{HealthCheckRequest, HealthListRequest, health_check_response::ServingStatus};
use tonic::Code;
use tonic_reflection::pb::{v1, v1alpha};

use crate::support::Running;

const SERVICE: &str = "pullquote.v1.PullquoteService";

fn of(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

#[tokio::test]
async fn check_knows_the_server_and_its_service() {
    let server = Running::start().await;
    let mut health = server.health().await;
    for service in ["", SERVICE] {
        assert_eq!(health.check(of(service)).await.unwrap().into_inner().status(), ServingStatus::Serving);
    }
    assert_eq!(health.check(of("nobody")).await.unwrap_err().code(), Code::NotFound);
    server.stop().await;
}

#[tokio::test]
async fn list_names_them() {
    let server = Running::start().await;
    let statuses = server.health().await.list(HealthListRequest {}).await.unwrap().into_inner().statuses;
    let mut names: Vec<_> = statuses.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["", SERVICE]);
    assert!(statuses.values().all(|response| response.status() == ServingStatus::Serving));
    server.stop().await;
}

#[tokio::test]
async fn watch_of_an_unknown_service_says_so_and_stays_open() {
    let server = Running::start().await;
    let mut watch = server.health().await.watch(of("nobody")).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::ServiceUnknown);
    let more = tokio::time::timeout(Duration::from_millis(50), watch.message()).await;
    assert!(more.is_err(), "{more:?}");
    drop(watch);
    server.stop().await;
}

#[tokio::test]
async fn watch_tells_each_status_once() {
    let server = Running::with(&[("drain-delay", "50ms")]).await;
    let mut watch = server.health().await.watch(of(SERVICE)).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    let serving = server.begin_stop();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    assert_eq!(watch.message().await.unwrap_err().code(), Code::Unavailable);
    serving.await.unwrap();
}

/// What reflection, of the version whose messages `$pb` has, says of the file that holds `$symbol`, and which services it lists.
macro_rules! reflected {
    ($pb:ident, $server:expr, $symbol:expr) => {{
        use $pb::{
            ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
            server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
        };
        let ask =
            |message_request| ServerReflectionRequest { host: String::new(), message_request: Some(message_request) };
        let asked = [
            ask(MessageRequest::FileContainingSymbol($symbol.to_owned())),
            ask(MessageRequest::ListServices(String::new())),
        ];
        let mut client = ServerReflectionClient::new($server.channel().await);
        let mut told = client.server_reflection_info(tokio_stream::iter(asked)).await.unwrap().into_inner();
        let file = match told.message().await.unwrap().unwrap().message_response {
            Some(MessageResponse::FileDescriptorResponse(response)) => response.file_descriptor_proto.concat(),
            other => panic!("{other:?}"),
        };
        let services: Vec<String> = match told.message().await.unwrap().unwrap().message_response {
            Some(MessageResponse::ListServicesResponse(response)) => {
                response.service.into_iter().map(|service| service.name).collect()
            }
            other => panic!("{other:?}"),
        };
        (String::from_utf8_lossy(&file).into_owned(), services)
    }};
}

#[tokio::test]
async fn both_reflections_know_the_services_and_the_details_of_errors() {
    let server = Running::start().await;
    for (symbol, held) in [
        (SERVICE, "SummarizeStream"),
        ("google.rpc.BadRequest", "FieldViolation"),
        ("google.rpc.ErrorInfo", "RetryInfo"),
        ("grpc.health.v1.Health", "HealthListResponse"),
    ] {
        let (new, services) = reflected!(v1, server, symbol);
        let (old, old_services) = reflected!(v1alpha, server, symbol);
        assert!(new.contains(held) && old.contains(held), "{symbol}");
        for services in [services, old_services] {
            assert!(services.iter().any(|service| service == SERVICE), "{services:?}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn reflection_can_be_left_out() {
    let server = Running::with(&[("reflection", "false")]).await;
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(server.channel().await);
    let asked = client.server_reflection_info(tokio_stream::empty()).await;
    assert_eq!(asked.unwrap_err().code(), Code::Unimplemented);
    server.stop().await;
}
