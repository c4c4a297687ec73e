//! The contract's shape: what holds of every message, field and value, and what travels beside the service.

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};
use pullquote::grpc::pb;
use tokio_stream::StreamExt as _;
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use crate::support::Running;

const PACKAGE: &str = "pullquote.v1";

#[test]
fn the_calls_are_those_of_the_contract() {
    let service = pool().get_service_by_name("pullquote.v1.PullquoteService").unwrap();
    let calls: Vec<_> = service
        .methods()
        .map(|call| (call.name().to_owned(), call.is_client_streaming() && call.is_server_streaming()))
        .collect();
    let expected =
        [("Summarize", false), ("ExtractQuotes", false), ("SummarizeStream", true), ("ExtractQuotesStream", true)];
    assert_eq!(calls, expected.map(|(name, streams)| (name.to_owned(), streams)));
    for call in service.methods() {
        assert_eq!(call.input().name(), format!("{}Request", call.name()));
        assert_eq!(call.output().name(), format!("{}Response", call.name()));
    }
}

#[test]
fn counts_indexes_and_offsets_are_int32() {
    for field in fields() {
        let is_counted = ["count", "index", "offset", "code"]
            .iter()
            .any(|what| field.name() == *what || field.name().ends_with(&format!("_{what}")));
        if is_counted && field.name() != "language_code" {
            assert_eq!(field.kind(), Kind::Int32, "{}", field.full_name());
        }
    }
}

#[test]
fn every_enum_begins_with_a_value_for_nothing_said() {
    let enums: Vec<_> = pool().all_enums().filter(|one| one.package_name() == PACKAGE).collect();
    assert!(enums.len() >= 4);
    for one in enums {
        let first = one.get_value(0).unwrap();
        let prefix = first.name().strip_suffix("UNSPECIFIED").unwrap_or_else(|| panic!("{}", one.name()));
        for value in one.values() {
            assert!(value.name().starts_with(prefix), "{}", value.full_name());
        }
    }
}

#[test]
fn fields_that_are_asked_for_say_whether_they_are_required() {
    let inputs = ["Document", "SummarizeRequest", "ExtractQuotesRequest", "SummarizeStreamRequest"];
    let mut checked = 0;
    for field in fields().into_iter().filter(|field| inputs.contains(&field.parent_message().name())) {
        if field.containing_oneof().is_some() {
            continue;
        }
        let comment = comment(&field);
        assert!(comment.starts_with("Required. ") || comment.starts_with("Optional. "), "{}", field.full_name());
        checked += 1;
    }
    assert!(checked >= 16, "{checked}");
}

#[test]
fn the_options_of_every_language_are_set() {
    let file = pool().get_file_by_name("pullquote/v1/pullquote_service.proto").unwrap();
    let options = file.file_descriptor_proto().options.clone().unwrap();
    assert!(options.java_multiple_files());
    for option in [&options.go_package, &options.java_package, &options.java_outer_classname, &options.csharp_namespace]
    {
        assert!(option.as_ref().is_some_and(|option| !option.is_empty()), "{options:?}");
    }
}

#[tokio::test]
async fn reflection_lists_the_services_and_knows_error_details() {
    let server = Running::start().await;
    let mut client = ServerReflectionClient::new(server.channel().await);
    let asked = [
        MessageRequest::ListServices(String::new()),
        MessageRequest::FileContainingSymbol("pullquote.v1.PullquoteService".to_owned()),
        MessageRequest::FileContainingSymbol("google.rpc.BadRequest".to_owned()),
        MessageRequest::FileContainingSymbol("grpc.health.v1.Health".to_owned()),
    ];
    let requests =
        asked.map(|message| ServerReflectionRequest { message_request: Some(message), ..Default::default() });
    let answers = client.server_reflection_info(tokio_stream::iter(requests)).await.unwrap().into_inner();
    let answers: Vec<_> = answers.map(|answer| answer.unwrap().message_response.unwrap()).collect().await;
    let MessageResponse::ListServicesResponse(services) = &answers[0] else { panic!("{answers:?}") };
    let mut services: Vec<&str> = services.service.iter().map(|service| service.name.as_str()).collect();
    services.sort_unstable();
    let expected = ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "pullquote.v1.PullquoteService"];
    for service in expected {
        assert!(services.contains(&service), "{services:?}");
    }
    for answer in &answers[1..] {
        assert!(matches!(answer, MessageResponse::FileDescriptorResponse(_)), "{answer:?}");
    }
    server.stop().await;
}

fn pool() -> DescriptorPool {
    DescriptorPool::decode(pb::DESCRIPTORS).unwrap()
}

fn messages() -> Vec<MessageDescriptor> {
    pool().all_messages().filter(|message| message.package_name() == PACKAGE).collect()
}

fn fields() -> Vec<FieldDescriptor> {
    let fields: Vec<FieldDescriptor> = messages().iter().flat_map(MessageDescriptor::fields).collect();
    assert!(fields.len() > 40);
    fields
}

/// What stands above it in the proto.
fn comment(field: &FieldDescriptor) -> String {
    let file = field.parent_file();
    let info = file.file_descriptor_proto().source_code_info.clone().unwrap();
    let location = info.location.into_iter().find(|location| location.path == field.path()).unwrap();
    location.leading_comments().trim().to_owned()
}
