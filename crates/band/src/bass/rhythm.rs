//! The rhythm of a bass line: notes whose pitches are still to be found.

use sideman_music::{Chord, Duration, PitchClassSet, Time};

use crate::chance::Chance;
use crate::form::{Form, Passage};
use crate::style::{BassTone, Style};

/// A note whose pitch is to be found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) at: Time,
    pub(super) length: Duration,
    pub(super) tone: BassTone,
    pub(super) chord: Chord,
    pub(super) tones: PitchClassSet,
    pub(super) scale: PitchClassSet,
    /// Whether the sheet names a chord where it stands.
    pub(super) change: bool,
    /// Whether that is another chord than the one before.
    pub(super) new: bool,
    /// Whether it is the first of its bar.
    pub(super) downbeat: bool,
    pub(super) intensity: f64,
}

/// The rhythm: a pattern of the style for each bar, and a note wherever the chord changes.
pub(super) fn slots(form: &Form, style: &Style, chance: &mut Chance) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    let mut sounding = None;
    for (nth, (start, meter, plan)) in form.bars().enumerate() {
        let calm = plan.passage == Passage::Head && !style.head.0.is_empty();
        let rhythms = if calm { &style.head } else { &style.bass };
        let pattern = chance.pick(&rhythms.for_meter(meter));
        let steps = match (plan.passage, pattern) {
            (Passage::Ending, _) | (_, None) => Vec::new(),
            (_, Some(pattern)) => pattern.over(meter, nth),
        };
        let mut notes: Vec<(Time, Time, BassTone)> =
            steps.iter().map(|s| (start + s.at, start + s.at + s.length, s.sign)).collect();
        let end = start + meter.bar();
        let changes = form.sheet.chords();
        let from = changes.partition_point(|c| c.0 < start);
        let to = changes.partition_point(|c| c.0 < end);
        for &(at, _) in &changes[from..to] {
            insert(&mut notes, at, end);
        }
        if let Some(length) = form.last_note(start) {
            notes = vec![(start, start + length, BassTone::Root)];
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
fn insert(notes: &mut Vec<(Time, Time, BassTone)>, at: Time, bar_end: Time) {
    let index = notes.partition_point(|note| note.0 < at);
    if let Some(before) = index.checked_sub(1) {
        notes[before].1 = notes[before].1.min(at);
    }
    match notes.get_mut(index) {
        Some(note) if note.0 == at => {
            if !matches!(note.2, BassTone::Walk | BassTone::Root) {
                note.2 = BassTone::Root;
            }
        }
        next => {
            let end = next.map_or(bar_end, |note| note.0);
            notes.insert(index, (at, end, BassTone::Root));
        }
    }
}
