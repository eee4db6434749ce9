//! Performances into MIDI files.

use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing, TrackEvent, TrackEventKind};
use sideman_music::{Chord, Duration, Event, Mode, Performance, TextKind, Time, Track};

/// Ticks in a quarter note of the files that [`write()`] gives.
pub const TICKS_PER_QUARTER: u16 = 480;

const TICK: Duration = Duration::quarters(1, TICKS_PER_QUARTER as i64);

/// Writes a Standard MIDI File of type 1, [`TICKS_PER_QUARTER`] ticks a quarter: first a conductor track
/// with title, tempi, meters, keys, words and chord symbols (as text), then the parts. The same performance
/// gives the same bytes.
///
/// Times are rounded to the nearest tick, and a note lasts one at least. What begins before the first
/// downbeat moves everything later by whole bars. MIDI holds gaps of up to 2²⁸ ticks and 65,534 parts;
/// longer gaps are shortened, and parts beyond are left out.
pub fn write(performance: &Performance) -> Vec<u8> {
    let shift = pickup(performance);
    let chords: Vec<(Time, String)> =
        performance.chords.iter().map(|&(time, chord)| (time, symbol(chord))).collect();
    let mut tracks = vec![conductor(performance, &chords, shift)];
    tracks.extend(performance.tracks.iter().take(MOST_TRACKS).map(|track| part(track, shift)));
    let timing = Timing::Metrical(u15::new(TICKS_PER_QUARTER));
    let smf = Smf { header: Header { format: Format::Parallel, timing }, tracks };
    let mut bytes = Vec::new();
    smf.write(&mut bytes).expect("no more tracks and no longer texts than MIDI can hold");
    bytes
}

const MOST_TRACKS: usize = u16::MAX as usize - 1;
const LONGEST_TEXT: usize = 1 << 27;

/// How much later everything starts, so that nothing starts before 0: whole bars of the first meter.
fn pickup(performance: &Performance) -> Duration {
    let firsts =
        performance.tracks.iter().filter_map(|track| track.events.iter().map(|&(time, _)| time).min());
    let words = performance.texts.iter().map(|&(time, _)| time);
    let chords = performance.chords.iter().map(|&(time, _)| time);
    let first = firsts.chain(words).chain(chords).min().unwrap_or_default().min(Time::ZERO);
    let bar = performance.meters.first().map(|&(_, meter)| meter).unwrap_or_default().bar();
    let early = Time::ZERO - first;
    early + (-early) % bar
}

fn symbol(chord: Option<Chord>) -> String {
    chord.map_or_else(|| "N.C.".to_owned(), |chord| chord.to_string())
}

/// Events with their ticks, of which those of one tick stand in the order of writing.
type Timed<'a> = Vec<(i64, TrackEventKind<'a>)>;

fn conductor<'a>(
    performance: &'a Performance,
    chords: &'a [(Time, String)],
    shift: Duration,
) -> Vec<TrackEvent<'a>> {
    let mut events: Timed<'a> = Vec::new();
    let mut add = |time: Time, meta| events.push((tick(time + shift), TrackEventKind::Meta(meta)));
    if !performance.title.is_empty() {
        add(Time::ZERO - shift, MetaMessage::TrackName(bytes(&performance.title)));
    }
    let start = |time: Time| if time == Time::ZERO { time - shift } else { time };
    for &(time, tempo) in performance.tempos.changes() {
        add(start(time), MetaMessage::Tempo(u24::new(tempo.micros().min(0xFF_FFFF))));
    }
    for &(time, meter) in &performance.meters {
        let unit = meter.unit().trailing_zeros() as u8;
        let clocks = (96 / meter.unit()).max(1);
        add(start(time), MetaMessage::TimeSignature(meter.beats(), unit, clocks, 8));
    }
    for &(time, key) in &performance.keys {
        add(start(time), MetaMessage::KeySignature(key.fifths() as i8, key.mode() == Mode::Minor));
    }
    for (time, text) in &performance.texts {
        let words = bytes(&text.words);
        add(
            *time,
            match text.kind {
                TextKind::Marker => MetaMessage::Marker(words),
                TextKind::Remark => MetaMessage::Text(words),
                TextKind::Lyric => MetaMessage::Lyric(words),
            },
        );
    }
    for (time, chord) in chords {
        add(*time, MetaMessage::Text(chord.as_bytes()));
    }
    in_deltas(events, 0)
}

fn part(track: &Track, shift: Duration) -> Vec<TrackEvent<'_>> {
    let channel = u4::from(track.channel);
    let mut events: Timed<'_> = Vec::new();
    let mut end = 0;
    if !track.name.is_empty() {
        events.push((0, TrackEventKind::Meta(MetaMessage::TrackName(bytes(&track.name)))));
    }
    if track.events.is_empty() {
        events.push((0, TrackEventKind::Meta(MetaMessage::MidiChannel(channel))));
    }
    // Releases come first, so that at one tick they stand before what starts there.
    let at = |message| TrackEventKind::Midi { channel, message };
    for (time, duration, pitch, _) in track.notes() {
        let off = tick(time + shift + duration).max(tick(time + shift) + 1);
        events.push((off, at(MidiMessage::NoteOff { key: u7::from(pitch.number()), vel: u7::new(64) })));
        end = end.max(off);
    }
    for &(time, event) in &track.events {
        events.push((tick(time + shift), at(message(event))));
    }
    in_deltas(events, end)
}

fn message(event: Event) -> MidiMessage {
    let seven = |value: u8| u7::new(value.min(127));
    match event {
        Event::Note { pitch, velocity, .. } => {
            MidiMessage::NoteOn { key: u7::new(pitch.number()), vel: u7::new(velocity.clamp(1, 127)) }
        }
        Event::Program(program) => MidiMessage::ProgramChange { program: seven(program) },
        Event::Control { controller, value } => {
            MidiMessage::Controller { controller: seven(controller), value: seven(value) }
        }
        Event::Bend(bend) => {
            MidiMessage::PitchBend { bend: PitchBend::from_int(bend.clamp(-0x2000, 0x1FFF)) }
        }
    }
}

/// The events in order of time, each with the ticks since the one before, and an end of track.
fn in_deltas(mut events: Timed<'_>, end: i64) -> Vec<TrackEvent<'_>> {
    events.sort_by_key(|&(tick, _)| tick);
    let end = events.last().map_or(end, |&(last, _)| last.max(end));
    events.push((end, TrackEventKind::Meta(MetaMessage::EndOfTrack)));
    let mut now = 0;
    let deltas = events.into_iter().map(|(tick, kind)| {
        let delta = (tick - now).clamp(0, i64::from(u28::max_value().as_int()));
        now = tick;
        TrackEvent { delta: u28::new(delta as u32), kind }
    });
    deltas.collect()
}

fn tick(time: Time) -> i64 {
    time.since_start().in_units_of(TICK).max(0)
}

/// The bytes of a text that one event can hold.
fn bytes(text: &str) -> &[u8] {
    &text.as_bytes()[..text.len().min(LONGEST_TEXT)]
}
