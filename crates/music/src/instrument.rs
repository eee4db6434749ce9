//! Instruments: what they can play, and how they are written.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::{Error, Interval, Pitch};

/// An instrument of the band: one of a closed list, each with its name, range, transposition and program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the names of the instruments")]
pub enum Instrument {
    SopranoSax,
    AltoSax,
    TenorSax,
    BaritoneSax,
    Clarinet,
    BassClarinet,
    Flute,
    Trumpet,
    Cornet,
    Flugelhorn,
    Trombone,
    Vibraphone,
    Guitar,
    Piano,
    ElectricPiano,
    Violin,
    Voice,
    Bass,
}

/// Name, short names, lowest and highest concert pitch, written minus concert, General MIDI program.
type InstrumentRow = (Instrument, &'static str, &'static [&'static str], u8, u8, i32, u8);

const TABLE: [InstrumentRow; 18] = [
    (Instrument::SopranoSax, "soprano sax", &["soprano", "ss"], 56, 87, 2, 64),
    (Instrument::AltoSax, "alto sax", &["alto", "as"], 49, 81, 9, 65),
    (Instrument::TenorSax, "tenor sax", &["tenor", "ts", "ts-c", "sax"], 44, 78, 14, 66),
    (Instrument::BaritoneSax, "baritone sax", &["baritone", "bari", "bs"], 36, 69, 21, 67),
    (Instrument::Clarinet, "clarinet", &["cl"], 50, 91, 2, 71),
    (Instrument::BassClarinet, "bass clarinet", &["bcl"], 34, 77, 14, 71),
    (Instrument::Flute, "flute", &["fl"], 60, 96, 0, 73),
    (Instrument::Trumpet, "trumpet", &["tp"], 52, 82, 2, 56),
    (Instrument::Cornet, "cornet", &["cor"], 52, 82, 2, 56),
    (Instrument::Flugelhorn, "flugelhorn", &["flh"], 52, 80, 2, 56),
    (Instrument::Trombone, "trombone", &["tb", "tbn"], 40, 70, 0, 57),
    (Instrument::Vibraphone, "vibraphone", &["vibes", "vib"], 53, 89, 0, 11),
    (Instrument::Guitar, "guitar", &["g", "jazz guitar"], 40, 86, 12, 26),
    (Instrument::Piano, "piano", &["p"], 21, 108, 0, 0),
    (Instrument::ElectricPiano, "electric piano", &["rhodes", "ep"], 28, 103, 0, 4),
    (Instrument::Violin, "violin", &["vln"], 55, 100, 0, 40),
    (Instrument::Voice, "voice", &["voc", "scat"], 45, 81, 0, 52),
    (Instrument::Bass, "bass", &["b", "double bass"], 28, 67, 12, 32),
];

impl Instrument {
    /// Every instrument.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    const fn row(self) -> &'static InstrumentRow {
        &TABLE[self as usize]
    }

    /// Its name, such as `tenor sax`.
    pub const fn name(self) -> &'static str {
        self.row().1
    }

    /// The concert pitches it can play.
    pub const fn range(self) -> RangeInclusive<Pitch> {
        Pitch::midi(self.row().3)..=Pitch::midi(self.row().4)
    }

    /// How far its written notes stand above the concert pitch.
    pub const fn transposition(self) -> Interval {
        Interval::new(self.row().5)
    }

    /// Its General MIDI program, counted from 0.
    pub const fn program(self) -> u8 {
        self.row().6
    }

    /// The first instrument with a General MIDI program.
    pub fn from_program(program: u8) -> Option<Self> {
        Self::all().find(|i| i.program() == program)
    }
}

impl fmt::Display for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Instrument {
    type Err = Error;

    /// A name or short name, such as `tenor sax`, `tenor` or `ts`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.trim().to_lowercase();
        TABLE
            .iter()
            .find(|row| row.1 == wanted || row.2.contains(&wanted.as_str()))
            .map(|row| row.0)
            .ok_or_else(|| {
                Error::new(
                    "instrument",
                    text,
                    "try tenor, alto, trumpet, trombone, clarinet, vibes, guitar or piano",
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_means_its_instrument() {
        for instrument in Instrument::all() {
            assert_eq!(instrument.to_string().parse(), Ok(instrument));
            assert!(instrument.row().2.iter().all(|short| short.parse() == Ok(instrument)));
            assert!(instrument.range().start() < instrument.range().end());
        }
        assert!("kazoo".parse::<Instrument>().is_err());
    }
}
