//! For whom a part is written: its key, its clef, its octave.

use std::fmt;
use std::str::FromStr;

use sideman_music::{Error, Instrument, Player};

use super::staff::Clef;

/// What a part is written for.
///
/// It names the key; the instrument that plays decides the octave: its own part where that is in the key (a tenor
/// sounds a ninth below its B♭ part, a trumpet a second), else the octave in which its range lies on the staff,
/// never below the sound but in the bass clef.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PartKey {
    /// As it sounds, or octaves away.
    #[default]
    C,
    /// For trumpet, clarinet, soprano and tenor.
    Bb,
    /// For alto and baritone.
    Eb,
    /// For the horn.
    F,
    /// For trombone and bass: in C, in the bass clef.
    Bass,
}

impl PartKey {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::C, Self::Bb, Self::Eb, Self::F, Self::Bass];

    /// How many semitones, 0 to 11, its written names stand above the sounding ones.
    pub const fn semitones(self) -> i32 {
        match self {
            Self::C | Self::Bass => 0,
            Self::Bb => 2,
            Self::Eb => 9,
            Self::F => 7,
        }
    }
}

impl fmt::Display for PartKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::C => "C",
            Self::Bb => "Bb",
            Self::Eb => "Eb",
            Self::F => "F",
            Self::Bass => "bass",
        })
    }
}

impl FromStr for PartKey {
    type Err = Error;

    /// `C`, `Bb`, `Eb`, `F` or `bass`, in any case.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.trim();
        let found = Self::ALL.into_iter().find(|key| key.to_string().eq_ignore_ascii_case(wanted));
        found.ok_or_else(|| Error::new("part", text, "try C, Bb, Eb, F or bass"))
    }
}

/// The clef of a player's part, and how many semitones it is written above the sound.
pub(super) fn written(player: Option<Player>, key: PartKey) -> (Clef, i32) {
    match player {
        Some(Player::Drums) => (Clef::Percussion, 0),
        Some(Player::Instrument(instrument)) => {
            let clef = clef(instrument, key);
            (clef, shift(instrument, key, clef))
        }
        None if key == PartKey::Bass => (Clef::Bass, 0),
        None => (Clef::Treble, key.semitones()),
    }
}

fn clef(instrument: Instrument, key: PartKey) -> Clef {
    let low = matches!(instrument, Instrument::Bass | Instrument::Trombone | Instrument::BaritoneSax);
    if key == PartKey::Bass || (low && key == PartKey::C) { Clef::Bass } else { Clef::Treble }
}

fn shift(instrument: Instrument, key: PartKey, clef: Clef) -> i32 {
    let own = instrument.transposition().semitones();
    let reads_it = clef == Clef::Treble || instrument == Instrument::Bass;
    if reads_it && own.rem_euclid(12) == key.semitones() {
        return own;
    }
    let range = instrument.range();
    let middle = (i32::from(range.start().number()) + i32::from(range.end().number())) / 2;
    let lowest = if clef == Clef::Bass { -2 } else { 0 };
    let octaves = (lowest..=2).map(|octave| key.semitones() + 12 * octave);
    octaves.min_by_key(|shift| (middle + shift - clef.middle()).abs()).unwrap_or(key.semitones())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(instrument: &str, key: &str) -> (Clef, i32) {
        written(Some(Player::Instrument(instrument.parse().unwrap())), key.parse().unwrap())
    }

    #[test]
    fn the_key_is_named_and_the_instrument_decides_the_octave() {
        assert_eq!(of("tenor", "Bb"), (Clef::Treble, 14));
        assert_eq!(of("trumpet", "bb"), (Clef::Treble, 2));
        assert_eq!(of("alto", "Eb"), (Clef::Treble, 9));
        assert_eq!(of("baritone", "Eb"), (Clef::Treble, 21));
        assert_eq!(of("alto", "Bb"), (Clef::Treble, 2));
        assert_eq!(of("tenor", "Eb"), (Clef::Treble, 9));
        assert_eq!(of("tenor", "F"), (Clef::Treble, 7));
        assert_eq!(of("guitar", "C"), (Clef::Treble, 12));
        assert_eq!(of("trumpet", "C"), (Clef::Treble, 0));
    }

    #[test]
    fn the_bass_clef_is_read_at_its_octave() {
        assert_eq!(of("trombone", "bass"), (Clef::Bass, 0));
        assert_eq!(of("trombone", "C"), (Clef::Bass, 0));
        assert_eq!(of("bass", "C"), (Clef::Bass, 12));
        assert_eq!(of("tenor", "bass"), (Clef::Bass, -12));
        assert_eq!(of("baritone", "bass"), (Clef::Bass, 0));
    }

    #[test]
    fn every_key_is_read_back() {
        assert!(PartKey::ALL.iter().all(|key| key.to_string().parse() == Ok(*key)));
        assert!("G".parse::<PartKey>().is_err());
    }
}
