//! Long work: its events as they come, and its end before its time.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, KeepAliveStream, Sse};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::jobs::{Job, JobState};
use crate::problem::{Answer, Problem};
use crate::studio::Studio;

/// Events on their way to a page that reads slowly.
const WAITING: usize = 64;

/// `GET /api/jobs/{job}/events`: everything it has told and will tell, each `{"event", "data"}`; the last is `done`,
/// `failed` or `cancelled`. A page that comes back (`Last-Event-ID`) hears what it has missed.
pub(crate) async fn events(
    State(studio): State<Arc<Studio>>,
    Path(job): Path<u64>,
    headers: HeaderMap,
) -> Answer<Sse<KeepAliveStream<ReceiverStream<Result<Event, Infallible>>>>> {
    let job = studio.jobs.get(job).ok_or_else(|| Problem::missing("work"))?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse::<usize>().ok());
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(tell(job, last.map_or(0, |last| last.saturating_add(1)), sender));
    Ok(Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::default()))
}

async fn tell(job: Arc<Job>, mut next: usize, sender: mpsc::Sender<Result<Event, Infallible>>) {
    let mut state = job.watch();
    loop {
        let over = state.borrow_and_update().over;
        for told in job.told_from(next) {
            let event = Event::default().id(next.to_string()).data(told.to_string());
            if sender.send(Ok(event)).await.is_err() {
                return;
            }
            next += 1;
        }
        if over || state.changed().await.is_err() {
            return;
        }
    }
}

/// How far a work is.
#[derive(Serialize)]
pub(crate) struct JobView {
    told: usize,
    over: bool,
}

/// `GET /api/jobs/{job}`
pub(crate) async fn state(State(studio): State<Arc<Studio>>, Path(job): Path<u64>) -> Answer<Json<JobView>> {
    let JobState { told, over } =
        *studio.jobs.get(job).ok_or_else(|| Problem::missing("work"))?.watch().borrow();
    Ok(Json(JobView { told, over }))
}

/// `DELETE /api/jobs/{job}`: asks it to end.
pub(crate) async fn cancel(State(studio): State<Arc<Studio>>, Path(job): Path<u64>) -> Answer<StatusCode> {
    studio.jobs.get(job).ok_or_else(|| Problem::missing("work"))?.cancel();
    Ok(StatusCode::NO_CONTENT)
}
