//! What a melody says to new chords.

use sideman_music::{Chord, Duration, Note, Pitch, PitchClass, Solo, Time};

use super::progression::HarmonySpan;

/// A note that sounds so long with a chord is held; shorter ones pass.
const HELD: Duration = Duration::QUARTER;

/// A short note of the melody that rubs against a new chord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash {
    /// Where it begins.
    pub at: Time,
    /// What it is.
    pub pitch: Pitch,
    /// The chord that it sounds with.
    pub chord: Chord,
}

/// Whether a note of the melody is held over an avoid note of the chord.
pub(super) fn is_refused(melody: &Solo, span: &HarmonySpan) -> bool {
    rubbing(melody, span).any(|(_, common)| common >= HELD)
}

/// The notes that rub against a chord without being held.
pub(super) fn clashes(melody: &Solo, span: &HarmonySpan) -> Vec<Clash> {
    let short = rubbing(melody, span).filter(|&(_, common)| common < HELD);
    let clash =
        |(note, _): (&Note, _)| Some(Clash { at: note.onset, pitch: note.pitch(), chord: span.chord? });
    short.filter_map(clash).collect()
}

/// The notes whose pitch the chord avoids, and how long each sounds with it.
fn rubbing<'a>(melody: &'a Solo, span: &HarmonySpan) -> impl Iterator<Item = (&'a Note, Duration)> {
    let notes = melody.notes();
    let first = notes.partition_point(|note| note.end() <= span.start);
    let HarmonySpan { start, chord, .. } = *span;
    let end = span.end();
    let sounding = notes[first..].iter().take_while(move |note| note.onset < end);
    let rubs = move |note: &&Note| chord.is_some_and(|chord| avoids(chord, note.pitch().class()));
    sounding.filter(rubs).map(move |note| (note, note.end().min(end) - note.onset.max(start)))
}

/// Whether a class should not be held over a chord: it lies a semitone above a chord tone, or in none of its scales. A
/// dominant bears every altered tension; what it avoids is the fourth and the major seventh (Levine, *The Jazz Theory
/// Book*, chapters 2 and 3).
pub(super) fn avoids(chord: Chord, class: PitchClass) -> bool {
    if chord.tones().union(chord.colours()).contains(class) {
        return false;
    }
    if chord.quality.is_dominant() {
        return matches!(chord.root.class().up_to(class), 5 | 11);
    }
    let scales = chord.scales().iter().any(|scale| scale.on(chord.root.class()).contains(class));
    !scales || chord.tones().contains(class.transposed(-1))
}
