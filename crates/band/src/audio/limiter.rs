//! A limiter that looks ahead and listens between the samples.
//!
//! Peaks are those of the signal at four times its rate (true peak, ITU-R BS.1770-4 annex 2). The gain falls in a
//! straight line so as to be down when the peak comes, and rises slowly after it.

use std::collections::VecDeque;
use std::f64::consts::PI;

use crate::synth::Frame;

/// Frames it looks ahead: 2.2 ms at 44.1 kHz.
const AHEAD: usize = 96;
/// Places between two samples at which the signal is heard, and samples that tell its value there.
const PHASES: usize = 4;
const TAPS: usize = 16;
/// Seconds in which the gain rises back by 1/e.
const RELEASE: f64 = 0.12;

/// A limiter of stereo frames. What goes in comes out [`Limiter::DELAY`] frames later.
pub(crate) struct Limiter {
    ceiling: f32,
    recovery: f32,
    kernel: [[f32; TAPS]; PHASES],
    /// The last frames of each channel twice over, so that they lie side by side from each on.
    recent: [[f32; 2 * TAPS]; 2],
    /// What samples are multiplied by at most between them.
    reach: f32,
    /// Frames for which a sample is in the kernel that could reach the ceiling.
    high: usize,
    delayed: [Frame; Self::DELAY],
    /// Gains below 1 wanted within the window that may yet be its smallest, with the frames at which they were wanted.
    smallest: VecDeque<(u64, f32)>,
    frame: u64,
    held: f32,
    window: [f32; AHEAD],
    window_sum: f64,
    /// Places of the frame in `recent`, `delayed` and `window`.
    places: [usize; 3],
}

impl Limiter {
    /// Frames from input to output.
    pub(crate) const DELAY: usize = AHEAD + TAPS / 2;

    /// A limiter that lets nothing over `ceiling` (1 is full scale).
    pub(crate) fn new(ceiling: f32, rate: u32) -> Self {
        let kernel = kernel();
        let reach = |taps: &[f32; TAPS]| taps.iter().map(|x| x.abs()).sum::<f32>();
        Self {
            ceiling,
            reach: kernel.iter().map(reach).fold(1.0, f32::max),
            high: 0,
            recovery: (1.0 / (RELEASE * f64::from(rate))) as f32,
            kernel,
            recent: [[0.0; 2 * TAPS]; 2],
            delayed: [[0.0; 2]; Self::DELAY],
            smallest: VecDeque::with_capacity(AHEAD + 2),
            frame: 0,
            held: 1.0,
            window: [1.0; AHEAD],
            window_sum: AHEAD as f64,
            places: [0; 3],
        }
    }

    /// The next frame out for the next frame in.
    pub(crate) fn next(&mut self, input: Frame) -> Frame {
        let wanted = self.ceiling / self.true_peak(input).max(self.ceiling);
        let lowest = self.lowest_of_window(wanted);
        self.held = lowest.min(self.held + (1.0 - self.held) * self.recovery);
        let gain = self.smoothed(self.held);
        let output = std::mem::replace(&mut self.delayed[self.places[1]], input);
        self.frame += 1;
        for (place, length) in self.places.iter_mut().zip([TAPS, Self::DELAY, AHEAD]) {
            *place = if *place + 1 == length { 0 } else { *place + 1 };
        }
        output.map(|x| x * gain)
    }

    /// The highest value at and between the samples around the middle of the kernel; 0 where all of them are too
    /// low for the ceiling.
    fn true_peak(&mut self, input: Frame) -> f32 {
        let place = self.places[0];
        for (recent, x) in self.recent.iter_mut().zip(input) {
            (recent[place], recent[place + TAPS]) = (x, x);
        }
        let high = input.iter().any(|x| x.abs() * self.reach > self.ceiling);
        self.high = if high { TAPS } else { self.high.saturating_sub(1) };
        if self.high == 0 {
            return 0.0;
        }
        let value =
            |taps: &[f32; TAPS], recent: &[f32]| -> f32 { taps.iter().zip(recent).map(|(a, b)| a * b).sum() };
        let oldest = place + 1;
        let recent = self.recent.iter().map(|recent| &recent[oldest..oldest + TAPS]);
        let values = recent.flat_map(|recent| self.kernel.iter().map(move |taps| value(taps, recent)));
        values.fold(0.0, |peak, value| peak.max(value.abs()))
    }

    fn lowest_of_window(&mut self, wanted: f32) -> f32 {
        if wanted < 1.0 {
            while self.smallest.back().is_some_and(|&(_, gain)| gain >= wanted) {
                self.smallest.pop_back();
            }
            self.smallest.push_back((self.frame, wanted));
        }
        while self.smallest.front().is_some_and(|&(frame, _)| frame + (AHEAD as u64) < self.frame) {
            self.smallest.pop_front();
        }
        self.smallest.front().map_or(1.0, |&(_, gain)| gain)
    }

    fn smoothed(&mut self, gain: f32) -> f32 {
        let old = std::mem::replace(&mut self.window[self.places[2]], gain);
        self.window_sum += f64::from(gain) - f64::from(old);
        (self.window_sum * (1.0 / AHEAD as f64)) as f32
    }
}

/// Windowed sinc kernels for the places 0, ¼, ½ and ¾ after the sample in the middle.
fn kernel() -> [[f32; TAPS]; PHASES] {
    std::array::from_fn(|phase| {
        std::array::from_fn(|tap| {
            let x = (tap as f64 - (TAPS / 2 - 1) as f64) - phase as f64 / PHASES as f64;
            let window = 0.5 + 0.5 * (PI * x / (TAPS / 2) as f64).cos();
            let sinc = if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
            (sinc * window) as f32
        })
    })
}

#[cfg(test)]
mod tests {
    use ebur128::{EbuR128, Mode};

    use super::*;

    fn limited(input: impl Iterator<Item = Frame>, ceiling: f32) -> Vec<Frame> {
        let mut limiter = Limiter::new(ceiling, 44_100);
        let silence = std::iter::repeat_n([0.0; 2], Limiter::DELAY);
        input.chain(silence).map(|frame| limiter.next(frame)).skip(Limiter::DELAY).collect()
    }

    #[test]
    fn what_is_quiet_passes_unchanged() {
        let quiet = |i: usize| [(i as f32 * 0.05).sin() * 0.4, (i as f32 * 0.31).cos() * 0.3];
        let out = limited((0..4_000).map(quiet), 0.8);
        for (i, frame) in out.iter().enumerate() {
            let [left, right] = quiet(i);
            assert!((frame[0] - left).abs() < 1e-6 && (frame[1] - right).abs() < 1e-6, "frame {i}");
        }
    }

    #[test]
    fn no_peak_goes_over_the_ceiling_not_even_between_samples() {
        // A quarter of the rate, an eighth of a turn off: samples at 0.71 of the peaks between them, in bursts.
        let burst = |i: usize| {
            let wave = (std::f64::consts::FRAC_PI_2 * (i as f64 + 0.5)).sin()
                * if i / 900 % 3 == 1 { 2.5 } else { 0.1 };
            [wave as f32, if i % 1_500 == 700 { 1.9 } else { 0.0 }]
        };
        let out = limited((0..20_000).map(burst), 0.8);
        let mut meter = EbuR128::new(2, 44_100, Mode::TRUE_PEAK).unwrap();
        meter.add_frames_f32(out.as_flattened()).unwrap();
        for channel in 0..2 {
            let peak = meter.true_peak(channel).unwrap();
            assert!(peak < 0.8 * 1.05, "{peak}");
            assert!(peak > 0.6, "{peak} is more than gentle");
        }
    }
}
