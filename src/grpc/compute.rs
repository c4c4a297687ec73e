//! Where articles are computed: a small one where it arrives, a large one on threads of its own, so that connections
//! are always served.
//!
//! Handing a call to another thread costs a fifth to a third of the throughput of small calls, so those are computed in
//! place, as many at once as there are threads for it: were they all let loose, what arrives next, be it a refusal or a
//! health check, would queue behind them.
//!
//! When more comes than can be computed, those at the head of the queue have waited longest, and computing them in turn would
//! have each answered just too late. So one that can no longer be done in its time is passed over for the next, and
//! [`Compute::backlog`] tells how long one that comes now would wait, for the gate to refuse it while that costs little.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tokio::sync::{Semaphore, oneshot};

use super::status::Fault;
use crate::cancel::Cancel;

type Job = Box<dyn FnOnce() + Send>;

/// How far threads that compute stand back, in steps of nice(2): at 5, they have a fourth of a core that all want.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

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
    /// What a KiB took, on average of the last few articles.
    nanos_per_kib: AtomicU64,
    /// Of large articles that are let in and not answered.
    pending_bytes: AtomicUsize,
}

/// A large article that is let in, until this is dropped.
#[derive(Debug)]
pub struct Pending {
    load: Arc<Load>,
    bytes: usize,
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.load.pending_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Load {
    /// Of how many articles the average is, about.
    const AVERAGED: u64 = 16;
    /// What an answer needs, once it is computed, to reach its caller in time.
    const ON_ITS_WAY: Duration = Duration::from_millis(5);

    /// How long an article that weighs `bytes` will take, about.
    fn expected(&self, bytes: usize) -> Duration {
        Duration::from_nanos(self.nanos_per_kib.load(Ordering::Relaxed).saturating_mul(kib(bytes)))
    }

    fn learn(&self, bytes: usize, elapsed: Duration) {
        let sample = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX) / kib(bytes).max(1);
        let average = self.nanos_per_kib.load(Ordering::Relaxed);
        // A sample lost to another thread's is no loss.
        let average = if average == 0 { sample } else { average - average / Self::AVERAGED + sample / Self::AVERAGED };
        self.nanos_per_kib.store(average, Ordering::Relaxed);
    }

    /// Whether computing an article now would only take the time of those who wait behind it.
    fn is_in_vain(&self, bytes: usize, due: Option<Instant>) -> bool {
        // No article takes just what it is expected to.
        let needed = || self.expected(bytes) * 2 + Self::ON_ITS_WAY;
        let is_late = |due: Instant| due.saturating_duration_since(Instant::now()) < needed();
        self.queued.load(Ordering::Relaxed) > 0 && due.is_some_and(is_late)
    }
}

fn kib(bytes: usize) -> u64 {
    (bytes as u64).div_ceil(1 << 10)
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

    /// How long an article that weighs `bytes` would wait for those that are let in; none when it is small.
    #[must_use]
    pub fn backlog(&self, bytes: usize) -> Duration {
        if bytes <= self.in_place_bytes {
            return Duration::ZERO;
        }
        self.load.expected(self.load.pending_bytes.load(Ordering::Relaxed) / self.threads.max(1))
    }

    /// Counts an article that weighs `bytes` as let in, as long as what this gives lives.
    #[must_use]
    pub fn pending(&self, bytes: usize) -> Pending {
        let bytes = if bytes <= self.in_place_bytes { 0 } else { bytes };
        self.load.pending_bytes.fetch_add(bytes, Ordering::Relaxed);
        Pending { load: Arc::clone(&self.load), bytes }
    }

    /// Runs `compute` for an article that weighs `bytes` and is `due` by then. Dropping the future cancels it.
    ///
    /// An article that cannot be done in its time, while others wait, has no answer: whoever set the time ends the call.
    ///
    /// # Errors
    ///
    /// What `compute` says; [`Fault::Internal`] when it panics.
    pub async fn run<T, F>(&self, bytes: usize, due: Option<Instant>, compute: F) -> Result<T, Fault>
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
        let load = Arc::clone(&self.load);
        load.queued.fetch_add(1, Ordering::Relaxed);
        let job = move || {
            let is_cancelled = || cancelled.load(Ordering::Relaxed);
            if is_cancelled() || load.is_in_vain(bytes, due) {
                return;
            }
            let begin = Instant::now();
            let result = guarded(|| compute(Cancel::when(&is_cancelled)));
            if result.is_ok() {
                load.learn(bytes, begin.elapsed());
            }
            // Nobody listens any more when the call was cancelled meanwhile.
            let _unheard = answer.send(result);
        };
        self.jobs.send(Box::new(job)).map_err(|_| Fault::Internal)?;
        match answered.await {
            Ok(result) => result,
            // Passed over.
            Err(_) => std::future::pending().await,
        }
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

/// Has the thread that calls it computed when the others have had their turn: when cores are scarce, a small article, a health
/// check or a refusal does not wait for the scheduler to take a core from a large article.
fn give_way() {
    // On Linux the nice value is a thread's own (setpriority(2)).
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::debug!(%error, "large articles are computed at the priority of all else");
    }
}

fn work(queue: &Mutex<mpsc::Receiver<Job>>, load: &Load) {
    give_way();
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

    /// How long [`computed`] takes.
    const WORK: Duration = Duration::from_millis(20);

    #[expect(clippy::unnecessary_wraps, reason = "what a computation answers")]
    fn computed(_: Cancel<'_>) -> Result<(), Fault> {
        thread::sleep(WORK);
        Ok(())
    }

    fn pool(threads: usize) -> Compute {
        Compute::start(threads, 1, 1 << 10).unwrap_or_else(|error| panic!("{error}"))
    }

    #[tokio::test]
    async fn small_articles_stay_on_the_thread_and_large_ones_leave_it() {
        let compute = pool(1);
        let here = thread::current().id();
        let small = compute.run(10, None, |_| Ok(thread::current().id())).await;
        let large = compute.run(LARGE, None, |_| Ok(thread::current().id())).await;
        assert_eq!(small, Ok(here));
        assert!(large.is_ok_and(|thread| thread != here));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn large_articles_give_way() {
        let niceness = |_: Cancel<'_>| rustix::process::getpriority_process(None).map_err(|_| Fault::Internal);
        let compute = pool(1);
        let here = niceness(Cancel::NEVER).unwrap_or_else(|fault| panic!("{fault:?}"));
        assert_eq!(compute.run(10, None, niceness).await, Ok(here));
        assert_eq!(compute.run(LARGE, None, niceness).await, Ok((here + NICE).min(19)));
    }

    #[tokio::test]
    async fn a_panic_is_that_computation_s_alone() {
        let compute = pool(1);
        for bytes in [10, LARGE] {
            let panicked: Result<(), Fault> = compute.run(bytes, None, |_| panic!("on purpose")).await;
            assert_eq!(panicked, Err(Fault::Internal));
            assert_eq!(compute.run(bytes, None, |_| Ok(1)).await, Ok(1));
        }
    }

    #[tokio::test]
    async fn a_dropped_call_stops_its_computation() {
        let compute = pool(1);
        let (stopped, was_stopped) = oneshot::channel();
        let (started, has_started) = oneshot::channel();
        let endless = compute.run(LARGE, None, move |cancel| {
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
        assert_eq!(compute.run(LARGE, None, |_| Ok(2)).await, Ok(2));
    }

    #[tokio::test]
    async fn a_call_dropped_while_queued_is_never_computed() {
        let compute = pool(1);
        let (release, released) = mpsc::channel::<()>();
        let blocking = compute.run(LARGE, None, move |_| released.recv().map_err(|_| Fault::Internal));
        let ran = Arc::new(AtomicBool::new(false));
        let queued = {
            let ran = Arc::clone(&ran);
            compute.run(LARGE, None, move |_| {
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
        assert_eq!(compute.run(LARGE, None, |_| Ok(3)).await, Ok(3));
        assert!(!ran.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn while_others_wait_what_cannot_be_done_in_its_time_is_passed_over() {
        let compute = pool(1);
        assert_eq!(compute.run(LARGE, None, computed).await, Ok(()));
        let (release, released) = mpsc::channel::<()>();
        let blocking = compute.run(LARGE, None, move |_| released.recv().map_err(|_| Fault::Internal));
        let due = Instant::now() + WORK / 2;
        let (late, in_time) =
            (compute.run(LARGE, Some(due), computed), compute.run(LARGE, Some(due + WORK * 1000), computed));
        let mut blocking = tokio_test::task::spawn(blocking);
        let mut late = tokio_test::task::spawn(late);
        let mut in_time = tokio_test::task::spawn(in_time);
        tokio_test::assert_pending!(blocking.poll());
        tokio_test::assert_pending!(late.poll());
        tokio_test::assert_pending!(in_time.poll());
        assert!(release.send(()).is_ok());
        assert_eq!(in_time.await, Ok(()));
        tokio_test::assert_pending!(late.poll());
        // Nobody waits behind it: it is tried.
        assert_eq!(compute.run(LARGE, Some(Instant::now()), computed).await, Ok(()));
    }

    #[tokio::test]
    async fn the_backlog_is_what_those_let_in_will_take() {
        let compute = pool(2);
        assert_eq!(compute.run(LARGE, None, computed).await, Ok(()));
        assert_eq!(compute.backlog(LARGE), Duration::ZERO);
        let let_in = [LARGE, LARGE, LARGE, LARGE, 1].map(|bytes| compute.pending(bytes));
        let backlog = compute.backlog(LARGE);
        assert!(backlog + Duration::from_millis(1) >= WORK * 2, "{backlog:?}");
        // Small ones do not wait for large ones.
        assert_eq!(compute.backlog(1), Duration::ZERO);
        drop(let_in);
        assert_eq!(compute.backlog(LARGE), Duration::ZERO);
    }
}
