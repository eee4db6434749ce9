//! Learn: the player goes on learning from music of one's own.

use std::ops::ControlFlow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sideman_corpus::Piece;
use sideman_improv::line::{Evaluation, LineModel, NetworkSize, TrainingStart};
use sideman_improv::{Model, TrainingEvent};
use sideman_session::WorkEvent;
use sideman_session::learn::{HeldOutPieces, Learned, Lesson, Precision, Recipe, TrainingRequest};

use super::jobs::started;
use super::learn::LearnEpoch;
use crate::ask::{Ask, PathParts};
use crate::jobs::Job;
use crate::problem::{Answer, Problem};
use crate::reply::Reply;
use crate::studio::Studio;
use crate::take_order::{TakeOrder, within};

/// What to adapt it to, and for how long.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdaptRequest {
    /// Times through the music, 1 to 40.
    epochs: usize,
    seed: u64,
    lessons: Vec<u64>,
}

/// What is told first.
#[derive(Serialize)]
struct AdaptStart {
    solos: usize,
    epochs: usize,
    /// The loss of the player as it is on what is held out, in nats per note; nothing where nothing is.
    held_out: Option<f64>,
}

/// How far an epoch is, from 0 to 1 of the whole.
#[derive(Serialize)]
struct AdaptProgress {
    done: f64,
}

/// What came of it.
#[derive(Serialize)]
struct AdaptEnd {
    model: String,
    /// Takes of the same chart from the same seed: of the player as it was, and as it is.
    before: String,
    take: String,
    words: String,
}

/// `POST /api/adapt`: the player goes on learning; its events are `start`, `progress`, `epoch` and `done`.
pub(crate) fn adapt(studio: &Arc<Studio>, ask: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    let request: AdaptRequest = ask.json()?;
    within("epochs", request.epochs, 1, 40)?;
    let pieces = studio.lesson_pieces(&request.lessons)?;
    let at_work = Arc::clone(studio);
    started(studio.jobs.start(move |job| adapted(&at_work, job, &request, &pieces).map(Some)))
}

fn adapted(studio: &Studio, job: &Job, request: &AdaptRequest, pieces: &[Piece]) -> Answer<AdaptEnd> {
    let soloist = studio.soloist()?;
    let before = soloist.player()?.model();
    let lesson = Lesson::new(pieces, &HeldOutPieces::ByTune)?;
    let was = lesson.evaluate(before)?;
    job.tell(
        "start",
        &AdaptStart {
            solos: pieces.iter().filter(|piece| piece.solo.is_some()).count(),
            epochs: request.epochs,
            held_out: was.as_ref().map(full),
        },
    );
    let learned = learned(job, &lesson, before, request)?;
    if job.is_cancelled() {
        return Err(Problem::asked("the player is as it was"));
    }
    let bytes = learned.to_bytes(Precision::Half)?;
    let Model::Line(model) = learned.model else { return Err(Problem::ours("another recipe came of it")) };
    let is = lesson.evaluate(&model)?;
    let title = format!("The player, adapted to {}", named(pieces));
    let model = studio.models.keep(&bytes, &title)?;
    let played = |model: Option<String>, title: &str| {
        let order = TakeOrder { model, choruses: 1, ..TakeOrder::default() };
        let take = super::takes::kept_as(studio, order, |caption| format!("{title} — {caption}"))?;
        Answer::Ok(take.file.id.clone())
    };
    let before = played(None, "The player as it was")?;
    let take = played(Some(model.clone()), &title)?;
    Ok(AdaptEnd { model, before, take, words: compared(was.as_ref(), is.as_ref()) })
}

fn learned(job: &Job, lesson: &Lesson<'_>, before: &LineModel, request: &AdaptRequest) -> Answer<Learned> {
    let start = TrainingStart::From(Box::new(before.clone()));
    let recipe = Recipe::Line { size: NetworkSize::Base, dropout: None, start, remarks: Vec::new() };
    let (epochs, seed) = (Some(request.epochs), request.seed);
    let wish = TrainingRequest { recipe, epochs, seed, ..TrainingRequest::default() };
    let mut told = 0.0;
    let mut watch = |event: WorkEvent<'_>| {
        if let WorkEvent::Training(event) = event {
            if let TrainingEvent::Epoch(epoch, _) = event {
                job.tell("epoch", &LearnEpoch::of(epoch));
            }
            if event.done() >= told + 0.01 {
                told = event.done();
                job.tell("progress", &AdaptProgress { done: told });
            }
        }
        if job.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    Ok(lesson.learn(wish, &mut watch)?)
}

/// Time, pitch and hold together, in nats per note on the common yardstick.
fn full(evaluation: &Evaluation) -> f64 {
    evaluation.full_joint_nats
}

fn compared(was: Option<&Evaluation>, is: Option<&Evaluation>) -> String {
    match (was, is) {
        (Some(was), Some(is)) => format!(
            "{:.3} nats per note before, {:.3} now, on {} notes that were held out",
            full(was),
            full(is),
            is.notes
        ),
        _ => "nothing could be held out, so there are no figures".into(),
    }
}

fn named(pieces: &[Piece]) -> String {
    match pieces {
        [piece] if !piece.sheet.title().is_empty() => piece.sheet.title().to_owned(),
        pieces => format!("{} pieces", pieces.len()),
    }
}
