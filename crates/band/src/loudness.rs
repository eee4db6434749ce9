//! Loudness as ITU-R BS.1770-4 has it: K-weighting, blocks of 0.4 seconds that overlap by three quarters, two gates.

use std::f64::consts::PI;

use crate::filter::Biquad;

/// Blocks quieter than this, in LUFS, are silence.
const SILENCE: f64 = -70.0;
/// Blocks so many decibels below the mean of the others do not count.
const GATE: f64 = -10.0;
/// Steps of a block.
const STEPS: usize = 4;

/// A meter of `CHANNELS` channels that all count alike. Of each second it keeps ten numbers.
pub(crate) struct LoudnessMeter<const CHANNELS: usize> {
    weighting: [Biquad<CHANNELS>; 2],
    step: usize,
    heard: usize,
    /// Of each channel since the step began.
    power: [f64; CHANNELS],
    /// Mean power of each step of 0.1 seconds, summed over the channels.
    powers: Vec<f64>,
}

impl<const CHANNELS: usize> LoudnessMeter<CHANNELS> {
    /// A meter of so many frames a second.
    pub(crate) fn new(rate: u32) -> Self {
        let weighting = [shelf(rate), high_pass(rate)];
        let step = (rate as usize).div_ceil(10);
        Self { weighting, step, heard: 0, power: [0.0; CHANNELS], powers: Vec::new() }
    }

    /// Hears the next frames.
    pub(crate) fn hear(&mut self, frames: &[[f32; CHANNELS]]) {
        let mut frames = frames;
        while !frames.is_empty() {
            let (now, later) = frames.split_at(frames.len().min(self.step - self.heard));
            self.hear_within_step(now);
            frames = later;
            if self.heard == self.step {
                self.powers.push(self.power.iter().sum::<f64>() / self.step as f64);
                (self.heard, self.power) = (0, [0.0; CHANNELS]);
            }
        }
    }

    fn hear_within_step(&mut self, frames: &[[f32; CHANNELS]]) {
        let [shelf, high_pass] = &mut self.weighting;
        for frame in frames {
            let heard = high_pass.next(shelf.next(frame.map(f64::from)));
            self.power.iter_mut().zip(heard).for_each(|(power, y)| *power += y * y);
        }
        self.heard += frames.len();
    }

    /// Integrated loudness in LUFS; none for silence.
    pub(crate) fn integrated(&self) -> Option<f64> {
        let blocks: Vec<f64> =
            self.powers.windows(STEPS).map(|steps| steps.iter().sum::<f64>() / STEPS as f64).collect();
        let ungated = mean_over(&blocks, SILENCE)?;
        mean_over(&blocks, (loudness(ungated) + GATE).max(SILENCE)).map(loudness)
    }

    /// Loudness of the first block in LUFS; none before it is over.
    pub(crate) fn first_block(&self) -> Option<f64> {
        self.powers.get(..STEPS).map(|steps| loudness(steps.iter().sum::<f64>() / STEPS as f64))
    }
}

fn loudness(power: f64) -> f64 {
    -0.691 + 10.0 * power.log10()
}

/// The mean power of the blocks louder than a gate in LUFS.
fn mean_over(blocks: &[f64], gate: f64) -> Option<f64> {
    let loud = blocks.iter().filter(|&&power| loudness(power) > gate);
    let (sum, count) = loud.fold((0.0, 0), |(sum, count), power| (sum + power, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// The first stage of K-weighting, a shelf for the head. The standard gives its coefficients at 48 kHz alone; its
/// frequency, gain and quality are those that they come from (B. De Man, *Evaluation of implementations of the EBU R128
/// loudness measurement*, AES 145, 2018).
fn shelf<const CHANNELS: usize>(rate: u32) -> Biquad<CHANNELS> {
    const HERTZ: f64 = 1_681.974_450_955_533;
    const DECIBELS: f64 = 3.999_843_853_973_347;
    const QUALITY: f64 = 0.707_175_236_955_419_6;
    let k = (PI * HERTZ / f64::from(rate)).tan();
    let high = 10f64.powf(DECIBELS / 20.0);
    let middle = high.powf(0.499_666_774_154_541_6);
    let b = [high + middle * k / QUALITY + k * k, 2.0 * (k * k - high), high - middle * k / QUALITY + k * k];
    normalised(b, k, QUALITY)
}

/// The second stage, from the same source.
fn high_pass<const CHANNELS: usize>(rate: u32) -> Biquad<CHANNELS> {
    const HERTZ: f64 = 38.135_470_876_024_44;
    const QUALITY: f64 = 0.500_327_037_323_877_3;
    let k = (PI * HERTZ / f64::from(rate)).tan();
    let a0 = 1.0 + k / QUALITY + k * k;
    normalised([a0, -2.0 * a0, a0], k, QUALITY)
}

/// The filter of a numerator over the denominator that belongs to a frequency and a quality.
fn normalised<const CHANNELS: usize>(b: [f64; 3], k: f64, quality: f64) -> Biquad<CHANNELS> {
    let a0 = 1.0 + k / quality + k * k;
    Biquad::new(b.map(|b| b / a0), [2.0 * (k * k - 1.0) / a0, (1.0 - k / quality + k * k) / a0])
}

#[cfg(test)]
mod tests {
    use ebur128::{EbuR128, Mode};

    use super::*;

    /// Two tones that come and go, with a second of silence.
    fn music(rate: u32) -> Vec<[f32; 2]> {
        let frame = |i: u32| {
            let t = f64::from(i) / f64::from(rate);
            let swell = if (3.0..4.0).contains(&t) { 0.0 } else { (t * 1.3).sin().powi(2) };
            [(t * 700.0).sin() * swell, (t * 15_000.0).sin() * swell * 0.3].map(|x| x as f32)
        };
        (0..8 * rate).map(frame).collect()
    }

    #[test]
    fn another_meter_hears_the_same() {
        for rate in [44_100, 48_000] {
            let music = music(rate);
            let mut meter = LoudnessMeter::new(rate);
            music.chunks(1_000).for_each(|frames| meter.hear(frames));
            let mut other = EbuR128::new(2, rate, Mode::I).unwrap();
            other.add_frames_f32(music.as_flattened()).unwrap();
            let (ours, theirs) = (meter.integrated().unwrap(), other.loudness_global().unwrap());
            assert!((ours - theirs).abs() < 0.01, "{ours} and {theirs} LUFS at {rate}");
        }
    }

    #[test]
    fn silence_has_no_loudness() {
        let mut meter = LoudnessMeter::new(44_100);
        assert_eq!(meter.first_block(), None);
        meter.hear(&[[0.0]; 44_100]);
        assert_eq!(meter.integrated(), None);
    }
}
