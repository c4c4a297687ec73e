//! The contract's service: each call admitted, read, computed where it fits, and answered.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

use std::{pin::Pin, sync::Arc, time::Instant};

use tokio::sync::watch;
use tokio_stream::{Stream, wrappers::ReceiverStream};
use tonic::{Code, Request, Response, Status, Streaming, async_trait};

use super::{
    admission::{Admission, Claim},
    compute::Compute,
    context::CallContext,
    convert::Limits,
    method::{ExtractQuotes, Method, Summarize},
    pb::v1::{self as pb, pullquote_service_server::PullquoteService},
    status::{Fault, restate},
    stream,
};
use crate::telemetry::metrics::Metrics;

/// The service. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Pullquote {
    /// The contract's sizes.
    pub limits: Limits,
    /// The largest message, after decompression.
    pub max_message_bytes: usize,
    /// Items of one stream that are worked on at once.
    pub max_items_per_stream: usize,
    /// The gate.
    pub admission: Arc<Admission>,
    /// The threads that compute.
    pub compute: Arc<Compute>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Turns true when streams shall finish what they received, and end.
    pub draining: watch::Receiver<bool>,
}

impl Pullquote {
    /// Answers one unary call, whatever brought it here.
    ///
    /// # Errors
    ///
    /// The [`Fault`] the call ends in.
    pub async fn call<M: Method>(&self, request: M::Request, context: &Arc<CallContext>) -> Result<M::Response, Fault> {
        context.hold(M::message_bytes(&request))?;
        let weight = M::weight(&request);
        self.admission.in_time(self.compute.backlog(weight), context.deadline)?;
        let _pending = self.compute.pending(weight);
        let permit = self.admission.admit().await?;
        let answer = self.compute::<M>(request, Arc::clone(context), context.deadline, None).await;
        drop(permit);
        answer
    }

    /// Computes an article that was admitted and is `due` by then. What is `held` for it lives as long as the article itself, be the caller
    /// gone or not.
    pub(super) async fn compute<M: Method>(
        &self,
        request: M::Request,
        context: Arc<CallContext>,
        due: Option<tokio::time::Instant>,
        held: Option<Claim>,
    ) -> Result<M::Response, Fault> {
        let bytes = M::article_bytes(&request);
        context.note_article(bytes);
        self.metrics.article(M::NAME, bytes);
        let (limits, metrics) = (self.limits, Arc::clone(&self.metrics));
        self.compute
            .run(M::weight(&request), due.map(tokio::time::Instant::into_std), move |cancel| {
                let begin = Instant::now();
                let response = M::answer(request, &limits, &metrics, cancel);
                context.note_computed(begin.elapsed());
                let response = response?;
                context.note_results(M::result_count(&response));
                drop(held);
                Ok(response)
            })
            .await
    }

    async fn unary<M: Method>(&self, request: Request<M::Request>) -> Result<Response<M::Response>, Status> {
        let (_, extensions, request) = request.into_parts();
        let context = self.context(&extensions);
        Ok(Response::new(self.call::<M>(request, &context).await?))
    }

    fn stream<M: Method>(&self, request: Request<Streaming<M::Item>>) -> Answers<M> {
        let (_, extensions, requests) = request.into_parts();
        let context = self.context(&extensions);
        Box::pin(ReceiverStream::new(stream::answer::<M>(self.clone(), context, requests)))
    }

    /// What the transport gave the call to carry.
    pub(crate) fn context(&self, extensions: &http::Extensions) -> Arc<CallContext> {
        extensions.get::<Arc<CallContext>>().map_or_else(|| CallContext::new(&self.admission, None, None), Arc::clone)
    }

    /// A status as the contract has it.
    pub(super) fn restate(&self, status: Status) -> Status {
        restate(status, self.max_message_bytes)
    }
}

type Answers<M> = Pin<Box<dyn Stream<Item = Result<<M as Method>::Answer, Status>> + Send>>;

#[async_trait]
impl PullquoteService for Pullquote {
    type SummarizeStreamStream = Answers<Summarize>;
    type ExtractQuotesStreamStream = Answers<ExtractQuotes>;

    async fn summarize(
        &self,
        request: Request<pb::SummarizeRequest>,
    ) -> Result<Response<pb::SummarizeResponse>, Status> {
        self.unary::<Summarize>(request).await
    }

    async fn extract_quotes(
        &self,
        request: Request<pb::ExtractQuotesRequest>,
    ) -> Result<Response<pb::ExtractQuotesResponse>, Status> {
        self.unary::<ExtractQuotes>(request).await
    }

    async fn summarize_stream(
        &self,
        request: Request<Streaming<pb::SummarizeStreamRequest>>,
    ) -> Result<Response<Self::SummarizeStreamStream>, Status> {
        Ok(Response::new(self.stream::<Summarize>(request)))
    }

    async fn extract_quotes_stream(
        &self,
        request: Request<Streaming<pb::ExtractQuotesStreamRequest>>,
    ) -> Result<Response<Self::ExtractQuotesStreamStream>, Status> {
        Ok(Response::new(self.stream::<ExtractQuotes>(request)))
    }
}

/// A code as gRPC spells it.
#[must_use]
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
