//! The drum kit: what it has, by name, by key and by how loud it is.

use std::str::FromStr;

use sideman_music::{Error, Pitch};

/// A drum or cymbal, or a way to strike it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drum {
    Kick,
    SideStick,
    Snare,
    Brush,
    FloorTom,
    LowTom,
    HighTom,
    HiHat,
    Pedal,
    Crash,
    Ride,
    Bell,
}

impl Drum {
    /// Name in style files, key of General MIDI's percussion map, velocity of a plain stroke.
    const ALL: [(Self, &'static str, u8, f64); 12] = [
        (Self::Kick, "kick", 36, 62.0),
        (Self::SideStick, "stick", 37, 66.0),
        (Self::Snare, "snare", 38, 60.0),
        (Self::Brush, "brush", 40, 78.0),
        (Self::FloorTom, "floor", 41, 70.0),
        (Self::LowTom, "low", 45, 68.0),
        (Self::HighTom, "high", 48, 66.0),
        (Self::HiHat, "hat", 42, 62.0),
        (Self::Pedal, "pedal", 44, 70.0),
        (Self::Crash, "crash", 49, 84.0),
        (Self::Ride, "ride", 51, 74.0),
        (Self::Bell, "bell", 53, 72.0),
    ];

    /// Its key in General MIDI's percussion map.
    pub(crate) const fn key(self) -> Pitch {
        Pitch::midi(Self::ALL[self as usize].2)
    }

    /// The velocity of a plain stroke.
    pub(crate) const fn velocity(self) -> f64 {
        Self::ALL[self as usize].3
    }
}

impl FromStr for Drum {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let hint = "try ride, bell, crash, hat, pedal, kick, snare, stick, brush, high, low or floor";
        let found = Self::ALL.iter().find(|row| row.1 == text);
        found.map(|row| row.0).ok_or_else(|| Error::new("drum", text, hint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        for (i, row) in Drum::ALL.iter().enumerate() {
            assert_eq!(row.0 as usize, i);
            assert_eq!(row.1.parse(), Ok(row.0));
        }
    }
}
