//! Asks a running service.

use tokio::runtime::{Builder, Runtime};
use tonic::{
    Response, Status,
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;

use super::{args::ServerArgs, fault::Failure};
use crate::{
    grpc::pb::v1::{self as pb, pullquote_service_client::PullquoteServiceClient},
    server::{ProbeArgs, endpoint},
};

/// A running service. Its calls block, and may be made from many threads at once.
#[derive(Debug)]
pub(super) struct Remote {
    runtime: Runtime,
    client: PullquoteServiceClient<Channel>,
}

impl Remote {
    /// How many calls are made at once: some more than a server of common size has cores, so that it never idles.
    pub(super) const AT_ONCE: usize = 32;

    /// Connects to the service at `url`.
    pub(super) fn connect(url: &str, args: &ServerArgs) -> Result<Self, Failure> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let address = ProbeArgs {
            server: url.to_owned(),
            ca: args.ca.clone(),
            cert: args.cert.clone(),
            key: args.key.clone(),
            service: String::new(),
        };
        let endpoint: Endpoint = endpoint(&address).map_err(Failure::Told)?;
        let channel =
            runtime.block_on(endpoint.connect()).map_err(|error| Failure::Told(format!("{url}: {error:?}")))?;
        let client = PullquoteServiceClient::new(channel).max_decoding_message_size(usize::MAX);
        Ok(Self { runtime, client })
    }

    pub(super) fn summarize(&self, request: pb::SummarizeRequest) -> Result<pb::SummarizeResponse, pb::ItemError> {
        let mut client = self.client.clone();
        heard(self.runtime.block_on(client.summarize(request)))
    }

    pub(super) fn extract_quotes(
        &self,
        request: pb::ExtractQuotesRequest,
    ) -> Result<pb::ExtractQuotesResponse, pb::ItemError> {
        let mut client = self.client.clone();
        heard(self.runtime.block_on(client.extract_quotes(request)))
    }
}

/// What a server's status says, as a stream's item would put it.
fn heard<R>(result: Result<Response<R>, Status>) -> Result<R, pb::ItemError> {
    result.map(Response::into_inner).map_err(|status| {
        let details = status.get_error_details();
        let violations = details.bad_request().map(|request| request.field_violations.as_slice()).unwrap_or_default();
        pb::ItemError {
            code: status.code() as i32,
            message: status.message().to_owned(),
            reason: details.error_info().map(|info| info.reason.clone()).unwrap_or_default(),
            field_violations: violations
                .iter()
                .map(|violation| pb::FieldViolation {
                    field: violation.field.clone(),
                    description: violation.description.clone(),
                })
                .collect(),
        }
    })
}
