//! Names of notes: as the score has them, else after the chord, where they lead, and the key.

use sideman_music::{Chord, NoteName, Pitch, Sheet};

use super::staff::{NoteHead, Sonority};

/// The heads of every event, in the order of their pitches; `given` is what the score calls a note.
pub(super) fn names(
    events: &[Sonority],
    sheet: &Sheet,
    given: impl Fn(&Sonority, Pitch) -> Option<NoteName>,
) -> Vec<Vec<NoteHead>> {
    let mut heads: Vec<Vec<NoteHead>> = Vec::with_capacity(events.len());
    for event in events.iter().rev() {
        let chord = sheet.chord_at(event.start);
        let next = heads.last().and_then(|next| next.first()).copied();
        let name = |pitch| given(event, pitch).unwrap_or_else(|| named(pitch, chord, next, sheet));
        let head = |&pitch| head(pitch, name(pitch));
        heads.push(event.pitches.iter().map(head).collect());
    }
    heads.reverse();
    heads
}

fn head(pitch: Pitch, name: NoteName) -> NoteHead {
    let plain = (NoteName::flat(pitch.class()), pitch.octave());
    let (name, octave) = pitch.spelled(name).unwrap_or(plain);
    NoteHead { pitch, name, octave, accidental: None }
}

/// The name over the chord for what belongs to it; outside of it, the letter beside that of the note a semitone
/// away to which it leads; else over the chord again, and without one as the key has it.
fn named(pitch: Pitch, chord: Option<Chord>, next: Option<NoteHead>, sheet: &Sheet) -> NoteName {
    let class = pitch.class();
    let by_key = || sheet.key().map_or(NoteName::flat(class), |key| key.spell(class));
    let belongs = chord.is_some_and(|chord| chord.tones().union(chord.colours()).contains(class));
    let leads = || next.and_then(|next| leading(pitch, next));
    match chord {
        Some(chord) if belongs => chord.spell(class),
        Some(chord) => leads().unwrap_or_else(|| chord.spell(class)),
        None => leads().unwrap_or_else(by_key),
    }
}

/// The name of a note on the letter beside the next one's, a semitone away, where it needs no more than one
/// accidental that is in use.
fn leading(pitch: Pitch, next: NoteHead) -> Option<NoteName> {
    let step = pitch.to(next.pitch).semitones();
    if step.abs() != 1 {
        return None;
    }
    let name = NoteName::on(next.name.letter().up(-step), pitch.class())?;
    (-6..=10).contains(&name.fifths()).then_some(name).filter(|name| name.alter().abs() <= 1)
}
