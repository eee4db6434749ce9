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

/// Frames that come back after a time.
struct Delay {
    /// As many as a power of two, of which the last `length` are in use.
    frames: Vec<f32>,
    length: usize,
    at: usize,
}

impl Delay {
    fn new(milliseconds: f64, rate: u32) -> Self {
        let length = ((milliseconds * f64::from(rate) / 1000.0).round() as usize).max(1);
        Self { frames: vec![0.0; length.next_power_of_two()], length, at: 0 }
    }

    /// What was written longest ago.
    #[inline]
    fn oldest(&self) -> f32 {
        self.ago(self.length)
    }

    /// What was written `frames` ago.
    #[inline]
    fn ago(&self, frames: usize) -> f32 {
        self.frames[self.at.wrapping_sub(frames) & (self.frames.len() - 1)]
    }

    #[inline]
    fn write(&mut self, x: f32) {
        self.frames[self.at] = x;
        self.at = (self.at + 1) & (self.frames.len() - 1);
    }
}

/// The room; it gives back only what its walls return.
pub(crate) struct Room {
    low_cut: Biquad,
    early: Delay,
    taps: [usize; EARLY.len()],
    lines: [Delay; LINES],
    feedback: [f32; LINES],
    damped: [f32; LINES],
}

impl Room {
    pub(crate) fn new(rate: u32) -> Self {
        Self {
            low_cut: Biquad::high_pass(LOWEST, rate),
            early: Delay::new(40.0, rate),
            taps: EARLY.map(|(ms, ..)| (ms * f64::from(rate) / 1000.0) as usize),
            lines: LENGTHS.map(|ms| Delay::new(ms, rate)),
            feedback: LENGTHS.map(|ms| 10f64.powf(-3.0 * ms / 1000.0 / REVERBERATION) as f32),
            damped: [0.0; LINES],
        }
    }

    /// What comes back as this frame is played.
    pub(crate) fn next(&mut self, [left, right]: Frame) -> Frame {
        let input = (self.low_cut.next(f64::from(left + right) * 0.5) + FLOOR) as f32;
        self.early.write(input);
        let mut out = [0.0; 2];
        for (&tap, (_, level, side)) in self.taps.iter().zip(EARLY) {
            let x = self.early.ago(tap) * level;
            out[0] += x * (1.0 - side) * 0.5;
            out[1] += x * (1.0 + side) * 0.5;
        }
        let mut waves = [0.0; LINES];
        for i in 0..LINES {
            let back = self.lines[i].oldest() * self.feedback[i];
            self.damped[i] = back + DAMPING * (self.damped[i] - back);
            waves[i] = self.damped[i];
            out[i % 2] += waves[i] * if i % 4 < 2 { 0.35 } else { -0.35 };
        }
        hadamard(&mut waves);
        let late = self.early.ago(self.taps[1]);
        for (line, wave) in self.lines.iter_mut().zip(waves) {
            line.write(late + wave);
        }
        out
    }
}

/// The orthogonal Hadamard transform, in place.
fn hadamard(x: &mut [f32; LINES]) {
    let mut stride = 1;
    while stride < LINES {
        for start in (0..LINES).step_by(2 * stride) {
            for i in start..start + stride {
                (x[i], x[i + stride]) = (x[i] + x[i + stride], x[i] - x[i + stride]);
            }
        }
        stride *= 2;
    }
    let norm = 1.0 / (LINES as f32).sqrt();
    x.iter_mut().for_each(|x| *x *= norm);
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
        let mut room = Room::new(RATE);
        (0..2 * RATE).map(|i| room.next(if i == 0 { [1.0; 2] } else { [0.0; 2] })).collect()
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
