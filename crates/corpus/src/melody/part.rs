//! The parts of a performance, as notes with a place in time.

use sideman_music::{Duration, Event, Performance, Pitch, Time, Track};

/// A note as it was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlayedNote {
    /// Where it starts.
    pub(crate) onset: Time,
    /// Where its key is released, always later.
    pub(crate) end: Time,
    /// Where it falls silent: when the pedal that holds it is released, or with its key.
    pub(crate) silent: Time,
    /// What sounds.
    pub(crate) pitch: Pitch,
    /// How hard it is struck, 1 to 127.
    pub(crate) velocity: u8,
}

impl PlayedNote {
    /// How long its key is held.
    pub(crate) fn duration(&self) -> Duration {
        self.end - self.onset
    }

    /// How long it sounds together with another; zero when it does not.
    pub(crate) fn overlap(&self, other: &Self) -> Duration {
        (self.end.min(other.end) - self.onset.max(other.onset)).max(Duration::ZERO)
    }
}

/// A track of a performance with what is known of its sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlayedPart {
    /// Its number among the tracks, counted from 1.
    pub(crate) number: usize,
    /// The name of its track; may be empty.
    pub(crate) name: String,
    /// MIDI channel, 0 to 15.
    pub(crate) channel: u8,
    /// General MIDI program, counted from 0; that of its channel where the track sets none.
    pub(crate) program: u8,
    /// Its volume, 0 to 127.
    pub(crate) volume: u8,
    /// Its notes, by onset, those of one onset from the top down.
    pub(crate) notes: Vec<PlayedNote>,
}

impl PlayedPart {
    /// All the parts of a performance, in the order of its tracks.
    pub(crate) fn all(song: &Performance) -> Vec<Self> {
        let parts = song.tracks.iter().enumerate();
        parts.map(|(i, track)| Self::new(i + 1, track, program(song, track))).collect()
    }

    fn new(number: usize, track: &Track, program: u8) -> Self {
        let pedal = Pedal::of(track);
        let played = |(onset, duration, pitch, velocity)| {
            let end = onset + duration;
            PlayedNote { onset, end, silent: pedal.release(end), pitch, velocity }
        };
        let mut notes: Vec<PlayedNote> =
            track.notes().map(played).filter(|note| note.end > note.onset).collect();
        notes.sort_by_key(|note| (note.onset, std::cmp::Reverse(note.pitch)));
        let volume = track.events.iter().find_map(|&(_, event)| match event {
            Event::Control { controller: 7, value } => Some(value),
            _ => None,
        });
        let (name, channel) = (track.name.clone(), track.channel);
        Self { number, name, channel, program, volume: volume.unwrap_or(100), notes }
    }

    /// Whether it plays drums.
    pub(crate) fn is_drums(&self) -> bool {
        self.channel == Track::DRUMS
    }

    /// Whether it has notes of definite pitch.
    pub(crate) fn is_pitched(&self) -> bool {
        !self.is_drums() && !self.notes.is_empty()
    }

    /// Its lowest and highest pitch.
    pub(crate) fn range(&self) -> Option<(Pitch, Pitch)> {
        let pitches = || self.notes.iter().map(|note| note.pitch);
        Some((pitches().min()?, pitches().max()?))
    }
}

/// When the sustain pedal goes down (`true`) and up, in order of time.
struct Pedal(Vec<(Time, bool)>);

impl Pedal {
    fn of(track: &Track) -> Self {
        let moves = track.events.iter().filter_map(|&(time, event)| match event {
            Event::Control { controller: 64, value } => Some((time, value >= 64)),
            _ => None,
        });
        let mut moves: Vec<(Time, bool)> = moves.collect();
        moves.dedup_by_key(|&mut (_, down)| down);
        Self(moves)
    }

    /// Where a note falls silent whose key is released at a time. A pedal that is never released holds none.
    fn release(&self, end: Time) -> Time {
        let after = self.0.partition_point(|&(time, _)| time <= end);
        let is_down = after.checked_sub(1).is_some_and(|i| self.0[i].1);
        self.0.get(after).filter(|_| is_down).map_or(end, |&(time, _)| time)
    }
}

/// The program of a track, or that which another track sets on its channel, or the piano.
fn program(song: &Performance, track: &Track) -> u8 {
    let shared = || song.tracks.iter().filter(|t| t.channel == track.channel).find_map(Track::program);
    track.program().or_else(shared).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pedal_holds_what_is_released_under_it() {
        let at = |quarters| Time::after_start(Duration::QUARTER * quarters);
        let pitch = Pitch::midi(60);
        let note = |onset| (at(onset), Event::Note { pitch, velocity: 64, duration: Duration::QUARTER });
        let pedal = |time, value| (at(time), Event::Control { controller: 64, value });
        let events = vec![note(0), pedal(1, 127), note(2), pedal(5, 0), note(6), pedal(8, 100), note(9)];
        let track = Track { name: String::new(), channel: 0, events };
        let part = PlayedPart::new(1, &track, 0);
        let silent: Vec<Time> = part.notes.iter().map(|note| note.silent).collect();
        assert_eq!(silent, [at(5), at(5), at(7), at(10)]);
    }
}
