//! When notes begin, and how long they sound.

use super::point::{Group, Points};
use super::shares::{Shares, entropy_after, pairs, returning};
use crate::excerpt::{Excerpt, ExcerptNote, QUARTER};

const GAPS: [&str; 14] = [
    "1/12 of a quarter",
    "1/6",
    "a 16th",
    "a triplet 8th",
    "5/12",
    "an 8th",
    "7/12",
    "a triplet quarter",
    "a dotted 8th",
    "10/12 or 11/12",
    "a quarter",
    "up to a dotted quarter",
    "up to a half",
    "more",
];
const COARSE: [&str; 8] = [
    "less than a 16th",
    "16th",
    "triplet 8th",
    "8th",
    "triplet quarter or dotted 8th",
    "quarter",
    "up to a half",
    "longer",
];
const TWELFTHS: [&str; 12] = [
    "on the beat",
    "1/12 after it",
    "1/6",
    "1/4",
    "1/3",
    "5/12",
    "1/2",
    "7/12",
    "2/3",
    "3/4",
    "5/6",
    "11/12",
];
const BEATS: [&str; 4] = ["1", "2", "3", "4"];
const SOUNDING: [&str; 5] = ["to a third", "to 60 %", "to 80 %", "to 95 %", "all of it"];
/// Places of a bar at which bars are compared.
const PLACES: i64 = 16;

pub(super) fn describe(excerpt: &Excerpt<'_>, points: &mut Points) {
    let tones = &excerpt.tones;
    let gaps: Vec<i64> = tones.windows(2).map(|w| (w[1].onset - w[0].onset).max(1)).collect();
    Shares::new(&GAPS, gaps.iter().map(|&g| gap(g))).describe("time to the next onset:", points);
    let coarse: Vec<usize> = gaps.iter().map(|&g| coarse(g)).collect();
    pairs("onsets:", &COARSE, &coarse, points);
    let within = |t: &ExcerptNote| (t.place % t.beat * 12 / t.beat) as usize;
    Shares::new(&TWELFTHS, tones.iter().map(within)).describe("onsets in the beat:", points);
    Shares::new(&BEATS, tones.iter().map(|t| (t.place / t.beat % 4) as usize))
        .describe("onsets in beat", points);
    for beat in 0..4 {
        let struck = |bar: i64| tones.iter().any(|t| t.bar == bar && t.place == beat * t.beat);
        points.share(&format!("bars with an onset on beat {}", beat + 1), (0..excerpt.bars).map(struck));
    }
    for before in 0..3 {
        let name = format!("entropy of the time to the next onset after {before} others, bits");
        points.push(name, entropy_after(&gaps, before));
    }
    let same: Vec<f64> = gaps.chunk_by(|a, b| a == b).map(|run| run.len() as f64).collect();
    points.mean("equal times in a row", same.iter().copied());
    points.push("longest row of equal times", same.iter().copied().reduce(f64::max));
    syncopation(tones, points);
    points.group = Group::Form;
    for length in [3, 4, 6] {
        points.push(format!("runs of {length} times heard before"), returning(&gaps, length));
    }
    likeness(excerpt, points);
    points.group = Group::Articulation;
    articulation(tones, &gaps, points);
}

/// Notes off the beat that are held over it, or followed by silence there.
fn syncopation(tones: &[ExcerptNote], points: &mut Points) {
    let off = || tones.windows(2).filter(|w| w[0].place % w[0].beat != 0);
    let over = |w: &[ExcerptNote]| w[1].onset > w[0].onset - w[0].place % w[0].beat + w[0].beat;
    points.share("notes off the beat after which the beat is empty", off().map(over));
}

/// How alike the rhythms of bars are that lie so many bars apart.
fn likeness(excerpt: &Excerpt<'_>, points: &mut Points) {
    let mut bars = vec![0_u32; excerpt.bars as usize];
    for tone in &excerpt.tones {
        let place = (tone.place * PLACES / (4 * QUARTER)).clamp(0, PLACES - 1);
        if let Some(bar) = usize::try_from(tone.bar).ok().and_then(|i| bars.get_mut(i)) {
            *bar |= 1 << place;
        }
    }
    for lag in [1, 2, 4, 8] {
        let alike = bars
            .windows(lag + 1)
            .filter(|w| w[0] | w[lag] != 0)
            .map(|w| f64::from((w[0] & w[lag]).count_ones()) / f64::from((w[0] | w[lag]).count_ones()));
        points.mean(&format!("likeness of a bar's rhythm to that {lag} before"), alike);
    }
}

fn articulation(tones: &[ExcerptNote], gaps: &[i64], points: &mut Points) {
    let sounding = |(tone, &gap): (&ExcerptNote, &i64)| tone.length / gap as f64;
    let close = || tones.iter().zip(gaps).filter(|(_, gap)| **gap <= QUARTER);
    Shares::new(&SOUNDING, close().map(|pair| part(sounding(pair))))
        .describe("time to the next onset that sounds:", points);
    points.mean("part of the time to the next onset that sounds", close().map(sounding));
    points.spread("spread of that part", close().map(sounding));
    let of = |low: i64, high: i64| {
        close().filter(move |(_, gap)| (low..=high).contains(*gap)).map(sounding).collect::<Vec<_>>()
    };
    points.mean("part of an 8th that sounds", of(5, 7));
    points.mean("part of a quarter that sounds", of(11, 12));
    let on = |beat: bool| {
        close().filter(move |(t, _)| (t.place % t.beat == 0) == beat).map(sounding).collect::<Vec<_>>()
    };
    points.mean("part that sounds, on the beat", on(true));
    points.mean("part that sounds, off the beat", on(false));
    points.mean("length of the longest tenth of notes, quarters", longest(tones));
}

fn longest(tones: &[ExcerptNote]) -> Vec<f64> {
    let mut lengths: Vec<f64> = tones.iter().map(|t| t.length / QUARTER as f64).collect();
    lengths.sort_by(f64::total_cmp);
    lengths.split_off(lengths.len() - lengths.len().div_ceil(10))
}

fn part(sounding: f64) -> usize {
    [1.0 / 3.0, 0.6, 0.8, 0.95].iter().filter(|limit| sounding > **limit).count()
}

fn gap(ticks: i64) -> usize {
    match ticks {
        ..=9 => (ticks - 1).max(0) as usize,
        10 | 11 => 9,
        12 => 10,
        13..=18 => 11,
        19..=24 => 12,
        25.. => 13,
    }
}

fn coarse(ticks: i64) -> usize {
    match ticks {
        ..=2 => 0,
        3 => 1,
        4 => 2,
        5..=7 => 3,
        8..=10 => 4,
        11..=13 => 5,
        14..=24 => 6,
        25.. => 7,
    }
}
