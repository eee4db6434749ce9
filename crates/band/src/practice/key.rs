//! The key of a chart.

use sideman_music::{Chord, Key, Mode, PitchClass, Sheet, Triad};

use crate::form::home;

/// The key of a chart; where it names none, that of the chord it comes home to.
pub fn key(chart: &Sheet) -> Key {
    let of = |chord: Chord| {
        let mode = if chord.quality.triad() == Triad::Minor { Mode::Minor } else { Mode::Major };
        Key::new(chord.root, mode).unwrap_or(Key::on(chord.root.class(), mode))
    };
    let found = chart.key().or_else(|| home(chart).map(of));
    found.unwrap_or(Key::on(PitchClass::new(0), Mode::Major))
}
