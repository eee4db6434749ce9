//! What each note of a line is to the chords: its role.
//!
//! The categories are those of the jazz schools (Baker, *How to Play Bebop*, and Coker, *Elements of the Jazz
//! Language*, for enclosures and approach notes; Levine, *The Jazz Theory Book*, for tensions and passing notes;
//! the note colours of Keller's Impro-Visor: chord, colour, approach, other). How a note moves counts before what it is: a
//! note outside the chord that leads on is heard as leading, even where the scale has it. The chord of a note is the one
//! at its written onset; where an event has several pitches, its highest counts; a *step* is an interval of one
//! or two semitones, and everything that leads does so within a quarter note, from onset to onset.

use std::fmt;

use serde::{Deserialize, Serialize};
use sideman_music::{Chord, Duration, Note, PitchClass, Sheet, Solo, Time};

/// What a note is to the chords. Of several roles that a note could have, the first in this order is its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Of the triad, or the sixth or seventh.
    ChordTone,
    /// One of two notes that lie a step above and a step below the chord tone that follows them, in either order. (If
    /// one of the two is itself a chord tone, it stays one.)
    Enclosure,
    /// Of at most three notes that lead by steps in one direction from a chord tone to a chord tone.
    Passing,
    /// A semitone from the chord tone that follows; or two, where the scale of that chord has the note.
    Approach,
    /// A colour of the chord, or another note of its usual scale.
    Tension,
    /// Anything else.
    Outside,
}

impl Role {
    /// Every role, in the order in which they are tried.
    pub const ALL: [Self; 6] =
        [Self::ChordTone, Self::Enclosure, Self::Passing, Self::Approach, Self::Tension, Self::Outside];

    /// What a musician calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChordTone => "chord tone",
            Self::Enclosure => "enclosure",
            Self::Passing => "passing note",
            Self::Approach => "approach",
            Self::Tension => "tension",
            Self::Outside => "outside",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The role of each note of a solo over its sheet; `None` where no chord sounds.
///
/// ```
/// use sideman_corpus::role::{Role, roles};
/// use sideman_music::{Duration, Instrument, Note, Pitch, Sheet, Solo, Time};
/// let sheet: Sheet = "Cmaj7".parse()?;
/// let eighth = Duration::quarters(1, 2);
/// let note = |(i, p): (i64, u8)| Note::new(Time::ZERO + eighth * i, eighth, Pitch::midi(p));
/// let line = (0..).zip([65, 63, 64]).map(note).collect(); // F D♯ E
/// let solo = Solo::new(Instrument::TenorSax, line)?;
/// assert_eq!(roles(&sheet, &solo), [Some(Role::Enclosure), Some(Role::Enclosure), Some(Role::ChordTone)]);
/// # Ok::<(), sideman_music::Error>(())
/// ```
pub fn roles(sheet: &Sheet, solo: &Solo) -> Vec<Option<Role>> {
    let line = HarmonisedLine::new(sheet, solo);
    (0..line.0.len()).map(|i| line.role(i)).collect()
}

/// The share of each role among the notes that have one, in the order of [`Role::ALL`]; `None` where none has.
pub fn shares(roles: &[Option<Role>]) -> Option<[f64; Role::ALL.len()]> {
    let known = roles.iter().flatten().count();
    let share = |role| roles.iter().filter(|&&r| r == Some(role)).count() as f64 / known as f64;
    (known > 0).then(|| Role::ALL.map(share))
}

/// A line as far as roles need it.
pub(crate) struct HarmonisedLine(Vec<HarmonisedNote>);

/// A note with its chord.
struct HarmonisedNote {
    onset: Time,
    pitch: i32,
    chord: Option<Chord>,
    is_chord_tone: bool,
}

/// Most notes that pass from one chord tone to the next.
const MOST_PASSING: usize = 3;

impl HarmonisedLine {
    pub(crate) fn new(sheet: &Sheet, solo: &Solo) -> Self {
        let heard = |note: &Note| {
            let (chord, pitch) = (sheet.chord_at(note.onset), note.pitch());
            let is_chord_tone = chord.is_some_and(|c| c.tones().contains(pitch.class()));
            HarmonisedNote { onset: note.onset, pitch: pitch.number().into(), chord, is_chord_tone }
        };
        Self(solo.notes().iter().map(heard).collect())
    }

    /// The semitones from each note that has a chord and is no tone of it into a chord tone that follows within a
    /// quarter note; `None` for one that leads to none.
    pub(crate) fn resolutions(&self) -> impl Iterator<Item = Option<i32>> {
        (0..self.0.len()).filter(|&i| self.0[i].chord.is_some()).map(|i| {
            (!self.0[i].is_chord_tone).then(|| self.interval(i).filter(|_| self.0[i + 1].is_chord_tone))?
        })
    }

    fn role(&self, i: usize) -> Option<Role> {
        let (note, chord) = (&self.0[i], self.0[i].chord?);
        let class = PitchClass::new(note.pitch);
        Some(if note.is_chord_tone {
            Role::ChordTone
        } else if self.encloses(i) || i.checked_sub(1).is_some_and(|before| self.encloses(before)) {
            Role::Enclosure
        } else if self.passes(i) {
            Role::Passing
        } else if self.approaches(i) {
            Role::Approach
        } else if chord.colours().union(chord.scale_tones()).contains(class) {
            Role::Tension
        } else {
            Role::Outside
        })
    }

    /// The interval to the next note, where that comes within a quarter note.
    fn interval(&self, i: usize) -> Option<i32> {
        let (note, next) = (&self.0[i], self.0.get(i + 1)?);
        (next.onset - note.onset <= Duration::QUARTER).then_some(next.pitch - note.pitch)
    }

    /// The step to the next note, where it is one.
    fn step(&self, i: usize) -> Option<i32> {
        self.interval(i).filter(|s| matches!(s.abs(), 1 | 2))
    }

    /// Whether a pair that starts here lies around the chord tone behind it.
    fn encloses(&self, i: usize) -> bool {
        let Some((across, into)) = self.interval(i).zip(self.step_into_chord_tone(i + 1)) else {
            return false;
        };
        let first = across + into;
        matches!(first.abs(), 1 | 2) && first.signum() == -into.signum()
    }

    /// The step from a note to the next, where that is a chord tone.
    fn step_into_chord_tone(&self, i: usize) -> Option<i32> {
        (i < self.0.len()).then(|| self.step(i))?.filter(|_| self.0[i + 1].is_chord_tone)
    }

    /// Whether a note stands in a short run of steps in one direction between chord tones.
    fn passes(&self, i: usize) -> bool {
        let Some(direction) = self.step(i).map(i32::signum) else { return false };
        let leads = |j: usize| self.step(j).is_some_and(|s| s.signum() == direction);
        let outer = |j: &usize| self.0[*j].is_chord_tone;
        let Some(start) = (0..i).rev().take(MOST_PASSING).find(outer) else { return false };
        let Some(end) = (i + 1..self.0.len()).take(MOST_PASSING).find(outer) else { return false };
        end - start - 1 <= MOST_PASSING && (start..end).all(leads)
    }

    fn approaches(&self, i: usize) -> bool {
        let class = PitchClass::new(self.0[i].pitch);
        let of_the_scale = || self.0[i + 1].chord.is_some_and(|c| c.scale_tones().contains(class));
        self.step_into_chord_tone(i).is_some_and(|step| step.abs() == 1 || of_the_scale())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::{Instrument, Pitch};

    use Role::{Approach, ChordTone, Enclosure, Outside, Passing, Tension};

    /// The roles of eighths over a chart; a pitch of 0 is a rest.
    fn eighths(chart: &str, pitches: &[u8]) -> Vec<Option<Role>> {
        let eighth = Duration::quarters(1, 2);
        let note = |(i, &p): (i64, &u8)| Note::new(Time::ZERO + eighth * i, eighth, Pitch::midi(p));
        let notes = (0..).zip(pitches).filter(|(_, p)| **p > 0).map(note).collect();
        roles(&chart.parse().unwrap(), &Solo::new(Instrument::TenorSax, notes).unwrap())
    }

    fn expect(chart: &str, pitches: &[u8], wanted: &[Role]) {
        let wanted: Vec<Option<Role>> = wanted.iter().copied().map(Some).collect();
        assert_eq!(eighths(chart, pitches), wanted, "{pitches:?} over {chart}");
    }

    #[test]
    fn steps_between_chord_tones_pass() {
        expect("Cmaj7", &[60, 62, 64], &[ChordTone, Passing, ChordTone]);
        expect("Cmaj7", &[67, 66, 65, 64], &[ChordTone, Passing, Passing, ChordTone]);
        expect("Cmaj7", &[67, 68, 69, 70, 71], &[ChordTone, Passing, Passing, Passing, ChordTone]);
        // Turning back is no passing: D leans on C.
        expect("Cmaj7", &[60, 62, 60], &[ChordTone, Approach, ChordTone]);
    }

    #[test]
    fn a_chord_tone_is_enclosed_from_either_side() {
        expect("Cmaj7", &[65, 63, 64], &[Enclosure, Enclosure, ChordTone]);
        expect("Cmaj7", &[62, 65, 64], &[Enclosure, Enclosure, ChordTone]);
        // Both from above is none: G♭ is outside, F approaches.
        expect("Cmaj7", &[66, 65, 64], &[Outside, Approach, ChordTone]);
        // The pair belongs to the chord that it meets: E and C around the D♭ of the next bar.
        expect("C | Db", &[0, 0, 0, 0, 0, 0, 63, 60, 61], &[Enclosure, ChordTone, ChordTone]);
    }

    #[test]
    fn semitones_approach_and_scale_steps_do() {
        expect("Cmaj7", &[72, 63, 64], &[ChordTone, Approach, ChordTone]);
        expect("Cmaj7", &[71, 62, 64], &[ChordTone, Approach, ChordTone]);
        // G♯ is no scale step from the F♯ of D7, and a chord tone must follow.
        expect("D7", &[74, 68, 66], &[ChordTone, Outside, ChordTone]);
        expect("Cmaj7", &[72, 62, 69], &[ChordTone, Tension, Tension]);
    }

    #[test]
    fn what_comes_late_does_not_lead() {
        expect("Cmaj7", &[63, 0, 64], &[Approach, ChordTone]);
        expect("Cmaj7", &[63, 0, 0, 64], &[Outside, ChordTone]);
        expect("Cmaj7", &[62, 0, 0, 60], &[Tension, ChordTone]);
    }

    #[test]
    fn without_a_chord_there_is_no_role() {
        assert_eq!(eighths("N.C.", &[60, 61]), [None, None]);
        assert_eq!(eighths("N.C. | C", &[0, 0, 0, 0, 0, 0, 0, 59, 60])[..], [None, Some(ChordTone)]);
        assert_eq!(eighths("C", &[]), []);
        assert_eq!(shares(&[None]), None);
        assert_eq!(shares(&[None, Some(ChordTone), Some(Outside)]), Some([0.5, 0.0, 0.0, 0.0, 0.0, 0.5]));
    }
}
