//! Long work: its events as they come, and its end before its time.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ask::{Ask, PathParts};
use crate::jobs::Job;
use crate::problem::{Answer, Problem};
use crate::reply::{Piecemeal, Pieces, Reply, Rest};
use crate::studio::Studio;

/// Work that has begun.
#[derive(Serialize)]
struct StartedJob {
    job: u64,
}

/// Tells the number of work that begins, which goes on behind the answer.
pub(crate) fn started((job, rest): (u64, Rest)) -> Answer<Reply> {
    Ok(Reply::json(&StartedJob { job })?.then(rest))
}

/// From which event on.
#[derive(Deserialize)]
struct EventsQuery {
    #[serde(default)]
    from: usize,
}

/// Events on their way to the page, as server-sent events.
struct Events {
    job: Arc<Job>,
    next: usize,
}

/// `GET /api/jobs/{job}/events?from=`: everything it has told and will tell, each `{"event", "data"}`; the last is `done`,
/// `failed` or `cancelled`. A page that comes back asks for what it has missed.
pub(crate) fn events(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let events = Events { job: job(studio, places)?, next: ask.query::<EventsQuery>()?.from };
    Ok(Reply::pieces("text/event-stream", events))
}

impl Pieces for Events {
    fn next(&mut self, patience: Duration) -> Piecemeal {
        let (events, over) = self.job.told_from(self.next, patience);
        if events.is_empty() {
            return if over { Piecemeal::End } else { Piecemeal::Later };
        }
        self.next += events.len();
        Piecemeal::Bytes(events.iter().map(|event| format!("data: {event}\n\n")).collect::<String>().into())
    }
}

fn job(studio: &Studio, places: &PathParts<'_>) -> Answer<Arc<Job>> {
    studio.jobs.get(places.number(0)?).ok_or_else(|| Problem::missing("work"))
}

/// `GET /api/jobs/{job}`
pub(crate) fn state(studio: &Arc<Studio>, _: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    Reply::json(&job(studio, places)?.state())
}

/// `DELETE /api/jobs/{job}`: asks it to end.
pub(crate) fn cancel(studio: &Arc<Studio>, _: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    job(studio, places)?.cancel();
    Ok(Reply::nothing())
}
