//! The drummer: time, answers where the soloist rests, fills where something ends.

use sideman_music::{Duration, Meter, Note, Time};

use crate::chance::Chance;
use crate::form::{Close, Form, Passage};
use crate::kit::Drum;
use crate::listening;
use crate::style::{Alternatives, DrumBeat, Stroke, Style, TimedSign, pulses};

/// A stroke on a drum.
type Hit = (Drum, TimedSign<Stroke>);

/// Writes the drums of a form.
pub(crate) fn write(form: &Form, style: &Style, solo: &[Note], mut chance: Chance) -> Vec<Note> {
    let mut notes = Vec::new();
    let (mut time, mut motif) = (None, None);
    let mut before = None;
    for (nth, (start, meter, plan)) in form.bars().enumerate() {
        if plan.passage == Passage::Ending {
            let last = form.last_note(start).into_iter();
            notes.extend(last.flat_map(|length| last_stroke(start, length, plan.intensity)));
            continue;
        }
        if time.is_none() || plan.in_phrase == 0 {
            time = chance.pick(&style.time.for_meter(meter));
        }
        let mut hits = time.map(|beat| strokes(beat, meter, nth)).unwrap_or_default();
        let alone = plan.passage == Passage::Drums;
        if alone {
            motif = motif.filter(|_| plan.in_phrase % 2 == 1 && chance.happens(REPEATED));
            motif = motif.or_else(|| chance.pick(&style.alone().for_meter(meter)));
            hits.retain(|hit| hit.0 == Drum::Pedal);
            hits.extend(motif.into_iter().flat_map(|beat| strokes(beat, meter, nth)));
        }
        hits.retain(|hit| !is_skip(hit, meter) || !chance.happens(SKIPS_LEFT_OUT));
        let fills = plan.close.is_some_and(|close| chance.happens(fill_chance(close, plan.intensity)));
        let rest = listening::rest(solo, start, start + meter.bar());
        let choices = if fills { &style.fills } else { &style.answers };
        if fills || !alone && chance.happens(answer_chance(rest, plan.intensity)) {
            add(&mut hits, choices, meter, nth, fills, &mut chance);
        }
        if before >= Some(Close::Section) && chance.happens(plan.intensity) {
            crash(&mut hits, style.brushes);
        }
        before = plan.close;
        let beats: Vec<Duration> = pulses(meter).iter().map(|pulse| pulse.at).collect();
        notes.extend(hits.iter().map(|hit| note(start, hit, beats.contains(&hit.1.at), plan.intensity)));
    }
    notes.sort_by_key(|note| (note.onset, note.pitch()));
    notes
}

/// How often the drums say something of their own in a bar: the more the soloist leaves of it, and the harder the band
/// plays.
fn answer_chance(rest: f64, intensity: f64) -> f64 {
    (0.04 + 0.36 * intensity) * (1.0 - rest) + (0.5 + 0.45 * intensity) * rest
}

/// How often a drummer alone says the same again.
const REPEATED: f64 = 0.5;
/// How often a ride's skip note is left out.
const SKIPS_LEFT_OUT: f64 = 0.08;

/// Whether a stroke is the ride's between two beats.
fn is_skip(hit: &Hit, meter: Meter) -> bool {
    hit.0 == Drum::Ride && pulses(meter).iter().all(|pulse| pulse.at != hit.1.at)
}

fn fill_chance(close: Close, intensity: f64) -> f64 {
    match close {
        Close::Phrase => 0.2 + 0.5 * intensity,
        Close::Section => 0.5 + 0.5 * intensity,
        Close::Chorus => 1.0,
    }
}

fn strokes(beat: &DrumBeat, meter: Meter, nth: usize) -> Vec<Hit> {
    let lines = beat.0.iter();
    lines.flat_map(|(drum, pattern)| pattern.over(meter, nth).into_iter().map(|step| (*drum, step))).collect()
}

/// Adds one of several beats to what is played; a fill takes the hands off the cymbals where it is busy.
fn add(
    hits: &mut Vec<Hit>,
    choices: &Alternatives<DrumBeat>,
    meter: Meter,
    nth: usize,
    fill: bool,
    chance: &mut Chance,
) {
    let Some(beat) = chance.pick(&choices.for_meter(meter)) else { return };
    let new = strokes(beat, meter, nth);
    let is_foot = |drum: Drum| matches!(drum, Drum::Kick | Drum::Pedal);
    let busy = |at: Duration| {
        let pulse = pulses(meter).into_iter().rfind(|pulse| pulse.at <= at);
        let within = |hit: &&Hit| {
            pulse.is_some_and(|p| (p.at..p.at + p.length).contains(&hit.1.at)) && !is_foot(hit.0)
        };
        new.iter().filter(within).count() >= 2
    };
    hits.retain(|old| !(fill && !is_foot(old.0) && busy(old.1.at)));
    hits.retain(|old| !new.iter().any(|hit| hit.0 == old.0 && hit.1.at == old.1.at));
    hits.extend(new);
}

/// A crash and the kick on the downbeat, in place of what was there.
fn crash(hits: &mut Vec<Hit>, brushes: bool) {
    hits.retain(|hit| hit.1.at > Duration::ZERO || hit.0 == Drum::Brush);
    let step = |sign| TimedSign { at: Duration::ZERO, length: Duration::QUARTER, sign };
    let cymbal = if brushes { Stroke::Ghost } else { Stroke::Plain };
    hits.extend([(Drum::Crash, step(cymbal)), (Drum::Kick, step(Stroke::Plain))]);
}

fn note(start: Time, (drum, step): &Hit, on_beat: bool, intensity: f64) -> Note {
    let velocity = Some(velocity(*drum, step.sign, on_beat, intensity));
    Note { velocity, ..Note::new(start + step.at, step.length, drum.key()) }
}

/// The velocity of a stroke when the band plays with an intensity of 0 to 1; off the beat a little less.
fn velocity(drum: Drum, stroke: Stroke, on_beat: bool, intensity: f64) -> u8 {
    let weight = match stroke {
        Stroke::Ghost => 0.55,
        Stroke::Plain if on_beat => 1.0,
        Stroke::Plain => 0.88,
        Stroke::Accent => 1.28,
    };
    (drum.velocity() * weight * (0.5 + 0.9 * intensity)).clamp(1.0, 127.0) as u8
}

/// Cymbal and kick on the last downbeat, left to ring.
fn last_stroke(start: Time, length: Duration, intensity: f64) -> [Note; 2] {
    let step = TimedSign { at: Duration::ZERO, length, sign: Stroke::Plain };
    [(Drum::Kick, step), (Drum::Crash, step)].map(|hit| note(start, &hit, true, intensity))
}
