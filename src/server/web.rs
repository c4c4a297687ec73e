//! What a browser asks for beside plain calls: the playground's page, gRPC-Web, and leave to call from another origin.
//!
//! All of it lies around [`Calls`], so that whatever a call is in the end, it is bounded, admitted and told of as any other.

use std::{
    convert::Infallible,
    future::{Future, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::{HeaderName, Method, Request, Response, header};
use http_body_util::Either;
use tonic::{body::Body, codegen::Service};
use tonic_web::GrpcWebLayer;
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::{
    calls::{Calls, Observed},
    playground,
    protocol::Protocol,
};
use crate::config::Origins;

/// How long a browser may remember what it is allowed: the most that any browser heeds.
const CORS_MAX_AGE: Duration = Duration::from_hours(2);

/// The headers of an answer that scripts of other origins may read.
const EXPOSED_HEADERS: [&str; 8] = [
    "accept-post",
    "grpc-message",
    "grpc-retry-pushback-ms",
    "grpc-status",
    "grpc-status-details-bin",
    "retry-after",
    "server-timing",
    "x-request-id",
];

/// What browsers are offered.
#[derive(Debug)]
pub(crate) struct Offer {
    cors: Option<CorsLayer>,
    playground: bool,
}

impl Offer {
    pub(crate) fn new(origins: &Origins, playground: bool) -> Self {
        let origins = match origins {
            Origins::Any => Some(AllowOrigin::any()),
            Origins::These(origins) if origins.is_empty() => None,
            Origins::These(origins) => Some(AllowOrigin::list(origins.clone())),
        };
        let cors = origins.map(|origins| {
            CorsLayer::new()
                .allow_origin(origins)
                .allow_methods([Method::POST])
                // A header that nobody reads does no harm, and one that an interceptor adds shall not stop a call.
                .allow_headers(AllowHeaders::mirror_request())
                .expose_headers(EXPOSED_HEADERS.map(HeaderName::from_static))
                .max_age(CORS_MAX_AGE)
        });
        Self { cors, playground }
    }
}

/// The calls of one connection, and what browsers are offered beside them.
#[derive(Clone, Debug)]
pub(crate) struct Web {
    pub(crate) calls: Calls,
    pub(crate) offer: Arc<Offer>,
}

type Answer = Response<Either<Observed, Body>>;

impl Service<Request<Body>> for Web {
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if self.offer.playground
            && let Some(response) = playground::answer(&request)
        {
            return Box::pin(ready(Ok(response.map(Either::Right))));
        }
        let cors = self.offer.cors.as_ref().filter(|_| request.headers().contains_key(header::ORIGIN));
        let protocol = Protocol::of(request.headers());
        if cors.is_none() && protocol != Protocol::GrpcWeb {
            let answer = self.calls.answer(protocol, request);
            return Box::pin(async { Ok(answer.await.map(Either::Left)) });
        }
        let calls = self.calls.clone();
        let answer = service_fn(move |request| called(calls.clone(), protocol, request));
        let answer = match cors {
            Some(cors) => Either::Left(cors.layer(answer).oneshot(request)),
            None => Either::Right(answer.oneshot(request)),
        };
        Box::pin(async {
            let response = match answer {
                Either::Left(answer) => answer.await,
                Either::Right(answer) => answer.await,
            };
            response.map(|response| response.map(Either::Right))
        })
    }
}

/// A call's answer; of gRPC-Web, translated from and to gRPC.
async fn called(calls: Calls, protocol: Protocol, request: Request<Body>) -> Result<Response<Body>, Infallible> {
    if protocol == Protocol::GrpcWeb && request.method() == Method::POST {
        let grpc = service_fn(move |request| {
            let answer = calls.answer(protocol, request);
            async { Ok::<_, Infallible>(answer.await) }
        });
        return GrpcWebLayer::new().layer(grpc).oneshot(request).await;
    }
    Ok(calls.answer(protocol, request).await.map(Body::new))
}
