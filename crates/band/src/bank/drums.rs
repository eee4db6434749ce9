//! The drum kit: cymbals, skins and wood.
//!
//! - A cymbal is a plate with many modes, none in a simple ratio to another. Struck, it sounds at once in its low
//!   modes; the rest wakes within some tens of milliseconds, as the plate, bent far, hands energy upwards (Fletcher
//!   and Rossing, §20.2). High modes fall silent first.
//! - A skin has its modes at the zeros of Bessel functions: 1, 1.59, 2.14, 2.30, 2.65, 2.92 … of the lowest
//!   (§3.2); it is tighter, and so sharper, while it swings far.
//! - Snares, brushes and the seeds of a shaker are filtered noise.

use super::additive::Span;
use super::level::peaking;
use super::noise::{self, Noise, band};
use super::patch::{Patch, RATE, Tone, Zone};
use super::{additive, struck::Mode};

/// Modes of a circular skin, as multiples of the lowest.
const SKIN: [f64; 8] = [1.0, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.501];

/// Bank number that calls drum kits.
pub(super) const KIT_BANK: u16 = 128;

/// A drum sound in layers, the keys it sounds on, its peak in decibels, its place (−500 left to 500 right), its
/// exclusive class.
struct Drum {
    keys: &'static [(u8, u8)],
    layers: Vec<Vec<f32>>,
    peak: f64,
    pan: i16,
    class: u16,
}

/// The kit played with sticks.
pub(super) fn kit(presets: Vec<(u16, u16)>) -> Patch {
    let drums = vec![
        Drum { keys: &[(0, 36)], layers: layers(2, kick), peak: -3.0, pan: 0, class: 0 },
        Drum { keys: &[(51, 51), (59, 59)], layers: layers(3, ride), peak: -5.0, pan: 160, class: 0 },
        Drum { keys: &[(53, 53)], layers: layers(2, ride_bell), peak: -6.0, pan: 160, class: 0 },
        Drum { keys: &[(44, 44)], layers: layers(2, pedal_hat), peak: -10.0, pan: -140, class: 1 },
        Drum { keys: &[(42, 42)], layers: layers(2, closed_hat), peak: -9.0, pan: -140, class: 1 },
    ];
    Patch { name: "Drum kit", zones: drums.into_iter().flat_map(Drum::zones).collect(), presets }
}

fn layers(count: usize, sound: impl Fn(f64) -> Vec<f32>) -> Vec<Vec<f32>> {
    (0..count).map(|i| sound(i as f64 / (count - 1) as f64)).collect()
}

impl Drum {
    fn zones(self) -> Vec<Zone> {
        let velocities = super::patch::velocity_layers(self.layers.len() as u8);
        let mut zones = Vec::new();
        for (frames, velocities) in self.layers.iter().zip(velocities) {
            for &(low, high) in self.keys {
                let tone = Tone { frames: faded(frames.clone()), rate: RATE, repeat: None };
                let mut zone = Zone::new(tone, low);
                (zone.keys, zone.velocities) = (low..=high, velocities.clone());
                (zone.pan, zone.exclusive_class, zone.fixed_pitch) = (self.pan, self.class, true);
                zone.envelope.release = 8.0;
                peaking(&mut zone, self.peak);
                zones.push(zone);
            }
        }
        zones
    }
}

/// Frames that come to rest within their last tenth.
fn faded(mut frames: Vec<f32>) -> Vec<f32> {
    let length = frames.len() / 10;
    let start = frames.len() - length;
    for (i, frame) in frames[start..].iter_mut().enumerate() {
        *frame *= 1.0 - i as f32 / length as f32;
    }
    frames
}

/// The sum of modes, sharp at first by some cents that fade in some seconds.
fn ringing(modes: &[Mode], seconds: f64, sharp: (f64, f64)) -> Vec<f32> {
    let partials: Vec<_> = modes.iter().map(Mode::partial).collect();
    let (cents, fading) = sharp;
    let ahead = cents / 1200.0 * std::f64::consts::LN_2 * fading;
    let bend = |t: f64| ahead * (1.0 - (-t / fading).exp());
    additive::sum(&partials, Span::once(seconds), |i, t| modes[i].at(t), bend)
}

/// Adds noise of a band that rises and falls: level, seconds to rise, seconds to fall by 1/e.
fn hiss(frames: &mut [f32], seed: u64, edges: (f64, f64), level: f64, rise: f64, fall: f64) {
    let noise = Noise::new(seed).filtered(frames.len(), &band(edges.0, edges.1));
    noise::add(frames, &noise, |t| level * (1.0 - (-t / rise).exp()) * (-t / fall).exp());
}

/// Bass drum of a small kit: open, tuned to ring.
fn kick(force: f64) -> Vec<f32> {
    let modes: Vec<Mode> = SKIN
        .iter()
        .enumerate()
        .map(|(i, ratio)| Mode::new(58.0 * ratio, 0.55f64.powi(i as i32), 0.20 / (1.0 + 0.9 * i as f64)))
        .collect();
    let mut frames = ringing(&modes, 0.7, (350.0 + 250.0 * force, 0.025));
    hiss(&mut frames, 36, (300.0, 2500.0), 0.10 + 0.2 * force, 0.0005, 0.006);
    frames
}

/// A plate of `count` modes between two frequencies: levels by `tilt` decibels an octave about 1 kHz, ring in
/// seconds at 1 kHz and the power of frequency by which it shortens.
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
    fn modes(&self) -> Vec<Mode> {
        let mut random = Noise::new(self.seed);
        let octaves = (self.range.1 / self.range.0).log2();
        let mode = |i: usize| {
            let place = (i as f64 + 0.5 + 0.9 * random.value()) / self.count as f64;
            let hertz = self.range.0 * 2f64.powf(octaves * place.clamp(0.0, 1.0).powf(0.62));
            let level = random.between(0.25, 1.0) * 10f64.powf(self.tilt * (hertz / 1000.0).log2() / 20.0);
            let decay = self.ring * (1000.0 / hertz).powf(self.damping) * random.between(0.7, 1.35);
            let rise = 0.0006 + self.wake * random.between(0.3, 1.0);
            Mode { phase: random.between(0.0, 1.0), rise, ..Mode::new(hertz, level, decay) }
        };
        (0..self.count).map(mode).collect()
    }
}

/// Ride cymbal with the tip of a stick: the click of wood, a clear ping, and the wash under it.
fn ride(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 150,
        range: (310.0, 14500.0),
        tilt: -1.2,
        ring: 1.5,
        damping: 0.55,
        wake: 0.035,
        seed: 51,
    };
    let mut modes = plate.modes();
    for mode in &mut modes {
        mode.level *= 0.055 + 0.05 * force;
    }
    let ping = [
        (395.0, 0.16, 0.5),
        (1180.0, 0.25, 0.30),
        (2730.0, 0.42, 0.22),
        (3460.0, 0.62, 0.20),
        (4390.0, 0.55, 0.16),
        (5870.0, 0.45, 0.12),
        (7350.0, 0.3, 0.09),
    ];
    modes.extend(ping.iter().map(|&(hertz, level, decay)| Mode::new(hertz, level, decay)));
    let mut frames = ringing(&modes, 2.6, (0.0, 1.0));
    hiss(&mut frames, 5100, (2500.0, 9000.0), 0.5 + 0.4 * force, 0.0003, 0.0035);
    hiss(&mut frames, 5101, (5000.0, 13000.0), 0.02 + 0.03 * force, 0.03, 0.5);
    frames
}

/// The bell of the ride with the shoulder of a stick.
fn ride_bell(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 60,
        range: (500.0, 13000.0),
        tilt: -2.0,
        ring: 1.2,
        damping: 0.6,
        wake: 0.02,
        seed: 53,
    };
    let mut modes = plate.modes();
    for mode in &mut modes {
        mode.level *= 0.06 + 0.03 * force;
    }
    let bell = [
        (620.0, 0.5, 1.1),
        (1275.0, 0.8, 1.0),
        (2210.0, 0.8, 0.8),
        (3340.0, 0.7, 0.6),
        (4620.0, 0.5, 0.4),
        (6030.0, 0.35, 0.3),
        (7600.0, 0.25, 0.2),
    ];
    modes.extend(bell.iter().map(|&(hertz, level, decay)| Mode::new(hertz, level, decay)));
    let mut frames = ringing(&modes, 2.4, (0.0, 1.0));
    hiss(&mut frames, 5300, (2000.0, 8000.0), 0.6, 0.0003, 0.003);
    frames
}

/// Hi-hat closed by the foot: two plates meeting, a soft "chick".
fn pedal_hat(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 90,
        range: (900.0, 14000.0),
        tilt: 0.5,
        ring: 0.075,
        damping: 0.25,
        wake: 0.004,
        seed: 44,
    };
    let mut modes = plate.modes();
    modes.push(Mode::new(330.0, 0.9, 0.018));
    let mut frames = ringing(&modes, 0.4, (0.0, 1.0));
    hiss(&mut frames, 4400, (3500.0, 11000.0), 2.0 + force, 0.004, 0.035);
    frames
}

/// Hi-hat held shut and tapped with a stick.
fn closed_hat(force: f64) -> Vec<f32> {
    let plate = Plate {
        count: 90,
        range: (700.0, 15000.0),
        tilt: 1.0,
        ring: 0.06,
        damping: 0.2,
        wake: 0.0005,
        seed: 42,
    };
    let mut frames = ringing(&plate.modes(), 0.35, (0.0, 1.0));
    hiss(&mut frames, 4200, (5000.0, 13000.0), 2.0 + 1.5 * force, 0.0003, 0.025);
    frames
}
