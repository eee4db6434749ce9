//! From one key to another: what chords are called there.

use crate::{Chord, Key, NoteName, PitchClass, Quality, Triad};

/// The way from a key to a key, for names.
///
/// A root or bass on the scale of the new key is called what its signature calls it. Any other keeps its degree, so
/// that a ♭II stays a ♭II, where that needs no name that players do not use: no double accidental, no C♭ or F♭, and E♯
/// or B♯ for diminished chords alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transposition {
    from: Key,
    to: Key,
}

/// Roots that lie more than this far above the tonic on the line of fifths are raised degrees: ♯I, ♯V, ♯II …
const MOST_NATURAL: i32 = 6;
/// Roots that lie farther than this below the tonic are lowered more than once: ♭V, ♭I …
const LEAST_NATURAL: i32 = -5;
/// B♯, the last sharp that diminished chords are built on.
const LAST_LEADING: i32 = 12;

impl Transposition {
    /// From a key to another.
    pub const fn new(from: Key, to: Key) -> Self {
        Self { from, to }
    }

    /// The chord in the new key.
    #[must_use]
    pub fn chord(self, chord: Chord) -> Chord {
        if self.from == self.to {
            return chord;
        }
        let root = self.root(chord.root, chord.quality);
        let bass = chord.bass.map(|bass| self.bass(bass, chord.root, root));
        Chord { root, quality: chord.quality, bass: bass.filter(|bass| bass.class() != root.class()) }
    }

    /// The name of a note in the new key: the same degree, where that needs no double accidental.
    #[must_use]
    pub fn name(self, name: NoteName) -> NoteName {
        if self.from == self.to {
            return name;
        }
        let moved = name.fifths() + self.fifths();
        let same = NoteName::at_fifths(moved).filter(|name| name.alter().abs() <= 1);
        same.unwrap_or_else(|| NoteName::usual(moved))
    }

    fn fifths(self) -> i32 {
        self.to.tonic().fifths() - self.from.tonic().fifths()
    }

    fn class(self, name: NoteName) -> PitchClass {
        name.class().transposed(self.from.tonic().class().up_to(self.to.tonic().class()))
    }

    fn root(self, root: NoteName, quality: Quality) -> NoteName {
        let leading = quality.triad() == Triad::Diminished;
        let last = if leading { LAST_LEADING } else { *NoteName::USUAL_FIFTHS.end() };
        let moved = self.degree(root, leading) + self.fifths();
        self.to.own_name(self.class(root)).unwrap_or_else(|| match NoteName::at_fifths(moved) {
            Some(name) if (*NoteName::USUAL_FIFTHS.start()..=last).contains(&moved) => name,
            _ => NoteName::usual(moved),
        })
    }

    /// The place of a root on the line of fifths, by its function. Where that name would not be usual, charts have the
    /// other one: E7 in E♭ is ♭II, and Fm7♭5 in B is ♯IV.
    fn degree(self, root: NoteName, leading: bool) -> i32 {
        let place = root.fifths();
        let from_tonic = place - self.from.fifths();
        let forced = |other: i32| !NoteName::USUAL_FIFTHS.contains(&other);
        if from_tonic > MOST_NATURAL && !leading && forced(place - 12) {
            place - 12
        } else if from_tonic < LEAST_NATURAL && leading && forced(place + 12) {
            place + 12
        } else {
            place
        }
    }

    /// As far from the new root as it was from the old one.
    fn bass(self, bass: NoteName, old: NoteName, root: NoteName) -> NoteName {
        let moved = root.fifths() + bass.fifths() - old.fifths();
        let kept = || NoteName::at_fifths(moved).filter(|name| name.alter().abs() <= 1);
        self.to.own_name(self.class(bass)).or_else(kept).unwrap_or_else(|| NoteName::usual(moved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mode, Sheet};

    /// The chords of a chart in another key, given by the semitones up to it.
    fn moved(chart: &str, up: i32) -> String {
        let sheet: Sheet = chart.parse().unwrap();
        let moved = sheet.transposed(up);
        let chords = moved.chords().iter().filter_map(|(_, chord)| *chord);
        let chords: Vec<String> = chords.map(|chord| chord.to_string()).collect();
        format!("{}: {}", moved.key().unwrap(), chords.join(" "))
    }

    #[test]
    fn nothing_is_renamed_where_nothing_moves() {
        let chart = "key: E\nE B7/D# | G#m7 A#m7b5 | D#7 E/G# | F#7/A# Abm7 | E#dim7 Fbmaj7 Cb7";
        let sheet: Sheet = chart.parse().unwrap();
        for semitones in [0, 12, -12, 24] {
            assert_eq!(sheet.transposed(semitones), sheet);
        }
        let without: Sheet = chart.split_once('\n').unwrap().1.parse().unwrap();
        assert_eq!(without.transposed(0), without);
    }

    #[test]
    fn parts_name_chords_after_their_own_key() {
        let horn = "key: A\nF#m7 | B7 | Bm7 E7 | A | C#m7b5 F#7 | Bm7";
        assert_eq!(moved(horn, 2), "B major: G#m7 C#7 C#m7 F#7 B D#m7b5 G#7 C#m7");
        assert_eq!(moved(horn, 9), "F# major: D#m7 G#7 G#m7 C#7 F# A#m7b5 D#7 G#m7");
        let flat = "key: Eb\nEb Gm7b5 | C7 Fm7/Bb | E7 Gb7 | B7 Bb7/Ab";
        assert_eq!(moved(flat, 2), "F major: F Am7b5 D7 Gm7/C Gb7 Ab7 Db7 C7/Bb");
        assert_eq!(moved(flat, 9), "C major: C Em7b5 A7 Dm7/G Db7 Eb7 Ab7 G7/F");
        assert_eq!(moved("key: Dm\nDm A7/C# | C#dim7 E7b9/G#", 9), "B minor: Bm F#7/A# A#dim7 C#7b9/E#");
    }

    #[test]
    fn a_degree_keeps_its_name_while_players_use_it() {
        assert_eq!(moved("key: C\nDb7 C | F#m7b5 B7", 10), "Bb major: B7 Bb Em7b5 A7");
        assert_eq!(moved("key: C\nF#m7b5 B7 | Db7", 11), "B major: E#m7b5 A#7 C7");
        assert_eq!(moved("key: B\nFm7b5 Emaj7", 1), "C major: F#m7b5 Fmaj7");
        assert_eq!(moved("key: F\nBbm6 Gb7/Bb | Bm7b5", 1), "Gb major: Cbm6 G7/Cb Cm7b5");
    }

    #[test]
    fn every_degree_of_every_key_is_called_by_the_signature_of_every_part() {
        for (fifths, mode) in (-7..=7).flat_map(|f| [Mode::Major, Mode::Minor].map(|mode| (f, mode))) {
            let from = Key::from_fifths(fifths, mode).unwrap();
            for (up, degree) in (0..12).flat_map(|up| (-15..=19).map(move |degree| (up, degree))) {
                let to = from.transposed(up);
                let root = NoteName::at_fifths(degree).unwrap();
                for text in ["7", "dim7", "m7b5", "maj7/E"] {
                    let chord: Chord = format!("{root}{text}").parse().unwrap();
                    let moved = Transposition::new(from, to).chord(chord);
                    assert_eq!(moved.root.class(), root.class().transposed(up));
                    assert!(from == to || moved.root.alter().abs() <= 1, "{chord} from {from} to {to}");
                    let own = to.own_name(moved.root.class());
                    assert!(from == to || own.is_none_or(|own| own == moved.root), "{moved} in {to}");
                    assert_eq!(moved.bass_class(), chord.bass_class().transposed(up));
                    assert!(moved.bass.is_none_or(|bass| from == to || bass.alter().abs() <= 1), "{moved}");
                }
            }
        }
    }
}
