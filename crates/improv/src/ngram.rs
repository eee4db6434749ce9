//! The floor: interpolated n-grams, which a network has to beat.

use std::collections::BTreeMap;

/// What stands before the first symbol of a sequence.
const START: usize = usize::MAX;

/// An n-gram model over classes `0..classes`, each order interpolated with the one below by the estimate of
/// Witten & Bell (*The zero-frequency problem*, IEEE Trans. Inf. Theory 37, 1991), the lowest with the
/// uniform distribution:
///
/// p(w | h) = (count(h w) + types(h) · p(w | h′)) / (count(h) + types(h)), h′ being h without its first symbol.
#[derive(Debug, Clone)]
pub struct NGram {
    order: usize,
    classes: usize,
    /// For each history of up to `order - 1` symbols, what followed it.
    counts: BTreeMap<Vec<usize>, Followers>,
}

#[derive(Debug, Clone, Default)]
struct Followers {
    total: f64,
    each: BTreeMap<usize, f64>,
}

impl NGram {
    /// Counts sequences; `order` 1 is a unigram, 2 a bigram.
    pub fn new(order: usize, classes: usize, sequences: &[Vec<usize>]) -> Self {
        let mut counts: BTreeMap<Vec<usize>, Followers> = BTreeMap::new();
        for sequence in sequences {
            for (i, &symbol) in sequence.iter().enumerate() {
                for length in 0..order {
                    let followers = counts.entry(history(sequence, i, length)).or_default();
                    followers.total += 1.0;
                    *followers.each.entry(symbol).or_default() += 1.0;
                }
            }
        }
        Self { order, classes, counts }
    }

    /// The probability of the symbol at a place of a sequence, given those before it.
    pub fn probability(&self, sequence: &[usize], place: usize) -> f64 {
        let uniform = 1.0 / self.classes.max(1) as f64;
        (0..self.order).fold(uniform, |below, length| {
            let Some(followers) = self.counts.get(&history(sequence, place, length)) else { return below };
            let types = followers.each.len() as f64;
            let count = followers.each.get(&sequence[place]).copied().unwrap_or(0.0);
            (count + types * below) / (followers.total + types)
        })
    }
}

/// The `length` symbols before a place.
fn history(sequence: &[usize], place: usize, length: usize) -> Vec<usize> {
    (1..=length).rev().map(|back| place.checked_sub(back).map_or(START, |i| sequence[i])).collect()
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
