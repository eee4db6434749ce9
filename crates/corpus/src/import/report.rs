//! What an import took, and why.

use std::fmt;
use std::ops::RangeInclusive;

use sideman_formats::{Location, Warning};
use sideman_music::{Key, Pitch};

use super::feel::EighthFeel;
use crate::melody::{PlayedPart, program_name};

/// What was read, what was taken as melody and as chords and why, and what was left out. Prints as a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImportReport {
    /// The name of the file.
    pub name: String,
    /// The title it bears.
    pub title: String,
    /// The meters of the bars that were taken, in order of their first use.
    pub meters: Vec<String>,
    /// Quarter notes a minute where the melody starts.
    pub bpm: u32,
    /// In which key it is.
    pub key: Option<KeyReport>,
    /// How eighths are played, where enough of them tell.
    pub feel: Option<EighthFeel>,
    /// The bars that were taken.
    pub bars: Option<BarsReport>,
    /// The parts, in the order of the file.
    pub parts: Vec<PartReport>,
    /// What became of the melody.
    pub melody: Option<MelodyReport>,
    /// What became of the chords.
    pub harmony: Option<HarmonyReport>,
    /// What was left out, and what the reader complained of.
    pub notes: Vec<Warning>,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct PartReport {
    /// Number of the part, from 1: what options call it.
    pub number: usize,
    /// Name of its track.
    pub name: String,
    /// MIDI channel, 1 to 16.
    pub channel: u8,
    /// General MIDI name of its sound.
    pub instrument: &'static str,
    /// How many notes it has.
    pub notes: usize,
    /// From its lowest to its highest pitch.
    pub range: Option<RangeInclusive<Pitch>>,
    /// What it was taken as.
    pub role: PartRole,
    /// Probability that it is the melody, in per cent; `None` where that was not asked.
    pub confidence: Option<u32>,
    /// What speaks for and against it.
    pub why: String,
}

impl PartReport {
    pub(super) fn new(part: &PlayedPart, role: PartRole) -> Self {
        Self {
            number: part.number,
            name: part.name.clone(),
            channel: part.channel + 1,
            instrument: if part.is_drums() { "Drums" } else { program_name(part.program) },
            notes: part.notes.len(),
            range: if part.is_drums() { None } else { part.range().map(|(low, high)| low..=high) },
            role,
            confidence: None,
            why: String::new(),
        }
    }
}

/// What a part was taken as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartRole {
    /// The melody.
    Melody,
    /// Its top line is the melody, the rest goes to the chords.
    MelodyAndChords,
    /// It doubles the melody.
    Double,
    /// Chords were inferred from it, with others.
    Chords,
    /// Nothing: it is drums.
    Drums,
    /// Nothing: it has no notes.
    Silent,
    /// Nothing: other parts were asked for.
    Unused,
}

impl fmt::Display for PartRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Melody => "melody",
            Self::MelodyAndChords => "melody + chords",
            Self::Double => "double",
            Self::Chords => "chords",
            Self::Drums => "drums",
            Self::Silent => "no notes",
            Self::Unused => "unused",
        })
    }
}

/// What became of the melody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MelodyReport {
    /// The part it was taken from.
    pub part: usize,
    /// In per cent; 100 when it was asked for.
    pub confidence: u32,
    /// Whether it was parted from another hand.
    pub split: bool,
    /// How many events it has.
    pub notes: usize,
    /// How many of them are chords.
    pub chords: usize,
    /// In how many bars it plays.
    pub bars: usize,
}

/// What became of the chords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarmonyReport {
    /// Where they come from.
    pub source: ChordSource,
    /// In how many bars a chord sounds.
    pub bars: usize,
    /// How many changes there are.
    pub changes: usize,
    /// The share of what sounds that belongs to the chords, in per cent.
    pub fit: u32,
}

/// In which key the bars are that were taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeyReport {
    /// The key.
    pub key: Key,
    /// How well it fits, −1 to 1.
    pub fit: f64,
    /// Whether the file declares it.
    pub declared: bool,
}

/// Which bars of a file were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarsReport {
    /// The first, counted from 1.
    pub first: usize,
    /// The last, counted from 1.
    pub last: usize,
    /// How many there are.
    pub all: usize,
}

/// Where chords come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChordSource {
    /// The file spells them out.
    Text,
    /// They were inferred from what sounds besides the melody, and from it.
    Inferred,
    /// They were inferred from the melody alone, for nothing else sounds.
    MelodyAlone,
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if !self.title.is_empty() {
            write!(f, ": {}", self.title)?;
        }
        writeln!(f)?;
        self.table(f)?;
        self.outcome(f)?;
        self.notes.iter().try_for_each(|note| writeln!(f, "  note: {note}"))
    }
}

impl ImportReport {
    /// Adds a complaint about the whole file.
    pub(super) fn note(&mut self, words: &str) {
        self.notes.push(Warning::new(Location::File, words));
    }

    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["part", "track", "instrument", "ch", "notes", "range", "taken as", "sure", "why"]
            .map(str::to_owned);
        let rows = self.parts.iter().map(|part| {
            [
                part.number.to_string(),
                shortened(&part.name, 24),
                part.instrument.to_owned(),
                part.channel.to_string(),
                part.notes.to_string(),
                part.range
                    .as_ref()
                    .map_or_else(String::new, |range| format!("{}-{}", range.start(), range.end())),
                part.role.to_string(),
                part.confidence.map_or_else(String::new, |sure| format!("{sure} %")),
                part.why.clone(),
            ]
        });
        let rows: Vec<[String; 9]> = [head].into_iter().chain(rows).collect();
        let widths: [usize; 9] =
            std::array::from_fn(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0));
        for row in &rows {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(f, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }

    fn outcome(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(melody) = &self.melody {
            let split = if melody.split { "top line of " } else { "" };
            let MelodyReport { part, confidence, notes, chords, bars, .. } = melody;
            writeln!(
                f,
                "  melody: {split}part {part} ({confidence} % sure), {notes} notes ({chords} chords) in {bars} bars"
            )?;
        }
        if let Some(harmony) = &self.harmony {
            let source = match harmony.source {
                ChordSource::Text => "as written in the file",
                ChordSource::Inferred => "inferred",
                ChordSource::MelodyAlone => "inferred from the melody alone, a guess",
            };
            let HarmonyReport { bars, changes, fit, .. } = harmony;
            writeln!(
                f,
                "  chords: {source}, {changes} changes, in {bars} bars; {fit} % of what sounds is in them"
            )?;
        }
        if let Some(BarsReport { first, last, all }) = self.bars {
            let meters = self.meters.join(", ");
            writeln!(f, "  bars: {first} to {last} of {all}, {meters}, {} quarters a minute", self.bpm)?;
        }
        if let Some(KeyReport { key, fit, declared }) = self.key {
            let how = if declared { "declared" } else { "estimated" };
            writeln!(f, "  key: {key}, {how} (fit {fit:.2})")?;
        }
        if let Some(feel) = self.feel {
            writeln!(f, "  feel: {}, eighths {:.1}:1 ({} pairs)", feel.name(), feel.ratio, feel.pairs)?;
        }
        Ok(())
    }
}

/// A share in whole per cent.
pub(super) fn per_cent(share: f64) -> u32 {
    (100.0 * share).round() as u32
}

/// At most so many characters of a text.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        text.to_owned()
    } else {
        text.chars().take(most - 1).chain(['…']).collect()
    }
}
