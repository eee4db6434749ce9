//! Exact musical time.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Rem, Sub, SubAssign};
use std::str::FromStr;

use crate::Error;

/// Ticks in a quarter note: 2⁷·3²·5·7·11·13·17, so that every division of a beat into up to 18 parts, and
/// 20, 21, 24, 32, 36 and the usual resolutions of MIDI (96 to 1920) besides, are whole numbers of ticks.
const TICKS_PER_QUARTER: i64 = 98_017_920;

/// A length of musical time, exact, negative when it points back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Duration(i64);

impl Duration {
    /// No time.
    pub const ZERO: Self = Self(0);
    /// A quarter note.
    pub const QUARTER: Self = Self(TICKS_PER_QUARTER);
    /// A whole note.
    pub const WHOLE: Self = Self(4 * TICKS_PER_QUARTER);

    /// `numerator / denominator` quarter notes, rounded to the nearest tick (none is lost where the
    /// denominator divides 98,017,920). A denominator of 0 counts as 1.
    pub const fn quarters(numerator: i64, denominator: i64) -> Self {
        let denominator = if denominator == 0 { 1 } else { denominator as i128 };
        Self(round(numerator as i128 * TICKS_PER_QUARTER as i128, denominator))
    }

    /// Its length in units of `unit`, rounded to the nearest (halves upwards).
    pub const fn in_units_of(self, unit: Self) -> i64 {
        round(self.0 as i128, if unit.0 == 0 { 1 } else { unit.0 as i128 })
    }

    /// The nearest multiple of `grid`.
    #[must_use]
    pub const fn quantised(self, grid: Self) -> Self {
        Self(self.in_units_of(grid) * grid.0)
    }

    /// The length as a fraction of quarter notes in lowest terms, denominator positive.
    pub const fn as_quarters(self) -> (i64, i64) {
        let common = gcd(self.0.unsigned_abs(), TICKS_PER_QUARTER as u64) as i64;
        (self.0 / common, TICKS_PER_QUARTER / common)
    }

    /// The length without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }
}

const fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The nearest whole number to a quotient, halves upwards, held within `i64`.
const fn round(numerator: i128, denominator: i128) -> i64 {
    let nearest = (2 * numerator + denominator).div_euclid(2 * denominator);
    if nearest > i64::MAX as i128 {
        i64::MAX
    } else if nearest < i64::MIN as i128 {
        i64::MIN
    } else {
        nearest as i64
    }
}

impl fmt::Display for Duration {
    /// Quarter notes as a fraction: `3/2`, `-1/12`, `4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_quarters() {
            (n, 1) => write!(f, "{n}"),
            (n, d) => write!(f, "{n}/{d}"),
        }
    }
}

impl FromStr for Duration {
    type Err = Error;

    /// Quarter notes, as `2`, `3/2` or `-1/12`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = || Error::new("duration", text, "write quarter notes as a fraction, such as 3/2");
        let (n, d) = text.split_once('/').unwrap_or((text, "1"));
        let numerator: i64 = n.parse().map_err(|_| fail())?;
        let denominator: i64 = d.parse().map_err(|_| fail())?;
        let reach = TICKS_PER_QUARTER as u64;
        if denominator <= 0 || numerator.unsigned_abs() > i64::MAX as u64 / reach {
            return Err(fail());
        }
        Ok(Self::quarters(numerator, denominator))
    }
}

impl Add for Duration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Duration {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Duration {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl SubAssign for Duration {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Duration {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Mul<i64> for Duration {
    type Output = Self;
    fn mul(self, times: i64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Div<i64> for Duration {
    type Output = Self;
    /// Rounded to the nearest tick.
    fn div(self, parts: i64) -> Self {
        Self(round(i128::from(self.0), i128::from(parts)))
    }
}

impl Rem for Duration {
    type Output = Self;
    /// What is left over after whole multiples of `other`, never negative.
    fn rem(self, other: Self) -> Self {
        Self(if other.0 == 0 { 0 } else { self.0.rem_euclid(other.0) })
    }
}

impl std::iter::Sum for Duration {
    fn sum<I: Iterator<Item = Self>>(durations: I) -> Self {
        durations.fold(Self::ZERO, Add::add)
    }
}

/// A point in musical time, counted from the downbeat of the first bar; a pickup stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Time(Duration);

impl Time {
    /// The downbeat of the first bar.
    pub const ZERO: Self = Self(Duration::ZERO);

    /// The point this long after the first downbeat.
    pub const fn after_start(duration: Duration) -> Self {
        Self(duration)
    }

    /// How long after the first downbeat it is.
    pub const fn since_start(self) -> Duration {
        self.0
    }

    /// The nearest point on a grid that begins at the first downbeat.
    #[must_use]
    pub const fn quantised(self, grid: Duration) -> Self {
        Self(self.0.quantised(grid))
    }
}

impl Add<Duration> for Time {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0 + duration)
    }
}

impl AddAssign<Duration> for Time {
    fn add_assign(&mut self, duration: Duration) {
        self.0 += duration;
    }
}

impl Sub<Duration> for Time {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0 - duration)
    }
}

impl Sub for Time {
    type Output = Duration;
    fn sub(self, earlier: Self) -> Duration {
        self.0 - earlier.0
    }
}

/// How fast quarter notes follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tempo {
    micros_per_quarter: u32,
}

impl Tempo {
    /// Microseconds a quarter note lasts, as MIDI writes it; at least 1.
    pub const fn micros_per_quarter(micros: u32) -> Self {
        Self { micros_per_quarter: if micros == 0 { 1 } else { micros } }
    }

    /// Quarter notes a minute; at least 1.
    pub const fn bpm(bpm: u16) -> Self {
        Self::micros_per_quarter(60_000_000 / if bpm == 0 { 1 } else { bpm as u32 })
    }

    /// Microseconds a quarter note lasts.
    pub const fn micros(self) -> u32 {
        self.micros_per_quarter
    }

    /// Quarter notes a minute, to the nearest.
    pub const fn to_bpm(self) -> u32 {
        (60_000_000 + self.micros_per_quarter / 2) / self.micros_per_quarter
    }

    /// Seconds that `duration` lasts; 0 for a negative one.
    pub fn clock(self, duration: Duration) -> std::time::Duration {
        let micros = i128::from(duration.0.max(0)) * i128::from(self.micros_per_quarter) * 1000;
        let nanos = (micros + i128::from(TICKS_PER_QUARTER / 2)) / i128::from(TICKS_PER_QUARTER);
        std::time::Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The musical length of a time by the clock, rounded to the nearest tick.
    pub fn musical(self, clock: std::time::Duration) -> Duration {
        let nanos = i128::try_from(clock.as_nanos()).unwrap_or(i128::MAX / i128::from(TICKS_PER_QUARTER));
        let ticks = nanos.saturating_mul(i128::from(TICKS_PER_QUARTER));
        Duration(round(ticks / 2, i128::from(self.micros_per_quarter) * 500))
    }
}

impl Default for Tempo {
    /// 120 quarter notes a minute, as MIDI assumes.
    fn default() -> Self {
        Self::bpm(120)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swing_triplets_and_odd_divisions_are_exact() {
        for parts in (1..=18).chain([20, 21, 24, 32, 36, 48, 96, 480, 960]) {
            assert_eq!(Duration::quarters(1, parts) * parts, Duration::QUARTER, "1/{parts}");
        }
    }

    #[test]
    fn fractions_are_read_back() {
        for n in -40..40 {
            for d in 1..=18 {
                let duration = Duration::quarters(n, d);
                assert_eq!(duration.to_string().parse(), Ok(duration));
            }
        }
        for text in ["", "1/0", "1/-2", "x", "99999999999999", "1/2/3"] {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
    }

    #[test]
    fn quantising_goes_to_the_nearest_also_before_the_start() {
        let grid = Duration::quarters(1, 12);
        assert_eq!(Duration::quarters(7, 48).quantised(grid), Duration::quarters(2, 12));
        assert_eq!(Duration::quarters(-7, 48).quantised(grid), Duration::quarters(-2, 12));
        assert_eq!(Duration::quarters(-1, 3) % Duration::QUARTER, Duration::quarters(2, 3));
    }

    #[test]
    fn the_clock_follows_the_tempo() {
        let tempo = Tempo::bpm(150);
        assert_eq!(tempo.clock(Duration::QUARTER * 5).as_millis(), 2000);
        assert_eq!(tempo.musical(std::time::Duration::from_millis(200)), Duration::quarters(1, 2));
        assert_eq!(Tempo::bpm(133).to_bpm(), 133);
    }
}
