//! Vocabulary: runs of intervals that a corpus knows.

use std::collections::BTreeSet;

use crate::excerpt::Excerpt;

/// Every run of so many intervals of some solos.
pub(super) struct KnownRuns {
    length: usize,
    runs: BTreeSet<Vec<i32>>,
}

impl KnownRuns {
    pub(super) fn new(solos: &[Excerpt<'_>], length: usize) -> Self {
        let runs = solos
            .iter()
            .flat_map(|solo| intervals(solo).windows(length).map(<[_]>::to_vec).collect::<Vec<_>>());
        Self { length, runs: runs.collect() }
    }

    /// The share of the notes of a solo that lie in a run that is known.
    pub(super) fn covered(&self, solo: &Excerpt<'_>) -> Option<f64> {
        let mut covered = vec![false; solo.tones.len()];
        for (first, run) in intervals(solo).windows(self.length).enumerate() {
            if self.runs.contains(run) {
                covered[first..=first + self.length].fill(true);
            }
        }
        let count = covered.iter().filter(|known| **known).count();
        (!covered.is_empty()).then(|| count as f64 / covered.len() as f64)
    }
}

fn intervals(solo: &Excerpt<'_>) -> Vec<i32> {
    solo.tones.windows(2).map(|w| w[1].pitch - w[0].pitch).collect()
}
