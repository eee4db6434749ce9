//! Feel: what is written becomes what is played.

mod bend;
mod hands;
mod ring;
mod swing;

use std::collections::BTreeSet;

use sideman_music::{
    Duration, Event, Instrument, Note, Performance, Player, Score, Sheet, TempoMap, Text, TextKind, Time,
    Track,
};

use crate::chance::{Chance, Decision};
use crate::kit::Drum;
use crate::options::BandOptions;
use crate::style::pulses;
use hands::Manner;
use swing::Timings;

/// The controller of MIDI that slurs the notes begun while it is on (68, legato footswitch).
pub(crate) const LEGATO: u8 = 68;
/// Programs of the drums in General MIDI's banks.
const STICKS: u8 = 0;
const BRUSHES: u8 = 40;

/// Plays a score: beats are swung, the soloist lies back, with an ending the soloist's last note rings over the last chord,
/// and everything moves to after the count-in.
///
/// The same arguments give the same performance; a part is played the same whoever else plays.
pub fn perform(score: &Score, options: &BandOptions, seed: u64) -> Performance {
    let sheet = &score.sheet;
    let tempo = [(Time::ZERO, sheet.tempo().unwrap_or_default())];
    let tempos = || tempo.iter().chain(&score.tempos).copied();
    let style = options.style_for(sheet);
    let timings = Timings::new(options.swing, style.feel, TempoMap::new(tempos().collect()));
    let kit = if style.brushes { BRUSHES } else { STICKS };
    let lead = lead_in(score, options.count_in);
    let mut tracks: Vec<Track> = Vec::new();
    for (i, part) in score.parts.iter().enumerate() {
        let channel = if part.player == Player::Drums { Track::DRUMS } else { i as u8 };
        let rings = i == 0 && options.ending;
        let notes = if rings { ring::ringing(score, part.player) } else { part.notes.clone() };
        let played = track(part.player, &notes, i == 0, sheet, &timings, seed);
        let mut track = moved(played, lead);
        track.events.splice(0..0, Seat::of(part.player, i == 0, kit).events());
        tracks.push(Track { channel, ..track });
    }
    if options.count_in {
        count_in(&mut tracks, sheet);
    }
    let keys = sheet.key().map(|key| (Time::ZERO, key)).into_iter().chain(score.keys.iter().copied());
    let mut texts = vec![];
    if options.count_in {
        texts.push((Time::ZERO, marker("Count-in")));
    }
    texts.extend(score.marks.iter().map(|(at, name)| (*at + lead, marker(name))));
    Performance {
        title: sheet.title().to_string(),
        tempos: TempoMap::new(from_start(tempos(), lead).collect()),
        meters: meters(sheet, lead),
        keys: from_start(keys, lead).collect(),
        texts,
        chords: sheet.chords().iter().map(|&(at, chord)| (at + lead, chord)).collect(),
        tracks,
    }
}

/// What holds from its time on, moved; what holds from the first downbeat on also holds before it.
fn from_start<T>(
    changes: impl Iterator<Item = (Time, T)>,
    lead: Duration,
) -> impl Iterator<Item = (Time, T)> {
    changes.map(move |(at, value)| (if at == Time::ZERO { at } else { at + lead }, value))
}

fn marker(words: &str) -> Text {
    Text { kind: TextKind::Marker, words: words.to_string() }
}

/// How much later than its score a performance is: two bars of count-in, and as many whole bars as a pickup needs without.
pub fn lead_in(score: &Score, count_in: bool) -> Duration {
    let bar = score.sheet.bars()[0].meter().bar();
    let first = score.parts.iter().filter_map(|part| part.notes.first()).map(|note| note.onset).min();
    let pickup = Time::ZERO - first.unwrap_or(Time::ZERO);
    let whole = pickup.in_units_of(bar);
    let needed = if bar * whole < pickup { whole + 1 } else { whole };
    bar * needed.max(if count_in { 2 } else { 0 })
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

/// What a player's seat in the band decides.
struct Seat {
    program: u8,
    touch: Decision,
    /// Controllers 7 and 10.
    volume: u8,
    pan: u8,
}

impl Seat {
    fn of(player: Player, leads: bool, kit: u8) -> Self {
        let (program, touch, volume, pan) = match player {
            Player::Drums => (kit, Decision::DrumsTouch, 68, 76),
            // Beside brushes the band is softer, and so is who stands before it.
            Player::Instrument(solo) if leads && kit == BRUSHES => {
                (solo.program(), Decision::SoloTouch, 104, 62)
            }
            Player::Instrument(solo) if leads => (solo.program(), Decision::SoloTouch, 114, 62),
            Player::Instrument(Instrument::Bass) => (Instrument::Bass.program(), Decision::BassTouch, 80, 64),
            Player::Instrument(chords) => (chords.program(), Decision::ChordsTouch, 67, 46),
        };
        Self { program, touch, volume, pan }
    }

    fn events(&self) -> Vec<(Time, Event)> {
        let control = |controller, value| Event::Control { controller, value };
        let events = [Event::Program(self.program), control(7, self.volume), control(10, self.pan)];
        events.into_iter().map(|event| (Time::ZERO, event)).collect()
    }
}

/// Whether an instrument's tone goes on from note to note, and bends.
fn blows(instrument: Instrument) -> bool {
    use Instrument::{Bass, ElectricPiano, Guitar, Piano, Vibraphone};
    !matches!(instrument, Piano | ElectricPiano | Vibraphone | Guitar | Bass)
}

/// How a player of the rhythm section plays: the drummer's foot is early, and a plucked string is let go before the
/// next is.
fn manner(player: Player) -> Manner {
    match player {
        Player::Drums => Manner { ahead: Some(Drum::Pedal.key()), held: 100 },
        Player::Instrument(Instrument::Bass) => Manner { ahead: None, held: 92 },
        Player::Instrument(_) => Manner { ahead: None, held: 100 },
    }
}

/// A part as it is played: the leading one lies back and bends its notes.
fn track(player: Player, notes: &[Note], leads: bool, sheet: &Sheet, timings: &Timings, seed: u64) -> Track {
    let touch = Chance::new(seed, Seat::of(player, leads, STICKS).touch);
    let blows = leads && matches!(player, Player::Instrument(instrument) if blows(instrument));
    let notes = if leads {
        hands::lead(notes, sheet, timings, touch, blows)
    } else {
        hands::accompany(notes, sheet, timings, manner(player), touch)
    };
    let mut events = Vec::new();
    if blows {
        events = bend::line(&notes, timings, Chance::new(seed, Decision::SoloBends));
    }
    let mut slurred = false;
    for note in notes {
        if note.slurred != slurred {
            let value = if note.slurred { 127 } else { 0 };
            events.push((note.onset, Event::Control { controller: LEGATO, value }));
            slurred = note.slurred;
        }
        let sound =
            |&pitch| (note.onset, Event::Note { pitch, velocity: note.velocity, duration: note.duration });
        events.extend(note.pitches.as_slice().iter().map(sound));
    }
    Track { name: player.name().to_string(), events, ..Track::default() }
}

/// The track later, in order of time, from 0 on.
fn moved(mut track: Track, by: Duration) -> Track {
    for (time, _) in &mut track.events {
        *time = (*time + by).max(Time::ZERO);
    }
    track.events.sort_by_key(|&(time, _)| time);
    Track { events: untangled(track.events), ..track }
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
    drums.events.extend(clicks);
    drums.events.sort_by_key(|&(time, _)| time);
}
