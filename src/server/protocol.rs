//! Which protocol a request speaks. All of them share a port, and its content type says which it is.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Version, header};

use super::routes::Kind;
use crate::grpc::{deadline, status::Fault};

/// How a request and its answer are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// gRPC.
    Grpc,
    /// gRPC as browsers can speak it; answered as gRPC, and translated around that.
    GrpcWeb,
    /// Connect's unary protocol.
    Connect(Codec),
    /// None that is served.
    Other,
}

/// How a message is written in a plain HTTP body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    /// Canonical protobuf JSON.
    Json,
    /// Protobuf.
    Proto,
}

/// What HTTP by itself says of a request that reaches no service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) status: StatusCode,
    /// What to do instead, for a person to read.
    pub(crate) message: &'static str,
    /// What to do instead, for a program.
    pub(crate) header: Option<(HeaderName, HeaderValue)>,
}

impl Codec {
    /// The content type of a request and its answer.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Proto => "application/proto",
        }
    }
}

impl Protocol {
    /// By the content type.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (essence, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
        let essence = essence.trim_ascii().to_ascii_lowercase();
        match essence.as_str() {
            "application/json" if is_utf8(parameters) => Self::Connect(Codec::Json),
            "application/proto" => Self::Connect(Codec::Proto),
            "application/grpc" => Self::Grpc,
            "application/grpc-web"
            | "application/grpc-web+proto"
            | "application/grpc-web-text"
            | "application/grpc-web-text+proto" => Self::GrpcWeb,
            _ if essence.starts_with("application/grpc+") => Self::Grpc,
            _ => Self::Other,
        }
    }

    /// Whether calls end in gRPC's trailers.
    pub(crate) fn is_grpc(self) -> bool {
        matches!(self, Self::Grpc | Self::GrpcWeb)
    }

    /// Its name in log lines.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Grpc => "grpc",
            Self::GrpcWeb => "grpc-web",
            Self::Connect(_) => "connect",
            Self::Other => "http",
        }
    }

    /// Its name in metrics, as OpenTelemetry has it.
    pub(crate) fn system(self) -> &'static str {
        match self {
            Self::Grpc | Self::GrpcWeb => "grpc",
            Self::Connect(_) | Self::Other => "connectrpc",
        }
    }

    /// Takes the caller's deadline off the headers.
    ///
    /// # Errors
    ///
    /// When the protocol has it that a deadline which cannot be read is a fault.
    pub(crate) fn take_timeout(self, headers: &mut HeaderMap) -> Result<Option<Duration>, Fault> {
        match self {
            Self::Grpc | Self::GrpcWeb => Ok(deadline::take_timeout(headers)),
            Self::Connect(_) => deadline::take_connect_timeout(headers),
            Self::Other => Ok(None),
        }
    }

    /// Why no service is asked at all: an unknown path, the wrong HTTP method, a protocol that the method does not speak.
    pub(crate) fn rejection<B>(self, kind: Kind, request: &Request<B>) -> Option<Rejection> {
        let rejection = |status, message, header| Some(Rejection { status, message, header });
        if kind == Kind::Unknown && !self.is_grpc() {
            return rejection(StatusCode::NOT_FOUND, "no such method", None);
        }
        if request.method() != http::Method::POST && kind != Kind::Unknown {
            let allow = (header::ALLOW, HeaderValue::from_static("POST"));
            return rejection(StatusCode::METHOD_NOT_ALLOWED, "methods are called by POST", Some(allow));
        }
        match self {
            Self::Grpc if request.version() < Version::HTTP_2 => {
                rejection(StatusCode::HTTP_VERSION_NOT_SUPPORTED, "gRPC asks for HTTP/2", None)
            }
            Self::Grpc | Self::GrpcWeb => None,
            Self::Connect(_) if kind == Kind::Unary => None,
            Self::Connect(_) | Self::Other => {
                let accepted = if kind == Kind::Unary {
                    "application/json, application/proto, application/grpc, application/grpc-web"
                } else {
                    "application/grpc, application/grpc-web"
                };
                let message = "this method does not speak the content type; the header accept-post lists those it does";
                let accept_post = (HeaderName::from_static("accept-post"), HeaderValue::from_static(accepted));
                rejection(StatusCode::UNSUPPORTED_MEDIA_TYPE, message, Some(accept_post))
            }
        }
    }
}

/// Whether a content type's parameters leave the text in UTF-8.
fn is_utf8(parameters: &str) -> bool {
    parameters.split(';').filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        !name.trim_ascii().eq_ignore_ascii_case("charset")
            || value.trim_ascii().trim_matches('"').eq_ignore_ascii_case("utf-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_type_tells_the_protocol() {
        for (content_type, expected) in [
            ("application/json", Protocol::Connect(Codec::Json)),
            ("Application/JSON; charset=\"UTF-8\"", Protocol::Connect(Codec::Json)),
            ("application/json;charset=latin1", Protocol::Other),
            ("application/proto", Protocol::Connect(Codec::Proto)),
            ("application/grpc", Protocol::Grpc),
            ("application/grpc+proto", Protocol::Grpc),
            ("application/grpc-web", Protocol::GrpcWeb),
            ("application/grpc-web-text+proto", Protocol::GrpcWeb),
            ("application/grpc-webx", Protocol::Other),
            ("application/grpcx", Protocol::Other),
            ("text/plain", Protocol::Other),
            ("", Protocol::Other),
        ] {
            let headers = content_type.parse().map(|value| (header::CONTENT_TYPE, value)).into_iter().collect();
            assert_eq!(Protocol::of(&headers), expected, "{content_type}");
        }
        assert_eq!(Protocol::of(&HeaderMap::new()), Protocol::Other);
    }
}
