//! The area under the receiver operating characteristic, with its interval.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Samples of tunes, with replacement, from which the interval is taken.
const RESAMPLED: usize = 1000;

/// What the classifier said of an excerpt: the higher the score, the more generated it seems.
pub(super) struct Judged {
    pub(super) score: f64,
    pub(super) tune: usize,
    pub(super) generated: bool,
}

/// The chance that of a generated and a real excerpt the generated one has the higher score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) value: f64,
    /// 95 of 100 samples of tunes lie within.
    pub(super) interval: (f64, f64),
}

impl Area {
    /// The value alone.
    pub(super) fn of(mut judged: Vec<Judged>) -> f64 {
        judged.sort_by(|a, b| a.score.total_cmp(&b.score));
        let tunes = judged.iter().map(|j| j.tune + 1).max().unwrap_or(0);
        weighted(&judged, &vec![1.0; tunes])
    }

    pub(super) fn new(mut judged: Vec<Judged>, seed: u64) -> Self {
        judged.sort_by(|a, b| a.score.total_cmp(&b.score));
        let tunes = judged.iter().map(|j| j.tune + 1).max().unwrap_or(0);
        let value = weighted(&judged, &vec![1.0; tunes]);
        let met: Vec<usize> = (0..tunes).filter(|t| judged.iter().any(|j| j.tune == *t)).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut resampled: Vec<f64> = (0..RESAMPLED)
            .map(|_| {
                let mut weights = vec![0.0; tunes];
                met.iter().for_each(|_| weights[met[rng.random_range(0..met.len())]] += 1.0);
                weighted(&judged, &weights)
            })
            .filter(|area| area.is_finite())
            .collect();
        resampled.sort_by(f64::total_cmp);
        let at = |share: f64| {
            resampled.get((share * resampled.len().saturating_sub(1) as f64).round() as usize).copied()
        };
        Self { value, interval: (at(0.025).unwrap_or(value), at(0.975).unwrap_or(value)) }
    }
}

/// The area where each tune weighs so much; `judged` in the order of their scores.
fn weighted(judged: &[Judged], weights: &[f64]) -> f64 {
    let (mut won, mut real, mut generated) = (0.0, 0.0, 0.0);
    for tied in judged.chunk_by(|a, b| a.score == b.score) {
        let weight = |side: bool| -> f64 {
            tied.iter().filter(|j| j.generated == side).map(|j| weights[j.tune]).sum()
        };
        let (r, g) = (weight(false), weight(true));
        won += g * (real + r / 2.0);
        real += r;
        generated += g;
    }
    won / (real * generated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(scores: &[(f64, bool)]) -> Area {
        let judged = scores.iter().enumerate();
        Area::new(judged.map(|(tune, &(score, generated))| Judged { score, tune, generated }).collect(), 1)
    }

    #[test]
    fn pairs_in_order_are_counted_and_ties_half() {
        let three_of_four = [(0.1, false), (0.2, true), (0.3, false), (0.4, true)];
        assert_eq!(area(&three_of_four).value, 0.75);
        assert_eq!(area(&[(1.0, false), (1.0, true)]).value, 0.5);
        let (low, high) = area(&three_of_four).interval;
        assert!(low < 0.75 && 0.75 < high, "{low} to {high}");
    }
}
