//! Scores as MusicXML.

mod part;

use sideman_music::{Part, Player, Score, Sheet, Solo};

use super::xml::Xml;
use crate::Warned;
use crate::notation::{self, NotationOptions, Staff};

const PROLOGUE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <!DOCTYPE score-partwise PUBLIC \"-//Recordare//DTD MusicXML 4.0 Partwise//EN\" \
    \"http://www.musicxml.org/dtds/partwise.dtd\">\n";

/// A sheet, with the line over it if there is one, for a reader in C; and what is left out: notes more than a bar
/// before the first or behind the last, loudness and delays. Lengths are those of [`notation`].
pub fn write(sheet: &Sheet, solo: Option<&Solo>) -> Warned<String> {
    let parts = solo.map(|solo| Part::new(Player::Instrument(solo.instrument()), solo.notes().to_vec()));
    let score = Score::new(sheet.clone(), parts.into_iter().collect());
    write_score(&score, &NotationOptions::default())
}

/// A score, the chords over its first part; and what is left out: besides what [`write()`] leaves out, the ends of
/// notes that reach into the next of their part.
pub fn write_score(score: &Score, options: &NotationOptions) -> Warned<String> {
    let mut warnings = Vec::new();
    let staves = notation::staves(score, options, &mut warnings);
    let divisions = divisions(&staves);
    let mut xml = Xml::new(PROLOGUE);
    xml.open("score-partwise", &[("version", "4.0")]);
    write_header(&mut xml, &score.sheet, options, &staves);
    for (i, staff) in staves.iter().enumerate() {
        xml.open("part", &[("id", &format!("P{}", i + 1))]);
        part::PartWriter { xml: &mut xml, divisions, leads: i == 0, staff }.write();
        xml.close();
    }
    Warned { value: xml.finish(), warnings }
}

/// The fewest divisions of a quarter note that every place in the score is a whole number of; a multiple of 16.
fn divisions(staves: &[Staff]) -> i64 {
    let measures = staves.iter().flat_map(|staff| &staff.measures);
    let places = measures.flat_map(|measure| {
        let elements = measure.elements.iter().flat_map(|element| [element.at, element.length]);
        elements.chain(measure.chords.iter().map(|change| change.at)).chain([measure.length])
    });
    places.map(|place| place.as_quarters().1).fold(16, notation::lcm)
}

fn write_header(xml: &mut Xml, sheet: &Sheet, options: &NotationOptions, staves: &[Staff]) {
    xml.open("work", &[]);
    xml.leaf("work-title", sheet.title());
    xml.close();
    xml.open("identification", &[]);
    xml.leaf_with("creator", &[("type", "composer")], sheet.composer());
    xml.open("miscellaneous", &[]);
    xml.leaf_with("miscellaneous-field", &[("name", "style")], sheet.style());
    for remark in &options.remarks {
        xml.leaf_with("miscellaneous-field", &[("name", "remark")], remark);
    }
    xml.close();
    xml.close();
    for (i, remark) in options.remarks.iter().rev().enumerate() {
        xml.open("credit", &[("page", "1")]);
        let height = (60 + 18 * i).to_string();
        let place =
            [("default-x", "80"), ("default-y", height.as_str()), ("font-size", "8"), ("valign", "bottom")];
        xml.leaf_with("credit-words", &place, remark);
        xml.close();
    }
    write_part_list(xml, staves);
}

fn write_part_list(xml: &mut Xml, staves: &[Staff]) {
    xml.open("part-list", &[]);
    for (i, staff) in staves.iter().enumerate() {
        let id = format!("P{}", i + 1);
        let name = staff.player.map_or("Chords", Player::name);
        xml.open("score-part", &[("id", &id)]);
        xml.leaf("part-name", name);
        xml.open("score-instrument", &[("id", &format!("{id}-I1"))]);
        xml.leaf("instrument-name", name);
        xml.close();
        xml.open("midi-instrument", &[("id", &format!("{id}-I1"))]);
        match staff.player {
            Some(Player::Drums) => xml.leaf("midi-channel", "10"),
            Some(Player::Instrument(instrument)) => {
                xml.leaf("midi-program", &(instrument.program() + 1).to_string())
            }
            None => xml.leaf("midi-program", "1"),
        }
        xml.close();
        xml.close();
    }
    xml.close();
}
