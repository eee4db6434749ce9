//! Meter: how many beats a bar has, and what a beat is.

use std::fmt;
use std::str::FromStr;

use crate::{Duration, Error};

/// A time signature, such as 4/4 or 6/8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Meter {
    beats: u8,
    unit: u8,
}

impl Meter {
    /// Four quarters.
    pub const COMMON: Self = Self { beats: 4, unit: 4 };
    /// Three quarters.
    pub const WALTZ: Self = Self { beats: 3, unit: 4 };

    /// 1 to 64 beats of a whole note divided by a `unit` of 1, 2, 4, … 64; `None` otherwise.
    pub const fn new(beats: u8, unit: u8) -> Option<Self> {
        let known = beats >= 1 && beats <= 64 && unit.is_power_of_two() && unit <= 64;
        if known { Some(Self { beats, unit }) } else { None }
    }

    /// Beats in a bar: the upper figure.
    pub const fn beats(self) -> u8 {
        self.beats
    }

    /// What part of a whole note a beat is: the lower figure.
    pub const fn unit(self) -> u8 {
        self.unit
    }

    /// The length of a beat.
    pub const fn beat(self) -> Duration {
        Duration::quarters(4, self.unit as i64)
    }

    /// The length of a bar.
    pub const fn bar(self) -> Duration {
        Duration::quarters(4 * self.beats as i64, self.unit as i64)
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::COMMON
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.beats, self.unit)
    }
}

impl FromStr for Meter {
    type Err = Error;

    /// Two figures, such as `3/4`; `C` and `C|` are 4/4 and 2/2.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = || Error::new("meter", text, "write two figures, such as 4/4 or 6/8");
        let (beats, unit) = match text {
            "C" => ("4", "4"),
            "C|" => ("2", "2"),
            _ => text.split_once('/').ok_or_else(fail)?,
        };
        let figure = |s: &str| s.trim().parse::<u8>().map_err(|_| fail());
        Self::new(figure(beats)?, figure(unit)?).ok_or_else(fail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meter_is_read_back() {
        for beats in 0..=70 {
            for unit in 0..=128 {
                let Some(meter) = Meter::new(beats, unit) else { continue };
                assert_eq!(meter.to_string().parse(), Ok(meter));
                assert_eq!(meter.beat() * i64::from(beats), meter.bar());
            }
        }
        assert!("5/3".parse::<Meter>().is_err() && "0/4".parse::<Meter>().is_err());
    }
}
