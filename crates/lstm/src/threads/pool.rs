//! Threads that live as long as a run, spinning between pieces of work.

use std::cell::UnsafeCell;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Turns of a waiting loop before a thread yields, and yields before it sleeps.
const SPINS: usize = 4_000;
const YIELDS: usize = 2_000;

/// What every worker of the pool does in a round, given its number.
type Work = *const (dyn Fn(usize) + Sync);

/// A job of its own kind.
pub(crate) type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

/// What the workers share. `work` is written only while no worker is busy.
struct Shared {
    work: UnsafeCell<Option<Work>>,
    /// Rises with every call of [`ThreadPool::run`].
    round: AtomicUsize,
    /// Workers still in the round.
    busy: AtomicUsize,
    closed: AtomicBool,
    failed: AtomicBool,
}

// SAFETY: `work` is written by the owner only when `busy` is zero, and read by workers only between the
// rise of `round` (release, acquire) and their own decrease of `busy`; the rest is atomic.
unsafe impl Sync for Shared {}
// SAFETY: the pointer in `work` is dead whenever the value could change hands.
unsafe impl Send for Shared {}

/// A fixed number of threads, the caller among them. Which thread does a piece never changes its result.
pub(crate) struct ThreadPool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ThreadPool of {}", self.size())
    }
}

impl ThreadPool {
    /// A pool of `size`; zero means one for each processor.
    pub(crate) fn new(size: usize) -> ThreadPool {
        let all = || thread::available_parallelism().map_or(1, |n| n.get());
        let size = if size == 0 { all() } else { size };
        let shared = Arc::new(Shared {
            work: UnsafeCell::new(None),
            round: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            failed: AtomicBool::new(false),
        });
        let spawn = |worker| {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name(format!("lstm-{worker}")).spawn(move || serve(&shared, worker)).ok()
        };
        let threads = (1..size).map_while(spawn).collect();
        ThreadPool { shared, threads }
    }

    pub(crate) fn size(&self) -> usize {
        self.threads.len() + 1
    }

    /// Calls `work` once on every worker, with its number, and waits for all.
    pub(crate) fn run(&mut self, work: &(dyn Fn(usize) + Sync)) {
        if self.threads.is_empty() {
            return work(0);
        }
        let shared = &*self.shared;
        // SAFETY: nobody is busy, so nobody reads `work`. The lifetime is forgotten only until `busy` is zero
        // again, for which this function waits even when its own share panics.
        unsafe {
            *shared.work.get() = Some(std::mem::transmute::<*const (dyn Fn(usize) + Sync + '_), Work>(work))
        };
        shared.busy.store(self.threads.len(), Ordering::Relaxed);
        shared.round.fetch_add(1, Ordering::Release);
        self.threads.iter().for_each(|t| t.thread().unpark());
        let own = catch_unwind(AssertUnwindSafe(|| work(0)));
        wait(|| shared.busy.load(Ordering::Acquire) == 0, false);
        if let Err(panic) = own {
            resume_unwind(panic);
        }
        assert!(!shared.failed.swap(false, Ordering::Relaxed), "a thread of the pool panicked");
    }

    /// Calls `work` on every piece; piece `i` goes to worker `i % size`.
    pub(crate) fn each<P: Send>(&mut self, pieces: Vec<P>, work: impl Fn(P) + Sync) {
        if self.threads.is_empty() || pieces.len() < 2 {
            return pieces.into_iter().for_each(work);
        }
        let size = self.size();
        let mut shares: Vec<Vec<P>> = (0..size).map(|_| Vec::new()).collect();
        pieces.into_iter().enumerate().for_each(|(i, piece)| shares[i % size].push(piece));
        let shares: Vec<Mutex<Vec<P>>> = shares.into_iter().map(Mutex::new).collect();
        self.run(&|worker| {
            let mine = std::mem::take(&mut *shares[worker].lock().unwrap_or_else(PoisonError::into_inner));
            mine.into_iter().for_each(&work);
        });
    }

    /// Calls `work` on rows `[first .., width]` of a buffer, cut in whole multiples of `unit` rows.
    pub(crate) fn each_rows(
        &mut self,
        buffer: &mut [f32],
        (width, unit): (usize, usize),
        work: impl Fn(usize, &mut [f32]) + Sync,
    ) {
        let ranges = self.ranges(buffer.len() / width, unit);
        self.each(cut(buffer, width, &ranges), |(first, rows)| work(first, rows));
    }

    /// Cuts `0..count` into one range for each worker, in whole multiples of `unit`.
    pub(crate) fn ranges(&self, count: usize, unit: usize) -> Vec<Range<usize>> {
        let units = count.div_ceil(unit);
        let workers = self.size().min(units).max(1);
        let cut = |i: usize| (i * units / workers * unit).min(count);
        (0..workers).map(|i| cut(i)..cut(i + 1)).collect()
    }
}

/// Cuts rows of `width` into pieces, each with its first row.
pub(crate) fn cut<'a>(
    mut buffer: &'a mut [f32],
    width: usize,
    ranges: &[Range<usize>],
) -> Vec<(usize, &'a mut [f32])> {
    let mut pieces = Vec::with_capacity(ranges.len());
    for range in ranges {
        let (piece, rest) = buffer.split_at_mut(range.len() * width);
        pieces.push((range.start, piece));
        buffer = rest;
    }
    pieces
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Release);
        for thread in self.threads.drain(..) {
            thread.thread().unpark();
            // A worker's panic was reported by `run`; nothing is left to say.
            let _ = thread.join();
        }
    }
}

/// A worker's life: wait for a round, do the share, say so.
fn serve(shared: &Shared, worker: usize) {
    let mut seen = 0;
    loop {
        let news = || shared.round.load(Ordering::Acquire) != seen || shared.closed.load(Ordering::Acquire);
        wait(news, true);
        if shared.round.load(Ordering::Acquire) == seen {
            return;
        }
        seen += 1;
        // SAFETY: `round` rose after `work` was written, and the caller keeps it alive and the cell
        // untouched until `busy` is zero, which needs this worker's decrease below.
        let share = || unsafe { (*shared.work.get()).map(|work| (*work)(worker)) };
        if catch_unwind(AssertUnwindSafe(share)).is_err() {
            shared.failed.store(true, Ordering::Relaxed);
        }
        shared.busy.fetch_sub(1, Ordering::Release);
    }
}

/// Spins, then yields, then (if someone will unpark) sleeps until `done`.
fn wait(done: impl Fn() -> bool, sleep: bool) {
    for turn in 0.. {
        if done() {
            return;
        }
        match turn {
            t if t < SPINS => std::hint::spin_loop(),
            t if t < SPINS + YIELDS || !sleep => thread::yield_now(),
            _ => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_done_once() {
        for size in [1, 2, 5] {
            let mut pool = ThreadPool::new(size);
            for round in 0..200 {
                let mut pieces = vec![0; round % 9];
                pool.each(pieces.iter_mut().collect(), |piece| *piece += 1);
                assert!(pieces.iter().all(|&p| p == 1));
            }
        }
    }

    #[test]
    #[cfg(panic = "unwind")]
    fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
        let mut pool = ThreadPool::new(3);
        for failing in 0..3 {
            let done = catch_unwind(AssertUnwindSafe(|| pool.run(&|worker| assert_ne!(worker, failing))));
            assert!(done.is_err());
            let mut pieces = [0; 6];
            pool.each(pieces.iter_mut().collect(), |piece| *piece += 1);
            assert_eq!(pieces, [1; 6]);
        }
    }

    #[test]
    fn ranges_cover_everything_once() {
        let pool = ThreadPool::new(3);
        for (count, unit) in [(0, 1), (1, 64), (64, 64), (1000, 64), (7, 2), (5, 1)] {
            let ranges = pool.ranges(count, unit);
            assert_eq!((ranges[0].start, ranges[ranges.len() - 1].end), (0, count));
            assert!(ranges.windows(2).all(|w| w[0].end == w[1].start && w[0].end % unit == 0));
        }
    }
}
