//! Gradient-boosted stumps (Friedman 2001) with Newton's steps.

use super::weighted::Weighted;

const ROUNDS: usize = 150;
const RATE: f64 = 0.1;
/// Quantiles between which a column may be cut.
const BINS: usize = 16;
/// Penalty on the value of a leaf, in rows.
const PENALTY: f64 = 5.0;

/// A cut in one column, with what to add below and from there on.
struct Stump {
    column: usize,
    cut: f64,
    below: f64,
    above: f64,
}

/// A sum of stumps.
pub(super) struct Stumps(Vec<Stump>);

impl Stumps {
    pub(super) fn new(all: &Weighted<'_>) -> Self {
        let rows = all.rows;
        let columns: Vec<SortedColumn> = (0..rows.first().map_or(0, Vec::len))
            .map(|c| SortedColumn::new(rows.iter().map(|r| r[c])))
            .collect();
        let mut scores = vec![0.0; rows.len()];
        let mut stumps = Vec::new();
        for _ in 0..ROUNDS {
            let pull: Vec<(f64, f64)> =
                scores.iter().enumerate().map(|(row, &score)| all.pull(row, score)).collect();
            let best = columns.iter().enumerate().filter_map(|(c, column)| column.best(c, &pull));
            let Some((_, stump)) = best.max_by(|a, b| a.0.total_cmp(&b.0)) else { break };
            scores.iter_mut().zip(rows).for_each(|(s, row)| *s += stump.score(row));
            stumps.push(stump);
        }
        Self(stumps)
    }

    pub(super) fn score(&self, row: &[f64]) -> f64 {
        self.0.iter().map(|stump| stump.score(row)).sum()
    }
}

impl Stump {
    fn score(&self, row: &[f64]) -> f64 {
        if row[self.column] < self.cut { self.below } else { self.above }
    }
}

/// A column in bins.
struct SortedColumn {
    cuts: Vec<f64>,
    bins: Vec<u8>,
}

impl SortedColumn {
    fn new(values: impl Iterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.collect();
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let mut cuts: Vec<f64> = (1..BINS).map(|i| sorted[i * sorted.len() / BINS]).collect();
        cuts.dedup();
        let bins = values.iter().map(|v| cuts.partition_point(|cut| cut <= v) as u8).collect();
        Self { cuts, bins }
    }

    /// The best cut of this column, with what it gains.
    fn best(&self, column: usize, pull: &[(f64, f64)]) -> Option<(f64, Stump)> {
        let mut sums = [(0.0, 0.0); BINS];
        for (&bin, &(slope, weight)) in self.bins.iter().zip(pull) {
            let sum = &mut sums[usize::from(bin)];
            *sum = (sum.0 + slope, sum.1 + weight);
        }
        let all = sums.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
        let mut below = (0.0, 0.0);
        let cuts = self.cuts.iter().enumerate().map(|(i, &cut)| {
            below = (below.0 + sums[i].0, below.1 + sums[i].1);
            let above = (all.0 - below.0, all.1 - below.1);
            let gain = |(slope, weight): (f64, f64)| slope * slope / (weight + PENALTY);
            let value = |(slope, weight): (f64, f64)| RATE * slope / (weight + PENALTY);
            (gain(below) + gain(above), Stump { column, cut, below: value(below), above: value(above) })
        });
        cuts.max_by(|a, b| a.0.total_cmp(&b.0))
    }
}
