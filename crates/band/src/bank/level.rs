//! Making voices equally loud.

use ebur128::{EbuR128, Mode};

use super::patch::{BankTone, RATE};

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
    let mut block = vec![0.0; JUDGED];
    let judged = frames.len().min(JUDGED);
    block[..judged].copy_from_slice(&frames[..judged]);
    let mut meter = EbuR128::new(1, RATE, Mode::M).expect("one channel at this rate can be measured");
    let heard = meter.add_frames_f32(&block).and_then(|()| meter.loudness_momentary());
    heard.expect("a whole block has been heard")
}
