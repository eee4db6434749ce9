//! The events of one track, repaired while they are read.

use midly::{EventIter, MetaMessage, TrackEventKind};

use super::chunk::{TrackChunk, Warnings};

/// Reads events one by one, each with its tick counted from the start of the track.
///
/// Running status goes on over meta and SysEx events (the standard ends it there, and old sequencers do not).
pub(super) struct Events<'a> {
    events: EventIter<'a>,
    /// The byte of the file behind the chunk.
    end: usize,
    status: Option<u8>,
    tick: u64,
    /// The byte from which on the track cannot be read.
    damage: Option<usize>,
    ended: bool,
}

impl<'a> Events<'a> {
    pub(super) fn new(chunk: TrackChunk<'a>) -> Self {
        let end = chunk.start + chunk.data.len();
        Self { events: EventIter::new(chunk.data), end, status: None, tick: 0, damage: None, ended: false }
    }

    /// The tick of the last event that was read.
    pub(super) const fn tick(&self) -> u64 {
        self.tick
    }

    /// The byte of the file that is read next.
    pub(super) fn place(&self) -> usize {
        self.end - self.events.unread().len()
    }

    /// The byte from which on the track could not be read.
    pub(super) const fn damage(&self) -> Option<usize> {
        self.damage
    }

    /// The next event and its tick; `None` at the end of the track, or where it is damaged.
    pub(super) fn next(&mut self, warnings: &mut Warnings) -> Option<(u64, TrackEventKind<'a>)> {
        while !self.ended {
            let unread = self.events.unread();
            let place = self.place();
            if unread.is_empty() {
                warnings.push(place, "the track ends without an end-of-track event");
                break;
            }
            if let Some(Ok(event)) = self.events.next() {
                self.tick = self.tick.saturating_add(u64::from(event.delta.as_int()));
                self.keep_status(&event.kind);
                self.ended = event.kind == TrackEventKind::Meta(MetaMessage::EndOfTrack);
                if self.ended && self.events.unread().iter().any(|&b| b != 0) {
                    warnings.push(self.place(), "what follows the end of the track is left out");
                }
                return Some((self.tick, event.kind));
            }
            let Some((delta, rest)) = skip(unread) else {
                warnings.push(place, "no MIDI event can start here; the rest of the track is left out");
                self.damage = Some(place);
                break;
            };
            warnings.push(place, "an event that no file may hold is left out");
            self.tick = self.tick.saturating_add(delta);
            self.events = EventIter::new(rest);
            *self.events.running_status_mut() = self.status;
        }
        self.ended = true;
        None
    }

    fn keep_status(&mut self, kind: &TrackEventKind<'_>) {
        if matches!(kind, TrackEventKind::Midi { .. }) {
            self.status = self.events.running_status();
        } else {
            *self.events.running_status_mut() = self.status;
        }
    }
}

/// The delta time of an event that cannot be read but whose length is known (a meta event with broken
/// contents, a system message), and what follows it.
fn skip(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (delta, rest) = variable_length(bytes)?;
    let (&status, rest) = rest.split_first()?;
    let length = match status {
        0xFF => {
            let (length, contents) = variable_length(rest.get(1..)?)?;
            return Some((delta, contents.get(usize::try_from(length).ok()?..)?));
        }
        0xF1 | 0xF3 => 1,
        0xF2 => 2,
        0xF4..=0xF6 | 0xF8..=0xFE => 0,
        _ => return None,
    };
    Some((delta, rest.get(length..)?))
}

/// A number of up to four bytes of seven bits, and what follows it.
fn variable_length(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let last = bytes.iter().take(4).position(|b| b & 0x80 == 0)?;
    let number = bytes[..=last].iter().fold(0, |n, b| n << 7 | u64::from(b & 0x7F));
    Some((number, &bytes[last + 1..]))
}
