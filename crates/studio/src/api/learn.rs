//! Learn: the classic exercise epoch by epoch, heard on the way, looked into.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sideman_corpus::Piece;
use sideman_improv::classic::{
    CellStep, ClassicHyperparameters, ClassicOptions, ClassicPlayer, ClassicTraining, EXERCISE, PlacedValue,
    Trained,
};
use sideman_improv::{Epoch, Figures, built_in};
use sideman_music::{Duration, Solo, Time};
use sideman_session::learn::{HeldOutPieces, Lesson};
use sideman_session::{Soloist, Source};

use super::jobs::started;
use super::takes;
use crate::ask::{Ask, PathParts};
use crate::jobs::Job;
use crate::problem::{Answer, Problem};
use crate::reply::Reply;
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
struct LearnRequest {
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
pub(crate) fn learn(studio: &Arc<Studio>, ask: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    let request: LearnRequest = ask.json()?;
    within("epochs", request.epochs, 1, 400)?;
    let own = studio.lesson_pieces(&request.lessons)?;
    let (at_work, mut course) = (Arc::clone(studio), None);
    started(studio.jobs.start(move |job| match course.take() {
        None => {
            course = Some(ClassicCourse::begin(&at_work, job, &request, &own)?);
            Ok(None)
        }
        Some(begun) => {
            let (on, end) = begun.step(&at_work, job)?;
            course = on;
            Ok(end)
        }
    }))
}

/// The classic, learning epoch by epoch.
struct ClassicCourse {
    training: ClassicTraining,
    epochs: usize,
    /// Whose music it learns from.
    name: &'static str,
    /// Values that are looked into.
    window: Vec<usize>,
}

impl ClassicCourse {
    fn begin(studio: &Studio, job: &Job, request: &LearnRequest, own: &[Piece]) -> Answer<Self> {
        let built_in = if own.is_empty() { built_in::corpus() } else { Vec::new() };
        let (pieces, name) = match own.is_empty() {
            true => (&built_in[..], "The built-in corpus"),
            false => (own, "My music"),
        };
        let lesson = Lesson::new(pieces, &HeldOutPieces::ByTune)?;
        let usual =
            ClassicHyperparameters { epochs: request.epochs, seed: request.seed, ..Default::default() };
        // A handful of solos has fewer values than the exercise; then it learns all that there are.
        let merged = lesson.begin_classic(&ClassicHyperparameters { vocabulary: Some(EXERCISE), ..usual });
        let mut training = merged.or_else(|_| lesson.begin_classic(&usual))?;
        let lines = pieces.iter().find_map(|piece| Some((&piece.sheet, piece.solo.as_ref()?)));
        let line =
            training.player().ok().zip(lines).map(|(player, (sheet, solo))| player.classes(sheet, solo));
        let window = line.unwrap_or_default().into_iter().take(WINDOW + 1).collect();
        job.tell("start", &start(&mut training, pieces.len(), request.epochs)?);
        let course = Self { training, epochs: request.epochs, name, window };
        course.tell(studio, job, 0)?;
        Ok(course)
    }

    /// One more epoch; behind the last what came of it.
    fn step(mut self, studio: &Studio, job: &Job) -> Answer<(Option<Self>, Option<LearnEnd>)> {
        let Some(epoch) = self.training.epoch().map_err(Problem::asked)? else {
            return Ok((None, Some(self.end(studio)?)));
        };
        job.tell("epoch", &LearnEpoch::of(&epoch));
        self.tell(studio, job, epoch.number)?;
        if job.is_cancelled() {
            return Err(Problem::asked(format!("ended after epoch {}", epoch.number)));
        }
        Ok((Some(self), None))
    }

    /// What is heard and seen after an epoch, where something is.
    fn tell(&self, studio: &Studio, job: &Job, epoch: usize) -> Answer<()> {
        if HEARD.contains(&epoch) {
            job.tell("stage", &self.stage(studio, epoch)?);
        }
        if epoch.is_multiple_of(LOOKED) || epoch < LOOKED || epoch == self.epochs {
            job.tell("cells", &cells(&self.training.player().map_err(Problem::asked)?, &self.window, epoch));
        }
        Ok(())
    }

    /// Keeps the network as it is now, and a take of it.
    fn stage(&self, studio: &Studio, epoch: usize) -> Answer<LearnStage> {
        let player = self.training.player().map_err(Problem::asked)?;
        let title = format!("{}, after epoch {epoch}", self.name);
        let model = kept(studio, &player, &title)?;
        let order = TakeOrder { model: Some(model.clone()), choruses: 1, ..TakeOrder::default() };
        let take = takes::kept_as(studio, order, |caption| format!("{title} — {caption}"))?;
        Ok(LearnStage { epoch, take: take.file.id.clone(), model })
    }

    /// Keeps the best of all.
    fn end(self, studio: &Studio) -> Answer<LearnEnd> {
        let title = format!("{}, best of {} epochs", self.name, self.epochs);
        let Trained { player, figures } = self.training.finish().map_err(Problem::asked)?;
        let model = kept(studio, &player, &title)?;
        let words = figures.to_string();
        let Figures { epoch, held_out, unigram, bigram, .. } = figures;
        Ok(LearnEnd { model, epoch, held_out, unigram, bigram, words })
    }
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
pub(crate) fn models(studio: &Arc<Studio>, _: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    Reply::json(&studio.models.list()?)
}

/// Which value is followed.
#[derive(Deserialize)]
struct StepQuery {
    /// Counted from 0.
    at: usize,
}

/// One value on its way through the network, with all its numbers.
#[derive(Serialize)]
struct StepView {
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
pub(crate) fn step(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let StepQuery { at } = ask.query()?;
    Reply::json(&followed(&*studio.models.get(places.name(0))?, at)?)
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
