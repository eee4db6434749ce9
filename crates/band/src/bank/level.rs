//! Making voices equally loud.

use super::patch::{Tone, Zone};
use crate::audio::loudness::KWeighting;

/// Seconds of a tone by which its loudness is judged: a block of BS.1770.
const JUDGED: f64 = 0.4;
/// Root of the weighted mean square of every pitched tone over that time.
const LEVEL: f64 = 0.1;

/// Sets the gain of a zone so that its tone is as loud as any other, `decibels` more or less.
pub(super) fn voiced(zone: &mut Zone, decibels: f64) {
    let wanted = LEVEL * 10f64.powf(decibels / 20.0);
    zone.gain = (wanted / weighted_level(&zone.tone).max(1e-9)) as f32;
}

/// Root of the K-weighted mean square over the time judged.
fn weighted_level(tone: &Tone) -> f64 {
    let frames = (JUDGED * f64::from(tone.rate)) as usize;
    let mut weighting = KWeighting::new(tone.rate);
    let squares = tone.frames.iter().take(frames).map(|&x| weighting.next(f64::from(x)).powi(2));
    (squares.sum::<f64>() / frames as f64).sqrt()
}

/// Sets the gain of a zone by its highest peak, in decibels of full scale.
pub(super) fn peaking(zone: &mut Zone, decibels: f64) {
    let peak = zone.tone.frames.iter().fold(1e-9f32, |peak, x| peak.max(x.abs()));
    zone.gain = 10f32.powf(decibels as f32 / 20.0) / peak;
}
