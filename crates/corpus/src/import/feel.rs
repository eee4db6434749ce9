//! Whether eighths are swung.

use sideman_music::{Duration, Time};

/// How eighth notes are played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feel {
    /// Swung or straight.
    pub swung: bool,
    /// How much longer the first of two eighths is than the second: 1 is straight, 2 a triplet.
    pub ratio: f64,
    /// How many pairs of eighths tell it.
    pub pairs: usize,
}

impl Feel {
    /// As charts name it.
    pub fn name(&self) -> &'static str {
        if self.swung { "swing" } else { "straight" }
    }
}

/// How many pairs of eighths are needed to tell.
const ENOUGH: usize = 8;
/// From this place in the beat on, the second eighth is swung (a ratio of 1.3).
const SWUNG: f64 = 0.565;

/// The feel of onsets, in order: the median place of the second of two eighths, over the beats that have one
/// note on the beat and one more around the middle. `None` when too few beats do.
pub(super) fn feel(onsets: &[Time]) -> Option<Feel> {
    let quarters = |time: Time| {
        let (n, d) = time.since_start().as_quarters();
        n as f64 / d as f64
    };
    let places: Vec<f64> = onsets.iter().map(|&time| quarters(time)).collect();
    let beat = |place: &f64| (place + 0.1).floor();
    let pairs = places.chunk_by(|a, b| beat(a) == beat(b)).filter_map(|notes| {
        let [first, second] = notes else { return None };
        let (first, second) = (first - beat(first), second - beat(second));
        (first.abs() < 0.1 && (0.4..0.8).contains(&second)).then_some(second - first)
    });
    let mut pairs: Vec<f64> = pairs.collect();
    pairs.sort_by(f64::total_cmp);
    let median = *pairs.get(pairs.len() / 2).filter(|_| pairs.len() >= ENOUGH)?;
    Some(Feel { swung: median >= SWUNG, ratio: median / (1.0 - median), pairs: pairs.len() })
}

/// How far onsets lie from the sixteenths and triplets of their beats, mean, in quarter notes: under 0.02
/// when they follow the beat, near 0.035 when they know nothing of it.
pub(super) fn looseness(onsets: &[Time]) -> f64 {
    let places = [0_i64, 3, 4, 6, 8, 9, 12];
    let error = |time: &Time| {
        let offset = time.since_start() % Duration::QUARTER;
        let errors = places.iter().map(|&place| (offset - Duration::quarters(place, 12)).abs());
        let (n, d) = errors.min().unwrap_or_default().as_quarters();
        n as f64 / d as f64
    };
    onsets.iter().map(error).sum::<f64>() / onsets.len().max(1) as f64
}
