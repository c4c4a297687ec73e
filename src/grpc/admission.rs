//! Who may come in: bounds on the calls worked on, the calls waiting and the bytes all of them hold.
//!
//! A unary call that finds no room, or would wait in vain, is refused at once, so that its caller can go elsewhere. An item of a stream waits,
//! and with it, through flow control, its caller.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::status::Fault;

/// The bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Calls and items worked on at once.
    pub max_calls: usize,
    /// Calls that wait for their turn.
    pub max_waiting_calls: usize,
    /// Bytes that all of them hold.
    pub max_bytes: usize,
    /// How long a refused caller is asked to stay away.
    pub retry_after: Duration,
}

/// The gate all calls and items come through.
#[derive(Debug)]
pub struct Admission {
    bounds: Bounds,
    calls: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    /// Room for one message beyond them.
    reserve: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// The right to work on one call, until it is dropped.
#[derive(Debug)]
pub struct Permit(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

/// The bytes one call or item holds, until it is dropped.
///
/// Messages of streams wait for bytes while they hold some. Were all bytes held by such, none would ever come to an end: so
/// one of them at a time may have what it lacks out of a reserve.
#[derive(Debug)]
pub struct Claim {
    admission: Arc<Admission>,
    permit: Option<OwnedSemaphorePermit>,
    reserve: Option<OwnedSemaphorePermit>,
}

impl Admission {
    /// A gate with these bounds.
    #[must_use]
    pub fn new(bounds: Bounds) -> Arc<Self> {
        Arc::new(Self {
            bounds,
            calls: Arc::new(Semaphore::new(bounds.max_calls)),
            bytes: Arc::new(Semaphore::new(bounds.max_bytes)),
            reserve: Arc::new(Semaphore::new(1)),
            waiting: AtomicUsize::new(0),
        })
    }

    /// Calls worked on right now.
    #[must_use]
    pub fn working(&self) -> usize {
        self.bounds.max_calls - self.calls.available_permits()
    }

    /// Calls that wait right now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Bytes held right now.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.bounds.max_bytes - self.bytes.available_permits()
    }

    /// Waits for a unary call's turn.
    ///
    /// # Errors
    ///
    /// [`Fault::Overloaded`] at once when too many wait already.
    pub async fn admit(&self) -> Result<Permit, Fault> {
        if let Ok(permit) = Arc::clone(&self.calls).try_acquire_owned() {
            return Ok(Permit(permit));
        }
        let _place = Place::take(&self.waiting, self.bounds.max_waiting_calls).ok_or_else(|| self.overloaded())?;
        self.wait().await
    }

    /// Waits for a stream item's turn, however long that takes.
    ///
    /// # Errors
    ///
    /// None in practice: [`Fault::Draining`] were the gate ever closed.
    pub async fn wait(&self) -> Result<Permit, Fault> {
        Arc::clone(&self.calls).acquire_owned().await.map(Permit).map_err(|_| Fault::Draining)
    }

    /// Why a unary call that begins now would be refused, if nothing ends before its message is here: told before the message
    /// is read, a refusal costs next to nothing.
    #[must_use]
    pub fn refusal(&self) -> Option<Fault> {
        let is_full = self.calls.available_permits() == 0 && self.waiting() >= self.bounds.max_waiting_calls;
        is_full.then(|| self.overloaded())
    }

    /// Lets in whoever has `backlog` before it, if that leaves it half its time: nobody knows just how long the wait will be.
    /// Whoever has less time than a refused caller is asked to stay away is let in as well: it could not come back.
    ///
    /// # Errors
    ///
    /// [`Fault::Overloaded`] for the others: they would wait in vain.
    pub fn in_time(&self, backlog: Duration, deadline: Option<Instant>) -> Result<(), Fault> {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        match left {
            Some(left) if left > self.bounds.retry_after && backlog > left / 2 => Err(self.overloaded()),
            _ => Ok(()),
        }
    }

    /// A claim on no bytes yet.
    #[must_use]
    pub fn claim(self: &Arc<Self>) -> Claim {
        Claim { admission: Arc::clone(self), permit: None, reserve: None }
    }

    fn overloaded(&self) -> Fault {
        Fault::Overloaded { retry_after: self.bounds.retry_after }
    }

    fn permits(&self, bytes: usize) -> u32 {
        u32::try_from(bytes.min(self.bounds.max_bytes)).unwrap_or(u32::MAX)
    }
}

impl Claim {
    /// How many bytes it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits)
    }

    /// Holds `bytes` in all, if they are to be had now. Never gives any back.
    ///
    /// # Errors
    ///
    /// [`Fault::Overloaded`] when they are not.
    pub fn grow_to(&mut self, bytes: usize) -> Result<(), Fault> {
        let more = self.admission.permits(bytes.saturating_sub(self.bytes()));
        if more == 0 {
            return Ok(());
        }
        let permit =
            Arc::clone(&self.admission.bytes).try_acquire_many_owned(more).map_err(|_| self.admission.overloaded())?;
        self.take(permit);
        Ok(())
    }

    /// Holds `bytes` in all, once they are to be had.
    pub async fn wait_for(&mut self, bytes: usize) {
        if self.reserve.is_some() || self.grow_to(bytes).is_ok() {
            return;
        }
        let more = self.admission.permits(bytes.saturating_sub(self.bytes()));
        let (bytes, reserve) = (Arc::clone(&self.admission.bytes), Arc::clone(&self.admission.reserve));
        let holds_some = self.permit.is_some();
        // Neither is ever closed.
        tokio::select! {
            biased;
            Ok(permit) = bytes.acquire_many_owned(more) => self.take(permit),
            Ok(reserve) = reserve.acquire_owned(), if holds_some => self.reserve = Some(reserve),
            else => {}
        }
    }

    /// Parts with `bytes` of what it holds, or all when that is less, and with the reserve.
    pub(crate) fn split_off(&mut self, bytes: usize) -> Self {
        let bytes = bytes.min(self.bytes());
        let permit = self.permit.as_mut().and_then(|permit| permit.split(bytes));
        Self { admission: Arc::clone(&self.admission), permit, reserve: self.reserve.take() }
    }

    fn take(&mut self, permit: OwnedSemaphorePermit) {
        match &mut self.permit {
            Some(held) => held.merge(permit),
            None => self.permit = Some(permit),
        }
    }
}

/// A place in the queue, given back when dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, max: usize) -> Option<Self> {
        waiting
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |count| (count < max).then_some(count + 1))
            .ok()
            .map(|_| Self(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use tokio_test::{assert_pending, assert_ready, task};

    use super::*;

    const RETRY_AFTER: Duration = Duration::from_millis(200);

    fn gate(max_calls: usize, max_waiting_calls: usize, max_bytes: usize) -> Arc<Admission> {
        Admission::new(Bounds { max_calls, max_waiting_calls, max_bytes, retry_after: RETRY_AFTER })
    }

    #[test]
    fn a_full_queue_refuses_and_a_place_in_it_is_served_in_turn() {
        let gate = gate(1, 1, 10);
        let first = assert_ready!(task::spawn(gate.admit()).poll()).unwrap();
        let mut second = task::spawn(gate.admit());
        assert_pending!(second.poll());
        assert_eq!((gate.working(), gate.waiting()), (1, 1));
        let refused = assert_ready!(task::spawn(gate.admit()).poll()).unwrap_err();
        assert_eq!(refused, Fault::Overloaded { retry_after: RETRY_AFTER });
        assert_eq!(gate.refusal(), Some(refused));
        drop(first);
        let second = assert_ready!(second.poll()).unwrap();
        assert_eq!((gate.working(), gate.waiting()), (1, 0));
        assert_eq!(gate.refusal(), None);
        drop(second);
        assert_eq!(gate.working(), 0);
    }

    #[test]
    fn a_waiting_call_that_gives_up_leaves_its_place() {
        let gate = gate(1, 1, 10);
        let _first = assert_ready!(task::spawn(gate.admit()).poll()).unwrap();
        let mut second = task::spawn(gate.admit());
        assert_pending!(second.poll());
        drop(second);
        assert_eq!(gate.waiting(), 0);
        assert_pending!(task::spawn(gate.admit()).poll());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_would_wait_in_vain_is_refused_if_it_can_come_back() {
        let gate = gate(1, 0, 10);
        for (backlog_ms, left_ms, is_let_in) in [
            (0, 1000, true),
            (490, 1000, true),
            (510, 1000, false),
            (10_000, 1000, false),
            (10_000, 200, true),
            (10_000, 201, false),
        ] {
            let deadline = Instant::now() + Duration::from_millis(left_ms);
            let admitted = gate.in_time(Duration::from_millis(backlog_ms), Some(deadline));
            assert_eq!(admitted.is_ok(), is_let_in, "{backlog_ms} of {left_ms} ms");
        }
        assert_eq!(gate.in_time(Duration::MAX, None), Ok(()));
    }

    #[test]
    fn items_of_streams_wait_beyond_the_queue() {
        let gate = gate(1, 0, 10);
        let first = assert_ready!(task::spawn(gate.wait()).poll()).unwrap();
        let mut second = task::spawn(gate.wait());
        assert_pending!(second.poll());
        drop(first);
        assert!(second.is_woken());
        assert!(assert_ready!(second.poll()).is_ok());
    }

    #[test]
    fn bytes_are_counted_and_given_back() {
        let gate = gate(1, 0, 10);
        let mut claim = gate.claim();
        claim.grow_to(4).unwrap();
        claim.grow_to(8).unwrap();
        claim.grow_to(6).unwrap();
        assert_eq!((claim.bytes(), gate.held_bytes()), (8, 8));
        let mut other = gate.claim();
        assert_eq!(other.grow_to(3), Err(Fault::Overloaded { retry_after: RETRY_AFTER }));
        assert_eq!(other.grow_to(2), Ok(()));
        drop((claim, other));
        assert_eq!(gate.held_bytes(), 0);
    }

    #[test]
    fn of_those_that_hold_bytes_and_wait_for_more_one_gets_on() {
        let gate = gate(1, 0, 10);
        let [mut first, mut second] = [gate.claim(), gate.claim()];
        first.grow_to(5).unwrap();
        second.grow_to(5).unwrap();
        assert_ready!(task::spawn(first.wait_for(8)).poll());
        let mut waiting = task::spawn(second.wait_for(8));
        assert_pending!(waiting.poll());
        drop(first);
        assert_ready!(waiting.poll());
    }

    #[test]
    fn an_item_waits_for_its_bytes() {
        let gate = gate(1, 0, 10);
        let mut first = gate.claim();
        first.grow_to(8).unwrap();
        let mut second = gate.claim();
        let mut waiting = task::spawn(second.wait_for(5));
        assert_pending!(waiting.poll());
        drop(first);
        assert_ready!(waiting.poll());
        drop(waiting);
        assert_eq!(second.bytes(), 5);
    }
}
