//! A status as Connect writes it: an HTTP status and JSON.

use std::{sync::LazyLock, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use http::{HeaderValue, Response, StatusCode, header};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde::Serialize;
use tonic::{Code, Status, body::Body};
use tonic_types::pb;

use super::body;
use crate::grpc::status::RETRY_PUSHBACK;

/// What tells a detail's fields to a person. Without it details are base64 alone, which suffices for programs.
static DETAILS: LazyLock<Option<DescriptorPool>> =
    LazyLock::new(|| DescriptorPool::decode(pb::FILE_DESCRIPTOR_SET).ok());

#[derive(Serialize)]
struct Error<'a> {
    code: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<Detail>,
}

#[derive(Serialize)]
struct Detail {
    #[serde(rename = "type")]
    name: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    debug: Option<DynamicMessage>,
}

/// The response that tells `status`. Its metadata become headers.
pub(super) fn response(status: &Status) -> Response<Body> {
    let error = Error { code: code_name(status.code()), message: status.message(), details: details(status.details()) };
    // Strings and maps of them can always be written.
    let json = serde_json::to_vec(&error).unwrap_or_default();
    let mut response = body::response("application/json", json.into(), false);
    *response.status_mut() = http_status(status.code());
    let headers = response.headers_mut();
    for (name, value) in status.metadata().clone().into_headers() {
        if let Some(name) = name
            && name != header::CONTENT_TYPE
        {
            headers.insert(name, value);
        }
    }
    let pushback = headers.get(RETRY_PUSHBACK).and_then(|value| value.to_str().ok()?.parse().ok());
    if let Some(pushback) = pushback {
        // Whole seconds, which is all that HTTP has.
        let seconds = Duration::from_millis(pushback).as_secs_f64().ceil().max(1.0);
        headers.extend(HeaderValue::try_from(seconds.to_string()).ok().map(|value| (header::RETRY_AFTER, value)));
    }
    if status.code() == Code::Unauthenticated {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn details(status: &[u8]) -> Vec<Detail> {
    let status = pb::Status::decode(status).unwrap_or_default();
    status
        .details
        .into_iter()
        .map(|detail| {
            let name = detail.type_url.rsplit('/').next().unwrap_or_default().to_owned();
            let descriptor = DETAILS.as_ref().and_then(|pool| pool.get_message_by_name(&name));
            let debug =
                descriptor.and_then(|descriptor| DynamicMessage::decode(descriptor, detail.value.as_slice()).ok());
            Detail { name, value: STANDARD_NO_PAD.encode(&detail.value), debug }
        })
        .collect()
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Cancelled => "canceled",
        // Connect has no code for success.
        Code::Ok | Code::Unknown => "unknown",
        Code::InvalidArgument => "invalid_argument",
        Code::DeadlineExceeded => "deadline_exceeded",
        Code::NotFound => "not_found",
        Code::AlreadyExists => "already_exists",
        Code::PermissionDenied => "permission_denied",
        Code::ResourceExhausted => "resource_exhausted",
        Code::FailedPrecondition => "failed_precondition",
        Code::Aborted => "aborted",
        Code::OutOfRange => "out_of_range",
        Code::Unimplemented => "unimplemented",
        Code::Internal => "internal",
        Code::Unavailable => "unavailable",
        Code::DataLoss => "data_loss",
        Code::Unauthenticated => "unauthenticated",
    }
}

fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Cancelled => StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST),
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Ok | Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::status::Fault;

    #[test]
    fn http_statuses_are_those_of_the_protocol() {
        for (code, name, expected) in [
            (Code::Cancelled, "canceled", 499),
            (Code::Unknown, "unknown", 500),
            (Code::InvalidArgument, "invalid_argument", 400),
            (Code::DeadlineExceeded, "deadline_exceeded", 504),
            (Code::NotFound, "not_found", 404),
            (Code::AlreadyExists, "already_exists", 409),
            (Code::PermissionDenied, "permission_denied", 403),
            (Code::ResourceExhausted, "resource_exhausted", 429),
            (Code::FailedPrecondition, "failed_precondition", 400),
            (Code::Aborted, "aborted", 409),
            (Code::OutOfRange, "out_of_range", 400),
            (Code::Unimplemented, "unimplemented", 501),
            (Code::Internal, "internal", 500),
            (Code::Unavailable, "unavailable", 503),
            (Code::DataLoss, "data_loss", 500),
            (Code::Unauthenticated, "unauthenticated", 401),
        ] {
            assert_eq!((code_name(code), http_status(code).as_u16()), (name, expected));
        }
    }

    #[test]
    fn details_are_told_to_programs_and_people() {
        let status = Status::from(Fault::Overloaded { retry_after: Duration::from_millis(200) });
        let told = serde_json::to_value(details(status.details())).unwrap_or_default();
        let debugs: Vec<_> = told.as_array().into_iter().flatten().map(|detail| &detail["debug"]).collect();
        assert!(debugs.contains(&&serde_json::json!({"retryDelay": "0.200s"})), "{told}");
        assert!(debugs.contains(&&serde_json::json!({"reason": "OVERLOADED", "domain": "pullquote.v1"})), "{told}");
    }
}
