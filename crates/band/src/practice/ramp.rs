//! Tempi, one for each chorus.

use std::ops::RangeInclusive;

use sideman_music::Tempo;

/// The slowest and the fastest that a ramp leads to, in quarter notes a minute.
const BOUNDS: RangeInclusive<i64> = 20..=400;

/// How the tempo goes from chorus to chorus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ramp {
    /// It stays.
    Level,
    /// Evenly to this tempo in the last chorus.
    To(Tempo),
    /// By so many quarter notes a minute each chorus, slower where negative, at least 20 and at most 400.
    By(i32),
    /// By so many quarter notes a minute towards this tempo, where it stays.
    ByTo(u32, Tempo),
}

impl Ramp {
    /// By so many quarter notes a minute each chorus, up or down to a tempo; what is not told is left open.
    pub fn new(step: Option<i32>, end: Option<Tempo>) -> Self {
        match (step, end) {
            (Some(step), Some(end)) => Self::ByTo(step.unsigned_abs(), end),
            (Some(step), None) => Self::By(step),
            (None, Some(end)) => Self::To(end),
            (None, None) => Self::Level,
        }
    }

    /// How many choruses it takes to arrive from a tempo, where it says that itself.
    pub fn choruses(self, start: Tempo) -> Option<usize> {
        let Self::ByTo(step, end) = self else { return None };
        Some(start.to_bpm().abs_diff(end.to_bpm()).div_ceil(step.max(1)) as usize + 1)
    }

    /// The tempo of a chorus, counted from 0, of so many, where the first has `start`.
    pub fn tempo(self, start: Tempo, chorus: usize, choruses: usize) -> Tempo {
        let (from, nth) = (i64::from(start.to_bpm()), chorus as i64);
        if chorus == 0 {
            return start;
        }
        let bpm = match self {
            Self::Level => return start,
            Self::To(end) => {
                let (way, steps) = (i64::from(end.to_bpm()) - from, (choruses as i64 - 1).max(1));
                from + (2 * way * nth + steps).div_euclid(2 * steps)
            }
            Self::By(step) => from + i64::from(step) * nth,
            Self::ByTo(step, end) => {
                let way = i64::from(end.to_bpm()) - from;
                from + way.signum() * (i64::from(step) * nth).min(way.abs())
            }
        };
        Tempo::bpm(bpm.clamp(*BOUNDS.start(), *BOUNDS.end()) as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bpms(ramp: Ramp, start: u16, choruses: usize) -> Vec<u32> {
        (0..choruses).map(|i| ramp.tempo(Tempo::bpm(start), i, choruses).to_bpm()).collect()
    }

    #[test]
    fn tempi_go_as_asked() {
        assert_eq!(bpms(Ramp::Level, 120, 2), [120, 120]);
        assert_eq!(bpms(Ramp::To(Tempo::bpm(160)), 100, 4), [100, 120, 140, 160]);
        assert_eq!(bpms(Ramp::To(Tempo::bpm(100)), 151, 3), [151, 126, 100]);
        assert_eq!(bpms(Ramp::By(5), 100, 3), [100, 105, 110]);
        assert_eq!(bpms(Ramp::By(-30), 60, 4), [60, 30, 20, 20]);
        assert_eq!(bpms(Ramp::ByTo(15, Tempo::bpm(140)), 100, 5), [100, 115, 130, 140, 140]);
        assert_eq!(bpms(Ramp::ByTo(15, Tempo::bpm(80)), 100, 3), [100, 85, 80]);
        assert_eq!(Ramp::ByTo(15, Tempo::bpm(140)).choruses(Tempo::bpm(100)), Some(4));
        assert_eq!(Ramp::new(Some(-15), Some(Tempo::bpm(80))), Ramp::ByTo(15, Tempo::bpm(80)));
        assert_eq!(Ramp::To(Tempo::bpm(140)).tempo(Tempo::bpm(100), 0, 1), Tempo::bpm(100));
    }
}
