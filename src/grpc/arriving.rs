//! The messages of a stream while they arrive: their bytes are held before anything gathers them.
//!
//! When there are none to be had, no more is read, and flow control makes the caller wait. A message that has begun is due
//! within the time of an item: a caller that sends half of one and no more would hold its bytes for ever.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::Frame;
use tokio::time::{Sleep, sleep};
use tonic::{Status, body::Body};

use super::{
    admission::{Admission, Claim},
    context::CallContext,
    status::Fault,
};

/// What precedes a message: whether it is compressed, and its length in four bytes.
const PREFIX_BYTES: usize = 5;

/// The request body of a stream, each of whose messages holds its bytes from the first to the last, and then until the item
/// that it becomes takes them over.
pub(crate) struct Arriving {
    body: Body,
    admission: Arc<Admission>,
    context: Arc<CallContext>,
    message_timeout: Duration,
    boundary: Boundary,
    /// What the message that has begun holds.
    claim: Claim,
    due: Option<Pin<Box<Sleep>>>,
    /// What was read and waits for its bytes to be had.
    waiting: Option<(Bytes, Had)>,
}

/// A claim, once it holds what it lacks.
type Had = Pin<Box<dyn Future<Output = Claim> + Send>>;

impl Arriving {
    pub(crate) fn new(
        body: Body,
        admission: Arc<Admission>,
        context: Arc<CallContext>,
        message_timeout: Duration,
    ) -> Self {
        let claim = admission.claim();
        Self {
            body,
            admission,
            context,
            message_timeout,
            boundary: Boundary::default(),
            claim,
            due: None,
            waiting: None,
        }
    }

    /// Gives each message that `data` ends what it holds; one that it begins keeps the rest.
    fn arrived(&mut self, data: &[u8]) {
        let mut rest = data;
        while !rest.is_empty() {
            if self.boundary.pass(&mut rest) {
                let whole = self.claim.split_off(self.claim.bytes().saturating_sub(rest.len()));
                self.context.push_arrived(whole);
                self.due = None;
            }
        }
        if self.boundary.passed_bytes() > 0 && self.due.is_none() {
            self.due = Some(Box::pin(sleep(self.message_timeout)));
        }
    }
}

impl http_body::Body for Arriving {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.waiting.is_none() {
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
                if let Some(due) = &mut self.due {
                    ready!(due.as_mut().poll(cx));
                    self.due = None;
                    return Poll::Ready(Some(Err(Fault::DeadlineExceeded.into())));
                }
                return Poll::Pending;
            };
            let data = match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => data,
                Some(Ok(Err(trailers))) => return Poll::Ready(Some(Ok(trailers))),
                Some(Err(status)) => return Poll::Ready(Some(Err(status))),
                None => return Poll::Ready(None),
            };
            let bytes = self.boundary.passed_bytes() + data.len();
            if self.claim.grow_to(bytes).is_ok() {
                self.arrived(&data);
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            let empty = self.admission.claim();
            let mut claim = std::mem::replace(&mut self.claim, empty);
            let had = async move {
                claim.wait_for(bytes).await;
                claim
            };
            self.waiting = Some((data, Box::pin(had)));
        }
        let Some((_, had)) = &mut self.waiting else { return Poll::Ready(None) };
        self.claim = ready!(had.as_mut().poll(cx));
        let Some((data, _)) = self.waiting.take() else { return Poll::Ready(None) };
        // The wait was not the caller's.
        self.due = None;
        self.arrived(&data);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.waiting.is_none() && self.body.is_end_stream()
    }
}

impl fmt::Debug for Arriving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arriving").finish_non_exhaustive()
    }
}

/// Where in a message the bytes that came last end.
#[derive(Debug, Default)]
struct Boundary {
    prefix_bytes: usize,
    /// Of the message; known once the prefix is whole.
    length: u32,
    message_bytes: u32,
}

impl Boundary {
    /// What has come of a message that is not whole yet.
    fn passed_bytes(&self) -> usize {
        self.prefix_bytes + self.message_bytes as usize
    }

    /// Takes what belongs to one message off `data`; whether it ends there.
    fn pass(&mut self, data: &mut &[u8]) -> bool {
        while self.prefix_bytes < PREFIX_BYTES {
            let Some((byte, rest)) = data.split_first() else { return false };
            if self.prefix_bytes > 0 {
                self.length = self.length << 8 | u32::from(*byte);
            }
            self.prefix_bytes += 1;
            *data = rest;
        }
        let missing = (self.length - self.message_bytes) as usize;
        let (part, rest) = data.split_at_checked(missing).unwrap_or((data, &[]));
        *data = rest;
        if part.len() == missing {
            *self = Self::default();
            return true;
        }
        // Shorter than the missing part, which is a difference of two of the kind.
        self.message_bytes += u32::try_from(part.len()).unwrap_or_default();
        false
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use http_body_util::{BodyExt as _, StreamBody};
    use tokio::sync::mpsc;
    use tokio_stream::{StreamExt as _, wrappers::UnboundedReceiverStream};
    use tokio_test::{assert_pending, assert_ready, task};
    use tonic::Code;

    use super::*;
    use crate::grpc::admission::Bounds;

    const TIMEOUT: Duration = Duration::from_secs(30);

    #[test]
    fn messages_are_told_apart_however_they_are_cut() {
        let lengths = [0_u32, 1, 300, 7, 0];
        let mut bytes = Vec::new();
        for length in lengths {
            bytes.push(0);
            bytes.extend(length.to_be_bytes());
            bytes.extend(vec![9; length as usize]);
        }
        for cut in [1, 2, 3, 5, 6, 64, bytes.len()] {
            let mut boundary = Boundary::default();
            let (mut messages, mut bytes_of_one) = (Vec::new(), 0);
            for mut part in bytes.chunks(cut) {
                while !part.is_empty() {
                    let before = part.len();
                    let ended = boundary.pass(&mut part);
                    bytes_of_one += before - part.len();
                    if ended {
                        messages.push(std::mem::take(&mut bytes_of_one));
                    }
                }
            }
            assert_eq!(messages, lengths.map(|length| PREFIX_BYTES + length as usize), "cut {cut}");
            assert_eq!(boundary.passed_bytes(), 0);
        }
    }

    struct Sender(mpsc::UnboundedSender<Bytes>);

    impl Sender {
        fn send(&self, bytes: &[u8]) {
            self.0.send(Bytes::copy_from_slice(bytes)).unwrap();
        }
    }

    fn gate(max_bytes: usize) -> Arc<Admission> {
        Admission::new(Bounds { max_calls: 1, max_waiting_calls: 1, max_bytes, retry_after: Duration::ZERO })
    }

    fn arriving(gate: &Arc<Admission>) -> (Sender, Arc<CallContext>, Arriving) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let frames = UnboundedReceiverStream::new(receiver).map(|bytes| Ok::<_, Status>(Frame::data(bytes)));
        let context = CallContext::new(gate, None, None);
        let body = Arriving::new(Body::new(StreamBody::new(frames)), Arc::clone(gate), Arc::clone(&context), TIMEOUT);
        (Sender(sender), context, body)
    }

    #[tokio::test]
    async fn half_a_message_is_held_and_the_whole_one_goes_to_its_item() {
        let gate = gate(1000);
        let (sender, context, mut body) = arriving(&gate);
        sender.send(&[0, 0, 0, 0, 10, 1, 2]);
        assert!(assert_ready!(task::spawn(body.frame()).poll()).is_some());
        assert_eq!(gate.held_bytes(), 7);
        assert!(context.take_arrived().is_none());
        // Its rest, a whole one, and a part of the next.
        sender.send(&[3, 4, 5, 6, 7, 8, 9, 10, 0, 0, 0, 0, 1, 1, 0]);
        assert!(assert_ready!(task::spawn(body.frame()).poll()).is_some());
        let items = [context.take_arrived().unwrap(), context.take_arrived().unwrap()];
        assert_eq!(items.each_ref().map(Claim::bytes), [15, 6]);
        assert!(context.take_arrived().is_none());
        assert_eq!(gate.held_bytes(), 22);
        drop(items);
        drop(body);
        assert_eq!(gate.held_bytes(), 0);
    }

    #[tokio::test]
    async fn no_more_is_read_than_there_are_bytes_to_be_had_and_one_message_always_gets_on() {
        let gate = gate(12);
        let (first_sender, _, mut first) = arriving(&gate);
        let (second_sender, _, mut second) = arriving(&gate);
        let (third_sender, _, mut third) = arriving(&gate);
        for (sender, body) in [(&first_sender, &mut first), (&second_sender, &mut second)] {
            sender.send(&[0, 0, 0, 1, 0]);
            assert!(assert_ready!(task::spawn(body.frame()).poll()).is_some());
        }
        // The first gets on out of the reserve.
        first_sender.send(&[1; 5]);
        assert!(assert_ready!(task::spawn(first.frame()).poll()).is_some());
        second_sender.send(&[1; 5]);
        assert_pending!(task::spawn(second.frame()).poll());
        third_sender.send(&[0; 5]);
        assert_pending!(task::spawn(third.frame()).poll());
        drop(first);
        assert!(assert_ready!(task::spawn(second.frame()).poll()).is_some());
        drop(second);
        assert!(assert_ready!(task::spawn(third.frame()).poll()).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_has_begun_is_due() {
        let gate = gate(1000);
        let (sender, _, mut body) = arriving(&gate);
        sender.send(&[0, 0, 0, 0, 1, 7]);
        assert!(body.frame().await.unwrap().is_ok());
        // Between messages there is no hurry.
        assert!(tokio::time::timeout(TIMEOUT * 10, body.frame()).await.is_err());
        sender.send(&[0, 0]);
        assert!(body.frame().await.unwrap().is_ok());
        let begin = tokio::time::Instant::now();
        let ended = body.frame().await.unwrap().unwrap_err();
        assert_eq!((ended.code(), begin.elapsed().as_secs()), (Code::DeadlineExceeded, TIMEOUT.as_secs()));
    }
}
