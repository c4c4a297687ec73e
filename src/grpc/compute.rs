//! Where articles are computed: a small one where it arrives, a large one on threads of its own, so that connections
//! are always served.
//!
//! Handing a call to another thread costs a fifth to a third of the throughput of small calls, so those are computed in
//! place, as many at once as there are threads for it: were they all let loose, what arrives next, be it a refusal or a
//! health check, would queue behind them.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use tokio::sync::{Semaphore, oneshot};

use super::status::Fault;
use crate::cancel::Cancel;

type Job = Box<dyn FnOnce() + Send>;

/// The threads that compute.
#[derive(Debug)]
pub struct Compute {
    in_place: Semaphore,
    in_place_bytes: usize,
    jobs: mpsc::Sender<Job>,
    load: Arc<Load>,
    threads: usize,
}

/// What the pool is at.
#[derive(Debug, Default)]
struct Load {
    queued: AtomicUsize,
    busy: AtomicUsize,
}

impl Compute {
    /// Starts `threads` threads for articles of more than `in_place_bytes`; smaller ones are computed by the caller's
    /// threads, of which there are `io_threads`.
    ///
    /// # Errors
    ///
    /// When a thread cannot be started.
    pub fn start(threads: usize, io_threads: usize, in_place_bytes: usize) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let load = Arc::new(Load::default());
        for index in 0..threads {
            let (queue, load) = (Arc::clone(&queue), Arc::clone(&load));
            thread::Builder::new().name(format!("compute-{index}")).spawn(move || work(&queue, &load))?;
        }
        Ok(Self { in_place: Semaphore::new(io_threads.max(1)), in_place_bytes, jobs, load, threads })
    }

    /// The pool's threads.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The pool's threads that compute right now.
    #[must_use]
    pub fn busy(&self) -> usize {
        self.load.busy.load(Ordering::Relaxed)
    }

    /// The articles that wait for one of them.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.load.queued.load(Ordering::Relaxed)
    }

    /// Runs `compute` for an article that weighs `bytes`. Dropping the future cancels it.
    ///
    /// # Errors
    ///
    /// What `compute` says; [`Fault::Internal`] when it panics.
    pub async fn run<T, F>(&self, bytes: usize, compute: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(Cancel<'_>) -> Result<T, Fault> + Send + 'static,
    {
        if bytes <= self.in_place_bytes {
            let _turn = self.in_place.acquire().await.map_err(|_| Fault::Draining)?;
            return guarded(|| compute(Cancel::NEVER));
        }
        let (answer, answered) = oneshot::channel();
        let cancelled = Arc::new(AtomicBool::new(false));
        let _cancel = CancelOnDrop(Arc::clone(&cancelled));
        self.load.queued.fetch_add(1, Ordering::Relaxed);
        let job = move || {
            let is_cancelled = || cancelled.load(Ordering::Relaxed);
            if !is_cancelled() {
                // Nobody listens any more when the call was cancelled meanwhile.
                let _unheard = answer.send(guarded(|| compute(Cancel::when(&is_cancelled))));
            }
        };
        self.jobs.send(Box::new(job)).map_err(|_| Fault::Internal)?;
        answered.await.map_err(|_| Fault::Internal)?
    }
}

struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A panic ends this computation alone. Its message and place are logged by the panic hook.
fn guarded<T>(compute: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(compute)).unwrap_or(Err(Fault::Internal))
}

fn work(queue: &Mutex<mpsc::Receiver<Job>>, load: &Load) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        load.queued.fetch_sub(1, Ordering::Relaxed);
        load.busy.fetch_add(1, Ordering::Relaxed);
        job();
        load.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    const LARGE: usize = 1 << 20;

    fn pool(threads: usize) -> Compute {
        Compute::start(threads, 1, 1 << 10).unwrap_or_else(|error| panic!("{error}"))
    }

    #[tokio::test]
    async fn small_articles_stay_on_the_thread_and_large_ones_leave_it() {
        let compute = pool(1);
        let here = thread::current().id();
        let small = compute.run(10, |_| Ok(thread::current().id())).await;
        let large = compute.run(LARGE, |_| Ok(thread::current().id())).await;
        assert_eq!(small, Ok(here));
        assert!(large.is_ok_and(|thread| thread != here));
    }

    #[tokio::test]
    async fn a_panic_is_that_computation_s_alone() {
        let compute = pool(1);
        for bytes in [10, LARGE] {
            let panicked: Result<(), Fault> = compute.run(bytes, |_| panic!("on purpose")).await;
            assert_eq!(panicked, Err(Fault::Internal));
            assert_eq!(compute.run(bytes, |_| Ok(1)).await, Ok(1));
        }
    }

    #[tokio::test]
    async fn a_dropped_call_stops_its_computation() {
        let compute = pool(1);
        let (stopped, was_stopped) = oneshot::channel();
        let (started, has_started) = oneshot::channel();
        let endless = compute.run(LARGE, move |cancel| {
            let _heard = started.send(());
            let begin = Instant::now();
            while cancel.check().is_ok() && begin.elapsed() < Duration::from_mins(1) {
                thread::yield_now();
            }
            let _heard = stopped.send(cancel.check());
            Ok(())
        });
        tokio::select! {
            _ = endless => unreachable!("it ends only when dropped"),
            started = has_started => assert_eq!(started, Ok(())),
        }
        assert_eq!(was_stopped.await, Ok(Err(crate::cancel::Cancelled)));
        assert_eq!(compute.run(LARGE, |_| Ok(2)).await, Ok(2));
    }

    #[tokio::test]
    async fn a_call_dropped_while_queued_is_never_computed() {
        let compute = pool(1);
        let (release, released) = mpsc::channel::<()>();
        let blocking = compute.run(LARGE, move |_| released.recv().map_err(|_| Fault::Internal));
        let ran = Arc::new(AtomicBool::new(false));
        let queued = {
            let ran = Arc::clone(&ran);
            compute.run(LARGE, move |_| {
                ran.store(true, Ordering::Relaxed);
                Ok(())
            })
        };
        let mut blocking = tokio_test::task::spawn(blocking);
        tokio_test::assert_pending!(blocking.poll());
        let mut queued = tokio_test::task::spawn(queued);
        tokio_test::assert_pending!(queued.poll());
        drop(queued);
        assert!(release.send(()).is_ok());
        assert_eq!(blocking.await, Ok(()));
        assert_eq!(compute.run(LARGE, |_| Ok(3)).await, Ok(3));
        assert!(!ran.load(Ordering::Relaxed));
    }
}
