//! The classifier: a logistic regression and boosted stumps, each half of the vote.
//!
//! Each side weighs the same, however many rows it has. The regression weighs what is more or less than usual; the stumps see also what is too usual.

mod logistic;
mod stumps;
mod weighted;

use logistic::Logistic;
use stumps::Stumps;
use weighted::Weighted;

/// Farther from the mean than so many standard deviations counts as that far.
const FARTHEST: f64 = 4.0;

/// What was learned from the rows of two sides.
pub(super) struct Classifier {
    scale: Vec<(f64, f64)>,
    logistic: Logistic,
    stumps: Stumps,
}

impl Classifier {
    /// Learns which rows are generated; a value that is not a number is missing.
    pub(super) fn new(rows: &[&[f64]], generated: &[bool]) -> Self {
        let columns = rows.first().map_or(0, |row| row.len());
        let scale: Vec<(f64, f64)> =
            (0..columns).map(|c| mean_and_sd(rows.iter().map(|row| row[c]))).collect();
        let scaled: Vec<Vec<f64>> = rows.iter().map(|row| scaled(&scale, row)).collect();
        let rows = Weighted::new(&scaled, generated);
        Self { logistic: Logistic::new(&rows), stumps: Stumps::new(&rows), scale }
    }

    /// How generated a row seems: the logarithm of the odds.
    pub(super) fn score(&self, row: &[f64]) -> f64 {
        let row = scaled(&self.scale, row);
        (self.logistic.score(&row) + self.stumps.score(&row)) / 2.0
    }
}

/// In standard deviations from the mean; what is missing is the mean.
fn scaled(scale: &[(f64, f64)], row: &[f64]) -> Vec<f64> {
    let one = |(&v, &(mean, sd)): (&f64, &(f64, f64))| {
        if v.is_nan() { 0.0 } else { ((v - mean) / sd).clamp(-FARTHEST, FARTHEST) }
    };
    row.iter().zip(scale).map(one).collect()
}

fn mean_and_sd(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let known: Vec<f64> = values.filter(|v| !v.is_nan()).collect();
    let n = known.len().max(1) as f64;
    let mean = known.iter().sum::<f64>() / n;
    let sd = (known.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    (mean, if sd > 1e-12 { sd } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_larger_and_what_is_too_usual_are_both_found() {
        // The first column says it by its size, the second by being near nought, the third not at all.
        let row = |i: usize| {
            let (noise, side) = (((i * 7919) % 101) as f64 / 50.0 - 1.0, i.is_multiple_of(2));
            let usual = if side { noise / 10.0 } else { noise };
            ([if side { 1.0 } else { 0.0 } + noise, usual, f64::NAN], side)
        };
        let (rows, sides): (Vec<[f64; 3]>, Vec<bool>) = (0..400).map(row).unzip();
        let slices: Vec<&[f64]> = rows.iter().map(|r| r.as_slice()).collect();
        let classifier = Classifier::new(&slices[..300], &sides[..300]);
        let right = (300..400).filter(|&i| (classifier.score(slices[i]) > 0.0) == sides[i]).count();
        assert!(right > 85, "{right} of 100");
        assert!(classifier.logistic.score(&[1.0, 0.0, 0.0]) > classifier.logistic.score(&[-1.0, 0.0, 0.0]));
    }
}
