//! The drum kit: skins, wood, brushes and shakers, and the map of keys.
//!
//! - A skin has its modes at the zeros of Bessel functions: 1, 1.59, 2.14, 2.30, 2.65, 2.92 … of the lowest (N. H.
//!   Fletcher and T. D. Rossing, *The Physics of Musical Instruments*, §3.2); it is tighter, and so sharper, while
//!   it swings far.
//! - Snares, brushes and the seeds of a shaker are filtered noise.

use super::cymbals;
use super::noise::{self, Hiss, Noise, band, hiss, hisses};
use super::patch::{BankTone, Patch, RATE, Zone, velocity_layers};
use super::struck::{VibrationMode, ringing};

/// Modes of a circular skin, as multiples of the lowest.
const SKIN: [f64; 8] = [1.0, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.501];

/// Bank number that calls drum kits.
const KIT_BANK: u16 = 128;
/// Program of the kit played with brushes, as Roland's GS numbers it.
const BRUSHES: u16 = 40;

/// A drum on the keys of General MIDI: its layers from soft to loud, its peak in decibels of full scale, its place
/// (−500 left to 500 right), its exclusive class, cents from key to key.
struct DrumVoice {
    keys: &'static [(u8, u8)],
    layers: Vec<Vec<f32>>,
    peak: f64,
    pan: i16,
    class: u16,
    scale: u16,
}

impl DrumVoice {
    fn new(
        keys: &'static [(u8, u8)],
        peak: f64,
        pan: i16,
        layers: usize,
        sound: impl Fn(f64) -> Vec<f32>,
    ) -> Self {
        let force = |i: usize| i as f64 / (layers - 1) as f64;
        Self { keys, layers: (0..layers).map(|i| sound(force(i))).collect(), peak, pan, class: 0, scale: 0 }
    }

    /// The two cymbals of a hi-hat, of which only one sound is heard at a time.
    fn hat(self) -> Self {
        Self { class: 1, ..self }
    }

    /// A drum whose neighbours on the keys are larger and smaller.
    fn tuned(self, scale: u16) -> Self {
        Self { scale, ..self }
    }

    fn zones(self) -> Vec<Zone> {
        let velocities = velocity_layers(self.layers.len() as u8);
        let mut zones = Vec::new();
        for (frames, velocities) in self.layers.into_iter().zip(velocities) {
            let tone = BankTone { frames: faded(frames), repeat: None }.peaking(self.peak);
            let mut zone = Zone::new(tone, self.keys[0].0);
            (zone.velocities, zone.pan) = (velocities, self.pan);
            (zone.exclusive_class, zone.scale) = (self.class, self.scale);
            zone.envelope.release = 8.0;
            zones.extend(self.keys.iter().map(|&(low, high)| Zone { keys: low..=high, ..zone.clone() }));
        }
        zones
    }
}

/// The kits played with sticks and with brushes, which have tap, slap and swirl where the snares are.
pub(super) fn kits() -> [Patch; 2] {
    let zones = |drums: Vec<DrumVoice>| drums.into_iter().flat_map(DrumVoice::zones).collect::<Vec<_>>();
    let both = zones(common());
    let with = |drums| both.iter().cloned().chain(zones(drums)).collect();
    let sticks = vec![DrumVoice::new(&[(38, 38), (40, 40)], -5.0, -20, 3, snare)];
    let brushes = vec![
        DrumVoice::new(&[(38, 38)], -7.0, -20, 6, brush_tap),
        DrumVoice::new(&[(40, 40)], -9.5, -20, 6, brush_swirl),
    ];
    [
        Patch { name: "Drum kit", zones: with(sticks), presets: vec![(KIT_BANK, 0)] },
        Patch { name: "Brushes", zones: with(brushes), presets: vec![(KIT_BANK, BRUSHES)] },
    ]
}

/// What both kits have. Every key has a drum.
fn common() -> Vec<DrumVoice> {
    vec![
        DrumVoice::new(&[(36, 36), (0, 35)], -2.0, 0, 2, kick),
        DrumVoice::new(&[(37, 37)], -10.0, -20, 2, side_stick),
        DrumVoice::new(&[(39, 39)], -9.0, -20, 2, brush_slap),
        DrumVoice::new(&[(45, 45), (41, 41), (43, 43), (47, 48), (50, 50)], -4.0, 60, 2, tom).tuned(100),
        DrumVoice::new(&[(42, 42)], -11.0, -140, 2, cymbals::closed_hat).hat(),
        DrumVoice::new(&[(44, 44)], -13.0, -140, 2, cymbals::pedal_hat).hat(),
        DrumVoice::new(&[(46, 46)], -12.0, -140, 2, cymbals::open_hat).hat(),
        DrumVoice::new(&[(49, 49), (52, 52), (55, 55), (57, 57)], -7.0, -90, 2, cymbals::crash),
        DrumVoice::new(&[(51, 51), (59, 59)], -7.0, 150, 6, cymbals::ride),
        DrumVoice::new(&[(53, 53), (80, 81)], -9.0, 150, 2, cymbals::ride_bell),
        DrumVoice::new(&[(64, 64), (60, 63), (65, 68), (78, 79)], -6.0, 100, 2, conga).tuned(200),
        DrumVoice::new(&[(70, 70), (54, 54), (58, 58), (69, 69), (71, 74), (82, 127)], -14.0, 120, 2, shaker),
        DrumVoice::new(&[(75, 75), (56, 56), (76, 77)], -9.0, 90, 2, claves),
    ]
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

/// The modes of a skin: its lowest in hertz, its ring in seconds, how much weaker each mode is than the one below.
fn skin(hertz: f64, ring: f64, fall: f64) -> Vec<VibrationMode> {
    let mode = |(i, ratio): (usize, &f64)| {
        VibrationMode::new(hertz * ratio, fall.powi(i as i32), ring / (1.0 + 0.9 * i as f64))
    };
    SKIN.iter().enumerate().map(mode).collect()
}

/// Bass drum of a small kit: open, tuned to ring.
fn kick(force: f64) -> Vec<f32> {
    let mut frames = ringing(&skin(58.0, 0.12, 0.62), 0.6, (350.0 + 250.0 * force, 0.025));
    hiss(&mut frames, 36, (250.0, 3500.0), (0.25 + 0.3 * force, 0.0005, 0.009));
    frames
}

/// Snare drum: two skins, and the short wires that rattle under them.
fn snare(force: f64) -> Vec<f32> {
    let mut frames = ringing(&skin(186.0, 0.058, 0.74), 0.4, (120.0 * force, 0.02));
    hisses(&mut frames, 3800, &WIRES, 0.6 + 0.4 * force);
    hiss(&mut frames, 3802, (800.0, 5000.0), (0.3 + 0.5 * force, 0.0003, 0.003));
    frames
}

/// The rattle of the wires.
const WIRES: [Hiss; 4] = [
    ((300.0, 900.0), (0.40, 0.0008, 0.045)),
    ((800.0, 2200.0), (0.32, 0.0010, 0.050)),
    ((2000.0, 5000.0), (0.24, 0.0012, 0.052)),
    ((4500.0, 11_000.0), (0.20, 0.0015, 0.052)),
];

/// A stick laid across the snare and knocked on the rim.
fn side_stick(force: f64) -> Vec<f32> {
    let knocks = [
        (190.0, 0.20, 0.025),
        (430.0, 0.45, 0.020),
        (880.0, 0.5, 0.016),
        (1690.0, 1.0, 0.014),
        (2540.0, 0.6, 0.010),
    ];
    let modes: Vec<VibrationMode> =
        knocks.iter().map(|&(f, level, decay)| VibrationMode::new(f, level, decay)).collect();
    let mut frames = ringing(&modes, 0.25, (0.0, 1.0));
    hiss(&mut frames, 3700, (1500.0, 7000.0), (0.3 + 0.3 * force, 0.0003, 0.004));
    hiss(&mut frames, 3701, (2500.0, 8000.0), (0.03, 0.002, 0.05));
    hiss(&mut frames, 3702, (60.0, 400.0), (0.15, 0.001, 0.02));
    frames
}

/// Wires of a brush falling on the snare.
fn brush_tap(force: f64) -> Vec<f32> {
    let mut frames = ringing(&skin(205.0, 0.05, 0.5), 0.35, (0.0, 1.0));
    let stroke = (10.0 * force) as u64;
    hiss(&mut frames, 381_000 + stroke, (1400.0, 8500.0), (0.9 + 0.5 * force, 0.0025, 0.030));
    hiss(&mut frames, 381_100 + stroke, (3000.0, 10_000.0), (0.25, 0.004, 0.07));
    frames
}

/// Wires of a brush flung flat on the snare.
fn brush_slap(force: f64) -> Vec<f32> {
    let mut frames = ringing(&skin(195.0, 0.07, 0.55), 0.4, (40.0, 0.02));
    hiss(&mut frames, 3910, (1000.0, 9000.0), (1.4 + 0.8 * force, 0.0008, 0.022));
    hiss(&mut frames, 3911, (2500.0, 10_000.0), (0.35, 0.003, 0.08));
    frames
}

/// Wires of a brush drawn round on the skin: pressed at the beat, then let go.
fn brush_swirl(force: f64) -> Vec<f32> {
    let mut frames = vec![0.0; (0.8 * f64::from(RATE)) as usize];
    let wires = Noise::new(400_000 + (10.0 * force) as u64).filtered(frames.len(), &band(450.0, 5000.0));
    let stroke = |t: f64| {
        let pressed = 0.07 - 0.03 * force;
        let pull = (1.0 - (-t / pressed).exp()) * (-t / 0.14).exp();
        pull * (1.0 + 0.25 * (31.0 * t).sin() * (47.0 * t).cos())
    };
    noise::add(&mut frames, &wires, stroke);
    hiss(&mut frames, 4001, (1400.0, 8500.0), (0.35 * force, 0.003, 0.03));
    hiss(&mut frames, 4002, (90.0, 450.0), (0.35, 0.02, 0.06));
    frames
}

/// Tom.
fn tom(force: f64) -> Vec<f32> {
    let mut frames = ringing(&skin(118.0, 0.32, 0.5), 0.9, (90.0 + 110.0 * force, 0.05));
    hiss(&mut frames, 4500, (800.0, 5000.0), (0.15 + 0.25 * force, 0.0005, 0.008));
    frames
}

/// Conga.
fn conga(force: f64) -> Vec<f32> {
    let mut frames = ringing(&skin(196.0, 0.22, 0.42), 0.6, (40.0, 0.03));
    hiss(&mut frames, 6400, (900.0, 4500.0), (0.12 + 0.3 * force, 0.0005, 0.008));
    frames
}

/// Shaker: seeds thrown forth.
fn shaker(force: f64) -> Vec<f32> {
    let mut frames = vec![0.0; 6_000];
    hiss(&mut frames, 7000, (4000.0, 12_000.0), (1.0, 0.016 - 0.01 * force, 0.028));
    frames
}

/// Claves: two bars of hard wood.
fn claves(force: f64) -> Vec<f32> {
    let bar =
        [VibrationMode::new(2480.0, 1.0, 0.030), VibrationMode::new(6840.0, 0.15 + 0.15 * force, 0.008)];
    ringing(&bar, 0.25, (0.0, 1.0))
}
