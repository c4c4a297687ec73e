//! Which service answers a path.

use std::{convert::Infallible, future::Future};

use http::{Request, Response};
use tonic::{body::Body, codec::CompressionEncoding, codegen::Service as _};
use tower::{ServiceExt as _, util::BoxCloneSyncService};

use super::{
    connect,
    drain::Drain,
    health::Health,
    protocol::{Codec, Protocol},
};
use crate::grpc::{
    method::{ExtractQuotes, Method as _, Summarize},
    pb::{self, health::health_server::HealthServer, v1::pullquote_service_server::PullquoteServiceServer},
    service::Pullquote,
};

const PULLQUOTE: &str = "/pullquote.v1.PullquoteService/";
const HEALTH: &str = "/grpc.health.v1.Health/";
const REFLECTION_V1: &str = "/grpc.reflection.v1.ServerReflection/";
const REFLECTION_V1ALPHA: &str = "/grpc.reflection.v1alpha.ServerReflection/";

type Boxed = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// The services of the port.
#[derive(Debug)]
pub(crate) struct Routes {
    /// For what comes over plain HTTP.
    service: Pullquote,
    pullquote: PullquoteServiceServer<Pullquote>,
    health: HealthServer<Health>,
    reflection: Option<Reflection>,
}

#[derive(Debug)]
struct Reflection {
    v1: Boxed,
    v1alpha: Boxed,
}

/// What is known of a method before it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Method {
    /// Its name in logs and metrics; one of few, so that no caller can invent labels.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// What kind of call a method is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One message there, one back: bounded by the default time.
    Unary,
    /// Each item is bounded by the default time, the stream is not.
    Stream,
    /// Health: open to all, never refused.
    Health,
    /// A health watch: nobody waits for its end.
    HealthWatch,
    /// Reflection.
    Reflection,
    /// Not served.
    Unknown,
}

impl Kind {
    /// Whether a call of this kind lasts as long as its caller likes, and loses nothing when it ends.
    pub(crate) fn is_open_ended(self) -> bool {
        matches!(self, Self::HealthWatch | Self::Reflection)
    }
}

impl Method {
    pub(crate) fn of(path: &str) -> Self {
        let (name, kind) = match path {
            "/pullquote.v1.PullquoteService/Summarize" => ("pullquote.v1.PullquoteService/Summarize", Kind::Unary),
            "/pullquote.v1.PullquoteService/ExtractQuotes" => {
                ("pullquote.v1.PullquoteService/ExtractQuotes", Kind::Unary)
            }
            "/pullquote.v1.PullquoteService/SummarizeStream" => {
                ("pullquote.v1.PullquoteService/SummarizeStream", Kind::Stream)
            }
            "/pullquote.v1.PullquoteService/ExtractQuotesStream" => {
                ("pullquote.v1.PullquoteService/ExtractQuotesStream", Kind::Stream)
            }
            "/grpc.health.v1.Health/Check" => ("grpc.health.v1.Health/Check", Kind::Health),
            "/grpc.health.v1.Health/List" => ("grpc.health.v1.Health/List", Kind::Health),
            "/grpc.health.v1.Health/Watch" => ("grpc.health.v1.Health/Watch", Kind::HealthWatch),
            _ if path.starts_with(REFLECTION_V1) || path.starts_with(REFLECTION_V1ALPHA) => {
                ("grpc.reflection.ServerReflection/ServerReflectionInfo", Kind::Reflection)
            }
            _ => ("_OTHER", Kind::Unknown),
        };
        Self { name, kind }
    }
}

impl Routes {
    /// # Errors
    ///
    /// When the descriptors that reflection serves cannot be read.
    pub(crate) fn new(pullquote: Pullquote, drain: Drain, reflection: bool) -> Result<Self, String> {
        let max_message_bytes = pullquote.max_message_bytes;
        let reflection = if reflection { Some(Reflection::new()?) } else { None };
        Ok(Self {
            service: pullquote.clone(),
            pullquote: PullquoteServiceServer::new(pullquote)
                .max_decoding_message_size(max_message_bytes)
                .accept_compressed(CompressionEncoding::Gzip)
                .accept_compressed(CompressionEncoding::Zstd)
                .send_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Zstd),
            health: HealthServer::new(Health::new(drain)),
            reflection,
        })
    }

    /// Answers a request.
    pub(crate) fn call(
        &self,
        protocol: Protocol,
        request: Request<Body>,
    ) -> impl Future<Output = Response<Body>> + Send + use<> {
        let path = request.uri().path();
        let reflection = self.reflection.as_ref();
        let answer: tonic::codegen::BoxFuture<Response<Body>, Infallible> = if let Protocol::Connect(codec) = protocol {
            self.call_plain(codec, request)
        } else if path.starts_with(PULLQUOTE) {
            self.pullquote.clone().call(request)
        } else if path.starts_with(HEALTH) {
            self.health.clone().call(request)
        } else if let Some(reflection) = reflection
            && path.starts_with(REFLECTION_V1)
        {
            Box::pin(reflection.v1.clone().oneshot(request))
        } else if let Some(reflection) = reflection
            && path.starts_with(REFLECTION_V1ALPHA)
        {
            Box::pin(reflection.v1alpha.clone().oneshot(request))
        } else {
            Box::pin(std::future::ready(Ok(tonic::Status::unimplemented("unknown service").into_http())))
        };
        async move {
            match answer.await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        }
    }
}

impl Routes {
    /// Answers a unary call whose messages are the whole bodies.
    fn call_plain(
        &self,
        codec: Codec,
        request: Request<Body>,
    ) -> tonic::codegen::BoxFuture<Response<Body>, Infallible> {
        let service = self.service.clone();
        match Method::of(request.uri().path()).name {
            Summarize::NAME => Box::pin(async move { Ok(connect::answer::<Summarize>(service, codec, request).await) }),
            ExtractQuotes::NAME => {
                Box::pin(async move { Ok(connect::answer::<ExtractQuotes>(service, codec, request).await) })
            }
            _ => Box::pin(std::future::ready(Ok(tonic::Status::unimplemented("unknown method").into_http()))),
        }
    }
}

impl Reflection {
    fn new() -> Result<Self, String> {
        let builder = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(pb::DESCRIPTORS)
                // Without these a tool prints a fault's details as base64.
                .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
        };
        let v1 = builder().build_v1().map_err(|error| error.to_string())?;
        let v1alpha = builder().build_v1alpha().map_err(|error| error.to_string())?;
        Ok(Self { v1: BoxCloneSyncService::new(v1), v1alpha: BoxCloneSyncService::new(v1alpha) })
    }
}
