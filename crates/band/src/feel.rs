//! Feel: what is written becomes what is played.

mod swing;

use std::collections::BTreeSet;

use sideman_music::{
    Duration, Event, Note, Part, Performance, Player, Score, Sheet, TempoMap, Text, TextKind, Time, Track,
};

use crate::arrange::Options;
use crate::drums::Drum;
use crate::style::{Pulse, pulses};
use swing::Timing;
pub use swing::ride_ratio;

/// Plays a score: beats are swung, the soloist lies back, and everything moves to after the count-in.
///
/// The same arguments give the same performance; a part is played the same whoever else plays.
pub fn perform(score: &Score, options: &Options, seed: u64) -> Performance {
    let _ = seed;
    let sheet = &score.sheet;
    let tempo = sheet.tempo().unwrap_or_default();
    let style = options.style_for(sheet);
    let timing = Timing::new(options.swing, style.feel, tempo);
    let lead = lead_in(score, options.count_in);
    let mut tracks: Vec<Track> = Vec::new();
    for part in &score.parts {
        let solo = tracks.is_empty();
        let late = if solo { timing.delay() } else { Duration::ZERO };
        let channel = if part.player == Player::Drums { Track::DRUMS } else { tracks.len() as u8 };
        tracks.push(Track { channel, ..track(part, sheet, &timing, late, lead) });
    }
    if options.count_in {
        count_in(&mut tracks, sheet);
    }
    let mut texts = vec![];
    if options.count_in {
        texts.push((Time::ZERO, marker("Count-in")));
    }
    texts.extend(score.marks.iter().map(|(at, name)| (*at + lead, marker(name))));
    Performance {
        title: sheet.title().to_string(),
        tempos: TempoMap::constant(tempo),
        meters: meters(sheet, lead),
        keys: sheet.key().map(|key| (Time::ZERO, key)).into_iter().collect(),
        texts,
        chords: sheet.chords().iter().map(|&(at, chord)| (at + lead, chord)).collect(),
        tracks,
    }
}

fn marker(words: &str) -> Text {
    Text { kind: TextKind::Marker, words: words.to_string() }
}

/// How far the score moves: two bars of count-in, and as many whole bars as a pickup needs without.
fn lead_in(score: &Score, count_in: bool) -> Duration {
    let bar = score.sheet.bars()[0].meter().bar();
    let first = score.parts.iter().filter_map(|part| part.notes.first()).map(|note| note.onset).min();
    let pickup = Time::ZERO - first.unwrap_or(Time::ZERO);
    let mut bars = if count_in { 2 } else { 0 };
    while bar * bars < pickup {
        bars += 1;
    }
    bar * bars
}

fn meters(sheet: &Sheet, lead: Duration) -> Vec<(Time, sideman_music::Meter)> {
    let mut meters = vec![(Time::ZERO, sheet.bars()[0].meter())];
    for (i, bar) in sheet.bars().iter().enumerate() {
        if meters.last().is_some_and(|&(_, meter)| meter != bar.meter()) {
            meters.push((sheet.bar_start(i) + lead, bar.meter()));
        }
    }
    meters
}

/// The beat a time falls in: its start and its shape.
fn beat_at(sheet: &Sheet, time: Time) -> (Time, Pulse) {
    let (_, within) = sheet.place(time);
    let pulses = pulses(sheet.meter_at(time));
    let index = pulses.partition_point(|pulse| pulse.at <= within).saturating_sub(1);
    (time - within + pulses[index].at, pulses[index])
}

/// The beats of a part that are not played in eighths, by their starts: these are not swung.
fn uneven_beats(notes: &[Note], sheet: &Sheet) -> BTreeSet<Time> {
    let uneven = |note: &Note| {
        let (start, pulse) = beat_at(sheet, note.onset);
        let within = note.onset - start;
        let eighth = within == Duration::ZERO || within * 2 == pulse.length;
        (!eighth || pulse.ternary).then_some(start)
    };
    notes.iter().filter_map(uneven).collect()
}

fn track(part: &Part, sheet: &Sheet, timing: &Timing, late: Duration, lead: Duration) -> Track {
    let uneven = uneven_beats(&part.notes, sheet);
    let played = |time: Time| {
        let (start, pulse) = beat_at(sheet, time);
        let within = time - start;
        if uneven.contains(&start) || pulse.ternary {
            time
        } else {
            start + timing.swung(within, pulse.length)
        }
    };
    let mut events = Vec::new();
    for note in &part.notes {
        let (start, pulse) = beat_at(sheet, note.onset);
        let on_beat = note.onset == start && !pulse.ternary;
        let delay = if on_beat { late } else { Duration::ZERO };
        let onset = played(note.onset) + delay + lead;
        let end = played(note.end()) + lead;
        let duration = (end - onset).max(Duration::quarters(1, 16));
        let velocity = note.velocity.unwrap_or(84).clamp(1, 127);
        events.extend(
            note.pitches
                .as_slice()
                .iter()
                .map(|&p| (onset.max(Time::ZERO), Event::Note { pitch: p, velocity, duration })),
        );
    }
    events.sort_by_key(|&(time, _)| time);
    let program = match part.player {
        Player::Drums => 0,
        Player::Instrument(instrument) => instrument.program(),
    };
    events.insert(0, (Time::ZERO, Event::Program(program)));
    Track { name: part.player.name().to_string(), events: untangled(events), ..Track::default() }
}

/// The events with no pitch struck again before it ends.
fn untangled(mut events: Vec<(Time, Event)>) -> Vec<(Time, Event)> {
    let mut last: [Option<usize>; 128] = [None; 128];
    let mut doubled = BTreeSet::new();
    for i in 0..events.len() {
        let (time, Event::Note { pitch, .. }) = events[i] else { continue };
        let key = usize::from(pitch.number());
        if let Some(before) = last[key] {
            let (start, event) = &mut events[before];
            if let Event::Note { duration, .. } = event {
                *duration = (*duration).min(time - *start);
                if time == *start {
                    doubled.insert(before);
                }
            }
        }
        last[key] = Some(i);
    }
    let mut index = 0;
    events.retain(|_| {
        index += 1;
        !doubled.contains(&(index - 1))
    });
    events
}

/// Two bars of stick clicks: the strong beats, then every beat.
fn count_in(tracks: &mut Vec<Track>, sheet: &Sheet) {
    let meter = sheet.bars()[0].meter();
    let beats = pulses(meter);
    let every = if beats.len().is_multiple_of(3) { 3 } else { 2 };
    let first = beats.iter().step_by(every).map(|pulse| pulse.at);
    let second = beats.iter().map(|pulse| meter.bar() + pulse.at);
    let click = |at: Duration| {
        let (pitch, velocity) = (Drum::SideStick.key(), 80);
        (Time::after_start(at), Event::Note { pitch, velocity, duration: Duration::quarters(1, 4) })
    };
    let clicks: Vec<_> = first.chain(second).map(click).collect();
    let Some(drums) = tracks.iter_mut().find(|track| track.channel == Track::DRUMS) else {
        let name = "count-in".to_string();
        return tracks.push(Track { name, channel: Track::DRUMS, events: clicks });
    };
    drums.events.splice(1..1, clicks);
}
