//! What comes back, as high as it was.

use std::collections::{BTreeMap, BTreeSet};

use super::average::share;
use crate::excerpt::{Excerpt, ExcerptNote, QUARTER};

/// The share of runs of four pitches that were played before.
pub(super) fn four_pitches(excerpt: &Excerpt<'_>) -> Option<f64> {
    let pitches: Vec<i32> = excerpt.tones.iter().map(|t| t.pitch).collect();
    let mut met = BTreeSet::new();
    share(pitches.windows(4).map(|run| !met.insert(run)))
}

/// The share of cells, three notes with their pitches and their rhythm, that were played before within eight quarter
/// notes, without a note in common.
pub(super) fn cells(excerpt: &Excerpt<'_>) -> Option<f64> {
    const NOTES: usize = 3;
    const TWO_BARS: i64 = 8 * QUARTER;
    let mut met: BTreeMap<Vec<i64>, Vec<usize>> = BTreeMap::new();
    let notes = &excerpt.tones;
    let returns = |(i, cell): (usize, &[ExcerptNote])| {
        let places = met.entry(shape(cell)).or_default();
        let near = |&&j: &&usize| j + NOTES <= i && notes[i].onset - notes[j].onset <= TWO_BARS;
        let back = places.iter().rev().find(near).is_some();
        places.push(i);
        back
    };
    share(notes.windows(NOTES).enumerate().map(returns))
}

/// Pitches, and times between the onsets.
fn shape(cell: &[ExcerptNote]) -> Vec<i64> {
    let times = cell.windows(2).map(|w| w[1].onset - w[0].onset);
    cell.iter().map(|note| note.pitch.into()).chain(times).collect()
}
