//! How a bar is divided where it is read: into groups, these into beats, these into halves.

use sideman_music::{Duration, Meter};

/// The beats of a bar.
pub(super) struct Beats {
    bar: Duration,
    /// Where the groups begin, the first at 0.
    groups: Vec<Duration>,
    /// Where the beats begin, and how long they are.
    pub(super) beats: Vec<(Duration, Duration)>,
}

/// A level that no place has: finer than any note.
pub(super) const NOWHERE: u32 = 9;

impl Beats {
    /// Quarters, dotted quarters where the eighths go by threes, 3+2 and 2+2+3 eighths; groups of 2+2, 3+2, 3+3 and
    /// 4+3 beats.
    pub(super) fn of(meter: Meter) -> Self {
        let bar = meter.bar();
        let eighths = i64::from(meter.beats());
        let lengths: Vec<Duration> = match (meter.unit(), eighths) {
            (8, 5) => eighth_notes(&[3, 2]),
            (8, 7) => eighth_notes(&[2, 2, 3]),
            (8, n) if n > 3 && n % 3 == 0 => eighth_notes(&vec![3; (n / 3) as usize]),
            _ => quarters(bar),
        };
        let starts = lengths.iter().scan(Duration::ZERO, |at, &length| {
            *at += length;
            Some(*at - length)
        });
        let beats: Vec<(Duration, Duration)> = starts.zip(lengths.iter().copied()).collect();
        let second = match beats.len() {
            4 => Some(2),
            5 | 6 => Some(3),
            7 => Some(4),
            _ => None,
        };
        let groups = [Some(0), second].into_iter().flatten().map(|beat: usize| beats[beat].0).collect();
        Self { bar, groups, beats }
    }

    /// How much a place weighs: 0 the bar line, 1 a group, 2 a beat, 3 an eighth, 4 a sixteenth, …; [`NOWHERE`] off
    /// all of these.
    pub(super) fn level(&self, place: Duration) -> u32 {
        let (start, _) = self.beat(place);
        if place <= Duration::ZERO || place >= self.bar {
            return 0;
        } else if self.groups.contains(&place) {
            return 1;
        } else if start == place {
            return 2;
        }
        (3..NOWHERE).find(|&level| (place - start) % step(level) == Duration::ZERO).unwrap_or(NOWHERE)
    }

    /// The beat in which a place lies.
    pub(super) fn beat(&self, place: Duration) -> (Duration, Duration) {
        let after = self.beats.partition_point(|&(start, _)| start <= place);
        self.beats[after.saturating_sub(1)]
    }

    /// The first and the last place of the strongest level strictly between two places.
    pub(super) fn strongest(&self, from: Duration, to: Duration) -> Option<(Duration, Duration)> {
        let inside = |place: &Duration| *place > from && *place < to;
        let ends = |places: &mut dyn DoubleEndedIterator<Item = Duration>| {
            let first = places.next()?;
            Some((first, places.next_back().unwrap_or(first)))
        };
        let groups = ends(&mut self.groups.iter().copied().filter(inside));
        let beats = || ends(&mut self.beats.iter().map(|beat| beat.0).filter(inside));
        groups.or_else(beats).or_else(|| {
            let start = self.beat(from).0;
            (3..NOWHERE).find_map(|level| {
                let first = from + step(level) - (from - start) % step(level);
                let over = (to - start) % step(level);
                let last = if over > Duration::ZERO { to - over } else { to - step(level) };
                (first < to).then_some((first, last))
            })
        })
    }

    /// Whether two groups of one length fill the bar.
    pub(super) fn is_even(&self) -> bool {
        self.groups.len() == 2 && self.groups[1] * 2 == self.bar
    }

    /// Whether the beat of a place is one of three eighths.
    pub(super) fn is_compound(&self, place: Duration) -> bool {
        self.beat(place).1 == Duration::quarters(3, 2)
    }

    /// The group in which a place lies, and whether it is two beats of a quarter.
    pub(super) fn group(&self, place: Duration) -> (Duration, bool) {
        let index = self.groups.partition_point(|&start| start <= place).saturating_sub(1);
        let start = self.groups[index];
        let end = self.groups.get(index + 1).copied().unwrap_or(self.bar);
        (start, end - start == Duration::QUARTER * 2)
    }
}

/// The distance of places from level 3 on: eighths, sixteenths, …
fn step(level: u32) -> Duration {
    Duration::QUARTER / (1 << (level - 2))
}

fn eighth_notes(counts: &[i64]) -> Vec<Duration> {
    counts.iter().map(|&count| Duration::quarters(count, 2)).collect()
}

/// Quarters that fill a bar, the last one shorter where it must be.
fn quarters(bar: Duration) -> Vec<Duration> {
    let mut lengths = Vec::new();
    let mut left = bar;
    while left > Duration::ZERO {
        lengths.push(left.min(Duration::QUARTER));
        left -= Duration::QUARTER;
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(meter: &str, parts: i64) -> Vec<u32> {
        let meter: Meter = meter.parse().unwrap();
        let beats = Beats::of(meter);
        let count = meter.bar().in_units_of(Duration::quarters(1, parts));
        (0..count).map(|i| beats.level(Duration::quarters(i, parts))).collect()
    }

    #[test]
    fn places_weigh_as_they_are_felt() {
        assert_eq!(levels("4/4", 2), [0, 3, 2, 3, 1, 3, 2, 3]);
        assert_eq!(levels("3/4", 2), [0, 3, 2, 3, 2, 3]);
        assert_eq!(levels("5/4", 1), [0, 2, 2, 1, 2]);
        assert_eq!(levels("6/8", 2), [0, 3, 3, 2, 3, 3]);
        assert_eq!(levels("7/8", 2), [0, 3, 2, 3, 2, 3, 3]);
        assert_eq!(levels("2/4", 4), [0, 4, 3, 4, 2, 4, 3, 4]);
        assert_eq!(levels("1/4", 3), [0, NOWHERE, NOWHERE]);
    }

    #[test]
    fn every_meter_is_filled_by_its_beats() {
        for beats in 1..=64 {
            for unit in [1, 2, 4, 8, 16, 32, 64] {
                let meter = Meter::new(beats, unit).unwrap();
                let sum: Duration = Beats::of(meter).beats.iter().map(|beat| beat.1).sum();
                assert_eq!(sum, meter.bar(), "{meter}");
            }
        }
    }
}
