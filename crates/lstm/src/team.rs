//! Threads that live as long as a run, spinning between pieces of work.
#![allow(unsafe_code, reason = "work borrowed from the caller's stack is lent to threads that outlive it")]

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Turns of a waiting loop before a thread yields, and yields before it sleeps.
const SPINS: usize = 4_000;
const YIELDS: usize = 2_000;

type Job = *const (dyn Fn(usize) + Sync);

/// A piece of work of its own kind.
pub(crate) type Piece<'a> = Box<dyn FnOnce() + Send + 'a>;

/// What the members share. `job` is written only while no member works.
struct Desk {
    job: UnsafeCell<Option<Job>>,
    /// Rises with every job.
    round: AtomicUsize,
    /// Members still at work.
    busy: AtomicUsize,
    closed: AtomicBool,
    failed: AtomicBool,
}

// SAFETY: `job` is written by the owner only when `busy` is zero, and read by members only between the
// rise of `round` (release, acquire) and their own decrease of `busy`; the rest is atomic.
unsafe impl Sync for Desk {}
// SAFETY: the pointer in `job` is dead whenever the desk could change hands.
unsafe impl Send for Desk {}

/// A fixed number of threads, the caller among them. Which thread does a piece never changes its result.
pub(crate) struct Team {
    desk: Arc<Desk>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Team {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Team of {}", self.size())
    }
}

impl Team {
    /// A team of `size`; zero means one for each processor.
    pub(crate) fn new(size: usize) -> Team {
        let all = || thread::available_parallelism().map_or(1, |n| n.get());
        let size = if size == 0 { all() } else { size };
        let desk = Arc::new(Desk {
            job: UnsafeCell::new(None),
            round: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            failed: AtomicBool::new(false),
        });
        let hire = |member| {
            let desk = Arc::clone(&desk);
            thread::Builder::new().name(format!("lstm-{member}")).spawn(move || serve(&desk, member)).ok()
        };
        let threads = (1..size).map_while(hire).collect();
        Team { desk, threads }
    }

    pub(crate) fn size(&self) -> usize {
        self.threads.len() + 1
    }

    /// Calls `job` once on every member, with its number, and waits for all.
    pub(crate) fn run(&mut self, job: &(dyn Fn(usize) + Sync)) {
        if self.threads.is_empty() {
            return job(0);
        }
        let desk = &*self.desk;
        // SAFETY: nobody works, so nobody reads `job`. The lifetime is forgotten only until `busy` is zero
        // again, for which this function waits even when its own share panics.
        unsafe {
            *desk.job.get() = Some(std::mem::transmute::<*const (dyn Fn(usize) + Sync + '_), Job>(job))
        };
        desk.busy.store(self.threads.len(), Ordering::Relaxed);
        desk.round.fetch_add(1, Ordering::Release);
        self.threads.iter().for_each(|t| t.thread().unpark());
        let own = catch_unwind(AssertUnwindSafe(|| job(0)));
        wait(|| desk.busy.load(Ordering::Acquire) == 0, false);
        if let Err(panic) = own {
            resume_unwind(panic);
        }
        assert!(!desk.failed.swap(false, Ordering::Relaxed), "a thread of the team panicked");
    }

    /// Calls `work` on every piece; piece `i` goes to member `i % size`.
    pub(crate) fn each<P: Send>(&mut self, pieces: Vec<P>, work: impl Fn(P) + Sync) {
        if self.threads.is_empty() || pieces.len() < 2 {
            return pieces.into_iter().for_each(work);
        }
        let size = self.size();
        let mut hands: Vec<Vec<P>> = (0..size).map(|_| Vec::new()).collect();
        pieces.into_iter().enumerate().for_each(|(i, piece)| hands[i % size].push(piece));
        let hands: Vec<Mutex<Vec<P>>> = hands.into_iter().map(Mutex::new).collect();
        self.run(&|member| {
            let mine = std::mem::take(&mut *hands[member].lock().unwrap_or_else(PoisonError::into_inner));
            mine.into_iter().for_each(&work);
        });
    }

    /// Cuts `0..count` into one range for each member, in whole multiples of `unit`.
    pub(crate) fn ranges(&self, count: usize, unit: usize) -> Vec<Range<usize>> {
        let units = count.div_ceil(unit);
        let members = self.size().min(units).max(1);
        let cut = |i: usize| (i * units / members * unit).min(count);
        (0..members).map(|i| cut(i)..cut(i + 1)).collect()
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.desk.closed.store(true, Ordering::Release);
        for thread in self.threads.drain(..) {
            thread.thread().unpark();
            // A member's panic was reported by `run`; nothing is left to say.
            let _ = thread.join();
        }
    }
}

/// A member's life: wait for a round, do the share, say so.
fn serve(desk: &Desk, member: usize) {
    let mut seen = 0;
    loop {
        let news = || desk.round.load(Ordering::Acquire) != seen || desk.closed.load(Ordering::Acquire);
        wait(news, true);
        if desk.round.load(Ordering::Acquire) == seen {
            return;
        }
        seen += 1;
        // SAFETY: `round` rose after `job` was written, and the caller keeps the job alive and the cell
        // untouched until `busy` is zero, which needs this member's decrease below.
        let share = || unsafe { (*desk.job.get()).map(|job| (*job)(member)) };
        if catch_unwind(AssertUnwindSafe(share)).is_err() {
            desk.failed.store(true, Ordering::Relaxed);
        }
        desk.busy.fetch_sub(1, Ordering::Release);
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

/// One owner's share of a `[steps, lanes, width]` buffer: some lanes of every step.
pub(crate) struct Lanes<'a> {
    first: *mut f32,
    steps: usize,
    /// Floats from one step to the next.
    stride: usize,
    /// Floats of this share in one step.
    length: usize,
    buffer: PhantomData<&'a mut [f32]>,
}

// SAFETY: a share is an exclusive borrow of floats that no other share covers.
unsafe impl Send for Lanes<'_> {}

impl<'a> Lanes<'a> {
    /// Cuts a buffer into shares; `ranges` of lanes must not overlap and are checked.
    pub(crate) fn cut(
        buffer: &'a mut [f32],
        lanes: usize,
        width: usize,
        ranges: &[Range<usize>],
    ) -> Vec<Self> {
        let stride = lanes * width;
        let steps = buffer.len() / stride.max(1);
        let mut end = 0;
        let first = buffer.as_mut_ptr();
        let share = |range: &Range<usize>| {
            assert!(end <= range.start && range.start <= range.end && range.end <= lanes);
            end = range.end;
            // SAFETY: the start of the range is within the buffer, or one past it when it is empty.
            let first = unsafe { first.add((range.start * width).min(buffer.len())) };
            Lanes { first, steps, stride, length: range.len() * width, buffer: PhantomData }
        };
        ranges.iter().map(share).collect()
    }

    pub(crate) fn at(&self, step: usize) -> &[f32] {
        assert!(step < self.steps);
        // SAFETY: step and share lie within the buffer, which this value borrows exclusively.
        unsafe { std::slice::from_raw_parts(self.first.add(step * self.stride), self.length) }
    }

    pub(crate) fn at_mut(&mut self, step: usize) -> &mut [f32] {
        assert!(step < self.steps);
        // SAFETY: as in `at`; `self` is borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(step * self.stride), self.length) }
    }

    /// Two steps at once, the first to read.
    pub(crate) fn pair(&mut self, read: usize, write: usize) -> (&[f32], &mut [f32]) {
        assert!(read != write && read < self.steps && write < self.steps);
        // SAFETY: as in `at`; the two steps do not overlap because a share is no longer than the stride.
        unsafe {
            let read = std::slice::from_raw_parts(self.first.add(read * self.stride), self.length);
            let write = std::slice::from_raw_parts_mut(self.first.add(write * self.stride), self.length);
            (read, write)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_done_once() {
        for size in [1, 2, 5] {
            let mut team = Team::new(size);
            for round in 0..200 {
                let mut pieces = vec![0; round % 9];
                team.each(pieces.iter_mut().collect(), |piece| *piece += 1);
                assert!(pieces.iter().all(|&p| p == 1));
            }
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_team_goes_on() {
        let mut team = Team::new(3);
        for failing in 0..3 {
            let done = catch_unwind(AssertUnwindSafe(|| team.run(&|member| assert_ne!(member, failing))));
            assert!(done.is_err());
            let mut pieces = [0; 6];
            team.each(pieces.iter_mut().collect(), |piece| *piece += 1);
            assert_eq!(pieces, [1; 6]);
        }
    }

    #[test]
    fn ranges_cover_everything_once() {
        let team = Team::new(3);
        for (count, unit) in [(0, 1), (1, 64), (64, 64), (1000, 64), (7, 2), (5, 1)] {
            let ranges = team.ranges(count, unit);
            assert_eq!((ranges[0].start, ranges[ranges.len() - 1].end), (0, count));
            assert!(ranges.windows(2).all(|w| w[0].end == w[1].start && w[0].end % unit == 0));
        }
    }

    #[test]
    fn shares_of_lanes_do_not_overlap() {
        let mut buffer = vec![0.0; 3 * 5 * 2];
        let ranges = [0..2, 2..2, 2..5];
        for (i, mut share) in Lanes::cut(&mut buffer, 5, 2, &ranges).into_iter().enumerate() {
            for step in 0..3 {
                share.at_mut(step).iter_mut().for_each(|x| *x += (i + 1) as f32);
            }
            let (before, after) = share.pair(0, 2);
            after.iter_mut().zip(before).for_each(|(a, b)| *a += b);
        }
        assert_eq!(buffer[..10], [1.0, 1.0, 1.0, 1.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0]);
        assert_eq!(buffer[20..], [2.0, 2.0, 2.0, 2.0, 6.0, 6.0, 6.0, 6.0, 6.0, 6.0]);
    }
}
