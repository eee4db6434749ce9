//! Distance between pitches.

use std::ops::{Add, Neg, Sub};

/// A directed distance in semitones, positive upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Interval(i16);

impl Interval {
    /// A number of semitones, held within ±2730 octaves.
    pub const fn new(semitones: i32) -> Self {
        let least = i16::MIN as i32;
        let most = i16::MAX as i32;
        Self(if semitones < least {
            i16::MIN
        } else if semitones > most {
            i16::MAX
        } else {
            semitones as i16
        })
    }

    /// Semitones, positive upwards.
    pub const fn semitones(self) -> i32 {
        self.0 as i32
    }
}

impl Neg for Interval {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.semitones())
    }
}

impl Add for Interval {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.semitones() + other.semitones())
    }
}

impl Sub for Interval {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.semitones() - other.semitones())
    }
}
