//! Measures of the line against the chords.

use sideman_music::{Chord, Duration, Letter, Note, NoteName, PitchClass, Sheet, Solo};

use crate::role::HarmonisedLine;
use crate::statistics::share;

/// Each note that has a chord, with it.
fn over_chords<'a>(sheet: &'a Sheet, solo: &'a Solo) -> impl Iterator<Item = (Chord, &'a Note)> {
    solo.notes().iter().filter_map(|note| Some((sheet.chord_at(note.onset)?, note)))
}

fn is_chord_tone(chord: &Chord, note: &Note) -> bool {
    chord.tones().contains(note.pitch().class())
}

pub(super) fn chord_tones(sheet: &Sheet, solo: &Solo) -> Option<f64> {
    share(over_chords(sheet, solo).map(|(chord, note)| is_chord_tone(&chord, note)))
}

pub(super) fn scale_tones(sheet: &Sheet, solo: &Solo) -> Option<f64> {
    share(over_chords(sheet, solo).map(|(chord, note)| chord.scale_tones().contains(note.pitch().class())))
}

pub(super) fn scale_tones_as_named(sheet: &Sheet, solo: &Solo) -> Option<f64> {
    share(over_chords(sheet, solo).map(|(chord, note)| {
        let name = fixed_name(note.pitch().class());
        let major = [0, 2, 4, 5, 7, 9, 11].into_iter().zip(0..);
        let mut scale = major.filter_map(|(up, steps)| {
            NoteName::on(chord.root.letter().up(steps), chord.root.class().transposed(up))
        });
        scale.any(|n| n == name) || chord.tones().iter().any(|tone| chord.spell(tone) == name)
    }))
}

/// The one name that a class has in MIDI, as music21 gives it: C C♯ D E♭ E F F♯ G G♯ A B♭ B.
fn fixed_name(class: PitchClass) -> NoteName {
    let flat = NoteName::flat(class);
    if matches!(flat.letter(), Letter::E | Letter::B) { flat } else { NoteName::sharp(class) }
}

pub(super) fn approach_tones(sheet: &Sheet, solo: &Solo) -> Option<f64> {
    let semitone = |step: Option<i32>| step.is_some_and(|s| s.abs() == 1);
    share(HarmonisedLine::new(sheet, solo).resolutions().map(semitone))
}

pub(super) fn avoid_notes(sheet: &Sheet, solo: &Solo) -> Option<f64> {
    share(over_chords(sheet, solo).map(|(chord, note)| {
        let class = note.pitch().class();
        let clashes = chord.tones().contains(class.transposed(-1));
        let fits = chord.tones().union(chord.colours()).contains(class);
        clashes && !fits && chord.scale_tones().contains(class)
    }))
}

pub(super) fn strong_chord_tones(sheet: &Sheet, solo: &Solo) -> Option<f64> {
    let strong = over_chords(sheet, solo).filter(|(_, note)| is_strong(sheet, note));
    share(strong.map(|(chord, note)| is_chord_tone(&chord, note)))
}

/// On the downbeat, or in the middle of a bar of an even number of beats.
fn is_strong(sheet: &Sheet, note: &Note) -> bool {
    let (meter, (_, offset)) = (sheet.meter_at(note.onset), sheet.place(note.onset));
    offset == Duration::ZERO || (meter.beats() % 2 == 0 && offset * 2 == meter.bar())
}

pub(super) fn guide_tones(sheet: &Sheet, solo: &Solo) -> Option<f64> {
    let mut before = None;
    let changes = sheet.chords().iter().filter(|&&(_, chord)| std::mem::replace(&mut before, chord) != chord);
    share(changes.filter_map(|&(at, chord)| {
        let note = &solo.notes()[solo.notes().partition_point(|n| n.onset < at)..].first()?;
        let met = note.onset - at < Duration::QUARTER && sheet.chord_at(note.onset) == chord;
        met.then_some(chord?.guide_tones().contains(note.pitch().class()))
    }))
}
