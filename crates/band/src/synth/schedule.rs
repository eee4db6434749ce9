//! A performance as messages at frames.

use sideman_music::{Duration, Event, Performance, Tempo, Time, Track};

use super::error::{SynthError, longest};
use crate::feel::LEGATO;

/// A MIDI message without its channel in the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MidiMessage {
    pub(super) channel: u8,
    pub(super) status: u8,
    pub(super) data: [u8; 2],
}

/// Messages in order of their frames, and how many frames there are in all.
pub(super) struct Schedule {
    messages: Vec<(u64, MidiMessage)>,
    next: usize,
    pub(super) frames: u64,
}

/// Seconds of sound after the last event.
const TAIL: f64 = 3.0;

/// Messages at one time go out in this order: notes end, the sound changes, notes begin.
const END: u8 = 0;
const CHANGE: u8 = 1;
const BEGIN: u8 = 2;

/// What a note lasts at least, so that it ends after it begins.
const SHORTEST: Duration = Duration::quarters(1, 480);

impl Schedule {
    pub(super) fn new(performance: &Performance, rate: u32, slurred: Option<u8>) -> Result<Self, SynthError> {
        let mut timed = messages(performance, slurred);
        timed.sort_by_key(|&(time, order, _)| (time, order));
        let start = timed.first().map_or(Time::ZERO, |&(time, ..)| time.min(Time::ZERO));
        let mut clock = SecondsClock::new(performance, start);
        let mut placed = Vec::with_capacity(timed.len());
        for (time, _, message) in timed {
            placed.push(((clock.seconds(time) * f64::from(rate)).round() as u64, message));
        }
        let seconds = clock.now;
        let last = placed.last().map_or(0, |&(frame, _)| frame);
        placed.extend(silence().map(|message| (last, message)));
        let most = longest(performance.tracks.iter().map(|track| track.notes().count()).sum());
        if seconds > most {
            return Err(SynthError::TooLong(seconds, most));
        }
        let frames = ((seconds + TAIL) * f64::from(rate)) as u64;
        Ok(Self { messages: placed, next: 0, frames })
    }

    /// The next message that is due before a frame.
    pub(super) fn due(&mut self, frame: u64) -> Option<MidiMessage> {
        let &(at, message) = self.messages.get(self.next)?;
        (at < frame).then(|| {
            self.next += 1;
            message
        })
    }
}

/// Lifts every pedal and ends every note.
fn silence() -> impl Iterator<Item = MidiMessage> {
    let end = |channel| [[0x40, 0], [0x7B, 0]].map(|data| MidiMessage { channel, status: 0xB0, data });
    (0..16).flat_map(end)
}

/// Every event as a message. Where a font has slurred voices, the legato switch turns to their bank and back.
fn messages(performance: &Performance, slurred: Option<u8>) -> Vec<(Time, u8, MidiMessage)> {
    let mut all = Vec::new();
    for track in &performance.tracks {
        let channel = track.channel.min(15);
        let mut say =
            |time, order, status, data| all.push((time, order, MidiMessage { channel, status, data }));
        for &(time, event) in &track.events {
            match event {
                Event::Note { pitch, velocity, duration } => {
                    let key = pitch.number();
                    say(time, BEGIN, 0x90, [key, velocity.clamp(1, 127)]);
                    say(time + duration.max(SHORTEST), END, 0x80, [key, 0]);
                }
                Event::Program(program) => say(time, CHANGE, 0xC0, [program.min(127), 0]),
                Event::Control { controller: LEGATO, value } => {
                    if let Some(bank) = slurred.filter(|_| channel != Track::DRUMS) {
                        say(time, CHANGE, 0xB0, [0, if value < 64 { 0 } else { bank }]);
                    }
                }
                Event::Control { controller, value } => {
                    say(time, CHANGE, 0xB0, [controller.min(127), value.min(127)])
                }
                Event::Bend(bend) => {
                    let value = (i32::from(bend) + 8192).clamp(0, 16383) as u16;
                    say(time, CHANGE, 0xE0, [(value & 127) as u8, (value >> 7) as u8]);
                }
            }
        }
    }
    all
}

/// Musical time as seconds, for times that only go forward.
struct SecondsClock<'a> {
    changes: &'a [(Time, Tempo)],
    tempo: Tempo,
    time: Time,
    now: f64,
}

impl<'a> SecondsClock<'a> {
    fn new(performance: &'a Performance, start: Time) -> Self {
        let changes = performance.tempos.changes();
        let before = changes.partition_point(|&(time, _)| time <= start);
        Self { changes: &changes[before..], tempo: performance.tempos.at(start), time: start, now: 0.0 }
    }

    fn seconds(&mut self, time: Time) -> f64 {
        while let Some((&(change, tempo), rest)) = self.changes.split_first()
            && change <= time
        {
            self.advance(change);
            (self.tempo, self.changes) = (tempo, rest);
        }
        self.advance(time);
        self.now
    }

    fn advance(&mut self, time: Time) {
        self.now += self.tempo.clock(time - self.time).as_secs_f64();
        self.time = time;
    }
}
