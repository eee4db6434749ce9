//! Rows of two sides that weigh the same, and how each pulls at a score.

/// Rows with their sides.
pub(super) struct Weighted<'a> {
    pub(super) rows: &'a [Vec<f64>],
    sides: &'a [bool],
    /// Of a row of each side; 1 in the mean of all rows.
    weights: [f64; 2],
}

impl<'a> Weighted<'a> {
    pub(super) fn new(rows: &'a [Vec<f64>], sides: &'a [bool]) -> Self {
        let generated = sides.iter().filter(|side| **side).count();
        let weight = |count: usize| sides.len() as f64 / (2 * count.max(1)) as f64;
        Self { rows, sides, weights: [weight(sides.len() - generated), weight(generated)] }
    }

    /// The slope and the curvature of the likelihood at the score of a row.
    pub(super) fn pull(&self, row: usize, score: f64) -> (f64, f64) {
        let (p, side) = (1.0 / (1.0 + (-score).exp()), usize::from(self.sides[row]));
        let weight = self.weights[side];
        (weight * (side as f64 - p), weight * p * (1.0 - p))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_weighs_the_same() {
        let rows = vec![Vec::new(); 4];
        let all = Weighted::new(&rows, &[true, false, false, false]);
        let pulls: Vec<f64> = (0..4).map(|row| all.pull(row, 0.0).0).collect();
        assert!((pulls[0] - 1.0).abs() < 1e-12 && pulls.iter().sum::<f64>().abs() < 1e-12, "{pulls:?}");
    }
}
