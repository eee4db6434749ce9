//! What the band hears of the soloist: where there is room, where there is silence, how much is going on.

use sideman_music::{Duration, Note, Time};

use crate::style::{Stroke, TimedSign};

/// How much room a rhythm leaves the soloist: much less for each stroke on one of their notes, more for
/// each where they are silent.
pub(crate) fn room(steps: &[TimedSign<Stroke>], start: Time, solo: &[Note]) -> f64 {
    let near = Duration::quarters(1, 6);
    let factor = |step: &TimedSign<Stroke>| {
        let at = start + step.at;
        let after = solo.partition_point(|note| note.onset < at - near);
        let struck = solo.get(after).is_some_and(|note| note.onset <= at + near);
        let sounding = solo[..after].last().is_some_and(|note| note.end() > at);
        match (struck, sounding) {
            (true, _) => 0.4,
            (false, true) => 0.9,
            (false, false) => 1.7,
        }
    };
    steps.iter().map(factor).product()
}

/// How much of a stretch the soloist is silent, 0 to 1.
pub(crate) fn rest(solo: &[Note], from: Time, to: Time) -> f64 {
    let first = solo.partition_point(|note| note.end() <= from);
    let within = solo[first..].iter().take_while(|note| note.onset < to);
    let sounding: Duration = within.map(|note| note.end().min(to) - note.onset.max(from)).sum();
    1.0 - share(sounding, to - from).min(1.0)
}

/// How busy the soloist is about each of some bars, from −1 to 1: notes a quarter, over the bar with its neighbours,
/// beside the mean of the line.
pub(crate) fn activity(solo: &[Note], bars: &[(Time, Time)]) -> Vec<f64> {
    let count = |from: Time, to: Time| {
        let before = |time: Time| solo.partition_point(|note| note.onset < time);
        (before(to) - before(from)) as f64
    };
    let density = |i: usize| {
        let (from, to) = (bars[i.saturating_sub(1)].0, bars[(i + 1).min(bars.len() - 1)].1);
        count(from, to) / share(to - from, Duration::QUARTER)
    };
    let densities: Vec<f64> = (0..bars.len()).map(density).collect();
    let mean = densities.iter().sum::<f64>() / densities.len().max(1) as f64;
    densities.iter().map(|d| if mean > 0.0 { (d / mean - 1.0).clamp(-1.0, 1.0) } else { 0.0 }).collect()
}

/// Parts of a whole that are told apart.
const FINE: i64 = 10_000;

/// A length as a part of another.
fn share(length: Duration, whole: Duration) -> f64 {
    (length * FINE).in_units_of(whole) as f64 / FINE as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::Pitch;

    fn at(quarters: i64) -> Time {
        Time::after_start(Duration::QUARTER * quarters)
    }

    /// Two bars: eighths in the first, silence in the second.
    fn line() -> Vec<Note> {
        let note = |i: i64| {
            let onset = Time::after_start(Duration::quarters(i, 2));
            Note::new(onset, Duration::quarters(1, 2), Pitch::midi(60))
        };
        (0..8).map(note).collect()
    }

    #[test]
    fn silence_is_a_part_of_a_stretch() {
        assert_eq!(rest(&line(), at(0), at(4)), 0.0);
        assert_eq!(rest(&line(), at(2), at(6)), 0.5);
        assert_eq!(rest(&line(), at(4), at(8)), 1.0);
    }

    #[test]
    fn a_bar_is_as_busy_as_its_neighbours_have_it() {
        let bars: Vec<_> = (0..4).map(|bar| (at(4 * bar), at(4 * bar + 4))).collect();
        let activity = activity(&line(), &bars);
        assert!(activity[0] > activity[1] && activity[1] > activity[2], "{activity:?}");
        assert_eq!(activity[3], -1.0);
        assert!(super::activity(&[], &bars).iter().all(|&x| x == 0.0));
    }
}
