//! Going away without a caller losing anything.
//!
//! A balancer has to notice first, for it does not retry a status that comes in trailers: so health says `NOT_SERVING`
//! while calls are still answered. Then connections are told to go, what comes after is refused, open streams finish
//! what they received, and it is done as soon as no call but a health watch is in flight.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::{Notify, watch};

/// Where the server is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// All is answered.
    Serving,
    /// All is answered still, but health says `NOT_SERVING`.
    Leaving,
    /// What comes is refused.
    Draining,
}

/// The server's phase and its calls in flight. Cloning it is cheap.
#[derive(Clone, Debug)]
pub(crate) struct Drain(Arc<State>);

#[derive(Debug)]
struct State {
    phase: watch::Sender<Phase>,
    draining: watch::Sender<bool>,
    calls: AtomicUsize,
    ended: Notify,
}

/// A call in flight, until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlight(Drain);

impl Drain {
    pub(crate) fn new() -> Self {
        Self(Arc::new(State {
            phase: watch::Sender::new(Phase::Serving),
            draining: watch::Sender::new(false),
            calls: AtomicUsize::new(0),
            ended: Notify::new(),
        }))
    }

    pub(crate) fn phase(&self) -> Phase {
        *self.0.phase.borrow()
    }

    /// Every phase from the present one on.
    pub(crate) fn phases(&self) -> watch::Receiver<Phase> {
        self.0.phase.subscribe()
    }

    /// Turns true when the draining begins.
    pub(crate) fn signal(&self) -> watch::Receiver<bool> {
        self.0.draining.subscribe()
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.0.phase.send_replace(phase);
        self.0.draining.send_replace(phase == Phase::Draining);
    }

    /// Counts a call as in flight.
    pub(crate) fn begin(&self) -> InFlight {
        self.0.calls.fetch_add(1, Ordering::AcqRel);
        InFlight(self.clone())
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.0.calls.load(Ordering::Acquire)
    }

    /// Waits for the draining to begin.
    pub(crate) async fn begun(&self) {
        let mut signal = self.signal();
        // The sender lives as long as this does.
        let _closed = signal.wait_for(|draining| *draining).await;
    }

    /// Waits until no call is in flight.
    pub(crate) async fn finished(&self) {
        loop {
            let ended = self.0.ended.notified();
            if self.in_flight() == 0 {
                return;
            }
            ended.await;
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let state = &self.0.0;
        if state.calls.fetch_sub(1, Ordering::AcqRel) == 1 {
            state.ended.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio_test::{assert_pending, assert_ready, task};

    use super::*;

    #[test]
    fn it_is_finished_when_the_last_call_ends() {
        let drain = Drain::new();
        let (first, second) = (drain.begin(), drain.begin());
        let mut finished = task::spawn(drain.finished());
        assert_pending!(finished.poll());
        drop(first);
        assert_pending!(finished.poll());
        drop(second);
        assert!(finished.is_woken());
        assert_ready!(finished.poll());
    }

    #[test]
    fn draining_begins_after_leaving() {
        let drain = Drain::new();
        let mut begun = task::spawn(drain.begun());
        assert_pending!(begun.poll());
        drain.enter(Phase::Leaving);
        assert_pending!(begun.poll());
        drain.enter(Phase::Draining);
        assert_ready!(begun.poll());
        assert_eq!(drain.phase(), Phase::Draining);
    }
}
