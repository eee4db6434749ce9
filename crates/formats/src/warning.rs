//! Complaints: what was read or written in another way than it stands, and where.

use std::fmt;

use sideman_music::Sheet;

/// Where a complaint belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// The file as a whole.
    File,
    /// A byte of the file, counted from 0.
    Byte(usize),
    /// A line of the text, counted from 1.
    Line(usize),
    /// A character of the text.
    Character {
        /// Its line, counted from 1.
        line: usize,
        /// Its column, counted from 1.
        column: usize,
    },
    /// A bar of the music.
    Bar {
        /// As the source numbers it, such as `12` or `X1`.
        number: String,
        /// The beat in it, where that is known, counted from 1.
        beat: Option<i64>,
    },
    /// A bar of the page, before repeats are written out, counted from 1.
    BarOnPage(usize),
    /// A part of the file that has a name, such as a table, a song or a player.
    Part(String),
}

impl Location {
    /// A bar as it is numbered.
    pub(crate) fn bar(number: impl ToString) -> Self {
        Self::Bar { number: number.to_string(), beat: None }
    }

    /// A beat of a bar.
    pub(crate) fn beat(number: impl ToString, beat: i64) -> Self {
        Self::Bar { number: number.to_string(), beat: Some(beat) }
    }

    /// A part by its name.
    pub(crate) fn part(name: impl Into<String>) -> Self {
        Self::Part(name.into())
    }
}

impl fmt::Display for Location {
    /// `bar 3, beat 2`, `line 7`, `byte 20`; nothing for the whole file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => Ok(()),
            Self::Byte(byte) => write!(f, "byte {byte}"),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Character { line, column } => write!(f, "line {line}, column {column}"),
            Self::Bar { number, beat: None } => write!(f, "bar {number}"),
            Self::Bar { number, beat: Some(beat) } => write!(f, "bar {number}, beat {beat}"),
            Self::BarOnPage(bar) => write!(f, "bar {bar} on the page"),
            Self::Part(name) => f.write_str(name),
        }
    }
}

/// What a complaint is about; kinds are counted over many files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum WarningKind {
    /// A song, a voice or a part of the file that is left out.
    LeftOut,
    /// The order of play: repeats, endings, jumps, codas, parts.
    Order,
    /// Meters, bars that are too short or too full, other numbers of bars than are said.
    Bars,
    /// A chord that is read as another one, or left out.
    Chords,
    /// What may be played in the place of a chord.
    Alternatives,
    /// Notes and ties.
    Notes,
    /// Words and signs that are not known or not followed.
    Words,
    /// Anything else.
    #[default]
    Other,
}

impl WarningKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::LeftOut,
        Self::Order,
        Self::Bars,
        Self::Chords,
        Self::Alternatives,
        Self::Notes,
        Self::Words,
        Self::Other,
    ];

    /// Its name, which stays the same.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LeftOut => "left out",
            Self::Order => "order of play",
            Self::Bars => "bars",
            Self::Chords => "chords",
            Self::Alternatives => "alternative chords",
            Self::Notes => "notes",
            Self::Words => "words and signs",
            Self::Other => "other",
        }
    }

    /// The kind of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Something that was read or written in another way than it stands, or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub place: Location,
    /// What became of it.
    pub words: String,
    /// What it is about.
    pub kind: WarningKind,
}

impl Warning {
    /// A complaint about a place, of no kind that is counted.
    pub fn new(place: Location, words: impl ToString) -> Self {
        Self { place, words: words.to_string(), kind: WarningKind::Other }
    }

    /// The same as one about such a thing.
    #[must_use]
    pub fn of(self, kind: WarningKind) -> Self {
        Self { kind, ..self }
    }

    /// The chords over the pickup of a sheet, for a format that has no place for them.
    pub(crate) fn of_pickup(sheet: &Sheet) -> Option<Self> {
        let count = sheet.pickup().len();
        (count > 0).then(|| Self::new(Location::part("pickup"), format!("its {count} chords are left out")))
    }
}

impl fmt::Display for Warning {
    /// `bar 3, beat 2: chord "H7" is not known`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Location::File => f.write_str(&self.words),
            _ => write!(f, "{}: {}", self.place, self.words),
        }
    }
}

/// As tests state it: by its words with their place.
#[cfg(test)]
impl PartialEq<&str> for Warning {
    fn eq(&self, other: &&str) -> bool {
        let said = self.to_string();
        said == *other
    }
}

/// A value, and what was read in another way than written, or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warned<T> {
    /// What was read.
    pub value: T,
    /// Complaints, in the order of the file.
    pub warnings: Vec<Warning>,
}

impl<T> Warned<T> {
    /// Another value with the same complaints.
    pub fn map<U>(self, to: impl FnOnce(T) -> U) -> Warned<U> {
        Warned { value: to(self.value), warnings: self.warnings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_begin_with_their_place() {
        let said = |place| Warning::new(place, "left out").to_string();
        assert_eq!(said(Location::File), "left out");
        assert_eq!(said(Location::Byte(20)), "byte 20: left out");
        assert_eq!(said(Location::Line(7)), "line 7: left out");
        assert_eq!(said(Location::Character { line: 7, column: 2 }), "line 7, column 2: left out");
        assert_eq!(said(Location::bar("X1")), "bar X1: left out");
        assert_eq!(said(Location::beat(3, 2)), "bar 3, beat 2: left out");
        assert_eq!(said(Location::BarOnPage(3)), "bar 3 on the page: left out");
        assert_eq!(said(Location::part("solo 17")), "solo 17: left out");
    }
}
