//! The features of MGEval (Yang and Lerch 2020), and how far two sets of them overlap.

use serde::Serialize;
use sideman_music::{Duration, Note, Solo};

/// A feature of a line; histograms and transitions are shares, so that lines of any length compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MgevalFeature {
    /// Different pitches.
    PitchCount,
    /// Notes.
    NoteCount,
    /// Highest less lowest pitch, in semitones.
    PitchRange,
    /// Mean size of an interval, in semitones.
    MeanInterval,
    /// Mean time from onset to onset, in quarter notes.
    MeanIoi,
    /// Share of each pitch class: 12 numbers.
    PitchClasses,
    /// Share of each step from class to class: 12 rows of 12.
    PitchClassTransitions,
    /// Share of each note length: 12 numbers (see [`MgevalFeature::LENGTHS`]).
    NoteLengths,
    /// Share of each step from length to length: 12 rows of 12.
    NoteLengthTransitions,
}

impl MgevalFeature {
    /// Every feature.
    pub const ALL: [Self; 9] = [
        Self::PitchCount,
        Self::NoteCount,
        Self::PitchRange,
        Self::MeanInterval,
        Self::MeanIoi,
        Self::PitchClasses,
        Self::PitchClassTransitions,
        Self::NoteLengths,
        Self::NoteLengthTransitions,
    ];

    /// The note lengths that are told apart, in 24ths of a quarter note, each note counting as the nearest:
    /// whole, half, quarter, 8th, 16th, dotted half, quarter, 8th and 16th, and half, quarter and 8th of a
    /// triplet.
    pub const LENGTHS: [i64; 12] = [96, 48, 24, 12, 6, 72, 36, 18, 9, 32, 16, 8];

    /// What a reader calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PitchCount => "pitch count",
            Self::NoteCount => "note count",
            Self::PitchRange => "pitch range",
            Self::MeanInterval => "mean interval",
            Self::MeanIoi => "mean inter-onset interval",
            Self::PitchClasses => "pitch-class histogram",
            Self::PitchClassTransitions => "pitch-class transitions",
            Self::NoteLengths => "note-length histogram",
            Self::NoteLengthTransitions => "note-length transitions",
        }
    }

    /// The feature of one line, as a point; zeros of a line without notes.
    pub fn of(self, solo: &Solo) -> Vec<f64> {
        let number = |value: Option<f64>| vec![value.unwrap_or(0.0)];
        match self {
            Self::PitchCount => number(super::line::pitch_count(solo)),
            Self::NoteCount => number(super::line::note_count(solo)),
            Self::PitchRange => number(super::line::pitch_range(solo)),
            Self::MeanInterval => number(super::line::mean_interval(solo)),
            Self::MeanIoi => number(super::line::mean_ioi(solo)),
            Self::PitchClasses => histogram(solo.notes().iter().map(class), 12),
            Self::PitchClassTransitions => transitions(solo, class),
            Self::NoteLengths => histogram(solo.notes().iter().map(length), 12),
            Self::NoteLengthTransitions => transitions(solo, length),
        }
    }
}

fn class(note: &Note) -> usize {
    note.pitch().class().index()
}

/// The nearest of [`MgevalFeature::LENGTHS`]; of two equally near the first.
fn length(note: &Note) -> usize {
    let off = |&i: &usize| (note.duration - Duration::quarters(MgevalFeature::LENGTHS[i], 24)).abs();
    (0..MgevalFeature::LENGTHS.len()).min_by_key(off).unwrap_or(0)
}

fn transitions(solo: &Solo, of: fn(&Note) -> usize) -> Vec<f64> {
    histogram(solo.notes().windows(2).map(|w| of(&w[0]) * 12 + of(&w[1])), 144)
}

/// The share of each class.
fn histogram(classes: impl Iterator<Item = usize>, len: usize) -> Vec<f64> {
    let mut counts = vec![0.0; len];
    classes.for_each(|class| counts[class] += 1.0);
    let total: f64 = counts.iter().sum();
    counts.into_iter().map(|n| if total > 0.0 { n / total } else { 0.0 }).collect()
}

/// Euclidean distances within one set, each pair once.
pub(super) fn within(points: &[&[f64]]) -> Vec<f64> {
    let pairs = points.iter().enumerate().flat_map(|(i, a)| points[i + 1..].iter().map(move |b| (a, b)));
    pairs.map(|(a, b)| distance(a, b)).collect()
}

/// Euclidean distances from each point of one set to each of another.
pub(super) fn between(a: &[&[f64]], b: &[&[f64]]) -> Vec<f64> {
    a.iter().flat_map(|a| b.iter().map(move |b| distance(a, b))).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// Points of the grid on which two densities are compared.
const GRID: usize = 512;

/// The area that the kernel densities of two samples share, from 0 to 1: `∫ min(p, q)`, with Gaussian
/// kernels of Scott's width (σ n^(−1/5)) on one grid that covers both, to which the samples are first
/// assigned linearly (Wand 1994). `None` for an empty sample.
pub(crate) fn overlap_area(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let all = || a.iter().chain(b).copied();
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let least = (high - low).max(low.abs().max(high.abs()) * 1e-9).max(1e-12) / GRID as f64;
    let (width_a, width_b) = (scott(a).max(least), scott(b).max(least));
    let margin = 4.0 * width_a.max(width_b);
    let (start, step) = (low - margin, (high - low + 2.0 * margin) / (GRID - 1) as f64);
    let (p, q) = (density(a, width_a, start, step), density(b, width_b, start, step));
    Some(p.iter().zip(&q).map(|(p, q)| p.min(*q)).sum())
}

/// Scott's kernel width.
fn scott(sample: &[f64]) -> f64 {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    variance.sqrt() * n.powf(-0.2)
}

/// The density of a sample on the grid, scaled to a sum of one.
fn density(sample: &[f64], width: f64, start: f64, step: f64) -> Vec<f64> {
    let mut weights = vec![0.0; GRID];
    for x in sample {
        let place = ((x - start) / step).clamp(0.0, (GRID - 1) as f64);
        let (left, part) = (place.floor() as usize, place.fract());
        weights[left] += 1.0 - part;
        weights[(left + 1).min(GRID - 1)] += part;
    }
    let kernel: Vec<f64> = (0..GRID).map(|i| (-0.5 * (i as f64 * step / width).powi(2)).exp()).collect();
    let at = |i: usize| weights.iter().enumerate().map(|(j, w)| w * kernel[i.abs_diff(j)]).sum::<f64>();
    let density: Vec<f64> = (0..GRID).map(at).collect();
    let total: f64 = density.iter().sum();
    density.into_iter().map(|d| d / total).collect()
}
