//! MusicXML: scores with chords and melody, plain or packed (`.mxl`).
//!
//! The form is written out: repeats, endings, da capo, dal segno, coda, fine. Notes sound as concert pitches
//! (`<transpose>` is followed, for chords as well); what `<kind text="…">` prints is not read. Chords come from
//! the first part that has some, the melody from the first part with notes, its first voice alone.
//!
//! ```
//! use sideman_formats::musicxml;
//! use sideman_music::Sheet;
//! let sheet: Sheet = "title: Example\n[A] Dm7 G7alt | N.C. | 3/4 Cmaj7/E".parse()?;
//! let written = musicxml::write(&sheet, None);
//! let tunes = musicxml::read(written.value.as_bytes()).map_err(|error| error.to_string());
//! assert_eq!(tunes.map(|tunes| tunes[0].sheet.clone()), Ok(sheet));
//! # Ok::<(), sideman_music::Error>(())
//! ```

mod bounds;
mod kind;
mod measure;
mod source;
mod write;
mod xml;

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node, ParsingOptions};
use sideman_music::{Instrument, Sheet, Solo, Tempo};

use crate::unfold::{self, SourceMeasure};
use crate::{Credits, Error, Location, Tune, Warning, WarningKind};
use measure::{Opening, PartMeasure, child, text};

pub use write::{write, write_score};

/// More elements and texts than any score has; the limit bounds the memory that a file can ask for.
const MOST_NODES: u32 = 3_000_000;

/// The score, as one tune.
///
/// # Errors
/// When the bytes are no score, the XML is damaged, or no measure is in it.
pub fn read(bytes: &[u8]) -> Result<Vec<Tune>, Error> {
    let xml = source::text(bytes)?;
    bounds::check(&xml)?;
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&xml, options).map_err(|error| {
        let (line, column) = (error.pos().row as usize, error.pos().col as usize);
        Error::malformed(Location::Character { line, column }, error)
    })?;
    let root = document.root_element();
    read_score(root).map(|tune| vec![tune])
}

fn read_score(root: Node) -> Result<Tune, Error> {
    let (mut warnings, mut opening) = (Vec::new(), Opening::default());
    let parts: Vec<(&str, Vec<SourceMeasure>)> = parts(root)
        .into_iter()
        .map(|(id, part)| (id, measure::measures(&part, &mut opening, &mut warnings)))
        .collect();
    let with =
        |has: fn(&SourceMeasure) -> bool| parts.iter().position(|(_, measures)| measures.iter().any(has));
    let melody = with(|measure| !measure.tones.is_empty());
    let chords = with(|measure| !measure.chords.is_empty()).or(melody).unwrap_or(0);
    let mut measures = parts.get(chords).map_or(Vec::new(), |(_, measures)| measures.clone());
    if let Some((_, other)) = melody.filter(|&part| part != chords).map(|part| &parts[part]) {
        add_melody(&mut measures, other);
    }
    leave_one_voice(&mut measures, &mut warnings);
    let mut played = unfold::unfold(measures, None, &mut warnings)?;
    let malformed = Error::in_part("measures");
    let sheet = played.sheet(|sheet| header(root, sheet, &opening)).map_err(malformed)?;
    let instrument = melody.and_then(|part| instrument(root, parts[part].0));
    let solo = match played.notes.is_empty() {
        true => None,
        false => Some(Solo::new(instrument.unwrap_or(Instrument::Voice), played.notes).map_err(malformed)?),
    };
    Ok(Tune {
        sheet,
        solo,
        spelling: played.spelling,
        credits: Credits { instrument, ..Credits::default() },
        form: played.form,
        warnings,
    })
}

/// The measures of each part by its id, in the order in which the parts appear; a score by time is turned round.
fn parts<'a, 'b>(root: Node<'a, 'b>) -> Vec<(&'a str, Vec<PartMeasure<'a, 'b>>)> {
    let by_time = root.has_tag_name("score-timewise");
    let (outer, inner) = if by_time { ("measure", "part") } else { ("part", "measure") };
    let mut parts: Vec<(&str, Vec<PartMeasure>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for node in root.children().filter(|node| node.has_tag_name(outer)) {
        for music in node.children().filter(|child| child.has_tag_name(inner)) {
            let (part, measure) = if by_time { (music, node) } else { (node, music) };
            let id = part.attribute("id").unwrap_or_default();
            let place = *places.entry(id).or_insert_with(|| {
                parts.push((id, Vec::new()));
                parts.len() - 1
            });
            parts[place].1.push(PartMeasure { measure, music });
        }
    }
    parts
}

/// What stands in front of the music.
fn head<'a, 'b>(root: Node<'a, 'b>) -> impl Iterator<Item = Node<'a, 'b>> {
    let music = |node: &Node| matches!(node.tag_name().name(), "part" | "measure");
    root.children().filter(move |node| !music(node)).flat_map(|node| node.descendants())
}

fn header(root: Node, sheet: Sheet, opening: &Opening) -> Sheet {
    let find = |name: &str, kind: Option<(&str, &str)>| {
        let says =
            |node: &Node| node.has_tag_name(name) && kind.is_none_or(|(k, v)| node.attribute(k) == Some(v));
        head(root).find(says).and_then(|node| node.text()).unwrap_or_default().trim()
    };
    let titles = [find("work-title", None), find("movement-title", None), largest_words(root)];
    let title = titles.into_iter().find(|title| !title.is_empty()).unwrap_or_default();
    let composer = find("creator", Some(("type", "composer")));
    let style = find("miscellaneous-field", Some(("name", "style")));
    let tempo = opening.tempo.map(|bpm| Tempo::micros_per_quarter((60e6 / bpm).round() as u32));
    sheet.with_title(title).with_composer(composer).with_style(style).with_key(opening.key).with_tempo(tempo)
}

/// The words in the largest print, where no field holds the title; remarks are printed too, but are none.
fn largest_words<'a>(root: Node<'a, '_>) -> &'a str {
    let size = |node: &Node| node.attribute("font-size").and_then(|size| size.parse().ok()).unwrap_or(0.0);
    let fields = head(root).filter(|node| node.attribute("name") == Some("remark"));
    let remarks: BTreeSet<Option<&str>> = fields.map(|field| field.text()).collect();
    let credits = head(root).filter(|node| node.has_tag_name("credit-words"));
    credits
        .filter(|words| !remarks.contains(&words.text()))
        .max_by(|a, b| f64::total_cmp(&size(a), &size(b)))
        .and_then(|node| node.text())
        .unwrap_or_default()
        .trim()
}

/// Puts the notes of another part into the measures.
fn add_melody(measures: &mut [SourceMeasure], melody: &[SourceMeasure]) {
    for (measure, other) in measures.iter_mut().zip(melody) {
        measure.tones.clone_from(&other.tones);
        measure.length = measure.length.max(other.length);
    }
}

/// Leaves the first voice that has notes.
fn leave_one_voice(measures: &mut [SourceMeasure], warnings: &mut Vec<Warning>) {
    let first = measures.iter().flat_map(|measure| &measure.tones).map(|tone| tone.voice.clone()).next();
    let mut left_out = 0;
    for measure in measures.iter_mut() {
        let count = measure.tones.len();
        measure.tones.retain(|tone| Some(&tone.voice) == first.as_ref());
        left_out += count - measure.tones.len();
    }
    if left_out > 0 {
        let words = format!("{left_out} notes of other voices are left out");
        warnings.push(Warning::new(Location::File, words).of(WarningKind::LeftOut));
    }
}

/// The instrument of a part, by its program or its name.
fn instrument(root: Node, id: &str) -> Option<Instrument> {
    let listed = head(root).find(|n| n.has_tag_name("score-part") && n.attribute("id") == Some(id))?;
    let name = text(listed, "part-name").parse().ok();
    let midi =
        || child(listed, "midi-instrument").and_then(|midi| text(midi, "midi-program").parse::<u8>().ok());
    name.or_else(|| midi().and_then(|program| Instrument::from_program(program.checked_sub(1)?)))
}

#[cfg(test)]
mod tests;
