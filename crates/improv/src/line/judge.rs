//! How likely a model finds lines that it has not seen, on the yardstick that any model can be measured on.
//!
//! Onsets are rounded to twelfths of a beat, and the gap from the last onset is one of 96 classes: 1 … 95, and 96
//! or more; a gap of 0 counts as 1. The probability of a class is the sum over all spans of the model's own grid
//! that lead to it. Then comes the pitch, given the true gap. The first note of a line is not scored.

use sideman_corpus::Piece;
use sideman_lstm::{Generator, Stream};
use sideman_music::Time;

use super::background::Background;
use super::features::{Aspect, Step};
use super::grid::{SPANS, class, span, unit};
use super::material::Material;
use crate::floor::{IOI_CLASSES, ioi_class, onset_tick};

/// Twelfths of a quarter note in a grid unit.
const HALVES: i64 = 2;

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
    /// Notes whose likeliest pitch was the true one.
    pub top1: usize,
}

/// How surprising a note is, in nats on the model's own grid.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Surprise {
    /// That it falls where it falls.
    pub rhythm: f64,
    /// That it has the pitch that it has, given its place.
    pub pitch: f64,
}

/// The surprise of each note of a line.
pub(super) fn surprises(generator: &Generator, material: &Material) -> Vec<Surprise> {
    let mut stream = generator.stream(1);
    let mut surprise = |note: usize| {
        tell(&mut stream, 0, &material.step(note));
        stream.step();
        let targets = material.targets(note);
        let mut nats = |aspect: Aspect| {
            let truth = targets[aspect.head()] as usize;
            -f64::from(stream.log_probabilities(aspect.head())[truth])
        };
        Surprise { rhythm: nats(Aspect::Rhythm), pitch: nats(Aspect::Pitch) }
    };
    (0..material.events.len()).map(&mut surprise).collect()
}

/// A line that is to be scored.
#[derive(Debug, Clone)]
pub(super) struct Scored {
    pub(super) material: Material,
    /// The exact places of its notes.
    pub(super) onsets: Vec<Time>,
    /// The first note that counts; never the first of all.
    pub(super) from: usize,
}

impl Scored {
    /// A piece as it is, when nothing is asked of the network.
    pub(super) fn new(piece: &Piece, background: &Background) -> Option<Self> {
        let onsets = piece.solo.as_ref()?.notes().iter().map(|n| n.onset).collect();
        Some(Self { material: Material::new(piece, background)?.unasked(), onsets, from: 1 })
    }

    fn notes(&self) -> usize {
        self.material.events.len()
    }
}

/// Lines that are scored side by side.
const LANES: usize = 40;

/// Scores each line.
pub(super) fn scores(generator: &Generator, lines: &[Scored]) -> Vec<Likelihood> {
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
    lines: &[Scored],
    note: usize,
    scores: &mut [Likelihood],
) {
    let sounding = || group.iter().enumerate().filter(|(_, i)| note < lines[**i].notes());
    let counted = || sounding().filter(|(_, i)| note >= lines[**i].from.max(1));
    for (lane, &i) in sounding() {
        tell(stream, lane, &lines[i].material.step(note));
    }
    stream.step();
    if counted().next().is_none() {
        return;
    }
    let rhythm = stream.log_probabilities(Aspect::Rhythm.head());
    for (lane, &i) in counted() {
        let Scored { material, onsets, .. } = &lines[i];
        let row = &rhythm[lane * SPANS..(lane + 1) * SPANS];
        scores[i].notes += 1;
        scores[i].own_rhythm -= f64::from(row[material.targets(note)[Aspect::Rhythm.head()] as usize]);
        scores[i].rhythm -=
            gap_log_probability(row, material.onset_before(note), onsets[note - 1], onsets[note]);
    }
    let classes = Aspect::Pitch.classes();
    let pitch = stream.log_probabilities(Aspect::Pitch.head());
    for (lane, &i) in counted() {
        let row = &pitch[lane * classes..(lane + 1) * classes];
        let truth = usize::from(lines[i].material.events[note].pitch.number());
        scores[i].pitch -= f64::from(row[truth]);
        scores[i].top1 += usize::from(row.iter().all(|p| *p <= row[truth]));
    }
}

pub(super) fn tell(stream: &mut Stream, lane: usize, step: &Step) {
    for (column, &value) in step.index.iter().enumerate() {
        stream.set(column, lane, value);
    }
    for (i, flags) in step.dense.iter().enumerate() {
        stream.set_dense(step.index.len() + i, lane, flags);
    }
}

/// ln of the probability of the gap between two exact onsets, from the log probabilities of the model's spans.
fn gap_log_probability(row: &[f32], last_unit: i64, last: Time, next: Time) -> f64 {
    let gap = |tick: i64| (tick - onset_tick(last)).clamp(1, IOI_CLASSES as i64);
    let truth = ioi_class(last, next) as i64;
    let leads = |c: &usize| gap((last_unit + span(*c) + HALVES / 2).div_euclid(HALVES)) == truth;
    let sum: f64 = (0..SPANS).filter(leads).map(|c| f64::from(row[c]).exp()).sum();
    let own = f64::from(row[class(unit(next) - last_unit)]).exp();
    sum.max(own * f64::EPSILON).max(f64::MIN_POSITIVE).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::Duration;

    #[test]
    fn the_classes_of_gaps_share_all_probability() {
        let row = vec![-(SPANS as f32).ln(); SPANS];
        let at = |twelfths: i64| Time::after_start(Duration::quarters(twelfths, 12));
        let last = at(7);
        let total: f64 = (1..=IOI_CLASSES as i64)
            .map(|gap| gap_log_probability(&row, unit(last), last, at(7 + gap)).exp())
            .sum();
        assert!((total - 1.0).abs() < 1e-5, "{total}");
    }
}
