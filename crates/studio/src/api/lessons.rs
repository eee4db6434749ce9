//! Music of one's own: what is taken of a file as melody and chords, and why.

use std::ops::ControlFlow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sideman_corpus::Piece;
use sideman_corpus::import::{ImportOptions, ImportReport, PartReport};
use sideman_corpus::library::{Library, NamedBytes};
use sideman_session::corpus;

use super::takes::PractiseRequest;
use crate::ask::{Ask, PathParts};
use crate::problem::{Answer, Problem};
use crate::reply::Reply;
use crate::studio::Studio;
use crate::take_order::TakeOrder;

/// How a file is read.
#[derive(Deserialize)]
struct LessonQuery {
    #[serde(default)]
    name: String,
    /// The part with the melody, by number or a word of its name; found out without it.
    melody: Option<String>,
    chords: Option<String>,
    /// Such as `5-36`.
    bars: Option<String>,
}

/// What was taken.
#[derive(Serialize)]
struct LessonView {
    /// By which it is learned from.
    id: u64,
    name: String,
    pieces: Vec<LessonPiece>,
    /// The parts of a MIDI file, and what each is taken for.
    parts: Vec<LessonPart>,
    /// All that is to be said of it.
    report: Vec<String>,
}

/// A solo or a chart that was taken.
#[derive(Serialize)]
struct LessonPiece {
    title: String,
    bars: usize,
    /// None of a chart alone.
    notes: usize,
    /// Its first chords.
    chords: Vec<String>,
}

/// A part of a MIDI file.
#[derive(Serialize)]
struct LessonPart {
    number: usize,
    name: String,
    instrument: &'static str,
    notes: usize,
    role: String,
    why: String,
}

/// Chords that are told of a piece.
const CHORDS: usize = 8;
/// Pieces of one file, and lines of its report.
const MOST_PIECES: usize = 2_000;
const MOST_LINES: usize = 60;

/// `POST /api/lessons?name=&melody=&chords=&bars=`: reads a file to learn from or to judge; the same file with other
/// wishes is another lesson.
pub(crate) fn import(studio: &Arc<Studio>, ask: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    Reply::json(&imported(studio, &ask.query()?, &ask.body)?)
}

/// `POST /api/lessons/{id}/practise`: a take to practise with over a written solo or tune.
pub(crate) fn practise(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let request: PractiseRequest = ask.json()?;
    let pieces = studio.lesson_pieces(&[places.number(0)?])?;
    let written = pieces.iter().find_map(|piece| Some((&piece.sheet, piece.solo.as_ref()?)));
    let (sheet, solo) = written.ok_or_else(|| Problem::asked("there is no melody in this file"))?;
    let (chart, instrument) = (sheet.to_string(), solo.instrument().to_string());
    let order = TakeOrder { chart, instrument, choruses: 1, ..TakeOrder::default() };
    request.made(studio, &order, solo)
}

fn imported(studio: &Studio, query: &LessonQuery, bytes: &[u8]) -> Answer<LessonView> {
    let name: String = query.name.chars().filter(|c| !c.is_control()).take(100).collect();
    let mut library = Library::default();
    let (mut parts, mut report) = (Vec::new(), Vec::new());
    if bytes.starts_with(b"MThd") {
        let full = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let bars = full(&query.bars).map(|bars| bars.parse()).transpose()?;
        let options = ImportOptions {
            melody: full(&query.melody),
            chords: full(&query.chords),
            bars,
            monophonic: false,
        };
        let read = corpus::import(&mut library, bytes, &name, &options).map_err(Problem::asked)?;
        parts = read.parts.iter().map(LessonPart::of).collect();
        report = lines(&read);
    } else {
        let file = NamedBytes { name: name.clone(), bytes: Ok(bytes.to_vec()) };
        library = corpus::gather([file].into_iter(), &mut |_| ControlFlow::Continue(()));
        let skipped = |file: &sideman_corpus::library::FileRecord| {
            Some(format!("{}: {}", file.name, file.skipped.as_ref()?))
        };
        report.extend(library.files.iter().filter_map(skipped));
        report.push("Melody and chords are as they are written.".into());
    }
    library.pieces.truncate(MOST_PIECES);
    report.truncate(MOST_LINES);
    if library.pieces.is_empty() {
        return Err(Problem::asked(
            report.first().cloned().unwrap_or_else(|| format!("there is no music in {name}")),
        ));
    }
    let pieces = library.pieces.iter().take(MOST_LINES).map(LessonPiece::of).collect();
    Ok(LessonView { id: studio.lessons.keep(library.pieces), name, pieces, parts, report })
}

fn lines(report: &ImportReport) -> Vec<String> {
    report.to_string().lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

impl LessonPiece {
    fn of(piece: &Piece) -> Self {
        let chords =
            piece.sheet.chords().iter().filter_map(|(_, chord)| chord.map(|chord| chord.to_string()));
        Self {
            title: if piece.sheet.title().is_empty() {
                piece.id.clone()
            } else {
                piece.sheet.title().to_owned()
            },
            bars: piece.sheet.bars().len(),
            notes: piece.solo.as_ref().map_or(0, |solo| solo.notes().len()),
            chords: chords.take(CHORDS).collect(),
        }
    }
}

impl LessonPart {
    fn of(part: &PartReport) -> Self {
        let PartReport { number, name, instrument, notes, role, why, .. } = part;
        let role = role.to_string();
        Self { number: *number, name: name.clone(), instrument, notes: *notes, role, why: why.clone() }
    }
}
