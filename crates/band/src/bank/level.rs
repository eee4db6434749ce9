//! Making voices equally loud.

use super::patch::{BankTone, RATE};
use crate::loudness::LoudnessMeter;

/// Frames of a tone by which its loudness is judged: a block of BS.1770, 0.4 seconds.
const JUDGED: usize = RATE as usize * 4 / 10;
/// Momentary loudness of every pitched tone over that time, in LUFS.
const LOUDNESS: f64 = -20.691;

impl BankTone {
    /// The tone as loud as any other.
    pub(super) fn voiced(self) -> Self {
        let gain = 10f64.powf((LOUDNESS - momentary_loudness(&self.frames)).min(MOST_GAIN) / 20.0);
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

/// What a tone is raised by at most, in decibels: silence stays silent.
const MOST_GAIN: f64 = 160.0;

/// Loudness of the block judged, in LUFS, as of one channel (ITU-R BS.1770).
fn momentary_loudness(frames: &[f32]) -> f64 {
    let mut block = vec![[0.0]; JUDGED];
    block.iter_mut().zip(frames).for_each(|(heard, &x)| *heard = [x]);
    let mut meter = LoudnessMeter::new(RATE);
    meter.hear(&block);
    meter.first_block().unwrap_or(f64::NEG_INFINITY)
}
