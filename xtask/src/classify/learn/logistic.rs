//! Logistic regression with a quadratic penalty, by Newton's method.

use super::weighted::Weighted;

/// Weight of the penalty `PENALTY / 2 · Σ w²` for each hundred rows, on columns of unit variance.
const PENALTY: f64 = 10.0;
const MOST_STEPS: usize = 12;
/// A step shorter than this is the last.
const SMALL: f64 = 1e-6;

/// A weight for each column, and one more for the constant.
pub(super) struct Logistic(Vec<f64>);

impl Logistic {
    pub(super) fn new(all: &Weighted<'_>) -> Self {
        let rows = all.rows;
        let columns = rows.first().map_or(0, Vec::len);
        let penalty = PENALTY * (rows.len() as f64 / 100.0).max(1.0);
        let mut model = Self(vec![0.0; columns + 1]);
        for _ in 0..MOST_STEPS {
            let step = model.newton_step(all, penalty);
            model.0.iter_mut().zip(&step).for_each(|(w, s)| *w += s);
            if step.iter().all(|s| s.abs() < SMALL) {
                break;
            }
        }
        model
    }

    pub(super) fn score(&self, row: &[f64]) -> f64 {
        let constant = self.0.last().copied().unwrap_or(0.0);
        constant + row.iter().zip(&self.0).map(|(x, w)| x * w).sum::<f64>()
    }

    fn newton_step(&self, all: &Weighted<'_>, penalty: f64) -> Vec<f64> {
        let n = self.0.len();
        let mut curvature = vec![vec![0.0; n]; n];
        let mut slope = vec![0.0; n];
        for (number, row) in all.rows.iter().enumerate() {
            let (error, weight) = all.pull(number, self.score(row));
            let x: Vec<f64> = row.iter().copied().chain([1.0]).collect();
            for i in 0..n {
                slope[i] += error * x[i];
                let scaled = weight * x[i];
                curvature[i][..=i].iter_mut().zip(&x).for_each(|(h, x)| *h += scaled * x);
            }
        }
        for i in 0..n - 1 {
            slope[i] -= penalty * self.0[i];
            curvature[i][i] += penalty;
        }
        curvature[n - 1][n - 1] += 1e-9;
        solved(curvature, slope)
    }
}

/// The solution of a positive definite system by Cholesky's factors; `matrix` holds its lower half.
fn solved(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for i in 0..n {
        for j in 0..=i {
            let (head, tail) = matrix.split_at_mut(i);
            let (row, other) = (&tail[0], if j < i { &head[j] } else { &tail[0] });
            let rest = row[j] - row[..j].iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
            matrix[i][j] = if i == j { rest.max(1e-12).sqrt() } else { rest / matrix[j][j] };
        }
        let known: f64 = (0..i).map(|j| matrix[i][j] * right[j]).sum();
        right[i] = (right[i] - known) / matrix[i][i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| matrix[j][i] * right[j]).sum();
        right[i] = (right[i] - known) / matrix[i][i];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        let x = solved(vec![vec![4.0], vec![2.0, 5.0]], vec![10.0, 13.0]);
        assert!((x[0] - 1.5).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12, "{x:?}");
    }

    #[test]
    fn the_slope_vanishes_where_it_ends() {
        let rows: Vec<Vec<f64>> =
            (0..50).map(|i| vec![f64::from(i % 7) - 3.0, f64::from(i % 3) - 1.0]).collect();
        let sides: Vec<bool> = (0..50).map(|i| (i * i) % 5 < 2).collect();
        let all = Weighted::new(&rows, &sides);
        let step = Logistic::new(&all).newton_step(&all, PENALTY);
        assert!(step.iter().all(|s| s.abs() < 1e-9), "{step:?}");
    }
}
