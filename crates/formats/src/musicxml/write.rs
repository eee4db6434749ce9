//! Scores as MusicXML.

mod part;
mod pieces;

use sideman_music::{Duration, Note, Part, Pitch, Pitches, Player, Score, Sheet, Solo, Time};

use super::xml::Xml;
use crate::Warned;

const PROLOGUE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <!DOCTYPE score-partwise PUBLIC \"-//Recordare//DTD MusicXML 4.0 Partwise//EN\" \
    \"http://www.musicxml.org/dtds/partwise.dtd\">\n";

/// A sheet, with the line over it if there is one, in concert pitch; and what is left out: notes more than a bar
/// before the first or behind the last, loudness and delays.
pub fn write(sheet: &Sheet, solo: Option<&Solo>) -> Warned<String> {
    let parts =
        solo.map(|solo| Part { player: Player::Instrument(solo.instrument()), notes: solo.notes().to_vec() });
    write_score(&Score { sheet: sheet.clone(), marks: Vec::new(), parts: parts.into_iter().collect() })
}

/// A score with its parts in concert pitch, the chords over the first; and what is left out: besides what
/// [`write()`] leaves out, the ends of notes that reach into the next of their part.
pub fn write_score(score: &Score) -> Warned<String> {
    let mut warnings = Vec::new();
    let frames = frames(score);
    let span = (frames[0].start, score.sheet.end());
    let parts: Vec<Voice> = score.parts.iter().map(|part| Voice::new(part, span, &mut warnings)).collect();
    let parts = if parts.is_empty() { vec![Voice { player: None, events: Vec::new() }] } else { parts };
    let divisions = divisions(&score.sheet, &parts);
    let mut xml = Xml::new(PROLOGUE);
    xml.open("score-partwise", &[("version", "4.0")]);
    write_header(&mut xml, &score.sheet, &parts);
    for (i, voice) in parts.iter().enumerate() {
        xml.open("part", &[("id", &format!("P{}", i + 1))]);
        part::Writer { xml: &mut xml, score, divisions, leads: i == 0, voice }.write(&frames);
        xml.close();
    }
    Warned { value: xml.finish(), warnings }
}

/// A measure to write: a bar of the sheet, or the pickup before the first.
struct Frame {
    start: Time,
    end: Time,
    /// The bar of the sheet; `None` for the pickup.
    bar: Option<usize>,
}

/// The pickup is as long as the earliest note needs, in whole beats, and at most a bar.
fn frames(score: &Score) -> Vec<Frame> {
    let sheet = &score.sheet;
    let meter = sheet.bars()[0].meter();
    let early = score.parts.iter().flat_map(|part| &part.notes).map(|note| Time::ZERO - note.onset);
    let early = early.filter(|&early| early <= meter.bar()).max().unwrap_or_default();
    let over = early % meter.beat();
    let pickup = if over > Duration::ZERO { early - over + meter.beat() } else { early };
    let before = Frame { start: Time::ZERO - pickup, end: Time::ZERO, bar: None };
    let bars = (0..sheet.bars().len()).map(|i| Frame {
        start: sheet.bar_start(i),
        end: sheet.bar_start(i + 1),
        bar: Some(i),
    });
    (pickup > Duration::ZERO).then_some(before).into_iter().chain(bars).collect()
}

/// What a player plays, one event after the other.
struct Voice {
    player: Option<Player>,
    events: Vec<Event>,
}

/// Pitches that sound together.
struct Event {
    start: Time,
    end: Time,
    pitches: Vec<Pitch>,
}

impl Voice {
    fn new(part: &Part, (start, end): (Time, Time), warnings: &mut Vec<String>) -> Self {
        let mut notes: Vec<&Note> = part.notes.iter().filter(|n| n.onset >= start && n.onset < end).collect();
        if notes.len() < part.notes.len() {
            let count = part.notes.len() - notes.len();
            warnings
                .push(format!("{}: {count} notes before the pickup or behind the end", part.player.name()));
        }
        notes.sort_by_key(|note| note.onset);
        let mut events: Vec<Event> = Vec::new();
        for together in notes.chunk_by(|a, b| a.onset == b.onset) {
            let onset = together[0].onset;
            if let Some(last) = events.last_mut() {
                last.end = last.end.min(onset);
            }
            let stop = together.iter().map(|note| note.end()).max().unwrap_or(onset).min(end);
            let pitches =
                Pitches::new(together.iter().flat_map(|note| note.pitches.as_slice().iter().copied()));
            let pitches = pitches.map_or(Vec::new(), |pitches| pitches.as_slice().to_vec());
            events.push(Event { start: onset, end: stop, pitches });
        }
        Self { player: Some(part.player), events }
    }

    fn name(&self) -> &'static str {
        self.player.map_or("Chords", Player::name)
    }
}

/// The fewest divisions of a quarter note that every place in the score is a whole number of; a multiple of 16.
fn divisions(sheet: &Sheet, parts: &[Voice]) -> i64 {
    let notes = parts.iter().flat_map(|voice| &voice.events).flat_map(|event| [event.start, event.end]);
    let places = notes.chain(sheet.chords().iter().map(|chord| chord.0)).map(Time::since_start);
    let bars = sheet.bars().iter().map(|bar| bar.meter().bar());
    places.chain(bars).map(|place| place.as_quarters().1).fold(16, lcm)
}

const fn lcm(a: i64, b: i64) -> i64 {
    const fn gcd(a: i64, b: i64) -> i64 {
        if b == 0 { a } else { gcd(b, a % b) }
    }
    a / gcd(a, b) * b
}

fn write_header(xml: &mut Xml, sheet: &Sheet, parts: &[Voice]) {
    xml.open("work", &[]);
    xml.leaf("work-title", sheet.title());
    xml.close();
    xml.open("identification", &[]);
    xml.leaf_with("creator", &[("type", "composer")], sheet.composer());
    xml.open("miscellaneous", &[]);
    xml.leaf_with("miscellaneous-field", &[("name", "style")], sheet.style());
    xml.close();
    xml.close();
    xml.open("part-list", &[]);
    for (i, voice) in parts.iter().enumerate() {
        let id = format!("P{}", i + 1);
        xml.open("score-part", &[("id", &id)]);
        xml.leaf("part-name", voice.name());
        xml.open("score-instrument", &[("id", &format!("{id}-I1"))]);
        xml.leaf("instrument-name", voice.name());
        xml.close();
        xml.open("midi-instrument", &[("id", &format!("{id}-I1"))]);
        match voice.player {
            Some(Player::Drums) => xml.leaf("midi-channel", "10"),
            Some(Player::Instrument(instrument)) => {
                xml.leaf("midi-program", &(instrument.program() + 1).to_string())
            }
            None => xml.leaf("midi-program", "1"),
        }
        xml.close();
        xml.close();
    }
    xml.close();
}
