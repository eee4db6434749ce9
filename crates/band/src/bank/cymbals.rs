//! Cymbals: plates with many modes, none in a simple ratio to another.
//!
//! Struck, a plate sounds at once in its low modes; the rest wakes within some tens of milliseconds, as the plate,
//! bent far, hands energy upwards, and the high modes fall silent first (N. H. Fletcher and T. D. Rossing, *The
//! Physics of Musical Instruments*, §20.2). The modes here are strewn over the octaves, ever denser upwards, as
//! those of a plate are.

use super::noise::{Noise, hiss};
use super::struck::{VibrationMode, ringing};

/// A plate of `count` modes between two frequencies: `tilt` decibels an octave about 1 kHz, ring in seconds at
/// 1 kHz and the power of frequency by which it shortens, seconds in which it wakes.
struct Plate {
    count: usize,
    range: (f64, f64),
    tilt: f64,
    ring: f64,
    damping: f64,
    wake: f64,
    seed: u64,
}

impl Plate {
    /// The modes as a stroke of some force wakes them: no two strokes hit one place, so each has levels of its own.
    fn modes(&self, level: f64, force: f64) -> Vec<VibrationMode> {
        let mut random = Noise::new(self.seed);
        let mut stroke = stroke(self.seed, force);
        let octaves = (self.range.1 / self.range.0).log2();
        let mode = |i: usize| {
            let place = (i as f64 + 0.5 + 0.9 * random.value()) / self.count as f64;
            let hertz = self.range.0 * 2f64.powf(octaves * place.clamp(0.0, 1.0).powf(0.62));
            let tilt = 10f64.powf(self.tilt * (hertz / 1000.0).log2() / 20.0);
            let decay = self.ring * (1000.0 / hertz).powf(self.damping) * random.between(0.7, 1.35);
            let rise = 0.0006 + self.wake * random.between(0.3, 1.0);
            let level = level * tilt * stroke.between(0.25, 1.0);
            VibrationMode { phase: stroke.between(0.0, 1.0), rise, ..VibrationMode::new(hertz, level, decay) }
        };
        (0..self.count).map(mode).collect()
    }
}

/// What differs from stroke to stroke.
fn stroke(seed: u64, force: f64) -> Noise {
    Noise::new(seed << 16 | (1000.0 * force) as u64)
}

/// Modes that stand out: hertz, level, decay; the levels differ from stroke to stroke by up to 3 decibels.
fn standing_out(modes: &[(f64, f64, f64)], mut stroke: Noise) -> impl Iterator<Item = VibrationMode> {
    modes
        .iter()
        .map(move |&(hertz, level, decay)| VibrationMode::new(hertz, level * stroke.between(0.7, 1.4), decay))
}

/// The ping of the ride.
const PING: [(f64, f64, f64); 7] = [
    (415.0, 0.10, 0.45),
    (1180.0, 0.14, 0.22),
    (2730.0, 0.40, 0.15),
    (3460.0, 0.62, 0.16),
    (4390.0, 0.58, 0.12),
    (5870.0, 0.50, 0.09),
    (7350.0, 0.36, 0.07),
];

/// Ride cymbal with the tip of a stick: the click of wood, a clear ping, and the wash under it.
pub(super) fn ride(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 150,
        range: (310.0, 14_500.0),
        tilt: -1.2,
        ring: 1.5,
        damping: 0.55,
        wake: 0.035,
        seed: 51,
    };
    let mut modes = plate.modes(0.008 + 0.013 * force, force);
    modes.extend(standing_out(&PING, stroke(52, force)));
    let mut frames = ringing(&modes, 2.4, (0.0, 1.0));
    hiss(&mut frames, 5100, (2500.0, 9000.0), (0.9 + 0.5 * force, 0.0003, 0.0032));
    hiss(&mut frames, 5101, (5000.0, 13_000.0), (0.025 + 0.045 * force, 0.025, 0.30));
    frames
}

/// The partials of the bell of the ride, which are few and strong.
const BELL: [(f64, f64, f64); 7] = [
    (620.0, 0.35, 0.7),
    (1275.0, 0.7, 0.6),
    (2210.0, 0.8, 0.45),
    (3340.0, 0.7, 0.35),
    (4620.0, 0.55, 0.25),
    (6030.0, 0.4, 0.2),
    (7600.0, 0.3, 0.15),
];

/// The bell of the ride with the shoulder of a stick.
pub(super) fn ride_bell(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 60,
        range: (500.0, 13_000.0),
        tilt: -2.0,
        ring: 1.2,
        damping: 0.6,
        wake: 0.02,
        seed: 53,
    };
    let mut modes = plate.modes(0.03 + 0.02 * force, force);
    modes.extend(standing_out(&BELL, stroke(54, force)));
    let mut frames = ringing(&modes, 2.2, (0.0, 1.0));
    hiss(&mut frames, 5300, (2000.0, 8000.0), (1.2, 0.0003, 0.003));
    frames
}

/// Crash cymbal: thin, all of it awake at once.
pub(super) fn crash(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 190,
        range: (280.0, 15_000.0),
        tilt: 0.3,
        ring: 1.3,
        damping: 0.45,
        wake: 0.018,
        seed: 49,
    };
    let mut frames = ringing(&plate.modes(0.1, force), 2.8, (0.0, 1.0));
    hiss(&mut frames, 4900, (3000.0, 13_000.0), (0.35 + 0.3 * force, 0.002, 0.40));
    frames
}

/// Hi-hat closed by the foot: two plates meeting, a soft "chick".
pub(super) fn pedal_hat(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 90,
        range: (900.0, 14_000.0),
        tilt: 0.5,
        ring: 0.075,
        damping: 0.25,
        wake: 0.004,
        seed: 44,
    };
    let mut modes = plate.modes(1.0, force);
    modes.push(VibrationMode::new(330.0, 0.9, 0.018));
    let mut frames = ringing(&modes, 0.4, (0.0, 1.0));
    hiss(&mut frames, 4400, (3500.0, 11_000.0), (5.0 + 3.0 * force, 0.003, 0.032));
    frames
}

/// Hi-hat held shut and tapped with a stick.
pub(super) fn closed_hat(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 90,
        range: (700.0, 15_000.0),
        tilt: 1.0,
        ring: 0.06,
        damping: 0.2,
        wake: 0.0005,
        seed: 42,
    };
    let mut frames = ringing(&plate.modes(1.0, force), 0.35, (0.0, 1.0));
    hiss(&mut frames, 4200, (5000.0, 13_000.0), (6.0 + 5.0 * force, 0.0003, 0.022));
    frames
}

/// Hi-hat left open.
pub(super) fn open_hat(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 120,
        range: (500.0, 15_000.0),
        tilt: 0.8,
        ring: 0.55,
        damping: 0.3,
        wake: 0.003,
        seed: 46,
    };
    let mut frames = ringing(&plate.modes(1.0, force), 1.3, (0.0, 1.0));
    hiss(&mut frames, 4600, (4500.0, 13_000.0), (4.0 + 3.0 * force, 0.001, 0.20));
    frames
}
