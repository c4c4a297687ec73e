//! Connect's unary protocol (<https://connectrpc.com/docs/protocol>): the contract's messages as plain HTTP bodies, in JSON
//! or protobuf.
//!
//! A call is answered by the very function that answers gRPC's. Below here a fault is what it is in gRPC, a response of
//! headers alone; [`told`] writes it as Connect has it. Connect's GET is not served: articles do not fit into URLs.

mod body;
mod error;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use serde_path_to_error::Segment;
use tonic::{Status, body::Body};

use super::protocol::{Codec, Rejection};
use crate::grpc::{
    method::Method,
    service::Pullquote,
    status::{Fault, InvalidReason, Violation},
};

const PROTOCOL_VERSION: &str = "connect-protocol-version";

/// What is said of a field; longer explanations quote the article.
const MAX_DESCRIPTION_BYTES: usize = 256;

/// Answers a call, or says in gRPC's way why not.
pub(super) async fn answer<M: Method>(service: Pullquote, codec: Codec, request: Request<Body>) -> Response<Body> {
    answered::<M>(&service, codec, request).await.unwrap_or_else(Status::into_http)
}

async fn answered<M: Method>(
    service: &Pullquote,
    codec: Codec,
    request: Request<Body>,
) -> Result<Response<Body>, Status> {
    let (head, body) = request.into_parts();
    let context = service.context(&head.extensions);
    check_version(&head.headers)?;
    let message = body::read(&head.headers, body, service.max_message_bytes, &context).await?;
    let request = read::<M::Request>(codec, &message)?;
    drop(message);
    let response = service.call::<M>(request, &context).await?;
    let message = write(codec, &response)?;
    drop(response);
    Ok(body::response(codec.content_type(), message, body::takes_gzip(&head.headers)))
}

/// The response as Connect has it: a fault becomes its JSON.
pub(super) fn told(response: Response<Body>) -> Response<Body> {
    match Status::from_header_map(response.headers()) {
        Some(status) => error::response(&status),
        None => response,
    }
}

/// What is told to a request that reaches no service.
pub(super) fn rejected(rejection: Rejection) -> Response<Body> {
    let mut response = error::response(&Status::unimplemented(rejection.message));
    *response.status_mut() = rejection.status;
    response.headers_mut().extend(rejection.header);
    response
}

fn check_version(headers: &HeaderMap) -> Result<(), Fault> {
    match headers.get(PROTOCOL_VERSION) {
        Some(version) if version != "1" => Err(Fault::Malformed(format!("{PROTOCOL_VERSION}: expected 1"))),
        _ => Ok(()),
    }
}

fn read<T: prost::Message + Default + serde::de::DeserializeOwned>(codec: Codec, message: &[u8]) -> Result<T, Fault> {
    match codec {
        Codec::Proto => T::decode(message).map_err(|error| Fault::Malformed(error.to_string())),
        Codec::Json => {
            let mut json = serde_json::Deserializer::from_slice(message);
            let message = serde_path_to_error::deserialize(&mut json).map_err(misread)?;
            json.end().map_err(|error| Fault::Malformed(error.to_string()))?;
            Ok(message)
        }
    }
}

/// What is wrong with JSON, by the field where it can be told.
fn misread(error: serde_path_to_error::Error<serde_json::Error>) -> Fault {
    let names = error.path().iter().filter_map(|segment| match segment {
        Segment::Map { key } => Some(snake_case(key)),
        _ => None,
    });
    let field = names.collect::<Vec<_>>().join(".");
    let error = error.into_inner();
    let mut description = error.to_string();
    if description.len() > MAX_DESCRIPTION_BYTES {
        description.truncate(description.floor_char_boundary(MAX_DESCRIPTION_BYTES));
        description.push('…');
    }
    if field.is_empty() || !error.is_data() {
        return Fault::Malformed(format!("not the request's JSON: {description}"));
    }
    Fault::Invalid { reason: InvalidReason::InvalidRequest, violations: vec![Violation { field, description }] }
}

/// A field's name in the contract, from its name in JSON.
fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

fn write<T: prost::Message + serde::Serialize>(codec: Codec, message: &T) -> Result<Bytes, Fault> {
    match codec {
        Codec::Proto => Ok(message.encode_to_vec().into()),
        Codec::Json => serde_json::to_vec(message).map(Bytes::from).map_err(|_| Fault::Internal),
    }
}
