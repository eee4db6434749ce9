//! The floor: interpolated n-grams, which a network has to beat.

use std::collections::BTreeMap;

/// What stands before the first symbol of a sequence.
const START: usize = usize::MAX;

/// A symbol and what stands before it, the farthest first.
pub(crate) struct InContext<S> {
    pub(crate) context: Vec<S>,
    pub(crate) symbol: S,
}

/// What followed each context and each of its ends, interpolated by the estimate of Witten and Bell (*The
/// zero-frequency problem*, IEEE Trans. Inf. Theory 37, 1991) down to the uniform distribution:
/// p(w | c) = (count(c w) + types(c) · p(w | c′)) / (count(c) + types(c)), c′ being c without its first symbol.
#[derive(Debug, Clone)]
pub(crate) struct Backoff<S> {
    classes: usize,
    followers: BTreeMap<Vec<S>, BTreeMap<S, u32>>,
}

impl<S: Ord + Copy> Backoff<S> {
    pub(crate) fn new(classes: usize, heard: impl Iterator<Item = InContext<S>>) -> Self {
        let mut followers: BTreeMap<Vec<S>, BTreeMap<S, u32>> = BTreeMap::new();
        for InContext { context, symbol } in heard {
            for start in 0..=context.len() {
                *followers.entry(context[start..].to_vec()).or_default().entry(symbol).or_default() += 1;
            }
        }
        Self { classes, followers }
    }

    pub(crate) fn probability(&self, InContext { context, symbol }: &InContext<S>) -> f64 {
        (0..=context.len()).rev().fold(1.0 / self.classes.max(1) as f64, |below, start| {
            let Some(followers) = self.followers.get(&context[start..]) else { return below };
            let types = followers.len() as f64;
            let total: u32 = followers.values().sum();
            let count = followers.get(symbol).copied().unwrap_or(0);
            (f64::from(count) + types * below) / (f64::from(total) + types)
        })
    }
}

/// An n-gram model over classes `0..classes`, by the estimate of Witten and Bell: each order is interpolated with the
/// one below, the lowest with the uniform distribution.
#[derive(Debug, Clone)]
pub(crate) struct NGram {
    order: usize,
    heard: Backoff<usize>,
}

impl NGram {
    /// Counts sequences; `order` 1 is a unigram, 2 a bigram.
    pub(crate) fn new(order: usize, classes: usize, sequences: &[Vec<usize>]) -> Self {
        let places = sequences.iter().flat_map(|s| (0..s.len()).map(move |place| scored(order, s, place)));
        Self { order, heard: Backoff::new(classes, places) }
    }

    /// The probability of the symbol at a place of a sequence, given those before it.
    pub(crate) fn probability(&self, sequence: &[usize], place: usize) -> f64 {
        self.heard.probability(&scored(self.order, sequence, place))
    }
}

/// The symbol at a place, and the `order - 1` before it.
fn scored(order: usize, sequence: &[usize], place: usize) -> InContext<usize> {
    let before = |back: usize| place.checked_sub(back).map_or(START, |i| sequence[i]);
    InContext { context: (1..order).rev().map(before).collect(), symbol: sequence[place] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bigram_is_what_the_formula_says() {
        // a b a b a: unigram a = (3 + 2/3) / (5 + 2), after b only a: (2 + 1 · p(a)) / (2 + 1).
        let bigram = NGram::new(2, 3, &[vec![0, 1, 0, 1, 0]]);
        let a = (3.0 + 2.0 / 3.0) / 7.0;
        assert!((NGram::new(1, 3, &[vec![0, 1, 0, 1, 0]]).probability(&[0], 0) - a).abs() < 1e-12);
        assert!((bigram.probability(&[1, 0], 1) - (2.0 + a) / 3.0).abs() < 1e-12);
        // After c, never heard, the unigram counts; at the start, the start does.
        assert!((bigram.probability(&[2, 0], 1) - a).abs() < 1e-12);
        assert!((bigram.probability(&[0], 0) - (1.0 + a) / 2.0).abs() < 1e-12);
    }

    #[test]
    fn probabilities_sum_to_one() {
        let trigram = NGram::new(3, 4, &[vec![0, 1, 2, 0, 1, 1, 0], vec![2, 2]]);
        for history in [vec![], vec![0], vec![3], vec![0, 1], vec![3, 3]] {
            let with = |symbol| [history.clone(), vec![symbol]].concat();
            let sum: f64 = (0..4).map(|s| trigram.probability(&with(s), history.len())).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{history:?}: {sum}");
        }
    }
}
