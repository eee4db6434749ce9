//! MIDI files into performances.

use std::collections::BTreeMap;

use midly::{Format, MetaMessage, MidiMessage, Timing, TrackEventKind};
use sideman_music::{
    Chord, Duration, Event, Key, Meter, Mode, Performance, Pitch, Tempo, TempoMap, Text, TextKind, Time,
    Track,
};

use super::chunk::{FileHeader, TrackChunk, Warnings, malformed};
use super::event::Events;
use crate::{Error, Warned};

/// The most tracks of a performance, a track for each channel that sounds; sequencers stop at some hundreds.
const MOST_TRACKS: usize = 1024;

/// Reads a Standard MIDI File of type 0, 1 or 2 (also inside RIFF).
///
/// Each channel of a track becomes a [`Track`] of its own; the tracks of type 2 follow each other, each on a
/// new bar. Ticks become exact musical time; where the division is SMPTE, the first tempo (or 120) makes
/// quarters of seconds, throughout. Chord symbols written as text become [`Performance::chords`]; names and words are
/// read as UTF-8, or else as Latin-1. Notes keep the length of their keys: the pedal is an event. Tracks behind the
/// first 1,024 are left out.
///
/// # Errors
/// When the bytes are no MIDI file, the header is damaged, there is no track, or nothing but damage in them.
pub fn read(bytes: &[u8]) -> Result<Warned<Performance>, Error> {
    let mut warnings = Warnings::default();
    let header = FileHeader::read(bytes)?;
    let chunks = header.chunks(bytes, &mut warnings);
    if chunks.is_empty() {
        return Err(malformed(header.end, "no track follows the header"));
    }
    if chunks.len() != usize::from(header.tracks) {
        let found = chunks.len();
        warnings.push(
            header.end,
            format_args!("the header announces {} tracks, and {found} follow", header.tracks),
        );
    }
    let mut reader = MidiReader::new(&header, &chunks, warnings);
    for (i, &chunk) in chunks.iter().enumerate() {
        if reader.performance.tracks.len() >= MOST_TRACKS {
            let words = format_args!("more than {MOST_TRACKS} tracks; the rest is left out");
            reader.warnings.push(chunk.start, words);
            break;
        }
        reader.chunk(i, chunk);
    }
    reader.finish()
}

/// How much musical time a tick is: `quarters / ticks`.
#[derive(Clone, Copy)]
struct TickClock {
    quarters: i64,
    ticks: i64,
}

impl TickClock {
    fn new(timing: Timing, tempo: Tempo) -> Self {
        match timing {
            Timing::Metrical(ticks) => Self { quarters: 1, ticks: i64::from(ticks.as_int()) },
            Timing::Timecode(fps, subframes) => {
                // Frames of "29" last 1001/30000 s.
                let (seconds, frames) =
                    if fps.as_int() == 29 { (1001, 30_000) } else { (1, i64::from(fps.as_int())) };
                let micros = i64::from(tempo.micros());
                Self { quarters: 1_000_000 * seconds, ticks: frames * i64::from(subframes) * micros }
            }
        }
    }

    fn after(self, ticks: u64) -> Duration {
        let ticks = i64::try_from(ticks).unwrap_or(i64::MAX);
        Duration::quarters(ticks.saturating_mul(self.quarters), self.ticks)
    }
}

struct MidiReader {
    clock: TickClock,
    format: Format,
    /// Words of a song stand among the texts, as karaoke files have it; a chord is not told from them.
    karaoke: bool,
    /// Where the next track starts.
    offset: Time,
    performance: Performance,
    /// Ticks are seconds, which no tempo changes.
    by_clock: bool,
    tempos: Vec<(Time, Tempo)>,
    warnings: Warnings,
    /// The first byte that could not be read.
    damage: Option<usize>,
}

impl MidiReader {
    fn new(header: &FileHeader, chunks: &[TrackChunk<'_>], warnings: Warnings) -> Self {
        let by_clock = matches!(header.timing, Timing::Timecode(..));
        let tempo = first_tempo(chunks).filter(|_| by_clock).unwrap_or_default();
        Self {
            clock: TickClock::new(header.timing, tempo),
            format: header.format,
            karaoke: false,
            offset: Time::ZERO,
            performance: Performance::default(),
            by_clock,
            tempos: by_clock.then_some((Time::ZERO, tempo)).into_iter().collect(),
            warnings,
            damage: None,
        }
    }

    fn chunk(&mut self, number: usize, chunk: TrackChunk<'_>) {
        let mut part = ChunkParts::default();
        let mut events = Events::new(chunk);
        while let Some((tick, kind)) = events.next(&mut self.warnings) {
            let time = self.offset + self.clock.after(tick);
            match kind {
                TrackEventKind::Midi { channel, message } => part.message(time, channel.as_int(), message),
                TrackEventKind::Meta(meta) => self.meta(time, meta, events.place(), &mut part),
                TrackEventKind::SysEx(_) | TrackEventKind::Escape(_) => {}
            }
        }
        self.damage = self.damage.or(events.damage());
        let end = self.offset + self.clock.after(events.tick());
        let tick = self.clock.after(1).max(SHORTEST);
        let unfinished = part.end_notes(end, tick);
        if unfinished > 0 {
            let place = events.place();
            self.warnings.push(
                place,
                format_args!(
                    "{unfinished} notes are never ended; they end with the next of their pitch or the track"
                ),
            );
        }
        self.add(number, part);
        if self.format == Format::Sequential {
            self.offset = self.next_bar(end);
        }
    }

    fn meta(&mut self, time: Time, meta: MetaMessage<'_>, place: usize, part: &mut ChunkParts) {
        let Performance { meters, keys, .. } = &mut self.performance;
        match meta {
            MetaMessage::Tempo(micros) if micros.as_int() > 0 && !self.by_clock => {
                self.tempos.push((time, Tempo::micros_per_quarter(micros.as_int())));
            }
            MetaMessage::TimeSignature(beats, unit, ..) => {
                match 1_u8.checked_shl(u32::from(unit)).and_then(|unit| Meter::new(beats, unit)) {
                    Some(meter) => meters.push((time, meter)),
                    None => self.warnings.push(place, "a time signature that is no meter is left out"),
                }
            }
            MetaMessage::KeySignature(sharps, minor) => {
                let mode = if minor { Mode::Minor } else { Mode::Major };
                match Key::from_fifths(i32::from(sharps), mode) {
                    Some(key) => keys.push((time, key)),
                    None => self
                        .warnings
                        .push(place, "a key signature of more than seven accidentals is left out"),
                }
            }
            MetaMessage::TrackName(name) => part.name(name),
            MetaMessage::InstrumentName(name) if part.instrument.is_empty() => part.instrument = decode(name),
            MetaMessage::MidiChannel(channel) => part.channel = Some(channel.as_int()),
            MetaMessage::Text(words) => self.chord_or_remark(time, words),
            MetaMessage::Copyright(words) | MetaMessage::CuePoint(words) => {
                self.text(time, TextKind::Remark, words)
            }
            MetaMessage::Marker(words) => self.text(time, TextKind::Marker, words),
            MetaMessage::Lyric(words) => self.text(time, TextKind::Lyric, words),
            _ => {}
        }
    }

    /// A text event: a chord symbol where it reads as one.
    fn chord_or_remark(&mut self, time: Time, bytes: &[u8]) {
        let words = decode(bytes);
        self.karaoke |= words.starts_with('@');
        match chord(&words) {
            Some(chord) if !self.karaoke => self.performance.chords.push((time, chord)),
            _ => self.text(time, TextKind::Remark, bytes),
        }
    }

    fn text(&mut self, time: Time, kind: TextKind, bytes: &[u8]) {
        let words = decode(bytes);
        if !words.is_empty() {
            self.performance.texts.push((time, Text { kind, words }));
        }
    }

    /// Adds the channels of a chunk as tracks. The name of the first chunk is also the title.
    fn add(&mut self, number: usize, part: ChunkParts) {
        let ChunkParts { name, instrument, channel, channels, .. } = part;
        if number == 0 {
            self.performance.title.clone_from(&name);
        }
        let conductor = number == 0 && channels.is_empty();
        let shared = self.format == Format::SingleTrack && channels.len() > 1;
        let name = if name.is_empty() || shared { instrument } else { name };
        if channels.is_empty() && !conductor && (channel.is_some() || !name.is_empty()) {
            self.performance.tracks.push(Track {
                name: name.clone(),
                channel: channel.unwrap_or(0),
                events: Vec::new(),
            });
        }
        for (channel, events) in channels {
            self.performance.tracks.push(Track { name: name.clone(), channel, events });
        }
    }

    /// The next downbeat, in the meter that holds at a time.
    fn next_bar(&self, time: Time) -> Time {
        let meters = &self.performance.meters;
        let (start, meter) = meters.last().copied().unwrap_or_default();
        let into = (time - start) % meter.bar();
        if into == Duration::ZERO { time } else { time + (meter.bar() - into) }
    }

    fn finish(self) -> Result<Warned<Performance>, Error> {
        let Self { mut performance, tempos, warnings, damage, .. } = self;
        let silent = performance.tracks.iter().all(|track| track.notes().next().is_none());
        if let Some(byte) = damage.filter(|_| silent) {
            return Err(malformed(byte, "no MIDI event can start here, and no note comes before"));
        }
        performance.tempos = TempoMap::new(tempos);
        performance.texts.sort_by_key(|&(time, _)| time);
        performance.chords.sort_by_key(|&(time, _)| time);
        in_force(&mut performance.meters);
        in_force(&mut performance.keys);
        Ok(Warned { value: performance, warnings: warnings.into_vec() })
    }
}

/// What one chunk holds.
#[derive(Default)]
struct ChunkParts {
    name: String,
    instrument: String,
    channel: Option<u8>,
    channels: BTreeMap<u8, Vec<(Time, Event)>>,
    held: BTreeMap<(u8, u8), HeldNotes>,
}

/// The sounding notes of one key, by their place among the events of the channel.
#[derive(Default)]
struct HeldNotes {
    older: Vec<usize>,
    /// Those struck at `time`.
    fresh: Vec<usize>,
    time: Time,
}

impl HeldNotes {
    fn settle(&mut self, time: Time) {
        if self.time != time {
            self.older.append(&mut self.fresh);
            self.time = time;
        }
    }

    fn strike(&mut self, time: Time, note: usize) {
        self.settle(time);
        self.fresh.push(note);
    }

    /// The note that ends: the last struck, but one struck at this very time only when no other sounds
    /// (some sequencers strike a key again before they release it).
    fn release(&mut self, time: Time) -> Option<usize> {
        self.settle(time);
        self.older.pop().or_else(|| self.fresh.pop())
    }
}

impl ChunkParts {
    fn name(&mut self, name: &[u8]) {
        if self.name.is_empty() {
            self.name = decode(name);
        }
    }

    fn message(&mut self, time: Time, channel: u8, message: MidiMessage) {
        let event = match message {
            MidiMessage::NoteOn { key, vel } if vel > 0 => {
                let pitch = Pitch::midi(key.as_int());
                Event::Note { pitch, velocity: vel.as_int(), duration: Duration::ZERO }
            }
            MidiMessage::NoteOn { key, .. } | MidiMessage::NoteOff { key, .. } => {
                return self.release(time, channel, key.as_int());
            }
            MidiMessage::Controller { controller, value } => {
                Event::Control { controller: controller.as_int(), value: value.as_int() }
            }
            MidiMessage::ProgramChange { program } => Event::Program(program.as_int()),
            MidiMessage::PitchBend { bend } => Event::Bend(bend.as_int()),
            MidiMessage::Aftertouch { .. } | MidiMessage::ChannelAftertouch { .. } => return,
        };
        let events = self.channels.entry(channel).or_default();
        if let Event::Note { pitch, .. } = event {
            self.held.entry((channel, pitch.number())).or_default().strike(time, events.len());
        }
        events.push((time, event));
    }

    fn release(&mut self, time: Time, channel: u8, key: u8) {
        let note = self.held.get_mut(&(channel, key)).and_then(|held| held.release(time));
        let events = self.channels.get_mut(&channel);
        if let Some((onset, Event::Note { duration, .. })) =
            note.zip(events).and_then(|(i, events)| events.get_mut(i))
        {
            *duration = (time - *onset).max(SHORTEST);
        }
    }

    /// Ends what still sounds: with the next note of its pitch, or with the track. Gives how many there were.
    fn end_notes(&mut self, end: Time, tick: Duration) -> usize {
        let mut unfinished = 0;
        for events in self.channels.values_mut() {
            let mut next = [None; 128];
            for (onset, event) in events.iter_mut().rev() {
                let Event::Note { pitch, duration, .. } = event else { continue };
                let later = &mut next[usize::from(pitch.number())];
                if *duration == Duration::ZERO {
                    unfinished += 1;
                    *duration = (later.filter(|&later| later > *onset).unwrap_or(end) - *onset).max(tick);
                }
                *duration = (*duration).max(tick);
                *later = Some(*onset);
            }
        }
        unfinished
    }
}

/// Stands for the length of a note that ends where it starts, until it is given a tick.
const SHORTEST: Duration = Duration::quarters(1, 98_017_920);

/// The first tempo of the file.
fn first_tempo(chunks: &[TrackChunk<'_>]) -> Option<Tempo> {
    let mut ignored = Warnings::default();
    chunks.iter().find_map(|&chunk| {
        let mut events = Events::new(chunk);
        std::iter::from_fn(|| events.next(&mut ignored)).find_map(|(_, kind)| match kind {
            TrackEventKind::Meta(MetaMessage::Tempo(micros)) => {
                Some(Tempo::micros_per_quarter(micros.as_int()))
            }
            _ => None,
        })
    })
}

/// The values in order of time; of two at one time the later holds.
fn in_force<T>(values: &mut Vec<(Time, T)>) {
    values.reverse();
    values.sort_by_key(|&(time, _)| time);
    values.dedup_by_key(|&mut (time, _)| time);
}

/// The words, as UTF-8 or else as Latin-1, without blanks and NULs around them.
fn decode(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&b| char::from(b)).collect(),
    };
    text.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned()
}

/// A text as a chord symbol or N.C. (`Some(None)`).
fn chord(words: &str) -> Option<Option<Chord>> {
    const LONGEST: usize = 24;
    match words {
        "N.C." | "NC" | "N.C" | "n.c." => Some(None),
        _ if words.len() > LONGEST || words.contains(char::is_whitespace) => None,
        _ => words.parse().ok().map(Some),
    }
}
