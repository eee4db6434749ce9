//! Puts what was played on the grid of what is written.

use sideman_music::{Duration, Note, Time};

use super::bars::Bars;
use crate::melody::Struck;

/// The finest place on the grid: a twelfth of a quarter note, which holds sixteenths and triplets.
pub(super) const STEP: Duration = Duration::quarters(1, 12);

/// Ways to divide a quarter note: the twelfths on which notes may start, and what the way costs, in squared
/// quarter notes of error that a simpler way may have.
const WAYS: [(&[i64], f64); 5] = [
    (&[0, 6, 12], 0.0),
    (&[0, 4, 8, 12], 0.004),
    (&[0, 3, 6, 9, 12], 0.004),
    (&[0, 2, 4, 6, 8, 10, 12], 0.015),
    (&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 0.04),
];

/// What two notes cost that a way would put on one place.
const COLLISION: f64 = 0.05;

/// The events as notes on the grid, each with its delay against it. Every quarter note takes the way of
/// dividing it that fits its notes best. A note ends on the grid, and goes on to the next one over a gap
/// that is only a matter of touch; of two notes on one place the later is moved on by a step.
pub(super) fn quantised(events: &[Struck], bars: &Bars) -> Vec<Note> {
    let mut onsets = Vec::with_capacity(events.len());
    for beat in events.chunk_by(|a, b| beat(a.onset, bars) == beat(b.onset, bars)) {
        onsets.extend(placed(beat, beat_start(beat[0].onset, bars)));
    }
    for i in 1..onsets.len() {
        if onsets[i] <= onsets[i - 1] {
            onsets[i] = onsets[i - 1] + STEP;
        }
    }
    let next = onsets.iter().copied().skip(1).map(Some).chain([None]);
    let notes = events.iter().zip(&onsets).zip(next);
    notes.map(|((event, &onset), next)| note(event, onset, next)).collect()
}

fn note(event: &Struck, onset: Time, next: Option<Time>) -> Note {
    let held = (event.end - event.onset).quantised(STEP).max(STEP);
    let room = next.map_or(held, |next| next - onset);
    let gap = room - held;
    let is_touch = gap <= Duration::quarters(1, 4) && gap <= held;
    let duration = if is_touch { room } else { held };
    Note { onset, duration, pitches: event.pitches, velocity: Some(event.velocity), delay: Some(event.onset - onset) }
}

/// The quarter note of the bar in which a time falls.
fn beat_start(time: Time, bars: &Bars) -> Time {
    let (start, _) = bars.get(bars.at(time));
    time - (time - start) % Duration::QUARTER
}

fn beat(time: Time, bars: &Bars) -> Time {
    beat_start(time, bars)
}

/// The places of the events of one quarter note, by the way that costs least.
fn placed(events: &[Struck], start: Time) -> Vec<Time> {
    let cost = |&(places, price): &(&[i64], f64)| {
        let chosen: Vec<i64> = events.iter().map(|event| nearest(places, event.onset - start)).collect();
        let errors: f64 = events.iter().zip(&chosen).map(|(event, &place)| error(event.onset - start, place).powi(2)).sum();
        let collisions = chosen.windows(2).filter(|pair| pair[0] == pair[1]).count();
        errors + price + COLLISION * collisions as f64
    };
    let best = WAYS.iter().min_by(|a, b| cost(a).total_cmp(&cost(b))).unwrap_or(&WAYS[0]);
    events.iter().map(|event| start + STEP * nearest(best.0, event.onset - start)).collect()
}

fn nearest(places: &[i64], offset: Duration) -> i64 {
    let distance = |place: &&i64| (offset - STEP * **place).abs();
    places.iter().min_by_key(distance).copied().unwrap_or(0)
}

/// How far an offset lies from a place, in quarter notes.
fn error(offset: Duration, place: i64) -> f64 {
    let (n, d) = (offset - STEP * place).as_quarters();
    n as f64 / d as f64
}
