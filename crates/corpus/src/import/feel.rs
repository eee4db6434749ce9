//! Whether eighths are swung.

use sideman_music::{Duration, Time};

/// How eighth notes are played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EighthFeel {
    /// Swung or straight.
    pub swung: bool,
    /// How much longer the first of two eighths is than the second: 1 is straight, 2 a triplet.
    pub ratio: f64,
    /// How many pairs of eighths tell it.
    pub pairs: usize,
}

impl EighthFeel {
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
/// note on the beat and one more from 0.4 to 0.72 of it (a dotted eighth is no swing). `None` when too few beats do.
pub(super) fn feel(onsets: &[Time]) -> Option<EighthFeel> {
    let quarters = |time: Time| {
        let (n, d) = time.since_start().as_quarters();
        n as f64 / d as f64
    };
    let places: Vec<f64> = onsets.iter().map(|&time| quarters(time)).collect();
    let beat = |place: &f64| (place + 0.1).floor();
    let pairs = places.chunk_by(|a, b| beat(a) == beat(b)).filter_map(|notes| {
        let [first, second] = notes else { return None };
        let (first, second) = (first - beat(first), second - beat(second));
        (first.abs() < 0.1 && (0.4..0.72).contains(&second)).then_some(second - first)
    });
    let mut pairs: Vec<f64> = pairs.collect();
    pairs.sort_by(f64::total_cmp);
    let median = *pairs.get(pairs.len() / 2).filter(|_| pairs.len() >= ENOUGH)?;
    Some(EighthFeel { swung: median >= SWUNG, ratio: median / (1.0 - median), pairs: pairs.len() })
}

/// How far onsets lie from the sixteenths and triplets of their beats, mean, in quarter notes: under 0.02
/// when they follow the beat closely, 7/144 = 0.049 when they know nothing of it.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn onsets(second: i64) -> Vec<Time> {
        let time = |hundredths| Time::after_start(Duration::quarters(hundredths, 100));
        (0..16).flat_map(|beat| [time(100 * beat + beat % 3), time(100 * beat + second - beat % 2)]).collect()
    }

    #[test]
    fn swing_is_told_from_straight_eighths_and_dotted_ones() {
        let swung = feel(&onsets(66)).unwrap();
        assert!(swung.swung && (1.6..2.1).contains(&swung.ratio) && swung.pairs == 16, "{swung:?}");
        let straight = feel(&onsets(50)).unwrap();
        assert!(!straight.swung && (0.9..1.1).contains(&straight.ratio), "{straight:?}");
        assert_eq!(feel(&onsets(75)), None);
        assert_eq!(feel(&onsets(66)[..8]), None);
    }

    #[test]
    fn what_ignores_the_beat_is_loose() {
        let time = |thousandths| Time::after_start(Duration::quarters(thousandths, 1000));
        let free: Vec<Time> = (0..500).map(|i| time(i * 377)).collect();
        assert!(looseness(&free) > 0.045);
        assert!(looseness(&onsets(66)) < 0.02);
    }
}
