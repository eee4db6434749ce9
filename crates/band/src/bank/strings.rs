//! Piano, plucked bass and guitar: stiff strings, hammered or plucked, heard through a body.
//!
//! A string of stiffness B has its modes at n f √(1 + B n²); struck or plucked at the fraction β of its length,
//! mode n is excited by |sin(πnβ)| (Fletcher and Rossing, §2.18, §9.4 and §12.4). Losses rise with the square of
//! frequency: 1/τ = b₁ + b₃ f² (A. Chaigne and A. Askenfelt, *Numerical simulations of piano strings*, 1994).

use std::f64::consts::PI;

use super::patch::{Patch, Zone, frequency, layered, zones_of_keys};
use super::struck::{self, Burst, Strike, VibrationMode};

/// A resonance of the body: hertz, gain as a factor, width in hertz.
type Resonance = (f64, f64, f64);

fn body(resonances: &[Resonance], hertz: f64) -> f64 {
    let peak = |&(centre, gain, width): &Resonance| gain / (1.0 + ((hertz - centre) / width).powi(2));
    1.0 + resonances.iter().map(peak).sum::<f64>()
}

/// The stretch of mode n, the first being true.
fn stiff(n: f64, stiffness: f64) -> f64 {
    n * ((1.0 + stiffness * n * n) / (1.0 + stiffness)).sqrt()
}

/// Piano. Stiffness after F. Rigaud, B. David and L. Daudet (*A parametric model of piano tuning*, 2011); each
/// mode is of three strings, which are slightly apart and so beat, and of which one is left ringing by the others
/// (G. Weinreich, *Coupled piano strings*, 1977); felt hardens with the blow; the strings that are not struck answer.
pub(super) fn piano(presets: Vec<(u16, u16)>) -> Patch {
    let zones = layered(zones_of_keys(26, 101, 5), 2, piano_zone);
    Patch { name: "Piano", zones, presets }
}

const SOUNDBOARD: [Resonance; 5] = [
    (110.0, 0.5, 40.0),
    (210.0, 0.4, 60.0),
    (420.0, 0.4, 120.0),
    (1100.0, 0.25, 300.0),
    (2300.0, 0.3, 500.0),
];

/// The strings of a note: how far each is from the middle, its share of the blow, its ring.
const CHOIR: [(f64, f64, f64); 3] = [(-1.0, 0.38, 0.33), (1.0, 0.38, 0.33), (0.0, 0.24, 1.3)];

fn piano_zone(root: u8, layer: usize) -> Zone {
    let hertz = frequency(root);
    let key = f64::from(root);
    let stiffness = (0.0926 * key - 13.64).exp() + (-0.0847 * key - 5.82).exp();
    let felt = [640.0, 1300.0][layer] * (hertz / 262.0).powf(0.35);
    let count = ((7500.0 / hertz) as usize).clamp(1, 32);
    let mut modes = Vec::new();
    for n in 1..=count {
        let order = n as f64;
        let f = hertz * stiff(order, stiffness);
        let blow = (PI * order / 8.3).sin().abs().max(0.08) / (1.0 + (f / felt).powf(2.1));
        let level = blow * body(&SOUNDBOARD, f);
        let loss = 0.45 * (hertz / 262.0).powf(0.75) + 0.5 * (f / 1000.0).powi(2);
        let spread = 0.0009 * (262.0 / hertz).sqrt() * (1.0 + 0.5 * (order * 2.3).sin());
        modes.extend(CHOIR.iter().map(|&(apart, share, ring)| VibrationMode {
            phase: 0.13 * order * order,
            ..VibrationMode::new(f * (1.0 + spread * apart), share * level, ring / loss)
        }));
    }
    let hammer = [
        Burst { band: (70.0, 320.0), level: [0.12, 0.20][layer], decay: 0.045 },
        Burst { band: (500.0, 3000.0), level: [0.02, 0.06][layer], decay: 0.008 },
        Burst { band: (150.0, 2200.0), level: [0.014, 0.018][layer], decay: 0.25 },
    ];
    let onset = if root < 60 { 2.2 } else { 1.8 };
    let strike = Strike { root, onset, sharp: (0.0, 1.0), release: 0.22, tremolo: 0.0 };
    let mut zone = struck::zone(strike, &modes, &hammer, 0x91A0 + u64::from(root));
    zone.pan = ((key - 60.0) * 5.0).clamp(-150.0, 150.0) as i16;
    zone
}

/// Plucked double bass: the flesh of the finger rounds the corner of the string, the body sings at its air and
/// top resonances, and the string, let go far from its rest, begins a little sharp.
pub(super) fn bass(presets: Vec<(u16, u16)>) -> Patch {
    let zones = layered(zones_of_keys(25, 61, 4), 2, bass_zone);
    Patch { name: "Plucked bass", zones, presets }
}

const BASS_BODY: [Resonance; 5] =
    [(62.0, 0.7, 14.0), (104.0, 0.9, 22.0), (175.0, 0.6, 40.0), (320.0, 0.5, 90.0), (780.0, 0.5, 220.0)];

fn bass_zone(root: u8, layer: usize) -> Zone {
    let hertz = frequency(root);
    let finger = [420.0, 680.0][layer];
    let ring = 0.95 * (65.0 / hertz).powf(0.4);
    let mode = |n: u32| {
        let order = f64::from(n);
        let f = hertz * stiff(order, 0.00012);
        let pluck =
            (PI * order * 0.21).sin().abs().max(0.05) / order.powf(0.9) / (1.0 + (f / finger).powi(2));
        let decay = 1.0 / (1.0 / ring + 1.7 * (f / 1000.0).powi(2) + 1.3 * (order - 1.0).sqrt() * 0.6);
        VibrationMode {
            phase: 0.09 * order * order,
            rise: 0.002 + 0.0022 * (order - 1.0).min(5.0),
            ..VibrationMode::new(f, pluck * body(&BASS_BODY, f), decay)
        }
    };
    let mut modes: Vec<VibrationMode> = (1..=((2600.0 / hertz) as u32).clamp(2, 34)).map(mode).collect();
    let thump = [0.09, 0.14][layer];
    modes.extend(BASS_BODY[..3].iter().map(|&(f, gain, _)| VibrationMode::new(f, thump * gain, 0.055)));
    let finger_noise = [
        Burst { band: (120.0, 500.0), level: [0.06, 0.12][layer], decay: 0.010 },
        Burst { band: (700.0, 2200.0), level: [0.010, 0.025][layer], decay: 0.007 },
    ];
    let strike = Strike { root, onset: 0.9, sharp: ([6.0, 12.0][layer], 0.07), release: 0.09, tremolo: 0.0 };
    struck::zone(strike, &modes, &finger_noise, 0xBA55 + u64::from(root))
}

/// Hollow-body guitar through the pickup at its neck, which hears mode n by |sin(πnβ)| as the pick excites it.
pub(super) fn guitar(presets: Vec<(u16, u16)>) -> Patch {
    let zones = layered(zones_of_keys(40, 84, 4), 2, guitar_zone);
    Patch { name: "Guitar", zones, presets }
}

const GUITAR_BODY: [Resonance; 3] = [(110.0, 0.4, 30.0), (220.0, 0.5, 50.0), (420.0, 0.3, 100.0)];

fn guitar_zone(root: u8, layer: usize) -> Zone {
    let hertz = frequency(root);
    let tone = [3200.0, 4800.0][layer];
    let ring = 1.15 * (196.0 / hertz).powf(0.35);
    let mode = |n: u32| {
        let order = f64::from(n);
        let f = hertz * stiff(order, 0.00008);
        let pick = (PI * order * 0.17).sin().abs().max(0.2) / order.powf(0.9);
        let heard = (PI * order * 0.24).sin().abs().max(0.3) / (1.0 + (f / tone).powi(2));
        let decay = 1.0 / (1.0 / ring + 0.35 * (f / 1000.0).powi(2) + 0.25 * (order - 1.0).sqrt());
        VibrationMode {
            phase: 0.17 * order * order,
            ..VibrationMode::new(f, pick * heard * body(&GUITAR_BODY, f), decay)
        }
    };
    let modes: Vec<VibrationMode> = (1..=((5000.0 / hertz) as u32).clamp(2, 28)).map(mode).collect();
    let pick = [
        Burst { band: (60.0, 250.0), level: [0.05, 0.09][layer], decay: 0.020 },
        Burst { band: (700.0, 4500.0), level: [0.02, 0.05][layer], decay: 0.008 },
    ];
    let strike = Strike { root, onset: 0.9, sharp: ([3.0, 7.0][layer], 0.05), release: 0.1, tremolo: 0.0 };
    struck::zone(strike, &modes, &pick, 0x6017 + u64::from(root))
}
