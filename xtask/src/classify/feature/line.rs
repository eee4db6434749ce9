//! Intervals and contour.

use super::point::{Group, Points, mean};
use super::shares::{Shares, entropy_after, pairs, returning};
use crate::excerpt::{Excerpt, ExcerptNote};

const INTERVALS: [&str; 25] = [
    "-12 or more",
    "-11",
    "-10",
    "-9",
    "-8",
    "-7",
    "-6",
    "-5",
    "-4",
    "-3",
    "-2",
    "-1",
    "0",
    "+1",
    "+2",
    "+3",
    "+4",
    "+5",
    "+6",
    "+7",
    "+8",
    "+9",
    "+10",
    "+11",
    "+12 or more",
];
const STEPS: [&str; 9] = [
    "leap down",
    "third down",
    "step down",
    "semitone down",
    "repeat",
    "semitone up",
    "step up",
    "third up",
    "leap up",
];

pub(super) fn describe(excerpt: &Excerpt<'_>, points: &mut Points) {
    let pitches: Vec<i64> = excerpt.tones.iter().map(|t| t.pitch.into()).collect();
    let intervals: Vec<i64> = pitches.windows(2).map(|w| w[1] - w[0]).collect();
    Shares::new(&INTERVALS, intervals.iter().map(|i| (i.clamp(&-12, &12) + 12) as usize))
        .describe("interval of", points);
    let steps: Vec<usize> = intervals.iter().map(|&i| step(i)).collect();
    pairs("intervals:", &STEPS, &steps, points);
    for before in 0..3 {
        let name = format!("entropy of an interval after {before} others, bits");
        points.push(name, entropy_after(&intervals, before));
    }
    contour(&pitches, &intervals, points);
    points.group = Group::Form;
    for length in [2, 3, 4, 6] {
        points.push(format!("runs of {length} intervals heard before"), returning(&intervals, length));
    }
    let windows = |tones: fn(&ExcerptNote) -> f64| -> Vec<f64> {
        (0..excerpt.bars / 4)
            .filter_map(|i| {
                let within = excerpt.tones.iter().filter(|t| t.bar / 4 == i);
                mean(&within.map(tones).collect::<Vec<_>>())
            })
            .collect()
    };
    points.spread("spread of the mean pitch of 4 bars, semitones", windows(|t| t.pitch.into()));
    let per_four =
        (0..excerpt.bars / 4).map(|i| excerpt.tones.iter().filter(|t| t.bar / 4 == i).count() as f64);
    points.spread("spread of the notes in 4 bars", per_four);
    let per_bar = (0..excerpt.bars).map(|i| excerpt.tones.iter().filter(|t| t.bar == i).count() as f64);
    points.spread("spread of the notes in a bar", per_bar);
}

fn contour(pitches: &[i64], intervals: &[i64], points: &mut Points) {
    let turns = intervals.windows(2).map(|w| w[0].signum() != w[1].signum());
    points.share("turns of direction", turns);
    let runs: Vec<f64> =
        intervals.chunk_by(|a, b| a.signum() == b.signum()).map(|run| run.len() as f64).collect();
    points.mean("intervals in one direction", runs.iter().copied());
    points.push("longest run in one direction", runs.iter().copied().reduce(f64::max));
    let leaps = || intervals.windows(2).filter(|w| w[0].abs() > 4);
    points.share("leaps that turn back", leaps().map(|w| w[0].signum() != w[1].signum()));
    points.share("leaps that a step follows", leaps().map(|w| matches!(w[1].abs(), 1 | 2)));
    let away = |lag: usize| pitches.windows(lag + 1).map(move |w| (w[lag] - w[0]).abs() as f64);
    for lag in [2, 4, 8, 16] {
        points.mean(&format!("distance of a pitch from the {lag}th before, semitones"), away(lag));
        points.share(&format!("same pitch as the {lag}th before"), away(lag).map(|d| d == 0.0));
    }
    points.spread("spread of the pitches, semitones", pitches.iter().map(|&p| p as f64));
    let different = |n: usize| {
        pitches.windows(n).map(move |w| w.iter().collect::<std::collections::BTreeSet<_>>().len() as f64)
    };
    for n in [4, 8] {
        points.mean(&format!("different pitches among {n}"), different(n));
    }
}

fn step(interval: i64) -> usize {
    match interval {
        ..-4 => 0,
        -4 | -3 => 1,
        -2 => 2,
        -1 => 3,
        0 => 4,
        1 => 5,
        2 => 6,
        3 | 4 => 7,
        5.. => 8,
    }
}
