//! `grpc.health.v1.Health`: a watch of an unknown service is told so and stays open, and List is served.

use std::{collections::HashMap, pin::Pin};

use tokio_stream::{Stream, StreamExt as _, wrappers::WatchStream};
use tonic::{Request, Response, Status, async_trait};

use super::drain::{Drain, Phase};
use crate::grpc::{
    pb::health::{
        HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse,
        health_check_response::ServingStatus, health_server,
    },
    status::Fault,
};

/// The services it knows; the empty name is the server as a whole.
const SERVICES: [&str; 2] = ["", "pullquote.v1.PullquoteService"];

/// The health of a server that serves, or is on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Health(Drain);

impl Health {
    pub(crate) fn new(drain: Drain) -> Self {
        Self(drain)
    }
}

fn status_in(phase: Phase) -> ServingStatus {
    match phase {
        Phase::Serving => ServingStatus::Serving,
        Phase::Leaving | Phase::Draining => ServingStatus::NotServing,
    }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}

#[async_trait]
impl health_server::Health for Health {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, Status>> + Send>>;

    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        if SERVICES.contains(&request.get_ref().service.as_str()) {
            Ok(Response::new(response(status_in(self.0.phase()))))
        } else {
            Err(Status::not_found("unknown service"))
        }
    }

    async fn list(&self, _: Request<HealthListRequest>) -> Result<Response<HealthListResponse>, Status> {
        let status = status_in(self.0.phase());
        let statuses: HashMap<_, _> =
            SERVICES.into_iter().map(|service| (service.to_owned(), response(status))).collect();
        Ok(Response::new(HealthListResponse { statuses }))
    }

    async fn watch(&self, request: Request<HealthCheckRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let known = SERVICES.contains(&request.get_ref().service.as_str());
        let mut told = None;
        let changes = WatchStream::new(self.0.phases()).filter_map(move |phase| {
            let status = if known { status_in(phase) } else { ServingStatus::ServiceUnknown };
            let changed = told.replace(status) != Some(status);
            match phase {
                Phase::Draining => Some(Err(Fault::Draining.into())),
                _ => changed.then(|| Ok(response(status))),
            }
        });
        Ok(Response::new(Box::pin(changes)))
    }
}
