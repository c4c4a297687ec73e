//! Many articles over one call: answers as they are ready, a bad item answered by itself, flow control throughout.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

use std::sync::Arc;

use tokio::{sync::mpsc, task::JoinSet, time::Instant};
use tonic::{Status, Streaming};

use super::{
    admission::Claim,
    context::CallContext,
    method::Method,
    service::{Pullquote, code_name},
    status::Fault,
};

/// Answers `requests` until they end, the caller goes, or the server does.
///
/// At most so many items are worked on at once that their claims fit; no further one is read before. An answer that the
/// caller does not take keeps its item's place, and so the reading waits as well.
pub(super) fn answer<M: Method>(
    service: Pullquote,
    context: Arc<CallContext>,
    requests: Streaming<M::Item>,
) -> mpsc::Receiver<Result<M::Answer, Status>> {
    let (answers, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let caller_gone = answers.clone();
        tokio::select! {
            // Dropping the reading drops its items, and that cancels what they compute.
            () = caller_gone.closed() => {}
            end = read::<M>(&service, &context, requests, &answers) => if let Err(status) = end {
                // The caller may be gone meanwhile.
                let _unheard = answers.send(Err(status)).await;
            }
        }
    });
    receiver
}

/// Reads items and has each answered; ends when all are. The error is the stream's own.
async fn read<M: Method>(
    service: &Pullquote,
    context: &Arc<CallContext>,
    mut requests: Streaming<M::Item>,
    answers: &mpsc::Sender<Result<M::Answer, Status>>,
) -> Result<(), Status> {
    let mut items = JoinSet::new();
    let mut draining = service.draining.clone();
    let end = loop {
        while items.try_join_next().is_some() {}
        if items.len() >= service.max_items_per_stream {
            items.join_next().await;
            continue;
        }
        let item = tokio::select! {
            // Even when draining, what was received is read first.
            biased;
            item = requests.message() => item,
            _ = draining.wait_for(|draining| *draining) => break Err(Fault::Draining.into()),
        };
        match item {
            Ok(Some(item)) => {
                let mut claim = context.take_arrived().unwrap_or_else(|| service.admission.claim());
                // A compressed message holds less than it becomes.
                claim.wait_for(M::item_bytes(&item)).await;
                let (service, context, answers) = (service.clone(), Arc::clone(context), answers.clone());
                items.spawn(async move {
                    let answer = item_answer::<M>(&service, context, claim, item).await;
                    // Fails only when the caller is gone, and then this task is, too.
                    let _unheard = answers.send(Ok(answer)).await;
                });
            }
            _ if context.is_cut_off() => break Err(Fault::Draining.into()),
            Ok(None) => break Ok(()),
            Err(status) => break Err(service.restate(status)),
        }
    };
    while items.join_next().await.is_some() {}
    end
}

async fn item_answer<M: Method>(
    service: &Pullquote,
    context: Arc<CallContext>,
    claim: Claim,
    item: M::Item,
) -> M::Answer {
    let item_timeout = context.item_timeout;
    let (id, request) = M::open(item, &service.limits);
    let result = async {
        let request = request?;
        let _pending = service.compute.pending(M::weight(&request));
        let _permit = service.admission.wait().await?;
        let due = item_timeout.and_then(|time| Instant::now().checked_add(time));
        let computing = service.compute::<M>(request, Arc::clone(&context), due.or(context.deadline), Some(claim));
        match due {
            Some(due) => tokio::time::timeout_at(due, computing).await.map_err(|_| Fault::DeadlineExceeded)?,
            None => computing.await,
        }
    }
    .await;
    service.metrics.item(M::NAME, code_name(result.as_ref().map_or_else(Fault::code, |_| tonic::Code::Ok)));
    M::close(id, result.map_err(|fault| fault.item_error()))
}
