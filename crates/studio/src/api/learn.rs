//! Learn: the classic exercise epoch by epoch, heard on the way, looked into.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use sideman_corpus::Piece;
use sideman_improv::Epoch;
use sideman_improv::built_in;
use sideman_improv::classic::{
    CellStep, ClassicHyperparameters, ClassicOptions, ClassicPlayer, ClassicTraining, EXERCISE, PlacedValue,
};
use sideman_music::{Duration, Solo, Time};
use sideman_session::learn::{HeldOutPieces, Lesson};
use sideman_session::{Soloist, Source};

use crate::jobs::Job;
use crate::models::ModelLine;
use crate::problem::{Answer, Problem};
use crate::studio::Studio;
use crate::take_order::{TakeOrder, within};

/// After which epochs one hears what has been learned.
const HEARD: [usize; 5] = [0, 1, 5, 20, 100];
/// Values that are looked into.
const WINDOW: usize = 30;
/// Values of which the probability is told.
const LIKELY: usize = 8;
/// After how many epochs one looks into the cells.
const LOOKED: usize = 4;

/// What to learn from, and for how long.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LearnRequest {
    /// Times through the training, 1 to 400.
    epochs: usize,
    seed: u64,
    /// Imports to learn from; without any, the corpus that comes with the program.
    lessons: Vec<u64>,
}

impl Default for LearnRequest {
    fn default() -> Self {
        let ClassicHyperparameters { epochs, seed, .. } = ClassicHyperparameters::default();
        Self { epochs, seed, lessons: Vec::new() }
    }
}

/// Work that has begun.
#[derive(Serialize)]
pub(crate) struct StartedJob {
    pub(super) job: u64,
}

/// What is told first.
#[derive(Serialize)]
struct LearnStart {
    solos: usize,
    epochs: usize,
    vocabulary: usize,
    layers: Vec<(String, usize, usize)>,
    /// The loss of a unigram and of a bigram on what is held out, in nats per value.
    unigram: f64,
    bigram: f64,
    /// The loss before the first epoch.
    held_out: f64,
}

/// An epoch is over.
#[derive(Serialize)]
pub(super) struct LearnEpoch {
    epoch: usize,
    loss: f64,
    held_out: Option<f64>,
    best: bool,
}

impl LearnEpoch {
    pub(super) fn of(epoch: &Epoch) -> Self {
        let Epoch { number, loss, held_out, best, .. } = *epoch;
        Self { epoch: number, loss, held_out, best }
    }
}

/// What one hears after an epoch.
#[derive(Serialize)]
struct LearnStage {
    epoch: usize,
    take: String,
    model: String,
}

/// A look into the network while it reads a line.
#[derive(Serialize)]
struct CellsView {
    epoch: usize,
    /// The values that it reads.
    values: Vec<String>,
    /// What the cells say after each, h in hundredths, `[values][units]`.
    cells: Vec<Vec<i8>>,
    /// What may come next, the likeliest first.
    next: Vec<LikelyValue>,
    /// What did come.
    came: String,
}

/// A value and how probable it is.
#[derive(Serialize)]
struct LikelyValue {
    index: usize,
    value: String,
    probability: f32,
}

/// What came of it.
#[derive(Serialize)]
struct LearnEnd {
    model: String,
    epoch: usize,
    held_out: f64,
    unigram: f64,
    bigram: f64,
    words: String,
}

/// `POST /api/learn`: begins a training; its events are `start`, `stage`, `epoch`, `cells` and `done`.
pub(crate) async fn learn(
    State(studio): State<Arc<Studio>>,
    Json(request): Json<LearnRequest>,
) -> Answer<Json<StartedJob>> {
    within("epochs", request.epochs, 1, 400)?;
    let own = studio.lesson_pieces(&request.lessons)?;
    let at_work = Arc::clone(&studio);
    let job = studio
        .jobs
        .start(move |job| train(&at_work, job, &request, own).map_err(|problem| problem.to_string()));
    Ok(Json(StartedJob { job }))
}

fn train(studio: &Studio, job: &Job, request: &LearnRequest, own: Vec<Piece>) -> Answer<LearnEnd> {
    let is_own = !own.is_empty();
    let pieces = if is_own { own } else { built_in::corpus() };
    let lesson = Lesson::new(&pieces, &HeldOutPieces::ByTune)?;
    let usual = ClassicHyperparameters { epochs: request.epochs, seed: request.seed, ..Default::default() };
    // A handful of solos has fewer values than the exercise; then it learns all that there are.
    let merged = lesson.begin_classic(&ClassicHyperparameters { vocabulary: Some(EXERCISE), ..usual });
    let mut training = merged.or_else(|_| lesson.begin_classic(&usual))?;
    let lines = pieces.iter().find_map(|piece| Some((&piece.sheet, piece.solo.as_ref()?)));
    let line = training.player().ok().zip(lines).map(|(player, (sheet, solo))| player.classes(sheet, solo));
    let window: Vec<usize> = line.unwrap_or_default().into_iter().take(WINDOW + 1).collect();
    let name = if is_own { "My music" } else { "The built-in corpus" };
    job.tell("start", &start(&mut training, pieces.len(), request.epochs)?);
    stage(studio, job, &training, 0, name)?;
    job.tell("cells", &cells(&training.player().map_err(Problem::asked)?, &window, 0));
    while let Some(epoch) = training.epoch().map_err(Problem::asked)? {
        let number = epoch.number;
        job.tell("epoch", &LearnEpoch::of(&epoch));
        if HEARD.contains(&number) {
            stage(studio, job, &training, number, name)?;
        }
        if number % LOOKED == 0 || number < LOOKED || number == request.epochs {
            job.tell("cells", &cells(&training.player().map_err(Problem::asked)?, &window, number));
        }
        if job.is_cancelled() {
            return Err(Problem::asked(format!("ended after epoch {number}")));
        }
    }
    let trained = training.finish().map_err(Problem::asked)?;
    let figures = trained.figures;
    let title = format!("{name}, best of {} epochs", request.epochs);
    let model = kept(studio, &trained.player, &title)?;
    let (epoch, held_out, unigram, bigram) =
        (figures.epoch, figures.held_out, figures.unigram, figures.bigram);
    Ok(LearnEnd { model, epoch, held_out, unigram, bigram, words: figures.to_string() })
}

fn start(training: &mut ClassicTraining, solos: usize, epochs: usize) -> Answer<LearnStart> {
    let player = training.player().map_err(Problem::asked)?;
    let [unigram, bigram] = training.floors();
    let held_out = training.held_out().map_err(Problem::asked)?;
    let layers =
        player.layers().into_iter().map(|layer| (layer.name, layer.output, layer.parameters)).collect();
    let vocabulary = player.vocabulary().classes();
    Ok(LearnStart { solos, epochs, vocabulary, layers, unigram, bigram, held_out })
}

/// Keeps the network as it is now, and a take of it.
fn stage(studio: &Studio, job: &Job, training: &ClassicTraining, epoch: usize, name: &str) -> Answer<()> {
    let player = training.player().map_err(Problem::asked)?;
    let title = format!("{name}, after epoch {epoch}");
    let model = kept(studio, &player, &title)?;
    let order = TakeOrder { model: Some(model.clone()), choruses: 1, ..TakeOrder::default() };
    let take = super::takes::kept_as(studio, order, |caption| format!("{title} — {caption}"))?;
    job.tell("stage", &LearnStage { epoch, take: take.file.id.clone(), model });
    Ok(())
}

fn kept(studio: &Studio, player: &ClassicPlayer, title: &str) -> Answer<String> {
    let bytes = player.to_bytes().map_err(Problem::ours)?;
    studio.models.keep(&bytes, title)
}

fn cells(player: &ClassicPlayer, window: &[usize], epoch: usize) -> CellsView {
    let (&came, read) = window.split_last().unwrap_or((&0, &[]));
    let steps = player.trace(read);
    let said = |step: &CellStep| step.h.iter().map(|h| (100.0 * h).round() as i8).collect();
    CellsView {
        epoch,
        values: read.iter().map(|&class| value(player, class)).collect(),
        cells: steps.iter().skip(1).map(said).collect(),
        next: steps.last().map_or_else(Vec::new, |step| likely(player, &step.probabilities)),
        came: value(player, came),
    }
}

fn value(player: &ClassicPlayer, class: usize) -> String {
    player.vocabulary().values().get(class).map_or_else(|| "unseen".to_owned(), ToString::to_string)
}

fn likely(player: &ClassicPlayer, probabilities: &[f32]) -> Vec<LikelyValue> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
    let told =
        |index: usize| LikelyValue { index, value: value(player, index), probability: probabilities[index] };
    order.into_iter().take(LIKELY).map(told).collect()
}

/// `GET /api/models`: what was learned here.
pub(crate) async fn models(State(studio): State<Arc<Studio>>) -> Answer<Json<Vec<ModelLine>>> {
    studio.heavy(|studio| Ok(Json(studio.models.list()?))).await
}

/// Which value is followed.
#[derive(Deserialize)]
pub(crate) struct StepQuery {
    /// Counted from 0.
    at: usize,
}

/// One value on its way through the network, with all its numbers.
#[derive(Serialize)]
pub(crate) struct StepView {
    /// How many there are to follow.
    of: usize,
    classes: usize,
    units: usize,
    /// What comes in: its place in the vocabulary and the value; nothing before the first.
    input: Option<usize>,
    input_value: Option<String>,
    /// i, f, g and o of every unit.
    gates: [Vec<f32>; 4],
    /// What was remembered before, is remembered now, and is said.
    before: Vec<f32>,
    c: Vec<f32>,
    h: Vec<f32>,
    probabilities: Vec<f32>,
    likely: Vec<LikelyValue>,
    /// What was drawn.
    drawn: Option<usize>,
    drawn_value: String,
    drawn_probability: f32,
    /// The bar, the beat and the chord where it falls, and the note that it becomes there.
    bar: i64,
    beat: f64,
    chord: Option<String>,
    note: Option<String>,
}

/// `GET /api/models/{model}/step?at=`: the way of one value of a solo over the blues, from one-hot to note.
pub(crate) async fn step(
    State(studio): State<Arc<Studio>>,
    Path(model): Path<String>,
    Query(StepQuery { at }): Query<StepQuery>,
) -> Answer<Json<StepView>> {
    studio.heavy(move |studio| Ok(Json(followed(&*studio.models.get(&model)?, at)?))).await
}

fn followed(soloist: &Soloist, at: usize) -> Answer<StepView> {
    let Soloist::Classic(player) = soloist else {
        return Err(Problem::asked("the classic alone has such steps"));
    };
    let sheet = Source::blues()?.chart()?;
    let improvised =
        player.improvise_values(&sheet, &ClassicOptions::default(), 1).map_err(Problem::asked)?;
    let (improvisation, values) = improvised;
    let placed = values.get(at).ok_or_else(|| Problem::missing("value"))?;
    let read: Vec<usize> =
        values[..at].iter().map(|placed| player.vocabulary().index(&placed.value)).collect();
    let mut steps = player.trace(&read);
    let now = steps.pop().ok_or_else(|| Problem::missing("value"))?;
    let drawn = Some(player.vocabulary().index(&placed.value));
    let units = now.h.len();
    let (bar, place) = sheet.place(placed.onset);
    Ok(StepView {
        of: values.len(),
        classes: now.probabilities.len(),
        units,
        input: now.input,
        input_value: now.input.map(|class| value(player, class)),
        before: steps.pop().map_or_else(|| vec![0.0; units], |step| step.c),
        likely: likely(player, &now.probabilities),
        drawn_probability: drawn.and_then(|class| now.probabilities.get(class).copied()).unwrap_or_default(),
        drawn,
        drawn_value: placed.value.to_string(),
        bar: bar + 1,
        beat: quarters(place) + 1.0,
        chord: sheet.chord_at(placed.onset).map(|chord| chord.to_string()),
        note: sounding(&improvisation.solo, placed),
        gates: now.gates,
        c: now.c,
        h: now.h,
        probabilities: now.probabilities,
    })
}

fn quarters(place: Duration) -> f64 {
    let (over, under) = place.as_quarters();
    over as f64 / under as f64
}

fn sounding(solo: &Solo, placed: &PlacedValue) -> Option<String> {
    let at = |onset: Time| onset == placed.onset;
    solo.notes().iter().find(|note| at(note.onset)).map(|note| note.pitch().to_string())
}
