//! Solos: a line of notes over a sheet.

use std::fmt;

use crate::{Duration, Error, Instrument, Pitch, Time};

/// A line that one instrument plays over a sheet: events in order of time, none of them overlapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solo {
    instrument: Instrument,
    notes: Vec<Note>,
}

impl Solo {
    /// How far from the first downbeat a line may go, before it or behind it: a million quarter notes, more than
    /// the longest sheet has.
    pub const FARTHEST: Duration = Duration::quarters(1 << 20, 1);

    /// A line of these notes.
    ///
    /// # Errors
    /// When a note has no length, starts before the one before it has ended, lies beyond [`Solo::FARTHEST`] or is of a
    /// loudness that MIDI does not know.
    pub fn new(instrument: Instrument, notes: Vec<Note>) -> Result<Self, Error> {
        let hint = "notes follow each other, each with a length, none overlapping";
        let fail = |i: usize| Error::new("order of notes", &format!("note {}", i + 1), hint);
        if let Some(i) = notes.iter().position(|n| n.duration <= Duration::ZERO) {
            return Err(fail(i));
        }
        if let Some(i) = notes.iter().position(|n| !n.is_within(Self::FARTHEST)) {
            let hint = "a line lies within a million quarter notes of its first downbeat";
            return Err(Error::new("place of a note", &format!("note {}", i + 1), hint));
        }
        let loudness = notes.iter().filter_map(|n| n.velocity);
        if let Some(velocity) = loudness.into_iter().find(|velocity| !(1..=127).contains(velocity)) {
            return Err(Error::new("loudness", &velocity.to_string(), "it lies between 1 and 127"));
        }
        if let Some(i) = notes.windows(2).position(|w| w[0].end() > w[1].onset) {
            return Err(fail(i + 1));
        }
        Ok(Self { instrument, notes })
    }

    /// Who plays it.
    pub const fn instrument(&self) -> Instrument {
        self.instrument
    }

    /// The notes, in order of time.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The line on another instrument.
    #[must_use]
    pub fn on(self, instrument: Instrument) -> Self {
        Self { instrument, ..self }
    }

    /// The line `semitones` higher; `None` when a pitch would leave the range of MIDI.
    pub fn transposed(&self, semitones: i32) -> Option<Self> {
        let up = |note: &Note| Some(Note { pitches: note.pitches.transposed(semitones)?, ..*note });
        let notes = self.notes.iter().map(up).collect::<Option<_>>()?;
        Some(Self { instrument: self.instrument, notes })
    }
}

/// An event of a line: what sounds, when, for how long; how loud and how late, where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// Where it is written.
    pub onset: Time,
    /// How long it sounds.
    pub duration: Duration,
    /// What sounds.
    pub pitches: Pitches,
    /// Loudness as a MIDI velocity, 1 to 127.
    pub velocity: Option<u8>,
    /// How much later than written it was played; negative is early.
    pub delay: Option<Duration>,
}

impl Note {
    /// A single pitch of unknown loudness and timing.
    pub fn new(onset: Time, duration: Duration, pitch: Pitch) -> Self {
        Self { onset, duration, pitches: pitch.into(), velocity: None, delay: None }
    }

    /// Where it stops.
    pub fn end(&self) -> Time {
        self.onset + self.duration
    }

    /// Whether it stands, ends and is played no farther from the start than so much.
    fn is_within(&self, farthest: Duration) -> bool {
        let within = |length: Duration| -farthest <= length && length <= farthest;
        let delay = self.delay.unwrap_or(Duration::ZERO);
        within(self.onset.since_start()) && within(self.duration) && within(delay)
    }

    /// Its highest pitch: the melody.
    pub fn pitch(&self) -> Pitch {
        self.pitches.top()
    }
}

/// What an event sounds: one pitch, or a double stop or block chord of up to eight, each once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pitches {
    /// From the top down; places from `len` on repeat the top.
    pitches: [Pitch; Self::MOST],
    len: u8,
}

impl Pitches {
    /// The most pitches of one event.
    pub const MOST: usize = 8;

    /// The pitches, each once; of more than [`Pitches::MOST`] the highest. `None` when there are none.
    pub fn new(pitches: impl IntoIterator<Item = Pitch>) -> Option<Self> {
        let mut sorted: Vec<Pitch> = pitches.into_iter().collect();
        sorted.sort_by(|a, b| b.cmp(a));
        sorted.dedup();
        sorted.truncate(Self::MOST);
        let mut all = [*sorted.first()?; Self::MOST];
        all[..sorted.len()].copy_from_slice(&sorted);
        Some(Self { pitches: all, len: sorted.len() as u8 })
    }

    /// The highest.
    pub const fn top(&self) -> Pitch {
        self.pitches[0]
    }

    /// All of them, from the top down.
    pub fn as_slice(&self) -> &[Pitch] {
        &self.pitches[..usize::from(self.len)]
    }

    /// The pitches `semitones` higher; `None` when one would leave the range of MIDI.
    pub fn transposed(&self, semitones: i32) -> Option<Self> {
        let up = |p: &Pitch| p.checked_add(crate::Interval::new(semitones));
        Self::new(self.as_slice().iter().map(up).collect::<Option<Vec<_>>>()?)
    }
}

impl From<Pitch> for Pitches {
    fn from(pitch: Pitch) -> Self {
        Self { pitches: [pitch; Self::MOST], len: 1 }
    }
}

impl fmt::Debug for Pitches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(onset: i64, length: i64) -> Note {
        let time = |n| Duration::QUARTER * n;
        Note::new(Time::after_start(time(onset)), time(length), Pitch::midi(60))
    }

    #[test]
    fn a_line_never_overlaps_itself() {
        let solo = |notes| Solo::new(Instrument::TenorSax, notes);
        assert!(solo(vec![note(-1, 1), note(0, 2), note(3, 1)]).is_ok());
        assert!(solo(vec![]).is_ok());
        let error = solo(vec![note(0, 2), note(1, 1)]).unwrap_err().to_string();
        assert!(error.contains("note 2"), "{error}");
        assert!(solo(vec![note(0, 0)]).is_err());
    }

    #[test]
    fn a_note_without_sense_is_refused() {
        let refused = |note| Solo::new(Instrument::TenorSax, vec![note]).unwrap_err().to_string();
        for velocity in [0, 128, 255] {
            let said = refused(Note { velocity: Some(velocity), ..note(0, 1) });
            assert!(said.contains("between 1 and 127"), "{said}");
        }
        let far = Solo::FARTHEST * 2;
        let near = note(0, 1);
        for note in [
            Note { onset: Time::after_start(far), ..near },
            Note { onset: Time::after_start(-far), ..near },
            Note { duration: far, ..near },
            Note { delay: Some(-far), ..near },
        ] {
            assert!(refused(note).contains("million quarter notes"));
        }
    }

    #[test]
    fn pitches_are_sorted_and_single() {
        let pitches = Pitches::new([60, 64, 60, 67].map(Pitch::midi)).unwrap();
        assert_eq!(pitches.as_slice(), [67, 64, 60].map(Pitch::midi));
        assert_eq!(pitches.top(), Pitch::midi(67));
        assert_eq!(pitches.transposed(5).unwrap().transposed(-5), Some(pitches));
        assert_eq!(Pitches::new([]), None);
        assert_eq!(Pitches::new((40..60).map(Pitch::midi)).unwrap().as_slice().len(), Pitches::MOST);
        assert!(pitches.transposed(80).is_none());
    }
}
