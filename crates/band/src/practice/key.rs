//! The key of a chart, and the chart in another.

use sideman_music::{Chord, Key, Mode, NoteName, PitchClass, Sheet, Triad};

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

/// The chart in another key, each chord as far from the tonic on the line of fifths as it was.
pub(super) fn in_key(chart: &Sheet, from: Key, to: Key) -> Sheet {
    let up = from.tonic().class().nearest(to.tonic().class());
    let further = to.tonic().fifths() - from.tonic().fifths();
    let name = |name: NoteName| {
        let fifths = name.fifths() + further;
        let simple = NoteName::at_fifths(fifths).filter(|_| (-7..=10).contains(&fifths));
        simple.unwrap_or(NoteName::flat(name.class().transposed(up)))
    };
    let moved = |chord: Chord| Chord { root: name(chord.root), bass: chord.bass.map(name), ..chord };
    chart.with_chords(moved).with_key(Some(to))
}
