//! A small room: a few early reflections, then a feedback delay network (J.-M. Jot and A. Chaigne, *Digital delay
//! networks for designing artificial reverberators*, AES 90, 1991) of eight lines mixed by a Hadamard matrix.

use crate::filter::{Biquad, FLOOR};
use crate::synth::Frame;

const LINES: usize = 8;
/// Lengths of the lines in milliseconds: a room of some five metres, in no simple ratio to each other.
const LENGTHS: [f64; LINES] = [13.7, 17.3, 19.9, 23.1, 26.9, 29.3, 34.7, 39.1];
/// Early reflections: milliseconds, level, and where from (−1 left, 1 right).
const EARLY: [(f64, f32, f32); 6] = [
    (7.1, 0.55, -0.7),
    (9.8, 0.50, 0.6),
    (13.9, 0.38, -0.2),
    (17.6, 0.33, 0.8),
    (22.4, 0.27, -0.9),
    (27.8, 0.22, 0.3),
];
/// Seconds in which the sound falls by 60 dB.
const REVERBERATION: f64 = 0.62;
/// What the walls take from the highs at each turn (0: nothing).
const DAMPING: f32 = 0.38;
/// Hertz below which the room is silent, so that the bass stays clear.
const LOWEST: f64 = 220.0;

/// Frames worked on at once: fewer than the shortest line has at any rate.
const BLOCK: usize = 64;

/// Frames of one channel, side by side.
type Lane = [f32; BLOCK];

/// Frames that come back after a time.
struct Delay {
    frames: Vec<f32>,
    /// Where the next frame goes.
    at: usize,
}

impl Delay {
    /// Keeps so many frames, and a block.
    fn new(length: usize) -> Self {
        Self { frames: vec![0.0; length + BLOCK], at: 0 }
    }

    /// What was written `ago` frames ago, and after it.
    fn read(&self, ago: usize, out: &mut [f32]) {
        let length = self.frames.len();
        let start = (self.at + length - ago) % length;
        let whole = out.len().min(length - start);
        let (first, rest) = out.split_at_mut(whole);
        first.copy_from_slice(&self.frames[start..start + whole]);
        rest.copy_from_slice(&self.frames[..rest.len()]);
    }

    fn write(&mut self, frames: &[f32]) {
        let whole = frames.len().min(self.frames.len() - self.at);
        let (first, rest) = frames.split_at(whole);
        self.frames[self.at..self.at + whole].copy_from_slice(first);
        self.frames[..rest.len()].copy_from_slice(rest);
        self.at = (self.at + frames.len()) % self.frames.len();
    }
}

/// The room; it adds only what its walls return.
pub(crate) struct Room {
    low_cut: Biquad,
    early: Delay,
    taps: [usize; EARLY.len()],
    lines: [Delay; LINES],
    lengths: [usize; LINES],
    feedback: [f32; LINES],
    damped: [f32; LINES],
}

impl Room {
    pub(crate) fn new(rate: u32) -> Self {
        let frames = |ms: f64| (ms * f64::from(rate) / 1000.0).round() as usize;
        let lengths = LENGTHS.map(frames);
        Self {
            low_cut: Biquad::high_pass(LOWEST, rate),
            early: Delay::new(frames(EARLY[EARLY.len() - 1].0)),
            taps: EARLY.map(|(ms, ..)| frames(ms)),
            lines: lengths.map(Delay::new),
            lengths,
            feedback: LENGTHS.map(|ms| 10f64.powf(-3.0 * ms / 1000.0 / REVERBERATION) as f32),
            damped: [0.0; LINES],
        }
    }

    /// Adds what comes back as these frames are played, at a level.
    pub(crate) fn add_to(&mut self, frames: &mut [Frame], level: f32) {
        for block in frames.chunks_mut(BLOCK) {
            self.add_to_block(block, level);
        }
    }

    fn add_to_block(&mut self, block: &mut [Frame], level: f32) {
        let count = block.len();
        let mut input = [0.0; BLOCK];
        for (x, [left, right]) in input.iter_mut().zip(&*block) {
            let [y] = self.low_cut.next([f64::from(left + right) * 0.5]);
            *x = (y + FLOOR) as f32;
        }
        self.early.write(&input[..count]);
        let mut sides = self.reflections(count);
        let mut waves = self.returning(count);
        for (i, wave) in waves.iter().enumerate() {
            add(&mut sides[i % 2], wave, if i % 4 < 2 { 0.35 } else { -0.35 });
        }
        hadamard(&mut waves);
        self.early.read(self.taps[1] + count, &mut input[..count]);
        for (line, wave) in self.lines.iter_mut().zip(&mut waves) {
            add(wave, &input, 1.0);
            line.write(&wave[..count]);
        }
        for (i, [left, right]) in block.iter_mut().enumerate() {
            *left += level * sides[0][i];
            *right += level * sides[1][i];
        }
    }

    /// The early reflections of a block that has been written, left and right.
    fn reflections(&self, count: usize) -> [Lane; 2] {
        let (mut sides, mut reflection) = ([[0.0; BLOCK]; 2], [0.0; BLOCK]);
        for (&tap, (_, level, side)) in self.taps.iter().zip(EARLY) {
            self.early.read(tap + count, &mut reflection[..count]);
            add(&mut sides[0], &reflection, level * (1.0 - side) * 0.5);
            add(&mut sides[1], &reflection, level * (1.0 + side) * 0.5);
        }
        sides
    }

    /// What comes out of the lines, less what the walls take.
    fn returning(&mut self, count: usize) -> [Lane; LINES] {
        let mut waves = [[0.0; BLOCK]; LINES];
        for ((line, &length), wave) in self.lines.iter().zip(&self.lengths).zip(&mut waves) {
            line.read(length, &mut wave[..count]);
        }
        for i in 0..count {
            for ((wave, feedback), damped) in waves.iter_mut().zip(self.feedback).zip(&mut self.damped) {
                *damped = wave[i] * feedback * (1.0 - DAMPING) + DAMPING * *damped;
                wave[i] = *damped;
            }
        }
        waves
    }
}

fn add(to: &mut Lane, from: &Lane, level: f32) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += level * from);
}

/// The orthogonal Hadamard transform of each frame, in place.
fn hadamard(lanes: &mut [Lane; LINES]) {
    let mut stride = 1;
    while stride < LINES {
        for pair in lanes.chunks_exact_mut(2 * stride) {
            let (low, high) = pair.split_at_mut(stride);
            low.iter_mut().zip(high).for_each(|(low, high)| butterfly(low, high));
        }
        stride *= 2;
    }
    let norm = 1.0 / (LINES as f32).sqrt();
    lanes.as_flattened_mut().iter_mut().for_each(|x| *x *= norm);
}

fn butterfly(low: &mut Lane, high: &mut Lane) {
    for (a, b) in low.iter_mut().zip(high) {
        (*a, *b) = (*a + *b, *a - *b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 44_100;

    /// What the room returns of a click, in squares of levels over so many milliseconds from a time.
    fn energy(response: &[Frame], from: usize, length: usize) -> f32 {
        let frames = |ms: usize| ms * RATE as usize / 1000;
        response[frames(from)..frames(from + length)].as_flattened().iter().map(|x| x * x).sum()
    }

    fn response() -> Vec<Frame> {
        let mut response = vec![[0.0; 2]; 2 * RATE as usize];
        response[0] = [1.0; 2];
        Room::new(RATE).add_to(&mut response, 1.0);
        response[0] = [0.0; 2];
        response
    }

    #[test]
    fn the_room_falls_by_60_decibels_in_its_time() {
        let response = response();
        let fall = 10.0 * (energy(&response, 100, 50) / energy(&response, 400, 50)).log10();
        let seconds = 0.3 * 60.0 / f64::from(fall);
        assert!((0.35..0.75).contains(&seconds), "{seconds} s");
        assert!(energy(&response, 1_900, 100) < 1e-9);
    }

    #[test]
    fn the_room_is_wide_and_even() {
        let response = response();
        let side = |i: usize| response.iter().map(|frame| frame[i] * frame[i]).sum::<f32>();
        let both = response.iter().map(|frame| frame[0] * frame[1]).sum::<f32>();
        let (left, right) = (side(0), side(1));
        assert!((left / right).log2().abs() < 0.5, "{left} and {right}");
        assert!(both.abs() < 0.4 * (left * right).sqrt(), "{both}");
    }
}
