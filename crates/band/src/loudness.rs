//! Loudness after ITU-R BS.1770-4: K-weighting, blocks of 400 ms, two gates.

use crate::filter::Biquad;

/// The ear's weighting: a shelf for the head, then a high-pass.
#[derive(Clone, Debug)]
pub(crate) struct KWeighting([Biquad; 2]);

impl KWeighting {
    /// For frames at `rate` hertz; the analogue prototypes of BS.1770 by bilinear transform, so that 48 kHz gives
    /// the coefficients it prints.
    pub(crate) fn new(rate: u32) -> Self {
        Self([shelf(f64::from(rate)), high_pass(f64::from(rate))])
    }

    /// The next weighted sample.
    #[inline]
    pub(crate) fn next(&mut self, x: f64) -> f64 {
        self.0.iter_mut().fold(x, |x, filter| filter.next(x))
    }
}

fn shelf(rate: f64) -> Biquad {
    let k = (std::f64::consts::PI * 1681.974450955533 / rate).tan();
    let q = 0.7071752369554196;
    let high = 10f64.powf(3.999843853973347 / 20.0);
    let middle = high.powf(0.4996667741545416);
    let a0 = 1.0 + k / q + k * k;
    let b = [high + middle * k / q + k * k, 2.0 * (k * k - high), high - middle * k / q + k * k];
    Biquad::new(b.map(|x| x / a0), [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0])
}

fn high_pass(rate: f64) -> Biquad {
    let k = (std::f64::consts::PI * 38.13547087602444 / rate).tan();
    let q = 0.5003270373238773;
    let a0 = 1.0 + k / q + k * k;
    Biquad::new([1.0, -2.0, 1.0], [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0])
}

/// Steps of the meter in a second.
const STEPS_PER_SECOND: u32 = 10;
/// Steps in a block of 400 ms.
const STEPS: usize = 4;
/// Blocks quieter than this, in LUFS, are not counted at all.
const ABSOLUTE_GATE: f64 = -70.0;
/// Blocks this much quieter than the mean of the others, in LU, are not counted.
const RELATIVE_GATE: f64 = -10.0;
/// Classes of the histogram in a LU, so that memory does not grow with the length of what is heard.
const CLASSES_PER_LU: f64 = 100.0;
const CLASSES: usize = 10_000;

/// A meter of integrated loudness and of the highest sample.
pub(crate) struct LoudnessMeter {
    weighting: [KWeighting; 2],
    step_frames: u32,
    heard: u32,
    step: f64,
    steps: [f64; STEPS],
    filled: usize,
    /// Count and energy of the blocks in each class of loudness, from −70 LUFS up.
    classes: Vec<(u32, f64)>,
    peak: f32,
}

impl LoudnessMeter {
    pub(crate) fn new(rate: u32) -> Self {
        Self {
            weighting: [KWeighting::new(rate), KWeighting::new(rate)],
            step_frames: rate / STEPS_PER_SECOND,
            heard: 0,
            step: 0.0,
            steps: [0.0; STEPS],
            filled: 0,
            classes: vec![(0, 0.0); CLASSES],
            peak: 0.0,
        }
    }

    pub(crate) fn hear(&mut self, frames: &[[f32; 2]]) {
        for frame in frames {
            for (weighting, &x) in self.weighting.iter_mut().zip(frame) {
                self.step += weighting.next(f64::from(x)).powi(2);
                self.peak = self.peak.max(x.abs());
            }
            self.heard += 1;
            if self.heard == self.step_frames {
                self.end_step();
            }
        }
    }

    fn end_step(&mut self) {
        self.steps.rotate_left(1);
        self.steps[STEPS - 1] = self.step / f64::from(self.step_frames);
        (self.heard, self.step) = (0, 0.0);
        self.filled = (self.filled + 1).min(STEPS);
        if self.filled == STEPS {
            self.count(self.steps.iter().sum::<f64>() / STEPS as f64);
        }
    }

    fn count(&mut self, energy: f64) {
        let place = (loudness(energy) - ABSOLUTE_GATE) * CLASSES_PER_LU;
        if place >= 0.0 {
            let class = &mut self.classes[(place as usize).min(CLASSES - 1)];
            *class = (class.0 + 1, class.1 + energy);
        }
    }

    /// Integrated loudness in LUFS; none for silence.
    pub(crate) fn integrated(&self) -> Option<f64> {
        let gate = loudness(mean(&self.classes)?) + RELATIVE_GATE;
        let from = ((gate - ABSOLUTE_GATE) * CLASSES_PER_LU).max(0.0) as usize;
        mean(&self.classes[from.min(CLASSES - 1)..]).map(loudness)
    }

    /// The highest absolute value of a sample.
    pub(crate) fn peak(&self) -> f32 {
        self.peak
    }
}

fn mean(classes: &[(u32, f64)]) -> Option<f64> {
    let (count, energy) =
        classes.iter().fold((0u64, 0.0), |(n, e), class| (n + u64::from(class.0), e + class.1));
    (count > 0).then(|| energy / count as f64)
}

fn loudness(energy: f64) -> f64 {
    -0.691 + 10.0 * energy.log10()
}

#[cfg(test)]
mod tests {
    use ebur128::{EbuR128, Mode};

    use super::*;

    /// Bursts of a few tones with rests between them, so that both gates matter.
    fn bursts(rate: u32) -> Vec<[f32; 2]> {
        let at = |i: u32| {
            let t = f64::from(i) / f64::from(rate);
            let loud = [0.5, 0.02, 0.0, 0.2, 0.0001][(t * 1.7) as usize % 5];
            let wave = |hertz: f64| (std::f64::consts::TAU * hertz * t).sin();
            [(loud * wave(97.0)) as f32, (loud * wave(3100.0)) as f32]
        };
        (0..12 * rate).map(at).collect()
    }

    #[test]
    fn the_meter_agrees_with_ebur128() {
        for rate in [44_100, 48_000] {
            let frames = bursts(rate);
            let mut meter = LoudnessMeter::new(rate);
            frames.chunks(777).for_each(|block| meter.hear(block));
            let mut oracle = EbuR128::new(2, rate, Mode::I).unwrap();
            oracle.add_frames_f32(frames.as_flattened()).unwrap();
            let (ours, theirs) = (meter.integrated().unwrap(), oracle.loudness_global().unwrap());
            assert!((ours - theirs).abs() < 0.05, "{ours} and {theirs} LUFS");
        }
    }

    #[test]
    fn silence_has_no_loudness() {
        let mut meter = LoudnessMeter::new(48_000);
        meter.hear(&[[0.0; 2]; 48_000]);
        assert_eq!(meter.integrated(), None);
    }
}
