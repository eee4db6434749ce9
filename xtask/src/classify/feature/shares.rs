//! Histograms of classes, and their entropies.

use std::collections::BTreeMap;

use super::point::Points;

/// How often each class occurs.
pub(super) struct Shares<'a> {
    names: &'a [&'a str],
    counts: Vec<f64>,
}

impl<'a> Shares<'a> {
    /// The classes of a sequence, each an index into their names.
    pub(super) fn new(names: &'a [&'a str], classes: impl IntoIterator<Item = usize>) -> Self {
        let mut counts = vec![0.0; names.len()];
        classes.into_iter().for_each(|class| counts[class] += 1.0);
        Self { names, counts }
    }

    /// A feature for each class: its share.
    pub(super) fn describe(&self, what: &str, points: &mut Points) {
        let all: f64 = self.counts.iter().sum();
        for (name, count) in self.names.iter().zip(&self.counts) {
            points.push(format!("{what} {name}"), (all > 0.0).then(|| count / all));
        }
    }
}

/// A feature for each pair of classes that follow each other: its share.
pub(super) fn pairs(what: &str, names: &[&str], classes: &[usize], points: &mut Points) {
    let both: Vec<String> =
        names.iter().flat_map(|a| names.iter().map(move |b| format!("{a}, then {b}"))).collect();
    let both: Vec<&str> = both.iter().map(String::as_str).collect();
    Shares::new(&both, classes.windows(2).map(|w| w[0] * names.len() + w[1])).describe(what, points);
}

/// Entropy in bits of what follows so many of the same symbols.
pub(super) fn entropy_after(symbols: &[i64], before: usize) -> Option<f64> {
    (symbols.len() > before).then(|| entropy(symbols, before + 1) - entropy(symbols, before))
}

/// Entropy in bits of the runs of so many symbols.
fn entropy(symbols: &[i64], length: usize) -> f64 {
    if length == 0 {
        return 0.0;
    }
    let mut counts: BTreeMap<&[i64], f64> = BTreeMap::new();
    symbols.windows(length).for_each(|run| *counts.entry(run).or_default() += 1.0);
    let all: f64 = counts.values().sum();
    counts.values().map(|n| -n / all * (n / all).log2()).sum()
}

/// The share of runs of so many symbols that have occurred before.
pub(super) fn returning(symbols: &[i64], length: usize) -> Option<f64> {
    let mut met = std::collections::BTreeSet::new();
    let runs = symbols.windows(length);
    let (all, again) = (runs.len(), runs.filter(|run| !met.insert(*run)).count());
    (all > 0).then(|| again as f64 / all as f64)
}
