//! Filtered noise: breath, fingers, felt, brushes, snares.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::patch::RATE;
use crate::filter::Biquad;

/// A source of values between −1 and 1, the same for the same seed.
pub(super) struct Noise(ChaCha8Rng);

impl Noise {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// The next value between −1 and 1.
    pub(super) fn value(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / f64::from(u32::MAX) * 2.0 - 1.0
    }

    /// A value between `low` and `high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.value() + 1.0) / 2.0
    }

    /// White noise through the filters, at a mean square of 1.
    pub(super) fn filtered(&mut self, frames: usize, filters: &[Biquad]) -> Vec<f32> {
        let white: Vec<f64> = (0..frames).map(|_| self.value()).collect();
        levelled(through(&white, filters, 1))
    }

    /// The same, so that its end goes on smoothly at its beginning.
    pub(super) fn cyclic(&mut self, frames: usize, filters: &[Biquad]) -> Vec<f32> {
        let white: Vec<f64> = (0..frames).map(|_| self.value()).collect();
        levelled(through(&white, filters, 2))
    }
}

/// The last of several passes of the same noise through the filters, whose state lasts from pass to pass.
fn through(white: &[f64], filters: &[Biquad], passes: usize) -> Vec<f64> {
    let mut filters = filters.to_vec();
    let mut out = Vec::new();
    for _ in 0..passes {
        out = white.iter().map(|&x| filters.iter_mut().fold([x], |x, filter| filter.next(x))[0]).collect();
    }
    out
}

fn levelled(values: Vec<f64>) -> Vec<f32> {
    let mean_square = values.iter().map(|x| x * x).sum::<f64>() / values.len().max(1) as f64;
    let gain = if mean_square > 0.0 { mean_square.sqrt().recip() } else { 0.0 };
    values.into_iter().map(|x| (x * gain) as f32).collect()
}

/// Noise between two frequencies (fourth order at each end).
pub(super) fn band(low: f64, high: f64) -> Vec<Biquad> {
    let (low, high) = (Biquad::high_pass(low, RATE), Biquad::low_pass(high, RATE));
    vec![low.clone(), low, high.clone(), high]
}

/// Frames over which a traced function goes in a straight line.
const STEP: usize = 16;

/// A function of seconds at each of so many frames.
pub(super) fn traced(frames: usize, value: impl Fn(f64) -> f64) -> impl Iterator<Item = f32> {
    let knot = move |i: usize| value((i * STEP) as f64 / f64::from(RATE)) as f32;
    let mut to = knot(0);
    (0..frames.div_ceil(STEP)).flat_map(move |i| {
        let from = to;
        to = knot(i + 1);
        let rise = (to - from) / STEP as f32;
        (0..STEP).map(move |j| from + rise * j as f32)
    })
}

/// Adds noise to frames, over and over, its level as a function of seconds.
pub(super) fn add(frames: &mut [f32], noise: &[f32], level: impl Fn(f64) -> f64) {
    let levels = traced(frames.len(), level);
    for ((frame, x), level) in frames.iter_mut().zip(noise.iter().cycle()).zip(levels) {
        *frame += x * level;
    }
}

/// Adds noise between two frequencies: its level, seconds to rise, seconds to fall by 1/e.
pub(super) fn hiss(frames: &mut [f32], seed: u64, edges: (f64, f64), (level, rise, fall): (f64, f64, f64)) {
    let length = frames.len().min((12.0 * fall * f64::from(RATE)) as usize);
    let noise = Noise::new(seed).filtered(length, &band(edges.0, edges.1));
    add(&mut frames[..length], &noise, |t| level * (1.0 - (-t / rise).exp()) * (-t / fall).exp());
}

/// A band of noise: its edges in hertz; its level, seconds to rise, seconds to fall by 1/e.
pub(super) type Hiss = ((f64, f64), (f64, f64, f64));

/// Adds several bands of noise, their levels times `gain`.
pub(super) fn hisses(frames: &mut [f32], seed: u64, bands: &[Hiss], gain: f64) {
    for (i, &(edges, (level, rise, fall))) in bands.iter().enumerate() {
        hiss(frames, seed * 10 + i as u64, edges, (gain * level, rise, fall));
    }
}
