//! What is said of a sample: its mean, its percentiles.

use serde::{Deserialize, Serialize};

/// The percentiles 0 to 100 of a sample, linear between its members; as JSON an array of 101 numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Percentiles(Vec<f32>);

impl Percentiles {
    /// Those of some values; zeros of none.
    pub fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |percent: u8| quantile(&values, f64::from(percent) / 100.0).unwrap_or(0.0) as f32;
        Self((0..=100).map(at).collect())
    }

    /// The value at a percentile from 0 to 100; what lies beyond is held there.
    pub fn at(&self, percentile: f64) -> f64 {
        let stored: Vec<f64> = self.0.iter().map(|&v| v.into()).collect();
        quantile(&stored, percentile.clamp(0.0, 100.0) / 100.0).unwrap_or(0.0)
    }

    /// How many of a hundred are at most as large as a value.
    pub fn rank(&self, value: f64) -> usize {
        self.0.iter().skip(1).filter(|&&v| f64::from(v) <= value).count()
    }
}

/// The value below which a share (0 to 1) of a sorted sample lies, linear between its members; `None` of none.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().saturating_sub(1) as f64;
    let (low, high) = (sorted.get(place.floor() as usize)?, sorted.get(place.ceil() as usize)?);
    Some(low + (high - low) * place.fract())
}

/// The mean; `None` of nothing.
pub(crate) fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.into_iter().fold((0.0, 0_usize), |(sum, count), v| (sum + v, count + 1));
    (count > 0).then(|| sum / count as f64)
}

/// The share of those that hold; `None` of nothing.
pub(crate) fn share(flags: impl IntoIterator<Item = bool>) -> Option<f64> {
    mean(flags.into_iter().map(|flag| f64::from(u8::from(flag))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_its_members_a_sample_is_linear() {
        let percentiles = Percentiles::new([30.0, 10.0, 20.0]);
        let got = [0.0, 25.0, 50.0, 75.5, 100.0, 400.0].map(|p| percentiles.at(p));
        let off = got.iter().zip([10.0, 15.0, 20.0, 25.1, 30.0, 30.0]).map(|(a, b)| (a - b).abs());
        assert!(off.fold(0.0, f64::max) < 1e-5, "{got:?}");
        assert_eq!([9.0, 10.0, 20.0, 30.0].map(|v| percentiles.rank(v)), [0, 0, 50, 100]);
    }

    #[test]
    fn they_are_kept_as_an_array() {
        let percentiles = Percentiles::new([1.0, 2.5]);
        let json = serde_json::to_string(&percentiles).unwrap();
        assert!(json.starts_with("[1.0,1.015,"), "{json}");
        assert_eq!(serde_json::from_str::<Percentiles>(&json).unwrap(), percentiles);
        assert_eq!(Percentiles::new([]).at(50.0), 0.0);
        assert_eq!(serde_json::from_str::<Percentiles>("[]").unwrap().at(50.0), 0.0);
    }
}
