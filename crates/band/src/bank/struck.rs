//! What is struck or plucked and rings down: bars, tines, hammered and plucked strings.
//!
//! Each is a sum of decaying modes (N. H. Fletcher and T. D. Rossing, *The Physics of Musical Instruments*, 1998)
//! excited by a force of a certain length at a certain place, with a noise of its own at the start.

use std::f64::consts::TAU;

use super::additive::{self, Partial, ToneSpan};
use super::noise::{self, Noise, band};
use super::patch::{Envelope, RATE, Zone};

/// A mode of vibration: hertz, level, phase in turns, seconds until it has fallen by 1/e, seconds it takes to
/// build up.
#[derive(Clone, Copy)]
pub(super) struct VibrationMode {
    pub(super) hertz: f64,
    pub(super) level: f64,
    pub(super) phase: f64,
    pub(super) decay: f64,
    pub(super) rise: f64,
}

impl VibrationMode {
    /// A mode that stands from the first millisecond.
    pub(super) fn new(hertz: f64, level: f64, decay: f64) -> Self {
        Self { hertz, level, phase: 0.0, decay, rise: 0.0008 }
    }

    pub(super) fn partial(&self) -> Partial {
        Partial { hertz: self.hertz, level: self.level, phase: self.phase }
    }

    pub(super) fn at(&self, t: f64) -> f64 {
        (-t / self.decay).exp() * (1.0 - (-t / self.rise).exp())
    }
}

/// A burst of noise: its band in hertz, its level beside a mode of level 1, and its decay in seconds.
#[derive(Clone, Copy)]
pub(super) struct Burst {
    pub(super) band: (f64, f64),
    pub(super) level: f64,
    pub(super) decay: f64,
}

/// How a struck tone is played: its root, the seconds before it goes round, how far it starts sharp (cents, and
/// the seconds in which that fades), how fast it goes silent when let go, how far its loudness swings (decibels to
/// either side), as that of a vibraphone with its motor on does.
#[derive(Clone, Copy)]
pub(super) struct Strike {
    pub(super) root: u8,
    pub(super) onset: f64,
    pub(super) sharp: (f64, f64),
    pub(super) release: f64,
    pub(super) tremolo: f64,
}

/// The zone of a tone of such modes and bursts. After the onset it goes round, and the envelope goes on with the
/// decay of the slowest mode.
pub(super) fn zone(strike: Strike, modes: &[VibrationMode], bursts: &[Burst], seed: u64) -> Zone {
    let hertz = modes.first().map_or(440.0, |mode| mode.hertz);
    let span = ToneSpan::looped(strike.onset, CYCLE, hertz);
    let mut frames = sounding(modes, span, strike.sharp);
    for (i, burst) in bursts.iter().enumerate() {
        add_burst(&mut frames[..span.onset], burst, seed.wrapping_mul(31).wrapping_add(i as u64));
    }
    swing(&mut frames, span, strike.tremolo);
    let tail = modes.iter().filter(|mode| mode.level > 0.0).map(|mode| mode.decay).fold(0.0, f64::max);
    let mut zone = Zone::new(span.tone(frames).voiced(), strike.root);
    let hold = span.onset as f64 / f64::from(RATE);
    zone.envelope =
        Envelope { attack: 0.0, hold, decay: DECADES * tail, fall: 1000, release: strike.release };
    zone
}

/// Seconds in which a tone goes round, and its loudness swings.
const CYCLE: f64 = 0.18;

fn swing(frames: &mut [f32], span: ToneSpan, decibels: f64) {
    if decibels == 0.0 {
        return;
    }
    let start = span.onset as f64 / f64::from(RATE);
    let cycle = span.cycle as f64 / f64::from(RATE);
    let level = |t: f64| 10f64.powf(decibels * ((t - start) / cycle * TAU).sin() / 20.0);
    for (frame, level) in frames.iter_mut().zip(noise::traced(span.frames(), level)) {
        *frame *= level;
    }
}

/// The sum of modes that end of themselves after some seconds, sharp at first by some cents that fade in some seconds.
pub(super) fn ringing(modes: &[VibrationMode], seconds: f64, sharp: (f64, f64)) -> Vec<f32> {
    sounding(modes, ToneSpan::once(seconds), sharp)
}

fn sounding(modes: &[VibrationMode], span: ToneSpan, (cents, fading): (f64, f64)) -> Vec<f32> {
    let partials: Vec<Partial> = modes.iter().map(VibrationMode::partial).collect();
    let ahead = cents / 1200.0 * std::f64::consts::LN_2 * fading;
    let bend = |t: f64| ahead * (1.0 - (-t / fading).exp());
    additive::sum(&partials, span, |t| move |i: usize| modes[i].at(t), bend)
}

/// Nepers of a whole decay of the volume envelope, between the 80 dB some synthesizers fall by and the 96 dB of
/// others.
const DECADES: f64 = 10.0;

fn add_burst(frames: &mut [f32], burst: &Burst, seed: u64) {
    let length = ((8.0 * burst.decay * f64::from(RATE)) as usize).min(frames.len());
    let noise = Noise::new(seed).filtered(length, &band(burst.band.0, burst.band.1));
    let fade = |t: f64| burst.level * (-t / burst.decay).exp() * (t / 0.0007).min(1.0);
    noise::add(&mut frames[..length], &noise, fade);
}
