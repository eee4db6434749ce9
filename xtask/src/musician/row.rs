//! A row of the table.

use std::fmt;

use serde_json::{Value, json};

use crate::habits::Unit;

/// A figure of both sides.
pub(super) struct HabitRow {
    pub(super) name: &'static str,
    pub(super) unit: Unit,
    pub(super) real: f64,
    pub(super) generated: f64,
    /// How many standard errors of the real figure lie between; `None` where that has none.
    pub(super) z: Option<f64>,
    /// Real solos, tunes or charts that it is of.
    pub(super) count: usize,
}

impl HabitRow {
    /// The means of some solos.
    pub(super) fn of_means(name: &'static str, unit: Unit, real: &[f64], generated: &[f64]) -> Self {
        let (played, made) = (mean(real), mean(generated));
        let error = deviation(real) / (real.len() as f64).sqrt();
        Self::new(name, unit, [played, made], error, real.len())
    }

    /// The standard deviations of some values.
    pub(super) fn of_spreads(name: &'static str, unit: Unit, real: &[f64], generated: &[f64]) -> Self {
        let (played, made) = (deviation(real), deviation(generated));
        let error = played / (2.0 * (real.len() as f64 - 1.0)).sqrt();
        Self::new(name, unit, [played, made], error, real.len())
    }

    /// Two correlations over so many tunes.
    pub(super) fn of_correlations(name: &'static str, real: f64, generated: f64, tunes: usize) -> Self {
        let error = 1.0 / (tunes as f64 - 3.0).sqrt();
        let z = (generated.atanh() - real.atanh()) / error;
        Self {
            z: Some(z).filter(|z| z.is_finite()),
            ..Self::new(name, Unit::Ratio, [real, generated], 0.0, tunes)
        }
    }

    fn new(name: &'static str, unit: Unit, [real, generated]: [f64; 2], error: f64, count: usize) -> Self {
        let z = Some((generated - real) / error).filter(|z| z.is_finite());
        Self { name, unit, real, generated, z, count }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({"name": self.name, "real": self.real, "generated": self.generated, "z": self.z, "n": self.count})
    }
}

impl fmt::Display for HabitRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: f64| match self.unit {
            Unit::Share => format!("{:.1} %", 100.0 * value),
            _ => format!("{value:.2}"),
        };
        let z = self.z.map_or_else(|| "–".to_owned(), |z| format!("{z:+.1}"));
        let (real, generated) = (shown(self.real), shown(self.generated));
        write!(f, "{:52} {real:>9} {generated:>9} {z:>6} {:>6}", self.name, self.count)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard deviation of a sample.
fn deviation(values: &[f64]) -> f64 {
    let middle = mean(values);
    let squares: f64 = values.iter().map(|v| (v - middle).powi(2)).sum();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_counts_standard_errors() {
        let real = [1.0, 2.0, 3.0, 4.0, 5.0];
        let row = HabitRow::of_means("mean", Unit::Semitones, &real, &[5.0, 5.0]);
        assert!((row.z.unwrap() - 2.0 / f64::sqrt(2.5 / 5.0)).abs() < 1e-12);
        let row = HabitRow::of_spreads("spread", Unit::Semitones, &real, &[1.0, 1.0]);
        assert!((row.z.unwrap() + f64::sqrt(8.0)).abs() < 1e-12);
        let row = HabitRow::of_correlations("correlation", 0.0, 0.5, 12);
        assert!((row.z.unwrap() - 3.0 * 0.5_f64.atanh()).abs() < 1e-12);
        assert_eq!(HabitRow::of_means("none", Unit::Share, &[], &[0.5]).z, None);
    }
}
