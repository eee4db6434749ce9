//! Lengths as they are written: what a player reads, not what was held.

use sideman_music::{Duration, Time};

use super::beats::Beats;
use super::plain::divide_plainly;
use super::span::{BeatSpan, spans};
use super::staff::{MeasureSpan, Sonority};

/// A shorter rest is written into the note before it, but on the beat.
const SHORTEST_REST: Duration = Duration::quarters(1, 3);
/// A shorter one on the beat as well.
const SHORTEST_ON_BEAT: Duration = Duration::quarters(1, 6);

/// A measure with its beats and how they are divided.
struct Ruled<'a> {
    frame: &'a MeasureSpan,
    beats: Beats,
    spans: Vec<BeatSpan>,
}

impl Ruled<'_> {
    /// A time as a place in the bar.
    fn place(&self, time: Time) -> Duration {
        time - self.frame.start + self.frame.missing()
    }
}

/// The events with the lengths that are written; the order stays, and where nothing was played or swings, the onsets.
pub(super) fn legible(mut events: Vec<Sonority>, frames: &[MeasureSpan], swings: bool) -> Vec<Sonority> {
    divide_plainly(&mut events, frames);
    if swings {
        frames.iter().for_each(|frame| even_eighths(&mut events, frame));
    }
    let ruled: Vec<Ruled> = frames.iter().map(|frame| ruled(frame, &events)).collect();
    for i in 0..events.len() {
        let next = events.get(i + 1).map(|next| next.start);
        events[i].end = end(&events[i], next, &ruled);
    }
    events
}

fn ruled<'a>(frame: &'a MeasureSpan, events: &[Sonority]) -> Ruled<'a> {
    let here = &events[range(events, frame)];
    let beats = Beats::of(frame.meter);
    let missing = frame.missing();
    let onsets: Vec<Duration> = here.iter().map(|event| event.start - frame.start + missing).collect();
    let spans = spans(&beats, &onsets);
    Ruled { frame, beats, spans }
}

/// The events that begin in a measure.
fn range(events: &[Sonority], frame: &MeasureSpan) -> std::ops::Range<usize> {
    let before = |time| events.partition_point(|event| event.start < time);
    before(frame.start)..before(frame.end)
}

/// Moves the second of two notes at 2:1 in a beat, which is how a swung pair of eighths sounds, to its half, unless
/// it belongs to a triplet that goes over the beat.
fn even_eighths(events: &mut [Sonority], frame: &MeasureSpan) {
    let quarter = Duration::QUARTER;
    for (start, length) in Beats::of(frame.meter).beats {
        let start = frame.start - frame.missing() + start;
        if length != quarter || start < frame.start {
            continue;
        }
        let index = |time| events.partition_point(|event| event.start < time);
        let (first, after) = (index(start), index(start + quarter));
        let Some(late) = after.checked_sub(1).filter(|&late| late >= first) else { continue };
        let third = |event: &Sonority, thirds| event.start == start + quarter * thirds / 3;
        let pair = third(&events[late], 2) && events[first..late].iter().all(|event| third(event, 0));
        let goes_over = events.get(after).is_some_and(|next| third(next, 4));
        if pair && !goes_over {
            let half = start + quarter / 2;
            if let Some(before) = late.checked_sub(1).map(|before| &mut events[before]) {
                before.end = if before.end == start + quarter * 2 / 3 { half } else { before.end.min(half) };
            }
            events[late].start = half;
        }
    }
}

/// Where a note is written to end: on the division of its beat, and over what is too short to be a rest.
fn end(event: &Sonority, next: Option<Time>, ruled: &[Ruled]) -> Time {
    let last = ruled.last().map_or(event.end, |ruled| ruled.frame.end);
    let end = divided(event, ruled).min(next.unwrap_or(last)).min(last);
    if end < last { filled(end, next, ruled) } else { end }
}

/// A later end where what follows is a matter of touch: up to the next note, or to the half of the beat or the part
/// of the tuplet that is begun.
fn filled(end: Time, next: Option<Time>, ruled: &[Ruled]) -> Time {
    let Some((at, span)) = ruling(end, ruled).filter(|(_, span)| span.unit.is_some()) else { return end };
    let place = at.place(end);
    let on_beat = at.beats.level(place) <= 2;
    let shortest = if on_beat { SHORTEST_ON_BEAT } else { SHORTEST_REST };
    let is_touch = |time: &Time| *time > end && *time - end < shortest;
    if let Some(next) = next.filter(is_touch) {
        return next;
    }
    let step = if span.is_tuplet() { span.length / span.parts } else { Duration::quarters(1, 2) };
    let over = (place - span.start) % step;
    let whole = (end + step - over).min(at.frame.start - at.frame.missing() + span.end());
    let free = over > Duration::ZERO && next.is_none_or(|next| whole <= next);
    if free && is_touch(&whole) { filled(whole, next, ruled) } else { end }
}

/// The end on the division of its beat that is nearest, later where two are.
fn divided(event: &Sonority, ruled: &[Ruled]) -> Time {
    let near = |time: Time, up: bool| {
        let (at, span) = ruling(time, ruled)?;
        let place = at.place(time);
        let within = place - span.start;
        let unit = span.unit?;
        let units =
            if up { (within - within % unit).in_units_of(unit) + 1 } else { within.in_units_of(unit) };
        Some(time + ((unit * units).min(span.length) - within))
    };
    let end = near(event.end, false).unwrap_or(event.end);
    if end > event.start { end } else { near(event.start, true).unwrap_or(event.end) }
}

/// The measure and the span in which a time lies.
fn ruling<'a, 'b>(time: Time, ruled: &'a [Ruled<'b>]) -> Option<(&'a Ruled<'b>, BeatSpan)> {
    let at = &ruled[ruled.partition_point(|ruled| ruled.frame.start <= time).checked_sub(1)?];
    let place = at.place(time);
    at.spans.iter().rfind(|span| span.start <= place).map(|&span| (at, span))
}
