//! Long work: started by a call, done step by step, watched by events, ended by its end or by a wish.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use crate::problem::Answer;
use crate::reply::Rest;

/// Work under way and work that is done, by number.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    next: AtomicU64,
    jobs: Mutex<BTreeMap<u64, Arc<Job>>>,
}

/// Jobs that are remembered.
const MOST: usize = 32;

/// One work: what it has told, and whether it shall end.
#[derive(Debug, Default)]
pub(crate) struct Job {
    told: Mutex<Told>,
    changed: Condvar,
    cancelled: AtomicBool,
}

/// All that a job has told, each `{"event": name, "data": …}`, and whether it is over.
#[derive(Debug, Default)]
struct Told {
    events: Vec<String>,
    over: bool,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct JobState {
    told: usize,
    over: bool,
}

/// An event as it is told.
#[derive(Serialize)]
struct JobEvent<'a, T> {
    event: &'a str,
    data: &'a T,
}

impl Jobs {
    /// Begins work that goes on step by step. A step tells of itself, looks now and then whether the job is cancelled,
    /// and gives what is told last once all is done. Returns the number of the job, and the work.
    pub(crate) fn start<T: Serialize>(
        &self,
        mut step: impl FnMut(&Job) -> Answer<Option<T>> + Send + 'static,
    ) -> (u64, Rest) {
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let job = Arc::<Job>::default();
        let mut jobs = self.lock();
        jobs.insert(number, Arc::clone(&job));
        while jobs.len() > MOST {
            jobs.pop_first();
        }
        let work = move || {
            match step(&job) {
                Ok(None) => return ControlFlow::Continue(()),
                Ok(Some(result)) => job.tell("done", &result),
                Err(problem) if job.is_cancelled() => job.tell("cancelled", &problem.to_string()),
                Err(problem) => job.tell("failed", &problem.to_string()),
            }
            job.lock().over = true;
            job.changed.notify_all();
            ControlFlow::Break(())
        };
        (number, Box::new(work))
    }

    pub(crate) fn get(&self, number: u64) -> Option<Arc<Job>> {
        self.lock().get(&number).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    /// Tells an event to whoever watches, now or later.
    pub(crate) fn tell(&self, name: &str, data: &impl Serialize) {
        // A number that JSON does not know is the only one that cannot be told.
        let Ok(event) = serde_json::to_string(&JobEvent { event: name, data }) else { return };
        self.lock().events.push(event);
        self.changed.notify_all();
    }

    /// What it has told from some event on, and whether that is all; where there is nothing yet, waits so long for it.
    pub(crate) fn told_from(&self, first: usize, patience: Duration) -> (Vec<String>, bool) {
        let mut told = self.lock();
        if !patience.is_zero() && told.events.len() <= first && !told.over {
            let waited = self
                .changed
                .wait_timeout_while(told, patience, |told| told.events.len() <= first && !told.over);
            told = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        (told.events.get(first..).unwrap_or_default().to_vec(), told.over)
    }

    pub(crate) fn state(&self) -> JobState {
        let told = self.lock();
        JobState { told: told.events.len(), over: told.over }
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;

    #[test]
    fn work_tells_of_itself_and_ends_when_it_is_asked_to() {
        let jobs = Jobs::default();
        let (number, mut work) = jobs.start(|job| match job.is_cancelled() {
            true => Err::<Option<()>, _>(Problem::asked("as wished")),
            false => {
                job.tell("step", &1);
                Ok(None)
            }
        });
        let job = jobs.get(number).unwrap();
        assert!(work().is_continue());
        assert_eq!(job.told_from(0, Duration::ZERO), (vec![r#"{"event":"step","data":1}"#.into()], false));
        assert_eq!(job.told_from(1, Duration::from_millis(1)), (vec![], false));
        job.cancel();
        let watcher = std::thread::spawn({
            let job = Arc::clone(&job);
            move || job.told_from(1, Duration::from_secs(60))
        });
        assert!(work().is_break());
        assert_eq!(watcher.join().unwrap().0, [r#"{"event":"cancelled","data":"as wished"}"#]);
        assert_eq!(job.state(), JobState { told: 2, over: true });
        assert!(jobs.get(number + 1).is_none());
    }
}
