//! The end of a take, which the soloist plays with the band.

use sideman_music::{Chord, Duration, Note, Pitch, PitchClass, Player, Score, Time};

use crate::form::ENDING;

/// Bars before the ending from which on a last note is long enough to be held over it.
const BEFORE: i64 = 2;

/// The notes of the leading part as they are played to the end: the last one rings over the last chord, where it fits and
/// has begun shortly before; else the nearest tone of that chord does.
pub(super) fn ringing(score: &Score, player: Player) -> Vec<Note> {
    let mut notes = score.parts.first().map_or_else(Vec::new, |part| part.notes.clone());
    let (Some((start, chord)), Player::Instrument(instrument)) = (last_chord(score), player) else {
        return notes;
    };
    let Some(last) = notes.last_mut() else { return notes };
    let sheet = &score.sheet;
    if sheet.place(last.onset).0 + BEFORE >= sheet.place(start).0 && fits(&chord, last.pitch().class()) {
        last.duration = sheet.end() - last.onset;
        return notes;
    }
    let (from, range) = (last.pitch(), instrument.range());
    let distance = |pitch: &Pitch| (from.to(*pitch).semitones().abs(), pitch.number());
    let near = (range.start().number()..=range.end().number()).map(Pitch::midi);
    let nearest = near.filter(|pitch| chord.tones().contains(pitch.class())).min_by_key(distance);
    last.duration = last.duration.min((start - last.onset).max(Duration::ZERO));
    notes.extend(nearest.map(|pitch| Note::new(start, sheet.end() - start, pitch)));
    notes
}

/// Where the ending begins, with its chord.
fn last_chord(score: &Score) -> Option<(Time, Chord)> {
    let &(start, _) = score.marks.last().filter(|(_, name)| name == ENDING)?;
    Some((start, score.sheet.chord_at(start)?))
}

/// Whether a tone rings well over a chord: it is of its scale, and no semitone above a tone of it.
fn fits(chord: &Chord, class: PitchClass) -> bool {
    let tones = chord.tones();
    tones.contains(class) || chord.scale_tones().contains(class) && !tones.contains(class.transposed(-1))
}
