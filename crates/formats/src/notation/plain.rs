//! Onsets of a line that was played, as a player would write them down.

use sideman_music::{Duration, Time};

use super::beats::Beats;
use super::staff::{MeasureSpan, Sonority};

/// The grid on which onsets are looked at, in parts of a beat.
const GRID: i64 = 24;
/// Divisions of a beat that a player reads at sight.
const PLAIN: [i64; 3] = [2, 3, 4];
/// Ways to divide a beat, and what each costs: the squares of errors, in parts of the grid, that a simpler way may have.
const WAYS: [(i64, i64); 6] = [(2, 0), (3, 2), (4, 2), (6, 20), (8, 26), (12, 60)];

/// A note that comes so soon behind a beat may itself be moved to it.
const CLOSE: Duration = Duration::quarters(1, 6);

/// Moves the onsets of played events where those of a quarter note stand on no plain division of it, but on 24ths, to
/// the division that costs least. The order stays, and no two come together.
pub(super) fn divide_plainly(events: &mut [Sonority], frames: &[MeasureSpan]) {
    let end = frames.last().map_or(Time::ZERO, |frame| frame.end);
    for frame in frames {
        let beats =
            Beats::of(frame.meter).beats.into_iter().filter(|&(_, length)| length == Duration::QUARTER);
        for (start, _) in beats {
            divide(events, frame.start - frame.missing() + start, end);
        }
    }
}

fn divide(events: &mut [Sonority], start: Time, end: Time) {
    let after = start + Duration::QUARTER;
    let index = |time| events.partition_point(|event| event.start < time);
    let (first, last) = (index(start), index(after));
    let is_free = after < end && events.get(last).is_none_or(|next| next.start >= after + CLOSE);
    let here = &mut events[first..last];
    let Some(parts) = here.iter().map(|event| parts(event, start)).collect::<Option<Vec<i64>>>() else {
        return;
    };
    let stand_on = |division: &i64| parts.iter().all(|part| part % (GRID / division) == 0);
    if PLAIN.iter().any(stand_on) {
        return;
    }
    let ways = WAYS.iter().filter_map(|&(division, price)| {
        let places = places(&parts, division, is_free)?;
        let errors = parts.iter().zip(&places).map(|(part, place)| (part - place).pow(2)).sum::<i64>();
        Some((errors + price, places))
    });
    if let Some((_, places)) = ways.min_by_key(|way| way.0) {
        let moved = here.iter_mut().zip(places);
        moved.for_each(|(event, place)| event.start = start + Duration::QUARTER * place / GRID);
    }
}

/// Where in a beat a played event begins, in parts of the grid; `None` beside it, or where it was not played.
fn parts(event: &Sonority, start: Time) -> Option<i64> {
    let within = event.start - start;
    let part = Duration::QUARTER / GRID;
    (event.is_played && within % part == Duration::ZERO).then(|| within.in_units_of(part))
}

/// The nearest places of a division, the next beat among them where it is free, one for each part; `None` where there
/// are fewer.
fn places(parts: &[i64], division: i64, next_is_free: bool) -> Option<Vec<i64>> {
    let step = GRID / division;
    let last = if next_is_free { division } else { division - 1 };
    let mut places: Vec<i64> = parts.iter().map(|part| (part + step / 2) / step).collect();
    for i in 1..places.len() {
        places[i] = places[i].max(places[i - 1] + 1);
    }
    let mut most = last;
    for place in places.iter_mut().rev() {
        *place = most.min(*place);
        most = *place - 1;
    }
    (most >= -1).then(|| places.into_iter().map(|place| place * step).collect())
}

#[cfg(test)]
mod tests {
    use sideman_music::Meter;

    use super::*;

    /// Where events are written that were played at these 24ths of quarter notes, in a bar of four.
    fn written(played: &[i64]) -> Vec<i64> {
        moved(played, true)
    }

    fn moved(onsets: &[i64], is_played: bool) -> Vec<i64> {
        let at = |part: i64| Time::after_start(Duration::quarters(part, GRID));
        let event = |(note, &part): (usize, &i64)| Sonority {
            start: at(part),
            end: at(part + 1),
            note,
            pitches: Vec::new(),
            is_played,
        };
        let mut events: Vec<Sonority> = onsets.iter().enumerate().map(event).collect();
        let meter = Meter::COMMON;
        let frames = [MeasureSpan { start: Time::ZERO, end: Time::ZERO + meter.bar(), meter, bar: Some(0) }];
        divide_plainly(&mut events, &frames);
        let part = |event: &Sonority| (event.start - Time::ZERO).in_units_of(Duration::quarters(1, GRID));
        events.iter().map(part).collect()
    }

    #[test]
    fn what_no_one_would_write_is_divided_plainly() {
        assert_eq!(written(&[0, 5, 12]), [0, 6, 12]);
        assert_eq!(written(&[0, 9, 16]), [0, 8, 16]);
        assert_eq!(written(&[1, 15]), [0, 16]);
        assert_eq!(written(&[0, 3, 8]), [0, 4, 8]);
        assert_eq!(written(&[0, 5, 9, 13, 17, 21]), [0, 4, 8, 12, 16, 20]);
        assert_eq!(written(&[12, 23]), [12, 24]);
        assert_eq!(written(&[12, 23, 25]), [12, 18, 24]);
        assert_eq!(written(&[4, 20]), [6, 18]);
        assert_eq!(written(&[0, 2, 5, 7, 10, 15, 17, 20]), [0, 3, 6, 9, 12, 15, 18, 21]);
        assert_eq!(written(&[95]), [90], "it stays in the piece");
    }

    #[test]
    fn what_is_plain_stays_and_what_was_written() {
        for plain in
            [&[0, 6, 12, 18][..], &[0, 8, 16], &[0, 12], &[0, 4, 8, 12, 16, 20], &[0, 4, 8], &[0, 16, 32]]
        {
            assert_eq!(written(plain), plain);
        }
        assert_eq!(written(&[0, 3, 6, 9, 12]), [0, 3, 6, 9, 12], "eighths have room");
        assert_eq!(moved(&[0, 5, 12], false), [0, 5, 12]);
    }
}
