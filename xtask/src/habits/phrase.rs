//! How a phrase begins after the one before, and how it ends.

use sideman_corpus::role::Role;

use super::average::{mean, share};
use crate::excerpt::{Excerpt, ExcerptNote};

/// Intervals over a rest from this one on are leaps.
const LEAP: i32 = 8;
/// What is compared of the openings of two phrases: the first times between onsets, and the first intervals.
const OPENING_TIMES: usize = 2;
const OPENING_INTERVALS: usize = 3;

/// The mean size of the interval from the last note of a phrase to the first of the next.
pub(super) fn interval_over_rest(excerpt: &Excerpt<'_>) -> Option<f64> {
    mean(over_rests(excerpt).into_iter().map(|interval| interval.abs().into()))
}

/// The share of these intervals that are leaps.
pub(super) fn leaps_over_rest(excerpt: &Excerpt<'_>) -> Option<f64> {
    share(over_rests(excerpt).into_iter().map(|interval| interval.abs() >= LEAP))
}

fn over_rests(excerpt: &Excerpt<'_>) -> Vec<i32> {
    let pairs = excerpt.tones.windows(2).filter(|w| w[0].breathes_before(&w[1]));
    pairs.map(|w| w[1].pitch - w[0].pitch).collect()
}

/// The share of phrases of two notes and more that begin upwards.
pub(super) fn first_goes_up(excerpt: &Excerpt<'_>) -> Option<f64> {
    share(excerpt.phrases().iter().filter(|p| p.len() > 1).map(|p| p[1].pitch > p[0].pitch))
}

/// The share of phrases whose first three notes have the rhythm of the first three of the phrase before.
pub(super) fn same_rhythm(excerpt: &Excerpt<'_>) -> Option<f64> {
    same_opening(excerpt, OPENING_TIMES, |from, to| to.onset - from.onset)
}

/// The share of phrases whose first four notes have the intervals of the first four of the phrase before.
pub(super) fn same_intervals(excerpt: &Excerpt<'_>) -> Option<f64> {
    same_opening(excerpt, OPENING_INTERVALS, |from, to| i64::from(to.pitch - from.pitch))
}

/// The share of neighbouring phrases that agree in so many first steps, of those that have as many.
fn same_opening(
    excerpt: &Excerpt<'_>,
    steps: usize,
    step: fn(&ExcerptNote, &ExcerptNote) -> i64,
) -> Option<f64> {
    let opening = |phrase: &[ExcerptNote]| -> Option<Vec<i64>> {
        Some(phrase.get(..=steps)?.windows(2).map(|w| step(&w[0], &w[1])).collect())
    };
    let phrases = excerpt.phrases();
    let pairs = phrases.windows(2).filter_map(|w| Some((opening(w[0])?, opening(w[1])?)));
    share(pairs.map(|(before, this)| before == this))
}

/// The share of phrases whose last note falls on the first or the third beat, or on any other odd one.
pub(super) fn last_on_strong_beat(excerpt: &Excerpt<'_>) -> Option<f64> {
    share(excerpt.phrases().iter().filter_map(|p| p.last()).map(|t| t.place % (2 * t.beat) == 0))
}

/// The share of phrases whose last note is neither of the chord or its scale nor leads to it.
pub(super) fn ends_outside(excerpt: &Excerpt<'_>) -> Option<f64> {
    let ends = excerpt.phrases().into_iter().filter_map(|p| p.last()?.role).map(|r| r == Role::Outside);
    share(ends.collect::<Vec<_>>())
}
