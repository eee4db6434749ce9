//! Accidentals: what stands before a note, for the rest of its bar.

use std::collections::BTreeMap;

use sideman_music::{Key, Letter, NoteName};

use super::staff::{Accidental, NotatedMeasure};

/// What has been said of places on the staff, by letter and octave.
type Said = BTreeMap<(usize, i32), i32>;

/// Puts accidentals where a name differs from what the signature or the bar has said, and once more where the bar
/// before has said otherwise.
pub(super) fn mark(measures: &mut [NotatedMeasure]) {
    let mut before = Said::new();
    let mut key = None;
    for measure in measures {
        key = measure.key.or(key);
        let mut said = Said::new();
        for element in &mut measure.elements {
            for head in &mut element.heads {
                let place = (head.name.letter() as usize, head.octave);
                let alter = head.name.alter();
                if element.tied.back {
                    continue;
                }
                let known = said.get(&place).copied().unwrap_or(signature(key, head.name.letter()));
                let doubtful = !said.contains_key(&place) && before.get(&place).is_some_and(|&b| b != alter);
                if known != alter || doubtful {
                    head.accidental = Some(Accidental::of(head.name));
                }
                said.insert(place, alter);
            }
        }
        before = said;
    }
}

/// By how many semitones a key alters a letter.
fn signature(key: Option<Key>, letter: Letter) -> i32 {
    let fifths = key.map_or(0, Key::fifths);
    let names = (-1..6).filter_map(|place| NoteName::at_fifths(fifths + place));
    names.into_iter().find(|name| name.letter() == letter).map_or(0, NoteName::alter)
}
