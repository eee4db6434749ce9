//! Long work: started by a call, watched by events, ended by its end or by a wish.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

/// Work under way and work that is done, by number.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    next: AtomicU64,
    jobs: Mutex<BTreeMap<u64, Arc<Job>>>,
}

/// Jobs that are remembered.
const MOST: usize = 32;

/// One work: what it has told, and whether it shall end.
#[derive(Debug)]
pub(crate) struct Job {
    told: Mutex<Vec<Value>>,
    /// How much it has told, and whether it is over.
    state: watch::Sender<JobState>,
    cancelled: AtomicBool,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct JobState {
    pub(crate) told: usize,
    pub(crate) over: bool,
}

impl Jobs {
    /// Starts work on a thread of its own; it tells of itself, looks now and then whether it is cancelled, and gives what
    /// is told last.
    pub(crate) fn start<T: Serialize>(
        self: &Arc<Self>,
        work: impl FnOnce(&Job) -> Result<T, String> + Send + 'static,
    ) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let (state, _) = watch::channel(JobState::default());
        let job = Arc::new(Job { told: Mutex::default(), state, cancelled: AtomicBool::new(false) });
        let mut jobs = self.lock();
        jobs.insert(number, Arc::clone(&job));
        while jobs.len() > MOST {
            jobs.pop_first();
        }
        drop(jobs);
        std::thread::spawn(move || {
            match work(&job) {
                Ok(result) => job.tell("done", &result),
                Err(words) if job.is_cancelled() => job.tell("cancelled", &words),
                Err(words) => job.tell("failed", &words),
            }
            job.state.send_modify(|state| state.over = true);
        });
        number
    }

    pub(crate) fn get(&self, number: u64) -> Option<Arc<Job>> {
        self.lock().get(&number).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    /// Tells an event to whoever watches, now or later: `{"event": name, "data": …}`.
    pub(crate) fn tell(&self, name: &str, data: &impl Serialize) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.push(serde_json::json!({ "event": name, "data": data }));
        let count = told.len();
        drop(told);
        self.state.send_modify(|state| state.told = count);
    }

    /// What it has told from some event on.
    pub(crate) fn told_from(&self, first: usize) -> Vec<Value> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.get(first..).unwrap_or_default().to_vec()
    }

    pub(crate) fn watch(&self) -> watch::Receiver<JobState> {
        self.state.subscribe()
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_tells_of_itself_and_ends_when_it_is_asked_to() {
        let jobs = Arc::new(Jobs::default());
        let number = jobs.start(|job| {
            job.tell("begun", &1);
            while !job.is_cancelled() {
                std::thread::yield_now();
            }
            Err::<(), _>("as wished".into())
        });
        let job = jobs.get(number).unwrap();
        let mut state = job.watch();
        state.wait_for(|state| state.told == 1).await.unwrap();
        job.cancel();
        state.wait_for(|state| state.over).await.unwrap();
        let names: Vec<Value> = job.told_from(0).iter().map(|told| told["event"].clone()).collect();
        assert_eq!(names, ["begun", "cancelled"]);
        assert!(jobs.get(number + 1).is_none());
    }
}
