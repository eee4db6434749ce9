//! Making voices equally loud.

use super::patch::{BankTone, RATE};
use crate::loudness::KWeighting;

/// Seconds of a tone by which its loudness is judged: a block of BS.1770.
const JUDGED: f64 = 0.4;
/// Root of the weighted mean square of every pitched tone over that time.
const LEVEL: f64 = 0.1;

impl BankTone {
    /// The tone as loud as any other.
    pub(super) fn voiced(self) -> Self {
        let gain = LEVEL / weighted_level(&self.frames).max(1e-9);
        self.times(gain)
    }

    /// The tone with its highest peak at some decibels of full scale.
    pub(super) fn peaking(self, decibels: f64) -> Self {
        let peak = self.frames.iter().fold(1e-9f32, |peak, x| peak.max(x.abs()));
        self.times(10f64.powf(decibels / 20.0) / f64::from(peak))
    }

    fn times(mut self, gain: f64) -> Self {
        self.frames.iter_mut().for_each(|x| *x *= gain as f32);
        self
    }
}

/// Root of the K-weighted mean square over the time judged.
fn weighted_level(frames: &[f32]) -> f64 {
    let judged = (JUDGED * f64::from(RATE)) as usize;
    let mut weighting = KWeighting::new(RATE);
    let squares = frames.iter().take(judged).map(|&x| weighting.next(f64::from(x)).powi(2));
    (squares.sum::<f64>() / judged as f64).sqrt()
}
