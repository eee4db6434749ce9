//! The measures of a part, as they stand on the page.

use std::collections::BTreeMap;

use roxmltree::Node;
use sideman_music::{
    Chord, CodaPlace, Duration, FormSigns, Jump, JumpEnd, Key, Letter, Meter, Mode, NoteName, Pitch, Quality,
    Sheet, Transposition,
};

use super::kind::{self, Degree, DegreeChange};
use crate::unfold::{SourceMeasure, SourceTone};
use crate::{Location, Warning, WarningKind};

/// What is said at the first place where anything is.
#[derive(Default)]
pub(super) struct Opening {
    /// As it sounds.
    pub(super) key: Option<Key>,
    /// Quarter notes a minute.
    pub(super) tempo: Option<f64>,
}

/// The measures of a part; `opening` takes key and tempo where no part before has told them.
pub(super) fn measures(
    part: &[PartMeasure],
    opening: &mut Opening,
    warnings: &mut Vec<Warning>,
) -> Vec<SourceMeasure> {
    let mut reader = MeasureReader::new(warnings);
    part.iter().take(Sheet::MOST_BARS + 1).for_each(|measure| reader.measure(*measure));
    opening.key = opening.key.or(reader.key);
    opening.tempo = opening.tempo.or(reader.tempo);
    let said = reader.meter_said;
    let mut measures = reader.measures;
    if !said {
        take_meter_of_bars(&mut measures, warnings);
    }
    mend_ties(&mut measures, warnings);
    measures
}

/// A measure of one part: what says its number, and what holds its music; the same node but in scores by time.
#[derive(Clone, Copy)]
pub(super) struct PartMeasure<'a, 'b> {
    pub(super) measure: Node<'a, 'b>,
    pub(super) music: Node<'a, 'b>,
}

/// Without a time signature the bars say the meter: the length that most of them have.
fn take_meter_of_bars(measures: &mut [SourceMeasure], warnings: &mut Vec<Warning>) {
    let mut lengths: BTreeMap<Duration, usize> = BTreeMap::new();
    let sounding = measures.iter().map(|measure| measure.length).filter(|&length| length > Duration::ZERO);
    sounding.for_each(|length| *lengths.entry(length).or_default() += 1);
    let Some((&length, _)) = lengths.iter().max_by_key(|(length, count)| (**count, **length)) else { return };
    let meter = [4, 8, 16].into_iter().find_map(|unit| {
        let beat = Duration::WHOLE / unit;
        let beats = u8::try_from(length.in_units_of(beat)).ok()?;
        Meter::new(beats, u8::try_from(unit).ok()?).filter(|meter| meter.bar() == length)
    });
    let Some(meter) = meter.filter(|&meter| meter != Meter::COMMON) else { return };
    let words = format!("there is no time signature: the measures say {meter}");
    warnings.push(Warning::new(Location::File, words).of(WarningKind::Bars));
    measures.iter_mut().for_each(|measure| measure.meter = meter);
}

/// Ties that only their first note tells lead to the same pitch directly behind it; those that lead to no note or come
/// from none are told.
fn mend_ties(measures: &mut [SourceMeasure], warnings: &mut Vec<Warning>) {
    let signs: Vec<FormSigns> = measures.iter().map(|measure| measure.signs.clone()).collect();
    // The last tone of each pitch: its measure, its end, and whether it is tied to the next.
    let mut last: BTreeMap<Pitch, (usize, Duration, bool)> = BTreeMap::new();
    let (mut leads_nowhere, mut from_nowhere) = (Vec::new(), Vec::new());
    let nowhere = |from: usize, ties: bool| ties && !elsewhere_behind(&signs, from);
    for (i, measure) in measures.iter_mut().enumerate() {
        for tone in &mut measure.tones {
            let before = last.insert(tone.pitch, (i, tone.at + tone.duration, tone.ties));
            let met = before.filter(|&(from, end, _)| {
                if from == i { end == tone.at } else { from + 1 == i && tone.at == Duration::ZERO }
            });
            match (before, met) {
                (_, Some((.., ties))) => tone.tied |= ties,
                (Some((from, _, ties)), None) if nowhere(from, ties) => leads_nowhere.push(from),
                _ => {}
            }
            if met.is_none() && tone.tied && !elsewhere_before(&signs[i]) {
                from_nowhere.push(i);
            }
        }
    }
    let left = last.into_values().filter(|&(from, _, ties)| nowhere(from, ties));
    leads_nowhere.extend(left.map(|(from, ..)| from));
    leads_nowhere.sort_unstable();
    for (places, how) in [(leads_nowhere, "lead to no note"), (from_nowhere, "come from no note")] {
        if let Some(&first) = places.first() {
            let place = Location::bar(&measures[first].number);
            warnings.push(Warning::new(place, format!("{} ties {how}", places.len())).of(WarningKind::Notes));
        }
    }
}

/// Whether the music may come from elsewhere than the measure before.
fn elsewhere_before(here: &FormSigns) -> bool {
    here.repeat_from || here.segno || here.coda_sign.is_some() || !here.ending.is_empty()
}

/// Whether the music may go on elsewhere than in the next measure.
fn elsewhere_behind(signs: &[FormSigns], measure: usize) -> bool {
    let here = &signs[measure];
    let next = signs.get(measure + 1);
    here.plays > 1 || here.jump.is_some() || here.to_coda || next.is_some_and(elsewhere_before)
}

struct MeasureReader<'a> {
    measures: Vec<SourceMeasure>,
    divisions: i64,
    meter: Meter,
    meter_said: bool,
    /// Semitones from what is written to what sounds.
    transpose: i32,
    /// How many measures back the one is whose chords are repeated.
    repeated: Option<usize>,
    cursor: Duration,
    /// Where the last note began, for the others of its chord.
    onset: Duration,
    key: Option<Key>,
    /// The key as it is written here.
    written: Option<Key>,
    tempo: Option<f64>,
    warnings: &'a mut Vec<Warning>,
}

impl<'a> MeasureReader<'a> {
    fn new(warnings: &'a mut Vec<Warning>) -> Self {
        Self {
            measures: Vec::new(),
            divisions: 1,
            meter: Meter::COMMON,
            meter_said: false,
            transpose: 0,
            repeated: None,
            cursor: Duration::ZERO,
            onset: Duration::ZERO,
            key: None,
            written: None,
            tempo: None,
            warnings,
        }
    }

    fn measure(&mut self, PartMeasure { measure: node, music }: PartMeasure) {
        let mut measure = SourceMeasure {
            implicit: node.attribute("implicit") == Some("yes"),
            ..SourceMeasure::new(node.attribute("number").unwrap_or_default().to_owned(), self.meter)
        };
        (self.cursor, self.onset) = (Duration::ZERO, Duration::ZERO);
        for child in music.children().filter(Node::is_element) {
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

    fn warn(&mut self, measure: &SourceMeasure, kind: WarningKind, words: impl ToString) {
        let beat = self.cursor.in_units_of(measure.meter.beat()) + 1;
        self.warnings.push(Warning::new(Location::beat(&measure.number, beat), words).of(kind));
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
                Some(meter) => (self.meter, measure.meter, self.meter_said) = (meter, meter, true),
                None => {
                    let place = Location::bar(&measure.number);
                    self.warnings.push(Warning::new(place, "its meter is not known").of(WarningKind::Bars));
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
            self.written = key.or(self.written);
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
        let Some((pitch, name)) = self.pitch(pitch) else {
            self.warn(measure, WarningKind::Notes, "a note without a sounding pitch is left out");
            return;
        };
        let says = |kind| {
            let mark = |n: &Node| n.has_tag_name("tie") || n.has_tag_name("tied");
            node.descendants().any(|n| mark(&n) && n.attribute("type") == Some(kind))
        };
        let (ties, tied) = (says("start"), says("stop"));
        let voice = format!("{} {}", text(node, "staff"), text(node, "voice"));
        measure.tones.push(SourceTone { at: self.onset, duration, pitch, name, voice, ties, tied });
    }

    /// What sounds, and what that is called.
    fn pitch(&self, node: Node) -> Option<(Pitch, Option<NoteName>)> {
        let letter = letter(text(node, "step"))?;
        let alter = text(node, "alter").parse::<f64>().unwrap_or(0.0).round().clamp(-4.0, 4.0) as i32;
        let octave: i32 = text(node, "octave").parse().ok().filter(|o| (-1..=10).contains(o))?;
        let number = 12 * (octave + 1) + letter.semitones() + alter + self.transpose;
        let name = NoteName::new(letter, alter).and_then(|name| self.sounding_name(name));
        Some((u8::try_from(number).ok().and_then(Pitch::new)?, name))
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
            self.warn(measure, WarningKind::Chords, "a chord without a root is left out");
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
                self.warn(
                    measure,
                    WarningKind::Chords,
                    format!("chord kind {said:?} is read as {root}{quality}"),
                );
                quality
            }
        };
        let bass = child(node, "bass").and_then(|bass| self.name(bass, "bass-step", "bass-alter"));
        let chord = Chord { root, quality, bass: bass.filter(|&bass| bass != root) };
        measure.chords.push((at, Some(self.sounding(chord))));
    }

    /// A written chord as it sounds, called by its function in the key.
    fn sounding(&self, chord: Chord) -> Chord {
        match (self.transpose % 12, self.written) {
            (0, _) => chord,
            (up, Some(key)) => Transposition::new(key, key.transposed(up)).chord(chord),
            (up, None) => chord.transposed(up),
        }
    }

    /// A written name as it sounds; none where the part is transposed without a key.
    fn sounding_name(&self, name: NoteName) -> Option<NoteName> {
        match (self.transpose % 12, self.written) {
            (0, _) => Some(name),
            (up, key) => key.map(|key| Transposition::new(key, key.transposed(up)).name(name)),
        }
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
                "coda" => measure.signs.coda_sign = Some(CodaPlace::Within),
                "words" => {
                    measure.signs.take_words(mark.text().unwrap_or_default());
                }
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
        signs.coda_sign = signs.coda_sign.or(says("coda").then_some(CodaPlace::Within));
        signs.to_coda |= says("tocoda");
        signs.fine |= says("fine");
        if says("dacapo") || says("dalsegno") {
            signs.jump = signs.jump.or(Some(Jump { to_segno: says("dalsegno"), end: JumpEnd::Unsaid }));
        }
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
    let ending = child(node, "ending");
    let stops = |ending: &Node| matches!(ending.attribute("type"), Some("stop" | "discontinue"));
    signs.ending_closes |= ending.as_ref().is_some_and(stops);
    if let Some(ending) = ending.filter(|ending| ending.attribute("type") == Some("start")) {
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
