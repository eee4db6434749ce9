//! How well a model knows solos that it has not learned from: likelihood with its interval, and whether it hears
//! the chart and the line.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use sideman_corpus::{Piece, tunes};
use sideman_lstm::Generator;

use super::encode::GridNote;
use super::judge::{Likelihood, ScoredLine, likelihoods};
use super::model::LineModel;
use crate::floor::Floors;

/// The figures of a model on some solos. Nats are means over all notes but the first of each solo; intervals hold 95 %
/// of 2000 bootstrap samples of the tunes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Scored notes.
    pub notes: usize,
    /// Of the time from the last onset, on the common yardstick (see [`crate::floor`]).
    pub rhythm_nats: f64,
    /// Of the pitch, given the time, the chord and the place.
    pub pitch_nats: f64,
    /// Both together.
    pub joint_nats: f64,
    /// Where 95 % of the bootstrap samples of `joint_nats` lie.
    pub joint_interval: [f64; 2],
    /// Of the class of how long a note is held, given the time and the pitch.
    pub hold_nats: f64,
    /// Time, pitch and hold together: the figure that is fair to whoever is told how the notes before are held, for
    /// here that is paid for.
    pub full_joint_nats: f64,
    /// Where 95 % of the bootstrap samples of `full_joint_nats` lie.
    pub full_joint_interval: [f64; 2],
    /// Share of notes whose likeliest pitch is the true one.
    pub pitch_top1: f64,
    /// Rhythm on the model's own grid, which is finer.
    pub own_rhythm_nats: f64,
    /// Pitch on its own grid: the same.
    pub own_pitch_nats: f64,
    /// Both together.
    pub own_joint_nats: f64,
    /// `rhythm_nats` when the model is not told in which of eight classes of length the last note was held, nor how
    /// loud and late it was: what it knows from onsets and pitches alone.
    pub untold_rhythm_nats: f64,
    /// `pitch_nats` under the same condition.
    pub untold_pitch_nats: f64,
    /// The best n-gram's rhythm on the same notes, where something was given to learn it from; it is not told how notes
    /// are held, as in `untold_rhythm_nats`.
    pub floor_rhythm_nats: Option<f64>,
    /// The best n-gram's pitch.
    pub floor_pitch_nats: Option<f64>,
    /// Both together.
    pub floor_joint_nats: Option<f64>,
    /// The best n-gram's rhythm where it is told how the last note is held, as in `rhythm_nats`.
    pub floor_told_rhythm_nats: Option<f64>,
    /// The same with the pitch.
    pub floor_told_joint_nats: Option<f64>,
    /// The best n-gram's hold.
    pub floor_hold_nats: Option<f64>,
    /// Time, pitch and hold together.
    pub floor_full_joint_nats: Option<f64>,
    /// Share of solos that are likelier over their own chart than over that chart in each of eleven other keys and the
    /// charts of up to nine other tunes.
    pub shuffled_chart_accuracy: f64,
    /// Its interval.
    pub shuffled_chart_interval: [f64; 2],
    /// Share of all those other charts over which a solo is less likely than over its own.
    pub shuffled_chart_pairs: f64,
    /// Share of places where the true continuation of 16 notes is likelier than three of other solos, moved to begin at
    /// the same time and on the same pitch.
    pub continuation_accuracy: f64,
    /// Its interval.
    pub continuation_interval: [f64; 2],
}

/// Other keys and tunes that a chart is held against.
const KEYS: i32 = 12;
const OTHER_TUNES: usize = 9;
/// Notes before a continuation, of a continuation, and from one to the next.
const BEFORE: usize = 48;
const AFTER: usize = 16;
const APART: usize = 64;
/// Continuations to choose from.
const CHOICES: usize = 4;

/// Every so manieth of some solos, for those who share them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoloShare {
    /// The first solo, counted from 0.
    pub first: usize,
    /// From one to the next.
    pub every: usize,
}

impl SoloShare {
    /// All of them.
    pub const WHOLE: Self = Self { first: 0, every: 1 };

    fn of(self, solos: usize) -> Vec<usize> {
        (self.first..solos).step_by(self.every.max(1)).collect()
    }
}

/// What an [`Evaluation`] adds up of one solo.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SoloJudgement {
    told: Likelihood,
    untold: Likelihood,
    chart: ChartJudgement,
    continuations: ContinuationJudgement,
}

/// Whether a solo is likeliest over its own chart, and over which share of the others it is less likely.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct ChartJudgement {
    found: bool,
    worse: f64,
}

/// How many continuations of a solo were asked for, and how many were the likeliest.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct ContinuationJudgement {
    asked: usize,
    found: usize,
}

impl SoloJudgement {
    /// How many numbers one is.
    pub const NUMBERS: usize = 16;

    /// All of it as numbers, to be sent elsewhere; nothing is lost.
    pub fn to_numbers(&self) -> [f64; Self::NUMBERS] {
        let Self { told, untold, chart, continuations } = self;
        let [a, b, c, d, e, f] = told.to_numbers();
        let [g, h, i, j, k, l] = untold.to_numbers();
        let (chart_found, found) = (f64::from(u8::from(chart.found)), continuations.found as f64);
        [a, b, c, d, e, f, g, h, i, j, k, l, chart_found, chart.worse, continuations.asked as f64, found]
    }

    /// What [`to_numbers`](Self::to_numbers) has made numbers of.
    pub fn from_numbers(numbers: &[f64; Self::NUMBERS]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l, chart_found, worse, asked, found] = *numbers;
        Self {
            told: Likelihood::from_numbers([a, b, c, d, e, f]),
            untold: Likelihood::from_numbers([g, h, i, j, k, l]),
            chart: ChartJudgement { found: chart_found > 0.0, worse },
            continuations: ContinuationJudgement { asked: asked as usize, found: found as usize },
        }
    }
}

impl LineModel {
    /// Every figure on some pieces; `floor` is what the n-grams learn from.
    pub fn evaluate(&self, pieces: &[&Piece], floor: &[&Piece]) -> Evaluation {
        Evaluation::new(&self.judgements(pieces, SoloShare::WHOLE), pieces, floor)
    }

    /// What an evaluation on some pieces adds up, of a share of their solos.
    pub fn judgements(&self, pieces: &[&Piece], share: SoloShare) -> Vec<SoloJudgement> {
        let pieces = with_notes(pieces);
        let (generator, lines, tunes) = (self.judge(), self.scored(&pieces), tunes_of(&pieces));
        let own = share.of(lines.len());
        let scored: Vec<ScoredLine> = own.iter().map(|&i| lines[i].clone()).collect();
        let told = likelihoods(&generator, &scored);
        let untold = scored.into_iter().map(|l| ScoredLine { example: l.example.without_touch(), ..l });
        let untold = likelihoods(&generator, &untold.collect::<Vec<_>>());
        let charts = own.iter().map(|&i| judge_chart(&generator, &lines, &tunes, i));
        let continuations = judge_continuations(&generator, &lines, &tunes, &own);
        let parts = told.into_iter().zip(untold).zip(charts).zip(continuations);
        parts
            .map(|(((told, untold), chart), continuations)| SoloJudgement {
                told,
                untold,
                chart,
                continuations,
            })
            .collect()
    }
}

impl Evaluation {
    /// The figures from what was found out of each solo of some pieces, in their order; `floor` is what the n-grams
    /// learn from.
    pub fn new(solos: &[SoloJudgement], pieces: &[&Piece], floor: &[&Piece]) -> Self {
        let pieces = with_notes(pieces);
        let tunes = tunes_of(&pieces);
        let sum = total(solos.iter().map(|solo| &solo.told));
        let untold = total(solos.iter().map(|solo| &solo.untold));
        let floors = Floors::new(floor.iter().copied(), pieces.iter().copied());
        let mean = |nats: f64, of: &Likelihood| nats / of.notes.max(1) as f64;
        let told = |nats: fn(&Likelihood) -> f64| {
            interval(&tunes, solos, |solo| (nats(&solo.told), solo.told.notes as f64))
        };
        let chart_found = |solo: &SoloJudgement| f64::from(u8::from(solo.chart.found));
        let continued = |solo: &SoloJudgement| {
            let ContinuationJudgement { asked, found } = solo.continuations;
            (found as f64, asked as f64)
        };
        Evaluation {
            notes: sum.notes,
            rhythm_nats: mean(sum.rhythm, &sum),
            pitch_nats: mean(sum.pitch, &sum),
            joint_nats: mean(sum.rhythm + sum.pitch, &sum),
            joint_interval: told(|s| s.rhythm + s.pitch),
            hold_nats: mean(sum.hold, &sum),
            full_joint_nats: mean(sum.rhythm + sum.pitch + sum.hold, &sum),
            full_joint_interval: told(|s| s.rhythm + s.pitch + s.hold),
            pitch_top1: mean(sum.top1 as f64, &sum),
            own_rhythm_nats: mean(sum.own_rhythm, &sum),
            own_pitch_nats: mean(sum.pitch, &sum),
            own_joint_nats: mean(sum.own_rhythm + sum.pitch, &sum),
            untold_rhythm_nats: mean(untold.rhythm, &untold),
            untold_pitch_nats: mean(untold.pitch, &untold),
            floor_rhythm_nats: floors.map(|f| f.best_rhythm()),
            floor_pitch_nats: floors.map(|f| f.best_pitch()),
            floor_joint_nats: floors.map(|f| f.best()),
            floor_told_rhythm_nats: floors.map(|f| f.best_rhythm_told()),
            floor_told_joint_nats: floors.map(|f| f.best_told()),
            floor_hold_nats: floors.map(|f| f.best_hold()),
            floor_full_joint_nats: floors.map(|f| f.best_of_all()),
            shuffled_chart_accuracy: share(solos.iter().map(|solo| (chart_found(solo), 1.0))),
            shuffled_chart_interval: interval(&tunes, solos, |solo| (chart_found(solo), 1.0)),
            shuffled_chart_pairs: share(solos.iter().map(|solo| (solo.chart.worse, 1.0))),
            continuation_accuracy: share(solos.iter().map(continued)),
            continuation_interval: interval(&tunes, solos, continued),
        }
    }
}

fn with_notes<'a>(pieces: &[&'a Piece]) -> Vec<&'a Piece> {
    pieces.iter().filter(|piece| has_notes(piece)).copied().collect()
}

fn tunes_of(pieces: &[&Piece]) -> Vec<String> {
    tunes(&pieces.iter().map(|&piece| piece.clone()).collect::<Vec<_>>())
}

fn has_notes(piece: &Piece) -> bool {
    piece.solo.as_ref().is_some_and(|solo| !solo.notes().is_empty())
}

fn total<'a>(scores: impl Iterator<Item = &'a Likelihood>) -> Likelihood {
    scores.fold(Likelihood::default(), |a, b| Likelihood {
        notes: a.notes + b.notes,
        rhythm: a.rhythm + b.rhythm,
        own_rhythm: a.own_rhythm + b.own_rhythm,
        pitch: a.pitch + b.pitch,
        hold: a.hold + b.hold,
        top1: a.top1 + b.top1,
    })
}

/// A ratio of sums.
fn share(sums: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (over, under) = sums.fold((0.0, 0.0), |sum, (over, under)| (sum.0 + over, sum.1 + under));
    over / f64::max(under, 1.0)
}

/// A solo over its own chart, in every key, and over those of other tunes.
fn judge_chart(generator: &Generator, lines: &[ScoredLine], tunes: &[String], i: usize) -> ChartJudgement {
    let own = &lines[i].example.chart;
    let keys = (0..KEYS).map(|up| own.transposed(up));
    let other = |&j: &usize| tunes[j] != tunes[i];
    let others = (1..lines.len()).map(|k| (i + k) % lines.len()).filter(other).take(OTHER_TUNES);
    let others = others.map(|j| own.with_chords_of(&lines[j].example.chart));
    let scored = |chart| ScoredLine { example: lines[i].example.clone().over(chart), ..lines[i].clone() };
    let over: Vec<ScoredLine> = keys.chain(others).map(scored).collect();
    let nats: Vec<f64> = likelihoods(generator, &over).iter().map(|s| s.rhythm + s.pitch).collect();
    let worse = nats[1..].iter().filter(|&&n| n > nats[0]).count();
    ChartJudgement { found: worse + 1 == nats.len(), worse: worse as f64 / (nats.len() - 1).max(1) as f64 }
}

/// Of each of some solos, at how many places its true continuation is the likeliest.
fn judge_continuations(
    generator: &Generator,
    lines: &[ScoredLine],
    tunes: &[String],
    solos: &[usize],
) -> Vec<ContinuationJudgement> {
    let places = |i: usize| (BEFORE..(lines[i].example.notes.len() + 1).saturating_sub(AFTER)).step_by(APART);
    let questions: Vec<(usize, usize)> =
        (0..lines.len()).flat_map(|i| places(i).map(move |at| (i, at))).collect();
    let (mut owners, mut asked) = (vec![], vec![]);
    for (question, (i, _)) in questions.iter().enumerate() {
        let Ok(owner) = solos.binary_search(i) else { continue };
        let choices = choices(lines, tunes, &questions, question);
        if choices.len() == CHOICES {
            owners.push(owner);
            asked.extend(choices);
        }
    }
    let mut judgements = vec![ContinuationJudgement::default(); solos.len()];
    for (owner, choices) in owners.into_iter().zip(likelihoods(generator, &asked).chunks(CHOICES)) {
        let nats: Vec<f64> = choices.iter().map(|s| s.rhythm + s.pitch).collect();
        judgements[owner].asked += 1;
        judgements[owner].found += usize::from(nats[1..].iter().all(|&n| n > nats[0]));
    }
    judgements
}

/// The true continuation first, then those of other tunes.
fn choices(
    lines: &[ScoredLine],
    tunes: &[String],
    questions: &[(usize, usize)],
    question: usize,
) -> Vec<ScoredLine> {
    let (i, at) = questions[question];
    let example = &lines[i].example;
    let before = &example.notes[at - BEFORE..at];
    let truth = &example.notes[at..at + AFTER];
    let step = questions.len() / CHOICES + 1;
    let others = (1..questions.len()).map(|k| questions[(question + k * step) % questions.len()]);
    let others = others.filter(|&(j, _)| tunes[j] != tunes[i]).take(CHOICES - 1);
    let others = others.filter_map(|(j, at)| moved(&lines[j].example.notes[at..at + AFTER], &truth[0]));
    let scored = |after: Vec<GridNote>| {
        let notes: Vec<GridNote> = before.iter().copied().chain(after).collect();
        let onsets = notes.iter().map(|note| note.onset.time()).collect();
        ScoredLine { example: example.with_notes(notes), onsets, from: BEFORE }
    };
    [truth.to_vec()].into_iter().chain(others).map(scored).collect()
}

/// Notes moved to begin where and as high as another one; `None` where that is no pitch.
fn moved(notes: &[GridNote], to: &GridNote) -> Option<Vec<GridNote>> {
    let (later, up) = (to.onset - notes[0].onset, notes[0].pitch.to(to.pitch));
    let moved = |note: &GridNote| {
        Some(GridNote { onset: note.onset + later, pitch: note.pitch.checked_add(up)?, ..*note })
    };
    notes.iter().map(moved).collect()
}

/// The 2.5th and 97.5th percentile of a ratio of sums over bootstrap samples of the tunes.
fn interval<T>(tunes: &[String], items: &[T], sums: impl Fn(&T) -> (f64, f64)) -> [f64; 2] {
    const SAMPLES: usize = 2000;
    let mut groups: std::collections::BTreeMap<&str, (f64, f64)> = std::collections::BTreeMap::new();
    for (tune, item) in tunes.iter().zip(items) {
        let (over, under) = sums(item);
        let group = groups.entry(tune).or_default();
        *group = (group.0 + over, group.1 + under);
    }
    let groups: Vec<(f64, f64)> = groups.into_values().collect();
    if groups.is_empty() {
        return [f64::NAN; 2];
    }
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut sample = || {
        let drawn = (0..groups.len()).map(|_| groups[rng.random_range(0..groups.len())]);
        let (over, under) = drawn.fold((0.0, 0.0), |sum, g| (sum.0 + g.0, sum.1 + g.1));
        over / f64::max(under, f64::MIN_POSITIVE)
    };
    let mut ratios: Vec<f64> = (0..SAMPLES).map(|_| sample()).collect();
    ratios.sort_by(f64::total_cmp);
    [ratios[SAMPLES / 40], ratios[SAMPLES - 1 - SAMPLES / 40]]
}

#[cfg(test)]
mod tests;
