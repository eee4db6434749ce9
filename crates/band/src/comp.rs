//! The chord player: rhythms that leave the soloist room, in voicings that move as little as they can.

mod voicing;

use sideman_music::{Chord, Duration, Instrument, Meter, Note, Time};

use crate::chance::Chance;
use crate::form::{Form, Passage};
use crate::listening;
use crate::style::{Pattern, Stroke, Style, TimedSign};
use voicing::{Fullness, Voicings};

/// Writes the chords of a form, for an instrument, beside the soloist's line.
pub(crate) fn write(
    form: &Form,
    style: &Style,
    solo: &[Note],
    instrument: Instrument,
    mut chance: Chance,
) -> Vec<Note> {
    let mut voicings = Voicings::new(instrument);
    let mut notes: Vec<Note> = Vec::new();
    let mut rhythm: Option<&Pattern<Stroke>> = None;
    for (nth, (start, meter, plan)) in form.bars().enumerate() {
        // A rhythm of several bars begins where the drummer's does, and is not left before its end.
        rhythm = rhythm
            .filter(|pattern| nth % pattern.bars() > 0)
            .or_else(|| chance.pick(&rhythms(style, (meter, nth), plan.intensity, start, solo)));
        let steps = match rhythm {
            _ if plan.passage == Passage::Drums => Vec::new(),
            _ if plan.passage == Passage::Ending => {
                form.last_note(start).map(last_stroke).into_iter().collect()
            }
            Some(pattern) => pattern.over(meter, nth),
            None => Vec::new(),
        };
        for step in steps {
            let at = start + step.at;
            let Some((chord, end)) = chord_of(form, at, at + step.length) else { continue };
            let pitches = voicings.next(&chord, fullness(instrument, step.sign, plan.intensity));
            let velocity = Some(velocity(step.sign, plan.intensity));
            notes.push(Note { onset: at, duration: end - at, pitches, velocity, delay: None });
        }
    }
    notes
}

/// One stroke that rings to the end.
const fn last_stroke(length: Duration) -> TimedSign<Stroke> {
    TimedSign { at: Duration::ZERO, length, sign: Stroke::Plain }
}

/// The rhythms of a style for the `nth` bar: likelier the more room they leave, and the busier the harder the band plays.
fn rhythms<'a>(
    style: &'a Style,
    (meter, nth): (Meter, usize),
    intensity: f64,
    start: Time,
    solo: &[Note],
) -> Vec<(f64, &'a Pattern<Stroke>)> {
    let mut choices = style.chords.for_meter(meter);
    for (weight, pattern) in &mut choices {
        let steps = pattern.over(meter, nth);
        *weight *= listening::room(&steps, start, solo) * (0.6 + 0.6 * intensity).powi(steps.len() as i32);
    }
    choices
}

/// The chord to play at a time and how long it may sound: a stroke shorter than a beat that ends where the
/// chord changes plays the next one early.
fn chord_of(form: &Form, at: Time, end: Time) -> Option<(Chord, Time)> {
    let change = form.sheet.next_change(at);
    match change {
        Some((time, Some(next))) if time == end && end - at < Duration::QUARTER => Some((next, end)),
        Some((time, _)) => Some((form.chord_at(at)?, end.min(time))),
        None => Some((form.chord_at(at)?, end)),
    }
}

/// The harder the band plays, the fuller the chords; four mallets strike four bars.
fn fullness(instrument: Instrument, stroke: Stroke, intensity: f64) -> Fullness {
    let weight = match stroke {
        Stroke::Ghost => -0.2,
        Stroke::Plain => 0.0,
        Stroke::Accent => 0.2,
    };
    match intensity + weight {
        soft if soft < 0.45 => Fullness::Three,
        loud if loud > 0.75 && instrument != Instrument::Vibraphone => Fullness::Five,
        _ => Fullness::Four,
    }
}

fn velocity(stroke: Stroke, intensity: f64) -> u8 {
    let plain = match stroke {
        Stroke::Ghost => 44.0,
        Stroke::Plain => 56.0,
        Stroke::Accent => 70.0,
    };
    (plain - 18.0 + 52.0 * intensity) as u8
}
