//! The measures of a part, as they stand on the page.

use roxmltree::Node;
use sideman_music::{Chord, Duration, Key, Letter, Meter, Mode, NoteName, Pitch, Quality, Sheet};

use super::kind::{self, Degree, DegreeChange};
use crate::form::{FormSigns, Jump};
use crate::unfold::{SourceMeasure, SourceTone};
use crate::{Location, Warning};

/// What is said at the first place where anything is.
#[derive(Default)]
pub(super) struct Opening {
    /// As it sounds.
    pub(super) key: Option<Key>,
    /// Quarter notes a minute.
    pub(super) tempo: Option<f64>,
}

/// The measures of a part; `opening` takes key and tempo where no part before has told them.
pub(super) fn measures(part: Node, opening: &mut Opening, warnings: &mut Vec<Warning>) -> Vec<SourceMeasure> {
    let mut reader = MeasureReader::new(warnings);
    for node in part.children().filter(|node| node.has_tag_name("measure")).take(Sheet::MOST_BARS + 1) {
        reader.measure(node);
    }
    opening.key = opening.key.or(reader.key);
    opening.tempo = opening.tempo.or(reader.tempo);
    reader.measures
}

struct MeasureReader<'a> {
    measures: Vec<SourceMeasure>,
    divisions: i64,
    meter: Meter,
    /// Semitones from what is written to what sounds.
    transpose: i32,
    /// How many measures back the one is whose chords are repeated.
    repeated: Option<usize>,
    codas: usize,
    cursor: Duration,
    /// Where the last note began, for the others of its chord.
    onset: Duration,
    key: Option<Key>,
    tempo: Option<f64>,
    warnings: &'a mut Vec<Warning>,
}

impl<'a> MeasureReader<'a> {
    fn new(warnings: &'a mut Vec<Warning>) -> Self {
        Self {
            measures: Vec::new(),
            divisions: 1,
            meter: Meter::COMMON,
            transpose: 0,
            repeated: None,
            codas: 0,
            cursor: Duration::ZERO,
            onset: Duration::ZERO,
            key: None,
            tempo: None,
            warnings,
        }
    }

    fn measure(&mut self, node: Node) {
        let mut measure = SourceMeasure {
            implicit: node.attribute("implicit") == Some("yes"),
            ..SourceMeasure::new(node.attribute("number").unwrap_or_default().to_owned(), self.meter)
        };
        (self.cursor, self.onset) = (Duration::ZERO, Duration::ZERO);
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "attributes" => self.attributes(child, &mut measure),
                "note" => self.note(child, &mut measure),
                "backup" => self.cursor = (self.cursor - self.duration(child)).max(Duration::ZERO),
                "forward" => self.advance(self.duration(child), &mut measure),
                "harmony" => self.harmony(child, &mut measure),
                "direction" => self.direction(child, &mut measure),
                "sound" => self.sound(child, &mut measure),
                "barline" => barline(child, &mut measure.signs),
                _ => {}
            }
        }
        self.repeat_chords(&mut measure);
        self.measures.push(measure);
    }

    fn warn(&mut self, measure: &SourceMeasure, words: impl ToString) {
        let beat = self.cursor.in_units_of(measure.meter.beat()) + 1;
        self.warnings.push(Warning::new(Location::beat(&measure.number, beat), words));
    }

    fn attributes(&mut self, node: Node, measure: &mut SourceMeasure) {
        if let Some(divisions) =
            text(node, "divisions").parse().ok().filter(|d| (1..=1_000_000_000).contains(d))
        {
            self.divisions = divisions;
        }
        if let Some(time) = child(node, "time").filter(|time| child(*time, "beats").is_some()) {
            let beats: Option<u8> = text(time, "beats").split('+').map(|n| n.trim().parse::<u8>().ok()).sum();
            let meter =
                beats.zip(text(time, "beat-type").parse().ok()).and_then(|(n, unit)| Meter::new(n, unit));
            match meter {
                Some(meter) => (self.meter, measure.meter) = (meter, meter),
                None => {
                    let place = Location::bar(&measure.number);
                    self.warnings.push(Warning::new(place, "its meter is not known"));
                }
            }
        }
        if let Some(transpose) = child(node, "transpose") {
            let semitones = |name| text(transpose, name).parse::<i32>().unwrap_or(0).clamp(-60, 60);
            self.transpose = semitones("chromatic") + 12 * semitones("octave-change");
        }
        if let Some(key) = child(node, "key") {
            let mode = if text(key, "mode") == "minor" { Mode::Minor } else { Mode::Major };
            let fifths = text(key, "fifths").parse().ok().filter(|fifths| (-7..=7).contains(fifths));
            let key = fifths.and_then(|fifths| Key::from_fifths(fifths, mode));
            self.key = self.key.or(key.map(|key| key.transposed(self.transpose % 12)));
        }
        let repeat = node.descendants().find(|node| node.has_tag_name("measure-repeat"));
        if let Some(repeat) = repeat {
            let back = repeat.text().and_then(|n| n.trim().parse().ok()).unwrap_or(1);
            self.repeated = (repeat.attribute("type") == Some("start")).then_some(back);
        }
    }

    fn repeat_chords(&self, measure: &mut SourceMeasure) {
        let from = self
            .repeated
            .and_then(|back| self.measures.len().checked_sub(back))
            .and_then(|i| self.measures.get(i));
        if let Some(from) = from.filter(|_| measure.chords.is_empty()) {
            measure.chords.clone_from(&from.chords);
        }
    }

    /// What `<duration>` says; at most a thousand quarter notes.
    fn duration(&self, node: Node) -> Duration {
        self.divided(text(node, "duration")).clamp(Duration::ZERO, Duration::QUARTER * 1000)
    }

    fn divided(&self, divisions: &str) -> Duration {
        match divisions.parse::<i64>() {
            Ok(whole) => Duration::quarters(whole, self.divisions),
            Err(_) => {
                let number: f64 = divisions.parse().unwrap_or(0.0);
                Duration::quarters((number.clamp(-1e9, 1e9) * 1000.0).round() as i64, self.divisions * 1000)
            }
        }
    }

    fn advance(&mut self, duration: Duration, measure: &mut SourceMeasure) {
        self.cursor = (self.cursor + duration).min(Duration::QUARTER * 1000);
        measure.length = measure.length.max(self.cursor);
    }

    fn note(&mut self, node: Node, measure: &mut SourceMeasure) {
        if child(node, "grace").is_some() {
            return;
        }
        let duration = self.duration(node);
        let chord = child(node, "chord").is_some();
        if !chord {
            self.onset = self.cursor;
            self.advance(duration, measure);
        }
        let slash = text(node, "notehead") == "slash" || child(node, "cue").is_some();
        let Some(pitch) = child(node, "pitch").filter(|_| !slash && duration > Duration::ZERO) else {
            return;
        };
        let Some(pitch) = self.pitch(pitch) else {
            self.warn(measure, "a note without a sounding pitch is left out");
            return;
        };
        let tied = node.children().any(|n| n.has_tag_name("tie") && n.attribute("type") == Some("stop"));
        let voice = format!("{} {}", text(node, "staff"), text(node, "voice"));
        measure.tones.push(SourceTone { at: self.onset, duration, pitch, voice, tied });
    }

    fn pitch(&self, node: Node) -> Option<Pitch> {
        let letter = letter(text(node, "step"))?;
        let alter = text(node, "alter").parse::<f64>().unwrap_or(0.0).round().clamp(-4.0, 4.0) as i32;
        let octave: i32 = text(node, "octave").parse().ok().filter(|o| (-1..=10).contains(o))?;
        let number = 12 * (octave + 1) + letter.semitones() + alter + self.transpose;
        u8::try_from(number).ok().and_then(Pitch::new)
    }

    fn harmony(&mut self, node: Node, measure: &mut SourceMeasure) {
        let at = self.cursor + self.divided(text(node, "offset"));
        let (root, kind) = (child(node, "root"), child(node, "kind"));
        let said = kind.and_then(|kind| kind.text()).unwrap_or_default().trim();
        if said == "none" {
            measure.chords.push((at, None));
            return;
        }
        let Some(root) = root.and_then(|root| self.name(root, "root-step", "root-alter")) else {
            self.warn(measure, "a chord without a root is left out");
            return;
        };
        let degrees: Vec<Degree> = node.children().filter_map(degree).collect();
        let printed = || kind.and_then(|kind| kind.attribute("text")?.parse::<Quality>().ok());
        let quality = match kind::quality(said, &degrees) {
            Some(quality) => quality,
            None => {
                let Some(quality) =
                    printed().or_else(|| kind::quality(said, &[]).or(kind::quality("major", &[])))
                else {
                    return;
                };
                self.warn(measure, format!("chord kind {said:?} is read as {root}{quality}"));
                quality
            }
        };
        let bass = child(node, "bass").and_then(|bass| self.name(bass, "bass-step", "bass-alter"));
        let up =
            |name: NoteName| if self.transpose % 12 == 0 { name } else { name.transposed(self.transpose) };
        let chord = Chord { root: up(root), quality, bass: bass.map(up).filter(|&bass| bass != up(root)) };
        measure.chords.push((at, Some(chord)));
    }

    fn name(&self, node: Node, step: &str, alter: &str) -> Option<NoteName> {
        let alter = text(node, alter).parse::<f64>().unwrap_or(0.0).round().clamp(-4.0, 4.0) as i32;
        NoteName::new(letter(text(node, step))?, alter)
    }

    fn direction(&mut self, node: Node, measure: &mut SourceMeasure) {
        let sound = child(node, "sound");
        if let Some(sound) = sound {
            self.sound(sound, measure);
        }
        for mark in node.descendants() {
            match mark.tag_name().name() {
                "rehearsal" => measure.section = Some(mark.text().unwrap_or_default().to_owned()),
                "segno" => measure.signs.segno = true,
                "coda"
                    if sound
                        .is_none_or(|s| s.attribute("coda").is_none() && s.attribute("tocoda").is_none()) =>
                {
                    self.codas += 1;
                    *(if self.codas == 1 { &mut measure.signs.to_coda } else { &mut measure.signs.coda }) =
                        true;
                }
                "words" => words(mark.text().unwrap_or_default(), &mut measure.signs),
                _ => {}
            }
        }
    }

    fn sound(&mut self, node: Node, measure: &mut SourceMeasure) {
        let tempo = node
            .attribute("tempo")
            .and_then(|bpm| bpm.trim().parse().ok())
            .filter(|bpm| (1.0..1e8).contains(bpm));
        self.tempo = self.tempo.or(tempo);
        let signs = &mut measure.signs;
        let says = |name| node.attribute(name).is_some_and(|value| value != "no");
        signs.segno |= says("segno");
        signs.coda |= says("coda");
        signs.to_coda |= says("tocoda");
        signs.fine |= says("fine");
        if says("dacapo") || says("dalsegno") {
            signs.jump = signs.jump.or(Some(Jump { to_segno: says("dalsegno"), ending: None }));
        }
    }
}

/// What words beside the staff say about the form.
fn words(words: &str, signs: &mut FormSigns) {
    match words.trim().to_lowercase().trim_end_matches('.') {
        "fine" => signs.fine = true,
        "to coda" => signs.to_coda = true,
        _ => signs.jump = Jump::from_words(words).or(signs.jump),
    }
}

fn barline(node: Node, signs: &mut FormSigns) {
    if let Some(repeat) = child(node, "repeat") {
        let times = repeat.attribute("times").and_then(|n| n.parse().ok()).unwrap_or(2);
        match repeat.attribute("direction") {
            Some("forward") => signs.repeat_from = true,
            _ => signs.plays = 64.min(times).max(2),
        }
    }
    if let Some(ending) = child(node, "ending").filter(|ending| ending.attribute("type") == Some("start")) {
        let numbers = ending.attribute("number").unwrap_or_default().split(|c: char| !c.is_ascii_digit());
        signs.ending = numbers.filter_map(|n| n.parse().ok()).filter(|n| (1..=64).contains(n)).collect();
    }
    signs.segno |= child(node, "segno").is_some();
    signs.closes |= node.attribute("location") != Some("left")
        && matches!(text(node, "bar-style"), "light-light" | "light-heavy" | "heavy-heavy" | "heavy-light");
}

fn degree(node: Node) -> Option<Degree> {
    if !node.has_tag_name("degree") {
        return None;
    }
    let change = match text(node, "degree-type") {
        "alter" => DegreeChange::Alter,
        "subtract" => DegreeChange::Subtract,
        _ => DegreeChange::Add,
    };
    let alter = text(node, "degree-alter").parse::<f64>().unwrap_or(0.0).clamp(-9.0, 9.0) as i32;
    Some(Degree { change, value: text(node, "degree-value").parse().ok()?, alter })
}

fn letter(text: &str) -> Option<Letter> {
    text.parse().ok().and_then(Letter::from_name)
}

pub(super) fn child<'a, 'b>(node: Node<'a, 'b>, name: &str) -> Option<Node<'a, 'b>> {
    node.children().find(|node| node.has_tag_name(name))
}

/// The text of a child; empty where there is none.
pub(super) fn text<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    child(node, name).and_then(|node| node.text()).unwrap_or_default().trim()
}
