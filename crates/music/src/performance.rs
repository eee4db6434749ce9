//! What is played: tracks of timed events with a tempo map.

use crate::{Chord, Duration, Key, Meter, Pitch, Solo, Tempo, Time};

/// A performance, ready for sound or for a MIDI file: musical time, with the tempi that make it clock time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Performance {
    /// Title, empty when it has none.
    pub title: String,
    /// How fast it goes, where.
    pub tempos: TempoMap,
    /// Meters, each from its time on.
    pub meters: Vec<(Time, Meter)>,
    /// Keys, each from its time on.
    pub keys: Vec<(Time, Key)>,
    /// Markers and other words, in order of time.
    pub texts: Vec<(Time, Text)>,
    /// Chord symbols, each from its time on; `None` is N.C.
    pub chords: Vec<(Time, Option<Chord>)>,
    /// The parts.
    pub tracks: Vec<Track>,
}

impl Performance {
    /// The end of the last event.
    pub fn end(&self) -> Time {
        self.tracks.iter().map(Track::end).max().unwrap_or_default()
    }
}

/// Words at a place of a performance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What the words are.
    pub kind: TextKind,
    /// The words.
    pub words: String,
}

/// What words at a place are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// A place in the form.
    Marker,
    /// A remark.
    Remark,
    /// Words of a song.
    Lyric,
}

/// One part on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Track {
    /// Name, empty when it has none.
    pub name: String,
    /// MIDI channel, 0 to 15; 9 is the drums.
    pub channel: u8,
    /// What happens, in order of time.
    pub events: Vec<(Time, Event)>,
}

impl Track {
    /// The MIDI channel of the drums.
    pub const DRUMS: u8 = 9;
    /// The velocity of a note whose loudness is not known.
    const VELOCITY: u8 = 80;

    /// A solo on channel 0 exactly as it is written.
    pub fn as_written(solo: &Solo) -> Self {
        let mut events = Vec::new();
        for note in solo.notes() {
            let velocity = note.velocity.unwrap_or(Self::VELOCITY);
            let sound = |&pitch| (note.onset, Event::Note { pitch, velocity, duration: note.duration });
            events.extend(note.pitches.as_slice().iter().map(sound));
        }
        let first = events.first().map_or(Time::ZERO, |&(onset, _)| onset.min(Time::ZERO));
        events.insert(0, (first, Event::Program(solo.instrument().program())));
        Self { name: solo.instrument().name().to_owned(), channel: 0, events }
    }

    /// The notes: onset, duration, pitch, velocity.
    pub fn notes(&self) -> impl Iterator<Item = (Time, Duration, Pitch, u8)> {
        self.events.iter().filter_map(|&(time, event)| match event {
            Event::Note { pitch, velocity, duration } => Some((time, duration, pitch, velocity)),
            _ => None,
        })
    }

    /// The first program it asks for.
    pub fn program(&self) -> Option<u8> {
        self.events.iter().find_map(|&(_, event)| match event {
            Event::Program(program) => Some(program),
            _ => None,
        })
    }

    /// The end of its last event.
    pub fn end(&self) -> Time {
        let ends = self.events.iter().map(|&(time, event)| match event {
            Event::Note { duration, .. } => time + duration,
            _ => time,
        });
        ends.max().unwrap_or_default()
    }
}

/// Something that happens on a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A note of a velocity from 1 to 127.
    Note {
        /// What sounds (on the drum channel: which drum).
        pitch: Pitch,
        /// How hard it is struck.
        velocity: u8,
        /// How long the key is held.
        duration: Duration,
    },
    /// The sound changes to a General MIDI program, counted from 0.
    Program(u8),
    /// A controller takes a value, both 0 to 127.
    Control {
        /// Which controller.
        controller: u8,
        /// Its value.
        value: u8,
    },
    /// The pitch is bent by −8192 to 8191 parts of the bend range (two semitones unless told).
    Bend(i16),
}

/// Tempi, each from its time on; 120 quarter notes a minute before the first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TempoMap(Vec<(Time, Tempo)>);

impl TempoMap {
    /// One tempo throughout.
    pub fn constant(tempo: Tempo) -> Self {
        Self(vec![(Time::ZERO, tempo)])
    }

    /// The tempi in any order; of two at one time the later in the list holds.
    pub fn new(mut tempos: Vec<(Time, Tempo)>) -> Self {
        tempos.sort_by_key(|&(time, _)| time);
        tempos.reverse();
        tempos.dedup_by_key(|&mut (time, _)| time);
        tempos.reverse();
        Self(tempos)
    }

    /// The changes, in order of time.
    pub fn changes(&self) -> &[(Time, Tempo)] {
        &self.0
    }

    /// The tempo at a time; before the first change, 120 quarter notes a minute.
    pub fn at(&self, time: Time) -> Tempo {
        let after = self.0.partition_point(|&(t, _)| t <= time);
        after.checked_sub(1).map_or_else(Tempo::default, |i| self.0[i].1)
    }

    /// Time by the clock from `start` to `time`; 0 if `time` comes first.
    pub fn clock(&self, start: Time, time: Time) -> std::time::Duration {
        let mut total = std::time::Duration::ZERO;
        let mut here = start;
        let later = self.0.iter().map(|&(t, _)| t).filter(|&t| t > start && t < time);
        for next in later.chain([time.max(start)]) {
            total = total.saturating_add(self.at(here).clock(next - here));
            here = next;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_crosses_tempo_changes() {
        let at = |quarters| Time::after_start(Duration::QUARTER * quarters);
        let map =
            TempoMap::new(vec![(at(4), Tempo::bpm(60)), (at(0), Tempo::bpm(240)), (at(4), Tempo::bpm(120))]);
        assert_eq!(map.changes().len(), 2);
        assert_eq!(map.at(at(4)), Tempo::bpm(120));
        assert_eq!(map.clock(at(0), at(8)).as_millis(), 1000 + 2000);
        assert_eq!(map.clock(at(2), at(5)).as_millis(), 500 + 500);
        assert_eq!(map.clock(at(5), at(2)).as_millis(), 0);
    }
}
