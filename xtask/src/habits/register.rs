//! How high a line lies, and how far it leaps.

use super::average::{mean, share};
use crate::excerpt::{Excerpt, ExcerptNote};

/// The standard deviation of the registers of the phrases.
pub(super) fn spread_of_phrases(excerpt: &Excerpt<'_>) -> Option<f64> {
    let registers: Vec<f64> = excerpt.phrases().into_iter().filter_map(register).collect();
    let middle = mean(registers.iter().copied())?;
    mean(registers.iter().map(|r| (r - middle).powi(2))).map(f64::sqrt)
}

/// How far the register of the last third of the notes lies from that of the first, up or down.
pub(super) fn drift(excerpt: &Excerpt<'_>) -> Option<f64> {
    let (notes, third) = (&excerpt.tones, excerpt.tones.len() / 3);
    let (first, last) = (register(&notes[..third])?, register(&notes[notes.len() - third..])?);
    Some((last - first).abs())
}

/// The share of notes far below the median.
pub(super) fn low_notes(excerpt: &Excerpt<'_>) -> Option<f64> {
    const FAR: i32 = 10;
    let mut pitches: Vec<i32> = excerpt.tones.iter().map(|t| t.pitch).collect();
    pitches.sort_unstable();
    let median = *pitches.get(pitches.len() / 2)?;
    share(pitches.into_iter().map(|pitch| pitch < median - FAR))
}

/// The share of intervals of a minor sixth and more.
pub(super) fn sixths(excerpt: &Excerpt<'_>) -> Option<f64> {
    const SIXTH: i32 = 8;
    share(excerpt.tones.windows(2).map(|w| (w[1].pitch - w[0].pitch).abs() >= SIXTH))
}

fn register(notes: &[ExcerptNote]) -> Option<f64> {
    mean(notes.iter().map(|note| note.pitch.into()))
}
