//! Cymbals: plates with many modes, none in a simple ratio to another.
//!
//! Struck, a plate sounds at once in its low modes; the rest wakes within some tens of milliseconds, as the plate,
//! bent far, hands energy upwards, and the high modes fall silent first (N. H. Fletcher and T. D. Rossing, *The
//! Physics of Musical Instruments*, §20.2). The modes here are strewn over the octaves, ever denser upwards, as
//! those of a plate are. Two plates that touch lose their modes to one another: the hi-hat is bands of noise, each
//! falling silent in its own time.

use super::noise::{Hiss, Noise, hiss, hisses};
use super::patch::RATE;
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

/// The ping of the ride, far below its wash.
const PING: [(f64, f64, f64); 9] = [
    (172.0, 0.012, 0.30),
    (246.0, 0.014, 0.35),
    (415.0, 0.06, 0.40),
    (1180.0, 0.05, 0.22),
    (2730.0, 0.050, 0.15),
    (3460.0, 0.078, 0.16),
    (4390.0, 0.073, 0.12),
    (5870.0, 0.063, 0.09),
    (7350.0, 0.045, 0.07),
];

/// Ride cymbal with the tip of a stick: the click of wood, a clear ping, and the wash about it.
pub(super) fn ride(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 420,
        range: (310.0, 14_500.0),
        tilt: 0.2,
        ring: 1.1,
        damping: 0.6,
        wake: 0.030,
        seed: 51,
    };
    let mut modes = plate.modes(0.008 + 0.013 * force, force);
    modes.extend(standing_out(&PING, stroke(52, force)));
    let mut frames = ringing(&modes, 2.4, (0.0, 1.0));
    hiss(&mut frames, of(5100, force), (2500.0, 9000.0), (0.5 + 0.5 * force, 0.0003, 0.0032));
    hiss(&mut frames, of(5101, force), (5000.0, 13_000.0), (0.05 + 0.05 * force, 0.015, 0.20));
    hiss(&mut frames, of(5102, force), (70.0, 260.0), (0.008, 0.001, 0.030));
    frames
}

/// The partials of the bell of the ride, which are few and strong.
const BELL: [(f64, f64, f64); 8] = [
    (255.0, 0.02, 0.4),
    (620.0, 0.30, 0.5),
    (1275.0, 0.13, 0.35),
    (2210.0, 0.14, 0.30),
    (3340.0, 0.26, 0.28),
    (4620.0, 0.22, 0.22),
    (6030.0, 0.18, 0.18),
    (7600.0, 0.14, 0.14),
];

/// The bell of the ride with the shoulder of a stick.
pub(super) fn ride_bell(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 240,
        range: (500.0, 14_000.0),
        tilt: -0.6,
        ring: 0.6,
        damping: 0.55,
        wake: 0.012,
        seed: 53,
    };
    let mut modes = plate.modes(0.05 + 0.03 * force, force);
    modes.extend(standing_out(&BELL, stroke(54, force)));
    let mut frames = ringing(&modes, 2.2, (0.0, 1.0));
    hiss(&mut frames, of(5300, force), (2000.0, 8000.0), (0.9, 0.0003, 0.003));
    hiss(&mut frames, of(5301, force), (4500.0, 13_000.0), (0.05 + 0.06 * force, 0.004, 0.10));
    hiss(&mut frames, of(5302, force), (70.0, 260.0), (0.02, 0.001, 0.030));
    frames
}

/// What of a crash is too dense for modes, and the blow under it.
const SPLASH: [Hiss; 3] = [
    ((60.0, 260.0), (0.25, 0.001, 0.10)),
    ((250.0, 900.0), (0.3, 0.001, 0.18)),
    ((2500.0, 9500.0), (0.2, 0.003, 0.35)),
];

/// Crash cymbal: thin, all of it awake at once.
pub(super) fn crash(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 380,
        range: (280.0, 15_000.0),
        tilt: -2.4,
        ring: 1.1,
        damping: 0.45,
        wake: 0.012,
        seed: 49,
    };
    let mut frames = ringing(&plate.modes(0.1, force), 2.8, (0.0, 1.0));
    hisses(&mut frames, of(4900, force), &SPLASH, 0.7 + 0.3 * force);
    frames
}

/// Hi-hat closed by the foot: two plates meeting, a soft "chick" in which the low goes first.
const CHICK: [Hiss; 7] = [
    ((60.0, 280.0), (0.30, 0.003, 0.030)),
    ((250.0, 900.0), (0.50, 0.003, 0.024)),
    ((900.0, 2600.0), (0.45, 0.005, 0.022)),
    ((2200.0, 5200.0), (0.60, 0.006, 0.022)),
    ((4600.0, 9500.0), (1.0, 0.006, 0.020)),
    ((8500.0, 15_000.0), (1.1, 0.006, 0.019)),
    ((2200.0, 13_000.0), (0.03, 0.010, 0.10)),
];

pub(super) fn pedal_hat(force: f64) -> Vec<f32> {
    let mut frames = vec![0.0; seconds(0.5)];
    hisses(&mut frames, of(4400, force), &CHICK, 1.0 + 0.5 * force);
    frames
}

/// Hi-hat held shut and tapped with a stick.
const TAP: [Hiss; 8] = [
    ((60.0, 320.0), (0.06, 0.0010, 0.030)),
    ((300.0, 1200.0), (0.45, 0.0005, 0.022)),
    ((1200.0, 3000.0), (0.5, 0.0005, 0.020)),
    ((2500.0, 5500.0), (0.7, 0.0006, 0.024)),
    ((5000.0, 9000.0), (1.0, 0.0006, 0.026)),
    ((8000.0, 15_000.0), (1.2, 0.0006, 0.026)),
    ((2000.0, 14_000.0), (0.06, 0.002, 0.09)),
    ((2500.0, 12_000.0), (0.9, 0.0002, 0.004)),
];

pub(super) fn closed_hat(force: f64) -> Vec<f32> {
    let mut frames = vec![0.0; seconds(0.45)];
    hisses(&mut frames, of(4200, force), &TAP, 1.0 + 0.5 * force);
    frames
}

/// Hi-hat left open: the plates rattle on each other, and ring between.
const RATTLE: [Hiss; 4] = [
    ((600.0, 2500.0), (0.4, 0.001, 0.15)),
    ((2200.0, 5500.0), (0.8, 0.001, 0.28)),
    ((5000.0, 9500.0), (1.1, 0.001, 0.33)),
    ((8500.0, 15_000.0), (1.0, 0.001, 0.26)),
];

pub(super) fn open_hat(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 160,
        range: (500.0, 15_000.0),
        tilt: 0.8,
        ring: 0.55,
        damping: 0.3,
        wake: 0.003,
        seed: 46,
    };
    let mut frames = ringing(&plate.modes(0.03, force), 1.3, (0.0, 1.0));
    hisses(&mut frames, of(4600, force), &RATTLE, 0.6 + 0.4 * force);
    frames
}

/// The seed of a stroke of some force: its noise is its own too.
fn of(seed: u64, force: f64) -> u64 {
    100 * seed + (10.0 * force) as u64
}

fn seconds(length: f64) -> usize {
    (length * f64::from(RATE)) as usize
}
