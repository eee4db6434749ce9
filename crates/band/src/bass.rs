//! The bass player: rhythms of the style, with the line that fits the chords best.

mod line;
mod rhythm;

use sideman_music::{Note, Pitch};

use self::rhythm::Slot;
use crate::chance::Chance;
use crate::form::Form;
use crate::style::Style;

/// Writes the bass of a form.
pub(crate) fn write(form: &Form, style: &Style, mut chance: Chance) -> Vec<Note> {
    let slots = rhythm::slots(form, style, &mut chance);
    let pitches = line::find(&slots, &mut chance);
    let note = |(slot, pitch): (&Slot, Pitch)| {
        let accent = if slot.downbeat || slot.change { 4.0 } else { 0.0 };
        let velocity = 45.0 + accent + 58.0 * slot.intensity;
        Note { velocity: Some(velocity as u8), ..Note::new(slot.at, slot.length, pitch) }
    };
    slots.iter().zip(pitches).map(note).collect()
}
