//! A melody and its chords out of any performance, such as a MIDI file.
//!
//! ```
//! use sideman_corpus::import;
//! let song = sideman_music::Performance::default();
//! let complaint = import::performance(&song, "silence.mid", &import::ImportOptions::default()).unwrap_err();
//! assert!(complaint.to_string().starts_with("there is no melody: it has no notes"));
//! ```

mod bars;
mod extraction;
mod feel;
mod grid;
mod report;

use std::ops::Range;

use sideman_formats::midi;
use sideman_music::{Bars, Note, Performance, Sheet};

use self::bars::SongBars;
use self::extraction::Extraction;
pub use self::feel::EighthFeel;
use self::report::per_cent;
pub use self::report::{
    BarsReport, ChordSource, HarmonyReport, ImportReport, KeyReport, MelodyReport, PartReport, PartRole,
};
use crate::Piece;
use crate::melody::{self, MelodyCandidate, PlayedPart, Struck, TopLine};

/// What to take; by default that is found out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportOptions {
    /// The part with the melody: its number in the report, or a word of its name.
    pub melody: Option<String>,
    /// The part to infer chords from; otherwise chord text, or all parts.
    pub chords: Option<String>,
    /// The bars to take, the first counted as 1.
    pub bars: Option<Bars>,
    /// Take the top note alone where the melody has chords.
    pub monophonic: bool,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The melody over its chords.
    pub pieces: Vec<Piece>,
    /// What was taken, and why.
    pub report: ImportReport,
}

/// Why no melody came of a file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The bytes are no music.
    #[error(transparent)]
    File(#[from] sideman_formats::Error),
    /// Nothing in it is a melody.
    #[error("there is no melody: {why}")]
    NoMelody {
        /// What there is instead, and what to do.
        why: &'static str,
        /// The parts there are.
        report: Box<ImportReport>,
    },
    /// An option names a part that is not there.
    #[error("there is no part {asked:?}; its parts are {parts}")]
    NoSuchPart {
        /// What the option says.
        asked: String,
        /// The parts there are, with their numbers.
        parts: String,
    },
    /// The bars asked for hold no melody.
    #[error("bars {first} to {last} hold no melody; it plays in bars {from} to {to}")]
    NoSuchBars {
        /// The first bar asked for.
        first: usize,
        /// The last bar asked for.
        last: usize,
        /// The first bar with melody.
        from: usize,
        /// The last bar with melody.
        to: usize,
    },
}

/// Takes the melody and the chords out of a MIDI file; `name` is what reports and ids call it.
///
/// # Errors
/// When the file cannot be read, when nothing in it is a melody, or when the options ask for what it has not.
pub fn midi(bytes: &[u8], name: &str, options: &ImportOptions) -> Result<Import, Error> {
    let song = midi::read(bytes)?;
    let mut import = performance(&song.value, name, options)?;
    import.report.notes.extend(song.warnings);
    Ok(import)
}

/// Takes the melody and the chords out of a performance.
///
/// The piece has the bars from the first to the last in which the melody plays. Its notes stand on a grid of
/// twelfths of a quarter note, with their delays against it.
///
/// # Errors
/// As for [`midi()`].
pub fn performance(song: &Performance, name: &str, options: &ImportOptions) -> Result<Import, Error> {
    let parts = PlayedPart::all(song);
    let mut report =
        ImportReport { name: name.to_owned(), title: song.title.clone(), ..ImportReport::default() };
    let verdicts = melody::rank(&parts);
    report.parts = parts.iter().map(|part| part_report(part, &verdicts)).collect();
    let chosen = match &options.melody {
        Some(asked) => find(&parts, asked)?,
        None => match melody::best(&verdicts) {
            Some(best) => &parts[best.part - 1],
            None => return Err(Error::NoMelody { why: why_not(&parts), report: Box::new(report) }),
        },
    };
    let chords = options.chords.as_ref().map(|asked| find(&parts, asked)).transpose()?;
    let line = TopLine::of(chosen);
    if line.events.is_empty() {
        return Err(Error::NoMelody { why: why_not(&parts), report: Box::new(report) });
    }
    let bars = SongBars::of(song, song.end());
    let taken = taken(&line, &bars, options)?;
    let confidence = verdicts.iter().find(|verdict| verdict.part == chosen.number).map(|v| v.confidence);
    let confidence = if options.melody.is_some() { 1.0 } else { confidence.unwrap_or(0.0) };
    let doubles = doubles(chosen, &verdicts);
    let monophonic = options.monophonic;
    let extraction = Extraction {
        song,
        parts: &parts,
        chosen,
        confidence,
        chords,
        doubles,
        line: &line,
        bars: &bars,
        taken,
        monophonic,
    };
    let piece = extraction.piece(name, &mut report);
    Ok(Import { pieces: vec![piece], report })
}

/// What someone played over a sheet as it is written: every note on the grid, with its delay against it, so that it
/// sounds as before. Ornaments too quick for the grid are left out.
pub fn written(played: &[Note], sheet: &Sheet) -> Vec<Note> {
    const VELOCITY: u8 = 80;
    let struck = |note: &Note| Struck {
        onset: note.onset,
        end: note.end(),
        pitches: note.pitches,
        velocity: note.velocity.unwrap_or(VELOCITY),
    };
    grid::quantised(&played.iter().map(struck).collect::<Vec<_>>(), &SongBars::over(sheet))
}

fn part_report(part: &PlayedPart, verdicts: &[MelodyCandidate]) -> PartReport {
    let role = match part {
        _ if part.is_drums() => PartRole::Drums,
        _ if part.notes.is_empty() => PartRole::Silent,
        _ => PartRole::Unused,
    };
    let mut line = PartReport::new(part, role);
    if let Some(verdict) = verdicts.iter().find(|verdict| verdict.part == part.number) {
        line.confidence = Some(per_cent(verdict.confidence));
        line.why = verdict.why();
    }
    line
}

/// The numbers of the parts that double the chosen one, or that it doubles.
fn doubles(chosen: &PlayedPart, verdicts: &[MelodyCandidate]) -> Vec<usize> {
    let lead = |verdict: &&MelodyCandidate| verdict.doubles.unwrap_or(verdict.part);
    let own = verdicts.iter().find(|verdict| verdict.part == chosen.number).map(|verdict| lead(&verdict));
    let same = verdicts.iter().filter(|verdict| Some(lead(verdict)) == own && verdict.part != chosen.number);
    same.map(|verdict| verdict.part).collect()
}

/// The part that an option means: by number, or by a word of its name.
fn find<'a>(parts: &'a [PlayedPart], asked: &str) -> Result<&'a PlayedPart, Error> {
    let wanted = asked.trim().to_lowercase();
    let by_number =
        wanted.parse().ok().and_then(|number: usize| parts.iter().find(|part| part.number == number));
    let named = |part: &&PlayedPart| !wanted.is_empty() && part.name.to_lowercase().contains(&wanted);
    by_number.or_else(|| parts.iter().find(named)).ok_or_else(|| {
        let parts =
            parts.iter().take(32).map(|part| format!("{} {}", part.number, part.name).trim_end().to_owned());
        Error::NoSuchPart { asked: asked.to_owned(), parts: parts.collect::<Vec<_>>().join(", ") }
    })
}

fn why_not(parts: &[PlayedPart]) -> &'static str {
    if parts.iter().all(|part| part.notes.is_empty()) {
        "it has no notes"
    } else if !parts.iter().any(PlayedPart::is_pitched) {
        "it has only drums"
    } else {
        "no part sounds like one; name one with --melody"
    }
}

/// The bars to take, counted from 0: those asked for, without what is empty of melody at either end.
fn taken(line: &TopLine, bars: &SongBars, options: &ImportOptions) -> Result<Range<usize>, Error> {
    let asked = options.bars.map_or(0..usize::MAX, Bars::indices);
    let onsets = || line.events.iter().map(|event| bars.at(event.onset));
    let inside = |bar: &usize| asked.contains(bar);
    match (onsets().find(inside), onsets().rfind(inside)) {
        (Some(first), Some(last)) => Ok(first..last + 1),
        _ => {
            let (from, to) = (onsets().next().unwrap_or(0) + 1, onsets().next_back().unwrap_or(0) + 1);
            Err(Error::NoSuchBars { first: asked.start + 1, last: asked.end, from, to })
        }
    }
}
