//! Measures of phrases and of the rests between them.

use sideman_music::{Duration, Note, Solo};

use super::line::quarters;
use crate::statistics::mean;

/// The shortest silence that ends a phrase.
const BREATH: Duration = Duration::QUARTER;

/// The phrases of a line, each with at least one note.
fn phrases(solo: &Solo) -> impl Iterator<Item = &[Note]> {
    solo.notes().chunk_by(|a, b| b.onset - a.end() < BREATH)
}

/// The rests between phrases.
fn rests(solo: &Solo) -> impl Iterator<Item = Duration> {
    solo.notes().windows(2).map(|w| w[1].onset - w[0].end()).filter(|&rest| rest >= BREATH)
}

pub(super) fn notes(solo: &Solo) -> Option<f64> {
    mean(phrases(solo).map(|phrase| phrase.len() as f64))
}

pub(super) fn length(solo: &Solo) -> Option<f64> {
    mean(phrases(solo).map(|phrase| quarters(phrase[phrase.len() - 1].end() - phrase[0].onset)))
}

pub(super) fn rest_length(solo: &Solo) -> Option<f64> {
    mean(rests(solo).map(quarters))
}

pub(super) fn rest_share(solo: &Solo) -> Option<f64> {
    let span = quarters(solo.notes().last()?.end() - solo.notes().first()?.onset);
    Some(rests(solo).map(quarters).sum::<f64>() / span)
}
