//! How likely a model finds lines that it has not seen, on the yardstick that any model can be measured on.
//!
//! Onsets are rounded to twelfths of a quarter note, and the gap from the last onset is one of 96 classes: 1 … 95, and 96
//! or more; a gap of 0 counts as 1. The probability of a class is the sum over all spans of the model's own grid
//! that lead to it. Then comes the pitch, given the true gap, and then how long the note is held, one of eight classes,
//! given both. The first note of a line is not scored.

use sideman_corpus::Piece;
use sideman_lstm::{Generator, Precision, Stream};
use sideman_music::{Pitch, Time};

use super::background::Background;
use super::example::Example;
use super::grid::{GridTime, SpanClass};
use super::model::LineModel;
use super::targets::Target;
use crate::floor::{IOI_CLASSES, ioi_class, onset_tick};

/// Grid units in a twelfth of a quarter note.
const UNITS_IN_A_TICK: i64 = 2;

/// What a line has cost, in nats, summed over its scored notes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Likelihood {
    /// Scored notes.
    pub notes: usize,
    /// −ln of the probability of each true gap.
    pub rhythm: f64,
    /// The same of its class on the model's own grid, which is finer.
    pub own_rhythm: f64,
    /// −ln of the probability of each true pitch, given its gap.
    pub pitch: f64,
    /// −ln of the probability of each true class of how long a note is held, given its gap and its pitch.
    pub hold: f64,
    /// Notes whose likeliest pitch was the true one.
    pub top1: usize,
}

impl Likelihood {
    pub(super) fn to_numbers(self) -> [f64; 6] {
        let Self { notes, rhythm, own_rhythm, pitch, hold, top1 } = self;
        [notes as f64, rhythm, own_rhythm, pitch, hold, top1 as f64]
    }

    pub(super) fn from_numbers([notes, rhythm, own_rhythm, pitch, hold, top1]: [f64; 6]) -> Self {
        Self { notes: notes as usize, rhythm, own_rhythm, pitch, hold, top1: top1 as usize }
    }
}

/// How surprising a note is, in nats on the model's own grid.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Surprise {
    /// That it falls where it falls.
    pub rhythm: f64,
    /// That it has the pitch that it has, given its place.
    pub pitch: f64,
}

/// What a model expected of a note.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expectation {
    /// How surprising the note is.
    pub surprise: Surprise,
    /// The likeliest pitches at its place and their probabilities, the likeliest first.
    pub likely: Vec<(Pitch, f64)>,
}

impl LineModel {
    /// What was expected of each note of a piece, with so many of the likeliest pitches.
    pub fn expectations(&self, piece: &Piece, most: usize) -> Vec<Expectation> {
        let example = Example::new(piece, &self.background).map(Example::without_controls);
        example.map_or_else(Vec::new, |example| expectations(&self.judge(), &example, most))
    }

    /// How surprising each note of a piece is.
    pub fn surprises(&self, piece: &Piece) -> Vec<Surprise> {
        self.expectations(piece, 0).into_iter().map(|expected| expected.surprise).collect()
    }

    /// The likelihood of each piece that has a line.
    pub fn likelihoods(&self, pieces: &[&Piece]) -> Vec<Likelihood> {
        likelihoods(&self.judge(), &self.scored(pieces))
    }

    /// The network as every judgement hears it: with the weights as they are, unlike in playing, where they are rounded.
    pub(super) fn judge(&self) -> Generator {
        Generator::new(&self.network, Precision::Single)
    }

    pub(super) fn scored(&self, pieces: &[&Piece]) -> Vec<ScoredLine> {
        pieces.iter().filter_map(|piece| ScoredLine::new(piece, &self.background)).collect()
    }
}

/// What was expected of each note of a line.
fn expectations(generator: &Generator, example: &Example, most: usize) -> Vec<Expectation> {
    let mut stream = generator.stream(1);
    let mut expectation = |note: usize| {
        example.step(note).tell(&mut stream, 0);
        stream.step();
        let truths = example.truths(note);
        let mut nats = |target: Target| {
            let row = stream.log_probabilities(target.head());
            truths[target.head()].map_or(0.0, |truth| -f64::from(row[truth as usize]))
        };
        let surprise = Surprise { rhythm: nats(Target::Rhythm), pitch: nats(Target::Pitch) };
        Expectation { surprise, likely: likeliest(stream.log_probabilities(Target::Pitch.head()), most) }
    };
    (0..example.notes.len()).map(&mut expectation).collect()
}

/// The likeliest pitches and their probabilities; of equally likely ones the lower first.
fn likeliest(row: &[f32], most: usize) -> Vec<(Pitch, f64)> {
    let mut order: Vec<usize> = (0..row.len()).collect();
    order.sort_by(|&a, &b| row[b].total_cmp(&row[a]));
    order.into_iter().take(most).map(|i| (Pitch::midi(i as u8), f64::from(row[i]).exp())).collect()
}

/// A line that is to be scored.
#[derive(Debug, Clone)]
pub(super) struct ScoredLine {
    pub(super) example: Example,
    /// The exact places of its notes.
    pub(super) onsets: Vec<Time>,
    /// The first note that counts; never the first of all.
    pub(super) from: usize,
}

impl ScoredLine {
    /// A piece as it is, when nothing is asked of the network.
    pub(super) fn new(piece: &Piece, background: &Background) -> Option<Self> {
        let onsets = piece.solo.as_ref()?.notes().iter().map(|n| n.onset).collect();
        Some(Self { example: Example::new(piece, background)?.without_controls(), onsets, from: 1 })
    }

    fn notes(&self) -> usize {
        self.example.notes.len()
    }
}

/// Lines that are scored side by side.
const LANES: usize = 40;

/// The likelihood of each line.
pub(super) fn likelihoods(generator: &Generator, lines: &[ScoredLine]) -> Vec<Likelihood> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(lines[i].notes()));
    let mut scores = vec![Likelihood::default(); lines.len()];
    for group in order.chunks(LANES) {
        let mut stream = generator.stream(group.len());
        let longest = group.iter().map(|&i| lines[i].notes()).max().unwrap_or(0);
        for note in 0..longest {
            score_note(&mut stream, group, lines, note, &mut scores);
        }
    }
    scores
}

fn score_note(
    stream: &mut Stream,
    group: &[usize],
    lines: &[ScoredLine],
    note: usize,
    scores: &mut [Likelihood],
) {
    let sounding = || group.iter().enumerate().filter(|(_, i)| note < lines[**i].notes());
    let counted = || sounding().filter(|(_, i)| note >= lines[**i].from.max(1));
    for (lane, &i) in sounding() {
        lines[i].example.step(note).tell(stream, lane);
    }
    stream.step();
    if counted().next().is_none() {
        return;
    }
    let rhythm = stream.log_probabilities(Target::Rhythm.head());
    for (lane, &i) in counted() {
        let ScoredLine { example, onsets, .. } = &lines[i];
        let row = &rhythm[lane * SpanClass::COUNT..(lane + 1) * SpanClass::COUNT];
        let before = example.onset_before(note);
        let gap = (example.notes[note].onset - before).class();
        scores[i].notes += 1;
        scores[i].own_rhythm -= f64::from(row[gap.index()]);
        scores[i].rhythm -= gap_log_probability(row, before, onsets[note - 1], onsets[note]);
    }
    let classes = Target::Pitch.classes();
    let pitch = stream.log_probabilities(Target::Pitch.head());
    for (lane, &i) in counted() {
        let row = &pitch[lane * classes..(lane + 1) * classes];
        let truth = usize::from(lines[i].example.notes[note].pitch.number());
        scores[i].pitch -= f64::from(row[truth]);
        scores[i].top1 += usize::from(row.iter().all(|p| *p <= row[truth]));
    }
    let classes = Target::Hold.classes();
    let hold = stream.log_probabilities(Target::Hold.head());
    for (lane, &i) in counted() {
        let truth = lines[i].example.notes[note].hold.map(|hold| lane * classes + usize::from(hold));
        scores[i].hold -= truth.map_or(0.0, |truth| f64::from(hold[truth]));
    }
}

/// ln of the probability of the gap between two exact onsets, from the log probabilities of the model's spans after the
/// place of the last note on the model's grid.
fn gap_log_probability(row: &[f32], before: GridTime, last: Time, next: Time) -> f64 {
    let tick = |at: GridTime| (at.units() + UNITS_IN_A_TICK / 2).div_euclid(UNITS_IN_A_TICK);
    let gap = |at: GridTime| (tick(at) - onset_tick(last)).clamp(1, IOI_CLASSES as i64);
    let truth = ioi_class(last, next) as i64;
    let leads = SpanClass::all().filter(|class| gap(before + class.span()) == truth);
    let sum: f64 = leads.map(|class| f64::from(row[class.index()]).exp()).sum();
    let own = f64::from(row[(GridTime::nearest(next) - before).class().index()]).exp();
    sum.max(own * f64::EPSILON).max(f64::MIN_POSITIVE).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::Duration;

    #[test]
    fn the_classes_of_gaps_share_all_probability() {
        let row = vec![-(SpanClass::COUNT as f32).ln(); SpanClass::COUNT];
        let at = |twelfths: i64| Time::after_start(Duration::quarters(twelfths, 12));
        let last = at(7);
        let total: f64 = (1..=IOI_CLASSES as i64)
            .map(|gap| gap_log_probability(&row, GridTime::nearest(last), last, at(7 + gap)).exp())
            .sum();
        assert!((total - 1.0).abs() < 1e-5, "{total}");
    }
}
