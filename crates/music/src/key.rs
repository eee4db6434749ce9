//! Key: a tonic and a mode.

use std::fmt;
use std::str::FromStr;

use crate::pitch::split_name;
use crate::{Error, NoteName, PitchClass, PitchClassSet};

/// Major or minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Ionian.
    Major,
    /// Natural minor.
    Minor,
}

/// A key whose signature has at most seven flats or sharps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    tonic: NoteName,
    mode: Mode,
}

impl Key {
    /// The key on a tonic; `None` where its signature would need more than seven accidentals.
    pub const fn new(tonic: NoteName, mode: Mode) -> Option<Self> {
        let key = Self { tonic, mode };
        if key.fifths() >= -7 && key.fifths() <= 7 { Some(key) } else { None }
    }

    /// The tonic.
    pub const fn tonic(self) -> NoteName {
        self.tonic
    }

    /// The mode.
    pub const fn mode(self) -> Mode {
        self.mode
    }

    /// Sharps of the signature, negative for flats.
    pub const fn fifths(self) -> i32 {
        self.tonic.fifths()
            - match self.mode {
                Mode::Major => 0,
                Mode::Minor => 3,
            }
    }

    /// The key with this many sharps (negative for flats), −7 to 7.
    pub fn from_fifths(fifths: i32, mode: Mode) -> Option<Self> {
        let tonic = fifths
            + match mode {
                Mode::Major => 0,
                Mode::Minor => 3,
            };
        NoteName::at_fifths(tonic).and_then(|t| Self::new(t, mode))
    }

    /// The usual key on a pitch class: the one with the fewest accidentals, flats before sharps.
    pub fn on(class: PitchClass, mode: Mode) -> Self {
        let usual = |name| Self::new(name, mode).filter(|k| k.fifths().abs() <= 6);
        let flat = Self { tonic: NoteName::flat(class), mode };
        usual(flat.tonic).or_else(|| usual(NoteName::sharp(class))).unwrap_or(flat)
    }

    /// The key `semitones` higher, with the fewest accidentals: of six flats and six sharps those to which the way is
    /// shorter, so that from A one comes to F♯ and from E♭ to G♭. By whole octaves nothing changes.
    #[must_use]
    pub fn transposed(self, semitones: i32) -> Self {
        if semitones % 12 == 0 {
            return self;
        }
        let key = Self::on(self.tonic.class().transposed(semitones), self.mode);
        match (key.fifths(), Self::from_fifths(6, self.mode)) {
            (-6, Some(sharp)) if self.fifths() > 0 => sharp,
            _ => key,
        }
    }

    /// The seven classes of its scale.
    pub fn classes(self) -> PitchClassSet {
        let steps: [i32; 7] = match self.mode {
            Mode::Major => [0, 2, 4, 5, 7, 9, 11],
            Mode::Minor => [0, 2, 3, 5, 7, 8, 10],
        };
        PitchClassSet::above(self.tonic.class(), &steps)
    }

    /// The name that the signature gives to a class; `None` for one outside of the scale.
    pub fn own_name(self, class: PitchClass) -> Option<NoteName> {
        (-1..6)
            .filter_map(|place| NoteName::at_fifths(self.fifths() + place))
            .find(|name| name.class() == class)
    }

    /// The name of a class in this key: its own on the scale, else with the accidental of the signature.
    pub fn spell(self, class: PitchClass) -> NoteName {
        let flat = self.fifths() < 0 || (self.fifths() == 0 && class.index() == 10);
        let chromatic = if flat { NoteName::flat(class) } else { NoteName::sharp(class) };
        self.own_name(class).unwrap_or(chromatic)
    }
}

impl fmt::Display for Key {
    /// `Bb major`, `F# minor`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::Major => "major",
            Mode::Minor => "minor",
        };
        write!(f, "{} {mode}", self.tonic)
    }
}

impl FromStr for Key {
    type Err = Error;

    /// A tonic and a mode: `Bb`, `Bb major`, `Bb-maj`, `Gm`, `G-`, `G minor`, `G-min`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = || Error::new("key", text, "write a tonic and a mode, such as Bb major or Gm");
        let (tonic, mode) = split_name(text.trim()).ok_or_else(fail)?;
        let mode = match mode.trim_start_matches([' ', '-']).to_ascii_lowercase().as_str() {
            "" if mode == "-" => Mode::Minor,
            "" | "maj" | "major" | "ionian" | "blues" | "chrom" => Mode::Major,
            "m" | "mi" | "min" | "minor" | "aeolian" => Mode::Minor,
            _ => return Err(fail()),
        };
        Self::new(tonic, mode).ok_or_else(fail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_back() {
        for mode in [Mode::Major, Mode::Minor] {
            for fifths in -7..=7 {
                let key = Key::from_fifths(fifths, mode).unwrap();
                assert_eq!((key.fifths(), key.to_string().parse()), (fifths, Ok(key)));
                assert!(key.classes().iter().all(|c| key.spell(c).class() == c));
            }
            for class in PitchClass::all() {
                assert!(Key::on(class, mode).fifths().abs() <= 6);
            }
        }
    }

    #[test]
    fn aliases_mean_one_key() {
        let key: Key = "Bb".parse().unwrap();
        assert!(["Bb-maj", "B♭ major", "bb maj"].iter().all(|t| t.parse() == Ok(key)));
        let key: Key = "Gm".parse().unwrap();
        assert!(["G-min", "G-", "g minor"].iter().all(|t| t.parse() == Ok(key)));
        assert!("Hm".parse::<Key>().is_err() && "G# major".parse::<Key>().is_err());
    }
}
