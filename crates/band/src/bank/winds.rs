//! Reeds, flute and brass: a steady spectrum with its onset, breath and vibrato (sinusoids plus noise after
//! X. Serra and J. O. Smith, *Spectral modeling synthesis*, 1990).
//!
//! - The spectrum is flat up to the cutoff of the tone holes or the bell and falls by a power of frequency above
//!   it (A. H. Benade and S. J. Lutgen, *The saxophone spectrum*, JASA 83, 1988), times the formants. A cylinder
//!   closed at the reed, the clarinet, lacks its even harmonics below the cutoff.
//! - Louder is brighter, and so is the middle of an onset than its beginning: harmonic n grows with a power of the
//!   blowing that rises with n (J.-C. Risset and M. V. Mathews, *Analysis of musical-instrument tones*, 1969).

use std::f64::consts::TAU;

use super::additive::{self, Partial, ToneSpan};
use super::noise::{self, Noise, band};
use super::patch::{
    BankTone, Envelope, Patch, RATE, SLURRED, Vibrato, Zone, frequency, layered, zones_of_keys,
};
use crate::filter::Biquad;

/// A wind instrument, with its values for the softest and the loudest layer where there are two.
pub(super) struct Wind {
    pub(super) name: &'static str,
    slurred: &'static str,
    /// Lowest and highest root, in keys.
    pub(super) range: (u8, u8),
    /// Where the spectrum begins to fall, in hertz, and the power of frequency by which it does.
    cutoff: f64,
    slope: [f64; 2],
    /// Level of even harmonics below the cutoff, and power of frequency by which the spectrum rises to it.
    even: f64,
    rise: f64,
    /// Hertz, gain in decibels, width in hertz.
    formants: &'static [(f64, f64, f64)],
    /// Seconds until the tone stands; how much later each harmonic is than the one below; cents it begins flat.
    attack: f64,
    lag: f64,
    scoop: f64,
    /// Level of the breath while the tone stands, how many times as strong it is more as the tongue lets go, and its
    /// band in hertz.
    breath: [f64; 2],
    tongue: f64,
    band: (f64, f64),
    vibrato: Vibrato,
}

/// Tenor saxophone.
pub(super) const TENOR: Wind = Wind {
    name: "Tenor sax",
    slurred: "Tenor sax slur",
    range: (44, 80),
    cutoff: 850.0,
    slope: [2.7, 1.95],
    even: 0.85,
    rise: 0.15,
    formants: &[(520.0, 2.0, 220.0), (1150.0, 5.0, 350.0), (2450.0, 17.0, 850.0), (3700.0, 7.0, 900.0)],
    attack: 0.022,
    lag: 0.22,
    scoop: 28.0,
    breath: [0.08, 0.045],
    tongue: 3.0,
    band: (700.0, 5500.0),
    vibrato: Vibrato { cents: 5, centibels: 14, hertz: 5.1, delay: 0.32 },
};

/// Alto saxophone.
pub(super) const ALTO: Wind = Wind {
    name: "Alto sax",
    slurred: "Alto sax slur",
    range: (49, 85),
    cutoff: 1050.0,
    slope: [2.8, 2.1],
    even: 0.9,
    rise: 0.15,
    formants: &[(700.0, 3.0, 250.0), (1450.0, 5.0, 400.0), (2550.0, 16.5, 900.0)],
    attack: 0.020,
    lag: 0.2,
    scoop: 22.0,
    breath: [0.075, 0.042],
    tongue: 3.0,
    band: (1000.0, 7000.0),
    vibrato: Vibrato { cents: 5, centibels: 14, hertz: 5.4, delay: 0.3 },
};

/// Clarinet.
pub(super) const CLARINET: Wind = Wind {
    name: "Clarinet",
    slurred: "Clarinet slur",
    range: (50, 90),
    cutoff: 1150.0,
    slope: [4.0, 3.1],
    even: 0.05,
    rise: 0.0,
    formants: &[(1500.0, 2.0, 500.0), (2500.0, 14.0, 850.0)],
    attack: 0.024,
    lag: 0.18,
    scoop: 8.0,
    breath: [0.045, 0.025],
    tongue: 3.0,
    band: (1200.0, 7000.0),
    vibrato: Vibrato { cents: 4, centibels: 6, hertz: 5.0, delay: 0.5 },
};

/// Flute.
pub(super) const FLUTE: Wind = Wind {
    name: "Flute",
    slurred: "Flute slur",
    range: (59, 95),
    cutoff: 750.0,
    slope: [3.7, 2.9],
    even: 0.8,
    rise: 0.0,
    formants: &[(1300.0, 3.0, 500.0), (2500.0, 12.0, 850.0)],
    attack: 0.050,
    lag: 0.1,
    scoop: 6.0,
    breath: [0.014, 0.011],
    tongue: 0.3,
    band: (600.0, 3500.0),
    vibrato: Vibrato { cents: 5, centibels: 14, hertz: 5.2, delay: 0.25 },
};

/// Trumpet.
pub(super) const TRUMPET: Wind = Wind {
    name: "Trumpet",
    slurred: "Trumpet slur",
    range: (52, 88),
    cutoff: 1900.0,
    slope: [3.4, 2.6],
    even: 1.0,
    rise: 0.35,
    formants: &[(1250.0, 4.0, 500.0), (2500.0, 10.5, 900.0)],
    attack: 0.014,
    lag: 0.24,
    scoop: 18.0,
    breath: [0.03, 0.018],
    tongue: 3.0,
    band: (1500.0, 8000.0),
    vibrato: Vibrato { cents: 5, centibels: 14, hertz: 5.2, delay: 0.4 },
};

/// Trumpet with a metal mute in its bell, which takes the low harmonics and leaves a nasal resonance.
pub(super) const MUTED_TRUMPET: Wind = Wind {
    name: "Muted trumpet",
    slurred: "Muted trumpet slur",
    range: (52, 88),
    cutoff: 2600.0,
    slope: [3.6, 2.8],
    even: 1.0,
    rise: 0.9,
    formants: &[(1550.0, 8.0, 350.0), (2700.0, 7.0, 500.0), (5200.0, 4.0, 900.0), (850.0, -6.0, 250.0)],
    attack: 0.018,
    lag: 0.16,
    scoop: 16.0,
    breath: [0.06, 0.035],
    tongue: 3.0,
    band: (1500.0, 9000.0),
    vibrato: Vibrato { cents: 5, centibels: 14, hertz: 5.0, delay: 0.4 },
};

/// Trombone.
pub(super) const TROMBONE: Wind = Wind {
    name: "Trombone",
    slurred: "Trombone slur",
    range: (40, 76),
    cutoff: 780.0,
    slope: [2.9, 2.1],
    even: 1.0,
    rise: 0.55,
    formants: &[(600.0, 3.0, 300.0), (1300.0, 3.0, 500.0), (2400.0, 7.5, 850.0)],
    attack: 0.021,
    lag: 0.26,
    scoop: 22.0,
    breath: [0.03, 0.018],
    tongue: 3.0,
    band: (1000.0, 6000.0),
    vibrato: Vibrato { cents: 5, centibels: 14, hertz: 4.9, delay: 0.4 },
};

/// Keys between the tones of a wind instrument.
const STEP: u8 = 5;
/// Layers of velocity.
const LAYERS: u8 = 3;
/// Seconds before the cycle, and of the cycle.
const ONSET: f64 = 0.40;
const CYCLE: f64 = 0.42;
/// Seconds in which a scoop closes by 1/e.
const SCOOPING: f64 = 0.035;
/// Decibels by which a harmonic may stand out, as no two notes of a player are alike.
const IRREGULAR: f64 = 1.8;

/// A breath that tires a little: 4 dB over a long note.
const ENVELOPE: Envelope = Envelope { attack: 0.0, hold: 0.12, decay: 14.0, fall: 40, release: 0.10 };
/// A slurred note begins where the tone stands, in seconds, and takes over from the note before in these.
const STANDING: f64 = 0.14;
const CROSSING: f64 = 0.010;

impl Wind {
    /// The instrument as two patches: its notes attacked, and slurred from the note before.
    pub(super) fn patches(&self, presets: Vec<(u16, u16)>) -> [Patch; 2] {
        let force = |layer: usize| layer as f64 / f64::from(LAYERS - 1);
        let zone = |root: u8, layer: usize| Zone {
            envelope: ENVELOPE,
            vibrato: Some(self.vibrato),
            ..Zone::new(self.tone(root, force(layer)).voiced(), root)
        };
        let roots = zones_of_keys(self.range.0, self.range.1, STEP);
        let attacked = Patch { name: self.name, zones: layered(roots, LAYERS, zone), presets };
        let slur = |zone: &Zone| Zone {
            envelope: Envelope { attack: CROSSING, ..ENVELOPE },
            skipped: (STANDING * f64::from(RATE)) as u16,
            ..zone.clone()
        };
        let presets = attacked.presets.iter().map(|&(_, program)| (SLURRED.into(), program));
        let slurred = Patch {
            name: self.slurred,
            zones: attacked.zones.iter().map(slur).collect(),
            presets: presets.collect(),
        };
        [attacked, slurred]
    }

    fn tone(&self, root: u8, force: f64) -> BankTone {
        let hertz = frequency(root);
        let span = ToneSpan::looped(ONSET, CYCLE, hertz);
        let mut random = Noise::new(0xB4EA_0000 + u64::from(root));
        let partials = self.partials(hertz, force, &mut random);
        let attack = self.attack * between([1.35, 0.85], force);
        let shape = |t: f64| {
            let blown = blowing(t / attack);
            move |i: usize| blown.powf(1.0 + self.lag * i as f64)
        };
        let scoop = self.scoop / 1200.0 * std::f64::consts::LN_2;
        let bend = |t: f64| -scoop * SCOOPING * (1.0 - (-t / SCOOPING).exp());
        let mut frames = additive::sum(&partials, span, shape, bend);
        self.breathe(&mut frames, span, force, &mut random);
        tremble(&mut frames, span);
        span.tone(frames)
    }

    fn partials(&self, hertz: f64, force: f64, random: &mut Noise) -> Vec<Partial> {
        let count = ((9000.0 / hertz) as usize).clamp(1, 40);
        let slope = between(self.slope, force);
        let mut level = |n: usize| {
            let irregular = 10f64.powf(IRREGULAR * random.value() / 20.0);
            let f = n as f64 * hertz;
            let x = f / self.cutoff;
            let fall = 1.0 / (1.0 + x.powf(slope));
            let closed = if n.is_multiple_of(2) {
                self.even + (1.0 - self.even) * x.powi(4) / (1.0 + x.powi(4))
            } else {
                1.0
            };
            irregular * fall * closed * x.min(1.0).powf(self.rise) * self.formants_at(f)
        };
        let mut partial =
            |n: usize| Partial { hertz: n as f64 * hertz, level: level(n), phase: 0.11 * (n * n) as f64 };
        (1..=count).map(&mut partial).collect()
    }

    fn formants_at(&self, hertz: f64) -> f64 {
        let decibels = self.formants.iter().map(|&(centre, gain, width)| {
            let x = (hertz - centre) / width;
            gain / (1.0 + x * x)
        });
        10f64.powf(decibels.sum::<f64>() / 20.0)
    }

    /// Adds the breath: strong as the tongue leaves the reed, then what escapes beside the tone, more of it while
    /// the reed or the lips stand open.
    fn breathe(&self, frames: &mut [f32], span: ToneSpan, force: f64, random: &mut Noise) {
        let mut filters = band(self.band.0, self.band.1);
        filters.push(Biquad::low_pass(self.band.1 * 0.6, RATE));
        let mut air = random.cyclic(span.cycle, &filters);
        air.rotate_right(span.onset % span.cycle);
        let steady = between(self.breath, force);
        let end = span.onset as f64 / f64::from(RATE);
        let levels = noise::traced(frames.len(), |t| {
            let tongue = self.tongue * (steady + 0.013) * (-t / 0.024).exp() * (1.0 - t / end).max(0.0);
            (t / 0.005).min(1.0) * (steady + tongue)
        });
        for ((frame, air), level) in frames.iter_mut().zip(air.iter().cycle()).zip(levels) {
            let open = 0.5 + (0.45 * *frame).clamp(-0.5, 1.0);
            *frame += air * level * open;
        }
    }
}

/// A value between that of the softest and that of the loudest layer.
fn between([soft, loud]: [f64; 2], force: f64) -> f64 {
    soft + (loud - soft) * force
}

/// How hard the player blows, by the time in attacks: the tone stands after a few, and goes on to open.
fn blowing(t: f64) -> f64 {
    (1.0 - (-t.powf(1.6)).exp()) * (1.0 - 0.12 * (-t / 6.0).exp())
}

/// The small unsteadiness of a player's breath, going round with the cycle.
fn tremble(frames: &mut [f32], span: ToneSpan) {
    let cycle = span.cycle as f64 / f64::from(RATE);
    let start = span.onset as f64 / f64::from(RATE);
    let breath = |t: f64| {
        let turn = (t - start) / cycle * TAU;
        1.0 + 0.03 * (2.0 * turn).sin() + 0.025 * (3.0 * turn + 1.0).sin() + 0.02 * (5.0 * turn + 4.0).sin()
    };
    for (frame, level) in frames.iter_mut().zip(noise::traced(span.frames(), breath)) {
        *frame *= level;
    }
}
