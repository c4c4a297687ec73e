//! What a call carries through the service beside its message.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::Frame;
use tokio::{sync::watch, time::Instant};
use tonic::{Status, body::Body};

use super::{
    admission::{Admission, Claim},
    compute::Compute,
    status::Fault,
};

/// What one call holds and has done. It travels in the request's extensions.
#[derive(Debug)]
pub struct CallContext {
    claim: Mutex<Claim>,
    /// What the messages of a stream hold that have arrived, until their items take it.
    arrived: Mutex<VecDeque<Claim>>,
    article_bytes: AtomicUsize,
    article_count: AtomicUsize,
    result_count: AtomicUsize,
    compute_nanos: AtomicU64,
    cut_off: AtomicBool,
    broken_off: AtomicBool,
    /// When the call's time is over; of a stream, when its caller set a deadline for the whole.
    pub deadline: Option<Instant>,
    /// The time of each item of a stream; none when the caller set a deadline for the whole.
    pub item_timeout: Option<Duration>,
}

impl CallContext {
    /// Of a call that comes through `admission`.
    #[must_use]
    pub fn new(admission: &Arc<Admission>, deadline: Option<Instant>, item_timeout: Option<Duration>) -> Arc<Self> {
        Arc::new(Self {
            claim: Mutex::new(admission.claim()),
            arrived: Mutex::default(),
            article_bytes: AtomicUsize::new(0),
            article_count: AtomicUsize::new(0),
            result_count: AtomicUsize::new(0),
            compute_nanos: AtomicU64::new(0),
            cut_off: AtomicBool::new(false),
            broken_off: AtomicBool::new(false),
            deadline,
            item_timeout,
        })
    }

    /// Holds `bytes` in all for this call, until nobody knows of it any more.
    ///
    /// # Errors
    ///
    /// [`Fault::Overloaded`] when they are not to be had.
    pub fn hold(&self, bytes: usize) -> Result<(), Fault> {
        self.claim.lock().unwrap_or_else(PoisonError::into_inner).grow_to(bytes)
    }

    /// The next message of a stream is there, and holds this.
    pub(crate) fn push_arrived(&self, claim: Claim) {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).push_back(claim);
    }

    /// What the earliest message holds whose item did not take it yet.
    pub(crate) fn take_arrived(&self) -> Option<Claim> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// An article came in.
    pub fn note_article(&self, bytes: usize) {
        self.article_count.fetch_add(1, Ordering::Relaxed);
        self.article_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Sentences or quotes go out.
    pub fn note_results(&self, count: usize) {
        self.result_count.fetch_add(count, Ordering::Relaxed);
    }

    /// Computing took so long.
    pub fn note_computed(&self, elapsed: Duration) {
        let nanos = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        self.compute_nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    /// How long computing took: neither waiting nor transport are in it.
    pub fn computed(&self) -> Duration {
        Duration::from_nanos(self.compute_nanos.load(Ordering::Relaxed))
    }

    /// Whether a drain ended what is read of the caller.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.cut_off.load(Ordering::Relaxed)
    }

    /// Whether the caller went in the middle of what it sent.
    pub(crate) fn is_broken_off(&self) -> bool {
        self.broken_off.load(Ordering::Relaxed)
    }

    fn note_frame(&self, frame: Option<&Result<Frame<Bytes>, Status>>) {
        if matches!(frame, Some(Err(_))) {
            self.broken_off.store(true, Ordering::Relaxed);
        }
    }

    /// The articles that came in.
    pub fn article_count(&self) -> usize {
        self.article_count.load(Ordering::Relaxed)
    }

    /// Their size.
    pub fn article_bytes(&self) -> usize {
        self.article_bytes.load(Ordering::Relaxed)
    }

    /// The sentences or quotes that went out.
    pub fn result_count(&self) -> usize {
        self.result_count.load(Ordering::Relaxed)
    }
}

/// A request body whose bytes are counted as they come, before anything gathers them. Once it is seen to be a large one,
/// it goes on only if it will be computed in time.
#[derive(Debug)]
pub(crate) struct Counted {
    body: Body,
    bytes: usize,
    context: Arc<CallContext>,
    admission: Arc<Admission>,
    compute: Arc<Compute>,
}

impl Counted {
    pub(crate) fn new(body: Body, context: Arc<CallContext>, admission: Arc<Admission>, compute: Arc<Compute>) -> Self {
        Self { body, bytes: 0, context, admission, compute }
    }
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.context.note_frame(frame.as_ref());
        if let Some(Ok(frame)) = &frame {
            self.bytes += frame.data_ref().map_or(0, Bytes::len);
            self.context.hold(self.bytes)?;
            // The queue may have filled up since the call began. To be told so now costs less than once the message is decoded.
            self.admission.refusal().map_or(Ok(()), Err)?;
            self.admission.in_time(self.compute.backlog(self.bytes), self.context.deadline)?;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

/// The request body of a stream. Once the server drains, what was received before is still read, and no more: a caller that
/// goes on sending would hold the server for ever.
#[derive(Debug)]
pub(crate) struct UntilDrained {
    body: Body,
    draining: watch::Receiver<bool>,
    received_bytes: usize,
    context: Arc<CallContext>,
}

impl UntilDrained {
    /// At most `window_bytes` can have been received and not been read yet.
    pub(crate) fn new(
        body: Body,
        context: Arc<CallContext>,
        draining: watch::Receiver<bool>,
        window_bytes: usize,
    ) -> Self {
        Self { body, draining, received_bytes: window_bytes, context }
    }
}

impl http_body::Body for UntilDrained {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.received_bytes == 0 {
            self.context.cut_off.store(true, Ordering::Relaxed);
            return Poll::Ready(None);
        }
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.context.note_frame(frame.as_ref());
        if *self.draining.borrow() {
            let bytes = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref().map(Bytes::len));
            self.received_bytes = self.received_bytes.saturating_sub(bytes.unwrap_or_default());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
