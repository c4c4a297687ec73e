//! What surrounds every call: who may come, its deadline, its panic, its metrics, its log line.

use std::{
    future::Future,
    hash::{BuildHasher as _, RandomState},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt as _, Limited};
use tonic::{Code, Status, body::Body};
use tracing::Instrument as _;

use super::{
    api_keys::ApiKeys,
    connect,
    connection::{Activity, Busy, STREAM_WINDOW_BYTES},
    drain::{Drain, InFlight, Phase},
    protocol::{Protocol, Rejection},
    routes::{Kind, Method, Routes},
};
use crate::{
    grpc::{
        admission::Admission,
        arriving::Arriving,
        compute::Compute,
        context::{CallContext, Counted, UntilDrained},
        deadline,
        service::code_name,
        status::{Fault, restate},
    },
    telemetry::{metrics::Metrics, trace},
};

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
const REQUEST_ID: &str = "x-request-id";
const MAX_REQUEST_ID_BYTES: usize = 128;

/// How much of a request that is rejected is taken in, and for how long.
const MAX_REJECTED_BYTES: usize = 64 << 10;
const REJECTION_PATIENCE: Duration = Duration::from_secs(1);

/// What all calls of a server share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) routes: Routes,
    pub(crate) admission: Arc<Admission>,
    pub(crate) compute: Arc<Compute>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) drain: Drain,
    pub(crate) api_keys: Option<Arc<ApiKeys>>,
    pub(crate) call_timeout: Duration,
    pub(crate) max_message_bytes: usize,
    pub(crate) request_ids: RequestIds,
    /// Whether spans are collected. A log line says all of a call by itself.
    pub(crate) traced: bool,
}

/// The calls of one connection, each surrounded by what every call needs.
#[derive(Clone, Debug)]
pub(crate) struct Calls {
    pub(crate) shared: Arc<Shared>,
    pub(crate) activity: Arc<Activity>,
}

impl Calls {
    /// Answers a call that speaks `protocol`.
    pub(crate) fn answer(
        &self,
        protocol: Protocol,
        mut request: Request<Body>,
    ) -> Pin<Box<dyn Future<Output = Response<Observed>> + Send>> {
        let method = Method::of(request.uri().path());
        // The call's time runs from here on, before anything else of it does.
        let (own_timeout, misread) = match protocol.take_timeout(request.headers_mut()) {
            Ok(timeout) => (timeout, None),
            Err(fault) => (None, Some(fault)),
        };
        let timeout = own_timeout.or((method.kind == Kind::Unary).then_some(self.shared.call_timeout));
        let deadline = timeout.and_then(|timeout| tokio::time::Instant::now().checked_add(timeout));
        let item_timeout = if own_timeout.is_none() { Some(self.shared.call_timeout) } else { None };
        let context = CallContext::new(&self.shared.admission, deadline, item_timeout);

        let span = if self.shared.traced { span(protocol, method, request.headers()) } else { tracing::Span::none() };
        let observation =
            Observation::begin(self, protocol, method, &request, Arc::clone(&context), deadline, span.clone());

        if let Some(rejection) = protocol.rejection(method.kind, &request) {
            return Box::pin(async move {
                hear_out(request.into_body()).await;
                observation.of_rejection(rejection)
            });
        }
        if let Some(fault) = self.refusal(method.kind, request.headers()).or(misread) {
            let response = Status::from(fault).into_http();
            return Box::pin(std::future::ready(observation.of(response)));
        }
        let request = match method.kind {
            Kind::Unary => request.map(|body| {
                let (admission, compute) = (Arc::clone(&self.shared.admission), Arc::clone(&self.shared.compute));
                Body::new(Counted::new(body, Arc::clone(&context), admission, compute))
            }),
            Kind::Stream => request.map(|body| {
                let (draining, admission) = (self.shared.drain.signal(), Arc::clone(&self.shared.admission));
                let body = UntilDrained::new(body, Arc::clone(&context), draining, STREAM_WINDOW_BYTES as usize);
                Body::new(Arriving::new(Body::new(body), admission, Arc::clone(&context), self.shared.call_timeout))
            }),
            _ => request,
        };
        let shared = Arc::clone(&self.shared);
        let answer = async move {
            let mut request = request;
            request.extensions_mut().insert(context);
            let answer = unwound(async { shared.routes.call(protocol, request).await });
            let response = deadline::within(deadline, answer).await;
            observation.of(restated(response, shared.max_message_bytes))
        };
        if span.is_disabled() { Box::pin(answer) } else { Box::pin(answer.instrument(span)) }
    }

    /// Why a call is not even begun.
    fn refusal(&self, kind: Kind, headers: &HeaderMap) -> Option<Fault> {
        if matches!(kind, Kind::Health | Kind::Unknown) {
            return None;
        }
        if self.shared.drain.phase() == Phase::Draining {
            return Some(Fault::Draining);
        }
        let guarded = matches!(kind, Kind::Unary | Kind::Stream | Kind::Reflection);
        let unknown_caller = self.shared.api_keys.as_ref().is_some_and(|keys| !keys.admit(headers));
        if guarded && unknown_caller {
            return Some(Fault::BadApiKey);
        }
        if kind == Kind::Unary { self.shared.admission.refusal() } else { None }
    }
}

/// A call's span, a child of the caller's.
fn span(protocol: Protocol, method: Method, headers: &HeaderMap) -> tracing::Span {
    let span = tracing::info_span!(
        "call",
        "otel.name" = method.name,
        "otel.kind" = "server",
        "rpc.system.name" = protocol.system(),
        "rpc.method" = method.name,
        "rpc.response.status_code" = tracing::field::Empty,
    );
    trace::adopt(&span, headers);
    span
}

/// Takes in the rest of a request that is rejected, within bounds: an answer that overtakes it hides what HTTP itself finds
/// wrong with it, and over HTTP/1 costs the caller its connection.
async fn hear_out(body: Body) {
    let rest = Limited::new(body, MAX_REJECTED_BYTES);
    // What does not end in time is answered all the same.
    let _heard = tokio::time::timeout(REJECTION_PATIENCE, rest.collect()).await;
}

/// A panic becomes INTERNAL, for that call alone.
async fn unwound(answer: impl Future<Output = Response<Body>>) -> Response<Body> {
    let mut answer = pin!(answer);
    std::future::poll_fn(move |cx| {
        catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(cx)))
            .unwrap_or_else(|_| Poll::Ready(Status::from(Fault::Internal).into_http()))
    })
    .await
}

/// A refusal that tonic made by itself, put as the contract has it.
fn restated(response: Response<Body>, max_message_bytes: usize) -> Response<Body> {
    match Status::from_header_map(response.headers()) {
        Some(status) if matches!(status.code(), Code::OutOfRange | Code::ResourceExhausted) => {
            restate(status, max_message_bytes).into_http()
        }
        _ => response,
    }
}

/// Makes ids for the calls that bring none.
#[derive(Debug, Default)]
pub(crate) struct RequestIds {
    seed: RandomState,
    count: AtomicU64,
}

impl RequestIds {
    fn next(&self) -> HeaderValue {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let id = format!("{:016x}", self.seed.hash_one(count));
        HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
    }
}

fn request_id(headers: &HeaderMap, ids: &RequestIds) -> HeaderValue {
    match headers.get(REQUEST_ID) {
        Some(id) if id.len() <= MAX_REQUEST_ID_BYTES && !id.is_empty() && id.to_str().is_ok() => id.clone(),
        _ => ids.next(),
    }
}

/// A call as it is seen from outside: counted from its beginning, told of at its end, however it ends.
struct Observation {
    protocol: Protocol,
    method: Method,
    begun: Instant,
    shared: Arc<Shared>,
    context: Arc<CallContext>,
    request_id: HeaderValue,
    trace_id: Option<String>,
    span: tracing::Span,
    status: Option<Code>,
    response_bytes: usize,
    _in_flight: Option<InFlight>,
    _busy: Busy,
}

impl Observation {
    fn begin(
        calls: &Calls,
        protocol: Protocol,
        method: Method,
        request: &Request<Body>,
        context: Arc<CallContext>,
        deadline: Option<tokio::time::Instant>,
        span: tracing::Span,
    ) -> Self {
        let shared = &calls.shared;
        shared.metrics.in_flight.up();
        Self {
            protocol,
            method,
            begun: Instant::now(),
            shared: Arc::clone(shared),
            context,
            request_id: request_id(request.headers(), &shared.request_ids),
            trace_id: trace::trace_id(request.headers()).map(str::to_owned),
            span,
            status: None,
            response_bytes: 0,
            _in_flight: (!method.kind.is_open_ended()).then(|| shared.drain.begin()),
            _busy: calls.activity.begin(method.kind.is_open_ended(), deadline),
        }
    }

    /// Writes the response as the call's protocol has it, and observes it to its end.
    fn of(mut self, response: Response<Body>) -> Response<Observed> {
        self.note_status(response.headers());
        let response = match self.protocol {
            Protocol::Grpc | Protocol::GrpcWeb => response,
            Protocol::Connect(_) | Protocol::Other => self.timed(connect::told(response)),
        };
        self.identified(response)
    }

    /// Observes what is told to a request that reaches no service.
    fn of_rejection(mut self, rejection: Rejection) -> Response<Observed> {
        self.status = Some(Code::Unimplemented);
        self.identified(connect::rejected(rejection))
    }

    fn identified(self, mut response: Response<Body>) -> Response<Observed> {
        response.headers_mut().insert(REQUEST_ID, self.request_id.clone());
        response.map(|body| Observed { body, observation: self })
    }

    /// Says how long it took (<https://www.w3.org/TR/server-timing/>): the computing, and all from the request's headers on,
    /// in milliseconds.
    fn timed(&self, mut response: Response<Body>) -> Response<Body> {
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        let (compute, total) = (millis(self.context.computed()), millis(self.begun.elapsed()));
        let timing = HeaderValue::try_from(format!("compute;dur={compute:.3}, total;dur={total:.3}"));
        response.headers_mut().extend(timing.ok().map(|timing| (SERVER_TIMING, timing)));
        response
    }

    fn note_status(&mut self, headers: &HeaderMap) {
        let status = headers.get(Status::GRPC_STATUS);
        self.status = status.map(|status| Code::from_bytes(status.as_bytes())).or(self.status);
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        // A call that ends without a status was given up by its caller. So was one whose message broke off, whatever was
        // answered to it.
        if self.context.is_broken_off() {
            self.status = None;
        }
        let code = code_name(self.status.unwrap_or(Code::Cancelled));
        let elapsed = self.begun.elapsed();
        let (shared, context) = (&self.shared, &self.context);
        shared.metrics.in_flight.down();
        shared.metrics.call(self.protocol.system(), self.method.name, code, elapsed);
        if matches!(self.status, Some(Code::ResourceExhausted | Code::Unavailable | Code::Unauthenticated)) {
            shared.metrics.refused(code);
        }
        self.span.record("rpc.response.status_code", code);
        let quiet = matches!(self.method.kind, Kind::Health | Kind::HealthWatch);
        if quiet {
            tracing::debug!(method = self.method.name, code, "health");
            return;
        }
        tracing::info!(
            request_id = self.request_id.to_str().unwrap_or_default(),
            trace_id = self.trace_id,
            protocol = self.protocol.name(),
            method = self.method.name,
            code,
            elapsed_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
            articles = context.article_count(),
            article_bytes = context.article_bytes(),
            results = context.result_count(),
            response_bytes = self.response_bytes,
            "call"
        );
    }
}

/// A response body that is watched until its end.
pub(crate) struct Observed {
    body: Body,
    observation: Observation,
}

impl http_body::Body for Observed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let body = &mut self.body;
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(body).poll_frame(cx)));
        let frame = if let Ok(frame) = polled {
            ready!(frame)
        } else {
            self.body = Body::empty();
            let mut trailers = HeaderMap::new();
            Status::from(Fault::Internal).add_header(&mut trailers)?;
            Some(Ok(Frame::trailers(trailers)))
        };
        if let Some(Ok(frame)) = &frame {
            self.observation.response_bytes += frame.data_ref().map_or(0, Bytes::len);
            if let Some(trailers) = frame.trailers_ref() {
                self.observation.note_status(trailers);
            }
        }
        // Without trailers, an answer that was taken whole is a good one.
        if !self.observation.protocol.is_grpc() && self.body.is_end_stream() {
            self.observation.status.get_or_insert(Code::Ok);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl std::fmt::Debug for Observed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Observed").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[tokio::test]
    async fn a_panic_is_told_internal() {
        let response = unwound(async { panic!("on purpose") }).await;
        assert_eq!(Status::from_header_map(response.headers()).unwrap().code(), Code::Internal);
    }

    #[tokio::test]
    async fn a_panic_after_the_first_answer_is_told_internal_too() {
        let panics = async {
            tokio::task::yield_now().await;
            panic!("on purpose")
        };
        let response = unwound(panics).await;
        assert_eq!(Status::from_header_map(response.headers()).unwrap().code(), Code::Internal);
    }

    #[test]
    fn ids_are_unlike_each_other() {
        let ids = RequestIds::default();
        assert_ne!(ids.next(), ids.next());
        let mut headers = HeaderMap::new();
        for (shown, is_kept) in [("mine", true), ("", false), (&"x".repeat(MAX_REQUEST_ID_BYTES + 1), false)] {
            headers.insert(REQUEST_ID, shown.parse().unwrap());
            assert_eq!(request_id(&headers, &ids) == shown, is_kept, "{shown}");
        }
    }
}
