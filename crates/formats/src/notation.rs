//! Notation: what stands on the page, whichever way it is written out.
//!
//! A part is written for a reader ([`PartKey`]), in measures of notes and rests that are cut where a player looks
//! for the beat, spelled as the score has it or else after chord and key, beamed, and tied.
//!
//! **What is written may be longer than what sounds.** Onsets stand as they are, but that those of a line that was played
//! are moved off 24ths of a beat to a division that is read at sight; ends are moved to the division
//! of the beat that the onsets show (halves where they show none), and what would be a rest shorter than a triplet
//! eighth off the beat is written into the note before it. Where the style swings, a beat divided 2:1 is written as
//! two eighths, which is what the mark above the first bar means. What has once been written is written the same
//! again.

mod accidental;
mod beam;
mod beats;
mod legible;
mod part_key;
mod plain;
mod rhythm;
mod span;
mod spelling;
mod staff;

use sideman_music::{
    Change, Duration, Interval, Key, Mode, Note, NoteName, Part, Pitch, PitchClass, Pitches, Score, Sheet,
    Time, Transposition,
};

use crate::{Location, Warning};
pub use part_key::PartKey;
pub(crate) use span::lcm;
pub(crate) use staff::{
    Accidental, Beam, Clef, Edge, Element, NotatedMeasure, NoteHead, NoteShape, NoteType, Staff,
};
use staff::{MeasureSpan, Sonority};

/// How a score is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotationOptions {
    /// For whom the leading part is written; the others are written for C.
    pub part: PartKey,
    /// What stands below the music, such as a certificate of originality; each on a line of its own.
    pub remarks: Vec<String>,
}

/// Whether eighths are swung in a style of this name: in all that have one, but for those that say otherwise.
pub(crate) fn swings(style: &str) -> bool {
    const EVEN: [&str; 10] =
        ["bossa", "latin", "samba", "even", "straight", "funk", "rock", "mambo", "afro", "classical"];
    let style = style.to_lowercase();
    !style.is_empty() && !EVEN.iter().any(|word| style.contains(word))
}

/// The parts of a score as they are written, at least one; and what is left out.
pub(crate) fn staves(score: &Score, options: &NotationOptions, warnings: &mut Vec<Warning>) -> Vec<Staff> {
    let frames = frames(score);
    let key = |i| if i == 0 { options.part } else { PartKey::C };
    let parts = score.parts.iter().enumerate();
    let staves: Vec<Staff> =
        parts.map(|(i, part)| staff(score, Some(part), key(i), &frames, warnings)).collect();
    if staves.is_empty() { vec![staff(score, None, options.part, &frames, warnings)] } else { staves }
}

/// The pickup is as long as the earliest note or chord needs, in whole beats, and at most a bar.
fn frames(score: &Score) -> Vec<MeasureSpan> {
    let sheet = &score.sheet;
    let meter = sheet.bars()[0].meter();
    let early = score.parts.iter().flat_map(|part| &part.notes).map(|note| Time::ZERO - note.onset);
    let chords = sheet.pickup().iter().map(|change| Duration::ZERO - change.at);
    let early = early.chain(chords).filter(|&early| early <= meter.bar()).max().unwrap_or_default();
    let over = early % meter.beat();
    let pickup = if over > Duration::ZERO { early - over + meter.beat() } else { early };
    let before = MeasureSpan { start: Time::ZERO - pickup, end: Time::ZERO, meter, bar: None };
    let bars = sheet.bars().iter().enumerate().map(|(i, bar)| MeasureSpan {
        start: sheet.bar_start(i),
        end: sheet.bar_start(i + 1),
        meter: bar.meter(),
        bar: Some(i),
    });
    (pickup > Duration::ZERO).then_some(before).into_iter().chain(bars).collect()
}

fn staff(
    score: &Score,
    part: Option<&Part>,
    key: PartKey,
    frames: &[MeasureSpan],
    warnings: &mut Vec<Warning>,
) -> Staff {
    let player = part.map(|part| part.player);
    let (clef, shift) = part_key::written(player, key);
    let whole_octaves = shift % 12 == 0;
    let sheet = if whole_octaves { score.sheet.clone() } else { score.sheet.transposed(shift) };
    let span = (frames[0].start, score.sheet.end());
    let events = part.map_or(Vec::new(), |part| events(part, shift, span, warnings));
    let events = legible::legible(events, frames, swings(score.sheet.style()));
    let given = |event: &Sonority, pitch| {
        part.and_then(|part| given_name(part, &score.sheet, event.start, pitch, shift))
    };
    let names = spelling::names(&events, &sheet, given);
    let mut left = events.iter().zip(names).peekable();
    let mut held = None;
    let mut measures: Vec<NotatedMeasure> = Vec::with_capacity(frames.len());
    for (i, frame) in frames.iter().enumerate() {
        let mut here: Vec<(&Sonority, Vec<NoteHead>)> = held.take().into_iter().collect();
        while let Some(next) = left.next_if(|(event, _)| event.start < frame.end) {
            here.push(next);
        }
        let elements = rhythm::elements(frame, &here);
        held = here.pop().filter(|(event, _)| event.end > frame.end);
        measures.push(measure(score, (&sheet, shift), frame, i == 0, elements));
    }
    accidental::mark(&mut measures);
    Staff { player, clef, shift, sheet, measures }
}

/// The name that the score gives to a written note, which stands `shift` semitones above the sound; a sheet without a key
/// counts as one in C.
fn given_name(part: &Part, sheet: &Sheet, onset: Time, written: Pitch, shift: i32) -> Option<NoteName> {
    let name = part.spelling.name(onset, written.checked_add(Interval::new(-shift))?)?;
    let key = sheet.key().unwrap_or(Key::on(PitchClass::new(0), Mode::Major));
    Some(Transposition::new(key, key.transposed(shift)).name(name))
}

/// What a player plays, one event after the other, as it is written.
fn events(part: &Part, shift: i32, (start, end): (Time, Time), warnings: &mut Vec<Warning>) -> Vec<Sonority> {
    let player = || Location::part(part.player.name());
    let within = |(_, note): &(usize, &Note)| note.onset >= start && note.onset < end;
    let mut notes: Vec<(usize, &Note)> = part.notes.iter().enumerate().filter(within).collect();
    if notes.len() < part.notes.len() {
        let count = part.notes.len() - notes.len();
        let words = format!("{count} notes before the pickup or behind the end");
        warnings.push(Warning::new(player(), words));
    }
    notes.sort_by_key(|(_, note)| note.onset);
    let mut events: Vec<Sonority> = Vec::new();
    for together in notes.chunk_by(|a, b| a.1.onset == b.1.onset) {
        let (note, onset) = (together[0].0, together[0].1.onset);
        if let Some(last) = events.last_mut() {
            last.end = last.end.min(onset);
        }
        let stop = together.iter().map(|(_, note)| note.end()).max().unwrap_or(onset).min(end);
        let pitches = together.iter().flat_map(|(_, note)| note.pitches.as_slice().iter().copied());
        let up = |pitch: Pitch| pitch.checked_add(Interval::new(shift));
        let Some(pitches) = Pitches::new(pitches.filter_map(up)) else {
            warnings.push(Warning::new(player(), "a note that cannot be written so high or low"));
            continue;
        };
        let is_played = together.iter().all(|(_, note)| note.delay.is_some());
        events.push(Sonority {
            start: onset,
            end: stop,
            note,
            pitches: pitches.as_slice().to_vec(),
            is_played,
        });
    }
    events
}

fn measure(
    score: &Score,
    (sheet, shift): (&Sheet, i32),
    frame: &MeasureSpan,
    first: bool,
    elements: Vec<Element>,
) -> NotatedMeasure {
    let bar = frame.bar.map(|bar| &sheet.bars()[bar]);
    let section = bar.and_then(|bar| bar.section()).map(str::to_owned);
    let here = score.marks.iter().filter(|(at, _)| (frame.start..frame.end).contains(at));
    let words = here.map(|(_, words)| words.clone());
    let marks = words.filter(|words| Some(words) != section.as_ref()).collect();
    let over_pickup = || {
        let early = sheet.pickup().iter();
        early.map(|change| Change { at: Time::ZERO + change.at - frame.start, ..*change }).collect()
    };
    NotatedMeasure {
        bar: frame.bar,
        length: frame.end - frame.start,
        meter: frame.meter,
        key: if first { sheet.key() } else { change(&score.keys, frame).map(|key| key.transposed(shift)) },
        tempo: if first { sheet.tempo() } else { change(&score.tempos, frame) },
        section,
        marks,
        chords: bar.map_or_else(over_pickup, |bar| bar.changes().to_vec()),
        elements,
    }
}

/// What changes in a measure.
fn change<T: Copy>(changes: &[(Time, T)], frame: &MeasureSpan) -> Option<T> {
    changes.iter().rfind(|(at, _)| (frame.start..frame.end).contains(at)).map(|&(_, to)| to)
}

#[cfg(test)]
mod tests;
