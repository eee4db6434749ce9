//! Puts what was played on the grid of what is written.

use sideman_music::{Duration, Note, Time};

use super::bars::SongBars;
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

/// The farthest that a note is moved on to find a place of its own.
const FARTHEST: Duration = Duration::quarters(1, 6);

/// The events as notes on the grid, each with its delay against it. Every quarter note takes the way of
/// dividing it that fits its notes best. A note has a length that is written, and goes on to the next one over
/// a gap that is only a matter of touch. Of two notes on one place the later is moved on by a step; ornaments too
/// quick for that are left out.
pub(super) fn quantised(events: &[Struck], bars: &SongBars) -> Vec<Note> {
    let mut kept: Vec<(Struck, Time)> = Vec::with_capacity(events.len());
    for beat in events.chunk_by(|a, b| beat_start(a.onset, bars) == beat_start(b.onset, bars)) {
        for (event, place) in beat.iter().zip(placed(beat, beat_start(beat[0].onset, bars))) {
            let free = kept.last().map_or(place, |&(_, last)| place.max(last + STEP));
            if free - event.onset <= FARTHEST {
                kept.push((*event, free));
            }
        }
    }
    let next = kept.iter().skip(1).map(|&(_, onset)| Some(onset)).chain([None]);
    kept.iter().zip(next).map(|(&(event, onset), next)| note(&event, onset, next)).collect()
}

/// Lengths that are written, in twelfths of a quarter note; longer ones are whole quarter notes.
const LENGTHS: [i64; 11] = [1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24];
/// Rests no longer than this are a matter of touch.
const TOUCH: Duration = Duration::quarters(5, 12);

fn note(event: &Struck, onset: Time, next: Option<Time>) -> Note {
    let held = written(event.end - event.onset);
    let room = next.map_or(held, |next| next - onset);
    let gap = room - held;
    let duration = if gap <= TOUCH && gap <= held { room } else { held };
    let delay = Some(event.onset - onset);
    Note { onset, duration, pitches: event.pitches, velocity: Some(event.velocity), delay }
}

/// The written length nearest to a played one, by ratio.
fn written(played: Duration) -> Duration {
    let beyond = Duration::QUARTER * 2;
    if played > beyond {
        return played.quantised(Duration::QUARTER);
    }
    let longer = LENGTHS.iter().position(|&length| STEP * length >= played).unwrap_or(LENGTHS.len() - 1);
    let above = STEP * LENGTHS[longer];
    let below = STEP * LENGTHS[longer.saturating_sub(1)];
    // Nearer by ratio: played / below > above / played.
    let units = |duration: Duration| duration.in_units_of(STEP / 100);
    if units(played).pow(2) > units(above) * units(below) { above } else { below }
}

/// The quarter note of the bar in which a time falls.
fn beat_start(time: Time, bars: &SongBars) -> Time {
    let (start, _) = bars.get(bars.at(time));
    time - (time - start) % Duration::QUARTER
}

/// The places of the events of one quarter note, by the way that costs least.
fn placed(events: &[Struck], start: Time) -> Vec<Time> {
    let cost = |&(places, price): &(&[i64], f64)| {
        let chosen: Vec<i64> = events.iter().map(|event| nearest(places, event.onset - start)).collect();
        let errors: f64 =
            events.iter().zip(&chosen).map(|(event, &place)| error(event.onset - start, place).powi(2)).sum();
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

#[cfg(test)]
mod tests {
    use sideman_music::{Performance, Pitch, Pitches};

    use super::*;

    fn bars() -> SongBars {
        SongBars::of(&Performance::default(), Time::after_start(Duration::WHOLE * 4))
    }

    /// Events at these hundredths of a quarter note, each held until the next.
    fn played(onsets: &[i64]) -> Vec<Struck> {
        let time = |hundredths| Time::after_start(Duration::quarters(hundredths, 100));
        let ends = onsets.iter().skip(1).copied().chain([onsets[onsets.len() - 1] + 50]);
        let event = |(&onset, end)| {
            let pitches = Pitches::from(Pitch::midi(60));
            Struck { onset: time(onset), end: time(end), pitches, velocity: 80 }
        };
        onsets.iter().zip(ends).map(event).collect()
    }

    /// Where the notes are written, in twelfths of a quarter note.
    fn written(onsets: &[i64]) -> Vec<i64> {
        let notes = quantised(&played(onsets), &bars());
        notes.iter().map(|note| note.onset.since_start().in_units_of(STEP)).collect()
    }

    #[test]
    fn each_beat_is_divided_in_its_own_way() {
        assert_eq!(written(&[2, 48, 103, 149]), [0, 6, 12, 18]);
        assert_eq!(written(&[0, 23, 52, 76, 101, 135, 168, 200]), [0, 3, 6, 9, 12, 16, 20, 24]);
        assert_eq!(written(&[0, 64, 98, 166, 204]), [0, 8, 12, 20, 24]);
        assert_eq!(written(&[0, 14, 35, 51, 66, 85]), [0, 2, 4, 6, 8, 10]);
    }

    #[test]
    fn delays_give_back_what_was_played() {
        let events = played(&[3, 45, 108, 171, 180, 260]);
        for (event, note) in events.iter().zip(quantised(&events, &bars())) {
            assert_eq!(note.onset + note.delay.unwrap(), event.onset);
        }
    }

    #[test]
    fn a_gap_of_touch_is_closed_and_a_rest_is_kept() {
        let mut events = played(&[0, 50, 100, 200]);
        events[0].end = Time::after_start(Duration::quarters(35, 100));
        events[2].end = Time::after_start(Duration::quarters(50, 100)) + Duration::QUARTER;
        let lengths: Vec<_> =
            quantised(&events, &bars()).iter().map(|n| n.duration.in_units_of(STEP)).collect();
        assert_eq!(lengths, [6, 6, 6, 6]);
    }

    #[test]
    fn trills_beyond_the_grid_lose_notes_and_not_their_place() {
        let trill: Vec<i64> = (0..100).chain([200]).collect();
        let places = written(&trill);
        assert_eq!(places.last(), Some(&24));
        assert!(places.len() <= 15 && places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
    }
}
