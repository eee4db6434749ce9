//! What each note of a solo is to the chords, and how surprising.

use std::fmt;

use serde::{Serialize, Serializer};
use sideman_corpus::role::{Role, roles};
use sideman_corpus::{Credits, Piece};
use sideman_improv::line::{LinePlayer, Surprise};
use sideman_music::{Note, Sheet, Solo};

use crate::{Error, Lead, plot};

/// A solo explained, note by note.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// In the order of the solo.
    pub notes: Vec<ExplainedNote>,
}

/// What is to be said of a note.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedNote {
    /// From 1; 0 is a pickup.
    pub bar: i64,
    /// Quarter notes from the downbeat.
    pub place: f64,
    /// Its highest pitch, by name.
    pub pitch: String,
    /// What sounds there; `None` without a chord.
    pub chord: Option<String>,
    /// What it is to the chord.
    pub role: Option<Role>,
    /// How surprising its time is.
    pub rhythm_nats: f64,
    /// How surprising its pitch is, given the time.
    pub pitch_nats: f64,
    /// Of place and pitch together.
    pub probability: f64,
}

impl Explanation {
    /// The notes of a solo over its sheet, as surprising as they are to a player.
    pub fn new(player: &LinePlayer, sheet: &Sheet, solo: &Solo) -> Self {
        let credits = Credits { instrument: Some(solo.instrument()), ..Credits::default() };
        let piece = Piece { id: String::new(), sheet: sheet.clone(), solo: Some(solo.clone()), credits };
        let surprises = player.surprises(&piece);
        let notes = solo.notes().iter().zip(roles(sheet, solo)).zip(surprises);
        Self {
            notes: notes.map(|((note, role), nats)| ExplainedNote::new(sheet, note, role, nats)).collect(),
        }
    }

    /// The notes of a lead with chords.
    ///
    /// # Errors
    /// When its sheet has no chords.
    pub fn of(player: &LinePlayer, lead: &Lead) -> Result<Self, Error> {
        if lead.sheet.chords().iter().all(|(_, chord)| chord.is_none()) {
            return Err(Error::unmet("chart", "there are no chords; give its chart too"));
        }
        Ok(Self::new(player, &lead.sheet, &lead.as_written()))
    }

    /// How surprising each note is.
    pub fn surprises(&self) -> Vec<Surprise> {
        let nats = |note: &ExplainedNote| Surprise { rhythm: note.rhythm_nats, pitch: note.pitch_nats };
        self.notes.iter().map(nats).collect()
    }

    /// The solo as a piano roll with the roles of its notes, and their surprise below, as SVG.
    pub fn roll(&self, lead: &Lead) -> String {
        let roles: Vec<Option<Role>> = self.notes.iter().map(|note| note.role).collect();
        plot::piano_roll(&lead.sheet, &lead.as_written(), &roles, Some(&self.surprises()), lead.sheet.title())
    }
}

impl ExplainedNote {
    pub(super) fn new(sheet: &Sheet, note: &Note, role: Option<Role>, nats: Surprise) -> Self {
        let (bar, offset) = sheet.place(note.onset);
        let (over, under) = offset.as_quarters();
        Self {
            bar: bar + 1,
            place: over as f64 / under as f64,
            pitch: note.pitch().to_string(),
            chord: sheet.chord_at(note.onset).map(|chord| chord.to_string()),
            role,
            rhythm_nats: nats.rhythm,
            pitch_nats: nats.pitch,
            probability: (-nats.rhythm - nats.pitch).exp(),
        }
    }
}

impl Serialize for Explanation {
    /// A list with a member for each note.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.notes.serialize(serializer)
    }
}

impl fmt::Display for Explanation {
    /// A table with a line for each note.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["bar", "place", "pitch", "chord", "role", "rhythm", "pitch", "probability"];
        let [bar, place, pitch, chord, role, rhythm, nats, probability] = head;
        writeln!(
            f,
            "{bar:>4} {place:>6}  {pitch:<5} {chord:<9} {role:<13} {rhythm:>7} {nats:>7}  {probability}"
        )?;
        for note in &self.notes {
            let role = note.role.map_or("", Role::name);
            let chord = note.chord.as_deref().unwrap_or("N.C.");
            let ExplainedNote { bar, place, pitch, rhythm_nats, pitch_nats, probability, .. } = note;
            let percent = 100.0 * probability;
            writeln!(
                f,
                "{bar:>4} {place:>6.2}  {pitch:<5} {chord:<9} {role:<13} {rhythm_nats:>7.2} {pitch_nats:>7.2}  {percent:.2} %"
            )?;
        }
        f.write_str("rhythm and pitch: surprise in nats; the first note is told from where the line begins")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::{Duration, Instrument, Pitch, Time};

    #[test]
    fn every_note_has_its_place_its_chord_and_its_role() {
        let sheet: Sheet = "Cmaj7 | N.C.".parse().unwrap();
        let note = |at, key| {
            Note::new(Time::after_start(Duration::quarters(at, 2)), Duration::QUARTER / 2, Pitch::midi(key))
        };
        let nats = Surprise { rhythm: 2f64.ln(), pitch: 4f64.ln() };
        let notes = [note(-1, 64), note(3, 64), note(8, 66)];
        let solo = Solo::new(Instrument::Flute, notes.to_vec()).unwrap();
        let roles = roles(&sheet, &solo);
        let explained = notes.iter().zip(roles).map(|(n, role)| ExplainedNote::new(&sheet, n, role, nats));
        let explanation = Explanation { notes: explained.collect() };
        let lines: Vec<String> = explanation.to_string().lines().map(str::to_owned).collect();
        assert_eq!(lines[1], "   0   3.50  E4    Cmaj7     chord tone       0.69    1.39  12.50 %");
        assert_eq!(lines[3], "   2   0.00  Gb4   N.C.                       0.69    1.39  12.50 %");
        let json = serde_json::to_value(&explanation).unwrap();
        assert_eq!((json[1]["bar"].as_i64(), json[1]["place"].as_f64()), (Some(1), Some(1.5)));
        assert_eq!(explanation.surprises(), [nats; 3]);
    }
}
