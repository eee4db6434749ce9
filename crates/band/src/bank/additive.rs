//! Sums of sinusoids: every pitched voice of the bank, and the metal of its cymbals.
//!
//! A tone has an onset, in which anything may move, and a cycle that repeats. In the cycle the level of each
//! sinusoid stands still and its frequency is the nearest one with a whole number of periods in the cycle, so
//! the end of the cycle meets its beginning in value and in slope.

use std::f64::consts::TAU;

use super::patch::{BankTone, RATE};

/// Frames over which levels and frequencies change in a straight line: at the start, and later.
const FINE: usize = 32;
const COARSE: usize = 256;
/// Frames that are finely drawn.
const START: usize = 1536;
/// Sinusoids computed side by side.
const LANES: usize = 8;
/// Levels below this are left out.
const INAUDIBLE: f32 = 1e-5;

/// Length of a tone in frames: an onset, then a cycle that repeats (0: none).
#[derive(Clone, Copy)]
pub(super) struct ToneSpan {
    pub(super) onset: usize,
    pub(super) cycle: usize,
}

impl ToneSpan {
    /// An onset and a cycle of about so many seconds; the cycle holds a whole number of periods of `hertz`
    /// (to a hundredth of a cent).
    pub(super) fn looped(onset: f64, cycle: f64, hertz: f64) -> Self {
        let rate = f64::from(RATE);
        let periods = (cycle * hertz).round().max(1.0);
        let nearest = (0..8).map(|more| (periods + f64::from(more)) * rate / hertz);
        let error = |length: &f64| (length - length.round()).abs() / length;
        let cycle = nearest.min_by(|a, b| error(a).total_cmp(&error(b))).unwrap_or(rate);
        Self { onset: blocks(onset * rate), cycle: cycle.round() as usize }
    }

    /// A tone that ends of itself after so many seconds.
    pub(super) fn once(seconds: f64) -> Self {
        Self { onset: blocks(seconds * f64::from(RATE)), cycle: 0 }
    }

    pub(super) fn frames(self) -> usize {
        self.onset + self.cycle
    }

    /// The nearest frequency with a whole number of periods in the cycle.
    fn snapped(self, hertz: f64) -> f64 {
        if self.cycle == 0 {
            return hertz;
        }
        let grid = f64::from(RATE) / self.cycle as f64;
        (hertz / grid).round() * grid
    }

    pub(super) fn tone(self, frames: Vec<f32>) -> BankTone {
        let repeat = (self.cycle > 0).then_some(self.onset..self.onset + self.cycle);
        BankTone { frames, repeat }
    }
}

/// A length that the blocks fill.
fn blocks(frames: f64) -> usize {
    START + ((frames - START as f64) / COARSE as f64).ceil().max(0.0) as usize * COARSE
}

/// A sinusoid: hertz, level, phase in turns.
#[derive(Clone, Copy)]
pub(super) struct Partial {
    pub(super) hertz: f64,
    pub(super) level: f64,
    pub(super) phase: f64,
}

/// The sum of the partials. `shape(t)(i)` is what the level of partial `i` is multiplied by `t` seconds into the
/// onset; `bend(t)` is how far the whole tone has run ahead of a steady pitch by then, in seconds.
pub(super) fn sum<S: Fn(usize) -> f64>(
    partials: &[Partial],
    span: ToneSpan,
    shape: impl Fn(f64) -> S,
    bend: impl Fn(f64) -> f64,
) -> Vec<f32> {
    let mut frames = vec![0.0; span.frames()];
    let mut moving = Moving::at_start(partials, span);
    moving.advance(0, &shape, &bend);
    let mut at = 0;
    while at < frames.len() {
        let length = if at < START { FINE } else { COARSE.min(frames.len() - at) };
        moving.advance(at + length, &shape, &bend);
        let mut sound = [[0.0; LANES]; COARSE];
        for (levels, turns) in moving.levels.chunks(LANES).zip(moving.turns.chunks(LANES)) {
            let mut oscillators = Oscillators::silent();
            for (lane, (&levels, &turns)) in levels.iter().zip(turns).enumerate() {
                oscillators.set(lane, levels, turns, length);
            }
            oscillators.add_to(&mut sound[..length]);
        }
        for (frame, lanes) in frames[at..at + length].iter_mut().zip(&sound) {
            *frame = lanes.iter().sum();
        }
        at += length;
    }
    frames
}

/// The audible partials of a tone as they are where a block begins and where it ends.
struct Moving<'a> {
    span: ToneSpan,
    /// Each with its place among all, and its frequency in the cycle.
    partials: Vec<(usize, &'a Partial, f64)>,
    levels: Vec<[f32; 2]>,
    /// Phases in turns.
    turns: Vec<[f64; 2]>,
    /// Seconds of the onset that have gone by at the end of the block.
    onset: f64,
}

impl<'a> Moving<'a> {
    fn at_start(partials: &'a [Partial], span: ToneSpan) -> Self {
        let audible = partials.iter().enumerate().filter(|(_, p)| p.hertz < 0.45 * f64::from(RATE));
        let partials: Vec<_> = audible.map(|(i, p)| (i, p, span.snapped(p.hertz))).collect();
        let (levels, turns) = (vec![[0.0; 2]; partials.len()], vec![[0.0; 2]; partials.len()]);
        Self { span, partials, levels, turns, onset: -1.0 }
    }

    /// Goes on from the end of the block before to a frame.
    fn advance<S: Fn(usize) -> f64>(
        &mut self,
        frame: usize,
        shape: impl Fn(f64) -> S,
        bend: impl Fn(f64) -> f64,
    ) {
        let rate = f64::from(RATE);
        let onset = frame.min(self.span.onset) as f64 / rate;
        let cycle = frame.saturating_sub(self.span.onset) as f64 / rate;
        let bent = onset + bend(onset);
        for (&(_, partial, snapped), turns) in self.partials.iter().zip(&mut self.turns) {
            *turns = [turns[1], partial.phase + partial.hertz * bent + snapped * cycle];
        }
        let shape = (onset != self.onset).then(|| shape(onset));
        for (&(i, partial, _), level) in self.partials.iter().zip(&mut self.levels) {
            let end = shape.as_ref().map_or(level[1], |shape| (partial.level * shape(i)) as f32);
            *level = [level[1], end];
        }
        self.onset = onset;
    }
}

/// Rotating phasors with levels in a straight line, for the length of a block.
struct Oscillators {
    cos: [f32; LANES],
    sin: [f32; LANES],
    step_cos: [f32; LANES],
    step_sin: [f32; LANES],
    level: [f32; LANES],
    step_level: [f32; LANES],
    heard: bool,
}

impl Oscillators {
    fn silent() -> Self {
        let zero = [0.0; LANES];
        Self {
            cos: zero,
            sin: zero,
            step_cos: zero,
            step_sin: zero,
            level: zero,
            step_level: zero,
            heard: false,
        }
    }

    fn set(&mut self, lane: usize, level: [f32; 2], turns: [f64; 2], length: usize) {
        if level[0].abs() < INAUDIBLE && level[1].abs() < INAUDIBLE {
            return;
        }
        let (sin, cos) = (TAU * turns[0].fract()).sin_cos();
        let (step_sin, step_cos) = (TAU * (turns[1] - turns[0]) / length as f64).sin_cos();
        (self.sin[lane], self.cos[lane]) = (sin as f32, cos as f32);
        (self.step_sin[lane], self.step_cos[lane]) = (step_sin as f32, step_cos as f32);
        self.level[lane] = level[0];
        self.step_level[lane] = (level[1] - level[0]) / length as f32;
        self.heard = true;
    }

    fn add_to(&mut self, sound: &mut [[f32; LANES]]) {
        if !self.heard {
            return;
        }
        for frame in sound {
            for (l, sample) in frame.iter_mut().enumerate() {
                *sample += self.level[l] * self.sin[l];
                let cos = self.cos[l] * self.step_cos[l] - self.sin[l] * self.step_sin[l];
                self.sin[l] = self.cos[l] * self.step_sin[l] + self.sin[l] * self.step_cos[l];
                self.cos[l] = cos;
                self.level[l] += self.step_level[l];
            }
        }
    }
}
