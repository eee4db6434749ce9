//! The bass player: rhythms of the style, with the line that fits the chords best.

mod line;

use sideman_music::{Chord, Duration, Instrument, Note, Pitch, PitchClassSet, Time};

use crate::arrange::{Chance, Form, Role};
use crate::style::{Sign, Style};

/// What a bass note is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// A note of a walking line.
    Walk,
    /// The root, or the bass the chord names.
    Root,
    /// The third of the chord.
    Third,
    /// The fifth of the chord.
    Fifth,
    /// A step from the next note.
    Approach,
}

impl Sign for Tone {
    fn read(letter: char) -> Option<Self> {
        Some(match letter {
            'w' => Self::Walk,
            '1' => Self::Root,
            '3' => Self::Third,
            '5' => Self::Fifth,
            'a' => Self::Approach,
            _ => return None,
        })
    }
}

/// A note whose pitch is to be found.
#[derive(Debug, Clone, Copy)]
struct Slot {
    at: Time,
    length: Duration,
    tone: Tone,
    chord: Chord,
    tones: PitchClassSet,
    scale: PitchClassSet,
    /// Whether the sheet names a chord where it stands.
    change: bool,
    /// Whether that is another chord than the one before.
    new: bool,
    /// Whether it is the first of its bar.
    downbeat: bool,
    intensity: f64,
}

/// Writes the bass of a form.
pub(crate) fn write(form: &Form, style: &Style, mut chance: Chance) -> Vec<Note> {
    let slots = slots(form, style, &mut chance);
    let pitches = line::find(&slots, &mut chance);
    let note = |(slot, pitch): (&Slot, Pitch)| {
        let accent = if slot.downbeat || slot.change { 4.0 } else { 0.0 };
        let velocity = 64.0 + accent + 22.0 * slot.intensity;
        Note { velocity: Some(velocity as u8), ..Note::new(slot.at, slot.length, pitch) }
    };
    slots.iter().zip(pitches).map(note).collect()
}

/// The rhythm: a pattern of the style for each bar, and a note wherever the chord changes.
fn slots(form: &Form, style: &Style, chance: &mut Chance) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    let mut sounding = None;
    for (nth, (start, meter, plan)) in form.bars().enumerate() {
        let calm = plan.role == Role::Head && !style.head.0.is_empty();
        let rhythms = if calm { &style.head } else { &style.bass };
        let pattern = chance.pick(&rhythms.for_meter(meter));
        let steps = match (plan.role, pattern) {
            (Role::Ending, _) | (_, None) => Vec::new(),
            (_, Some(pattern)) => pattern.over(meter, nth),
        };
        let mut notes: Vec<(Time, Time, Tone)> =
            steps.iter().map(|s| (start + s.at, start + s.at + s.length, s.sign)).collect();
        let end = start + meter.bar();
        let changes = form.sheet.chords();
        let from = changes.partition_point(|c| c.0 < start);
        let to = changes.partition_point(|c| c.0 < end);
        for &(at, _) in &changes[from..to] {
            insert(&mut notes, at, end);
        }
        if let Some(step) = form.last_step(start) {
            notes = vec![(start, start + step.length, Tone::Root)];
        }
        for (at, end, tone) in notes {
            let chord = form.chord_at(at);
            let change = changes[from..to].iter().any(|change| change.0 == at);
            let new = chord != sounding;
            sounding = chord;
            let Some(chord) = chord else { continue };
            let (length, downbeat, intensity) = (end - at, at == start, plan.intensity);
            let (tones, scale) = (chord.tones(), chord.scale_tones());
            slots.push(Slot { at, length, tone, chord, tones, scale, change, new, downbeat, intensity });
        }
    }
    slots
}

/// Puts a root where the chord changes, unless a note starts there; a note held over it stops.
fn insert(notes: &mut Vec<(Time, Time, Tone)>, at: Time, bar_end: Time) {
    let index = notes.partition_point(|note| note.0 < at);
    if let Some(before) = index.checked_sub(1) {
        notes[before].1 = notes[before].1.min(at);
    }
    match notes.get_mut(index) {
        Some(note) if note.0 == at => {
            if !matches!(note.2, Tone::Walk | Tone::Root) {
                note.2 = Tone::Root;
            }
        }
        next => {
            let end = next.map_or(bar_end, |note| note.0);
            notes.insert(index, (at, end, Tone::Root));
        }
    }
}

/// The pitches a bass line keeps to: from the open low string to a fourth above the open high one.
fn range() -> std::ops::RangeInclusive<u8> {
    let low = Instrument::Bass.range().start().number();
    low..=low + 27
}

/// The class a number of semitones above the root.
fn above(chord: &Chord, semitones: i32) -> PitchClassSet {
    PitchClassSet::above(chord.root.class(), &[semitones])
}
