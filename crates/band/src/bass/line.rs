//! The bass line of least cost.
//!
//! Each note has a cost for what it is on its chord, each step one for how far it goes and where; the line of
//! least total cost is found by dynamic programming (R. Bellman 1957), as the best path through pitches and
//! directions. Random costs make one line differ from the next.

use std::ops::RangeInclusive;

use sideman_music::{Chord, Instrument, Pitch, PitchClassSet};

use super::rhythm::Slot;
use crate::chance::Chance;
use crate::style::BassTone;

/// What may not be.
const NEVER: f64 = 1e6;

/// How often a line would rather skip than step, and how much.
const SKIPS: f64 = 0.22;
const SKIP: f64 = 1.1;

/// How often a line would rather leap an octave, and how much.
const LEAPS: f64 = 0.04;
const LEAP: f64 = 3.5;

/// Where a line is: the pitch, and whether it came from above, from itself, or from below.
const DIRECTIONS: usize = 3;

/// The pitches of the slots.
pub(super) fn find(slots: &[Slot], chance: &mut Chance) -> Vec<Pitch> {
    let pitches: Vec<u8> = range().collect();
    let states = pitches.len() * DIRECTIONS;
    let mut costs = vec![0.0; states];
    let mut came_from: Vec<Vec<u8>> = Vec::with_capacity(slots.len());
    let mut centre = 40.0;
    for (i, slot) in slots.iter().enumerate() {
        if slot.downbeat {
            centre = (centre + 3.0 * chance.normal()).clamp(36.0, 44.0);
        }
        let before = i.checked_sub(1).map(|b| &slots[b]);
        let skip = if chance.happens(SKIPS) { SKIP } else { 0.0 };
        let leap = if chance.happens(LEAPS) { LEAP } else { 0.0 };
        let mut new = vec![f64::INFINITY; states];
        let mut from = vec![0u8; states];
        for (p, &pitch) in pitches.iter().enumerate() {
            let own = note_cost(slot, slots.get(i + 1), pitch)
                + 0.9 * chance.unit()
                + 0.006 * (f64::from(pitch) - centre).powi(2);
            for state in 0..states {
                let earlier = pitches[state / DIRECTIONS];
                let step = before.map_or(0.0, |b| step_cost(b, slot, earlier, pitch, state % DIRECTIONS));
                let dull = match pitch.abs_diff(earlier) {
                    12 => -leap,
                    0..=2 => skip,
                    _ => 0.0,
                };
                let here = p * DIRECTIONS + direction(earlier, pitch);
                let cost = costs[state] + step + dull + own;
                if cost < new[here] {
                    (new[here], from[here]) = (cost, state as u8);
                }
            }
        }
        (costs, _) = (new, came_from.push(from));
    }
    trace(&costs, &came_from).into_iter().map(|state| Pitch::midi(pitches[state / DIRECTIONS])).collect()
}

/// The states of the cheapest path, first to last.
fn trace(costs: &[f64], came_from: &[Vec<u8>]) -> Vec<usize> {
    let cheapest = costs.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
    let mut state = cheapest.map_or(0, |(state, _)| state);
    let mut path = Vec::with_capacity(came_from.len());
    for from in came_from.iter().rev() {
        path.push(state);
        state = usize::from(from[state]);
    }
    path.reverse();
    path
}

fn direction(from: u8, to: u8) -> usize {
    match to.cmp(&from) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => 1,
        std::cmp::Ordering::Greater => 2,
    }
}

/// What a pitch costs where it stands on its chord.
fn note_cost(slot: &Slot, next: Option<&Slot>, pitch: u8) -> f64 {
    let class = Pitch::midi(pitch).class();
    let [_, third, fifth] = slot.chord.quality.triad().semitones();
    let root = slot.chord.bass_class();
    let only = |set: PitchClassSet| if set.contains(class) { 0.0 } else { NEVER };
    let slash = slot.chord.bass.is_some();
    match slot.tone {
        BassTone::Root => only([root].into_iter().collect()),
        BassTone::Third => only(above(&slot.chord, third)),
        BassTone::Fifth => only(above(&slot.chord, fifth)),
        BassTone::Walk if slot.change => {
            let other = if slash { 4.0 } else { 0.0 } - if slot.new { 0.0 } else { 1.4 };
            if class == root {
                0.0
            } else if above(&slot.chord, third).contains(class) {
                1.6 + other
            } else if above(&slot.chord, fifth).contains(class) {
                2.4 + other
            } else {
                NEVER
            }
        }
        BassTone::Walk | BassTone::Approach => {
            let leads = next.is_some_and(|next| next.change);
            let chord_tone = if slot.downbeat { 0.0 } else { 0.2 };
            if slot.tones.contains(class) {
                chord_tone
            } else if slot.downbeat && !leads {
                NEVER
            } else if slot.scale.contains(class) {
                0.6
            } else if leads {
                0.9
            } else {
                3.5
            }
        }
    }
}

/// What it costs to go from one pitch to the next, the first reached from a direction.
fn step_cost(before: &Slot, slot: &Slot, from: u8, to: u8, came: usize) -> f64 {
    let size = (i32::from(to) - i32::from(from)).abs();
    let foreign = !before.scale.contains(Pitch::midi(from).class());
    if (foreign || before.tone == BassTone::Approach) && !(1..=2).contains(&size) {
        return NEVER;
    }
    let going = direction(from, to);
    let turn = match size {
        0 => 0.0,
        _ if came == going || came == 1 => 0.0,
        _ => 0.45,
    };
    turn + match before.tone {
        BassTone::Walk | BassTone::Approach if slot.change => arrival_cost(size),
        BassTone::Walk => stride_cost(size, before.length < slot.length),
        _ => 0.05 * f64::from(size),
    }
}

/// Onto a new chord: by step, else by a fourth or fifth.
fn arrival_cost(size: i32) -> f64 {
    match size {
        1 => 0.0,
        2 => 0.15,
        5 | 7 => 0.8,
        3 | 4 => 1.3,
        12 => 1.8,
        0 => 2.5,
        _ => 6.0,
    }
}

/// Within a chord; a short note may be struck again.
fn stride_cost(size: i32, short: bool) -> f64 {
    match size {
        0 if short => 0.0,
        0 => 2.2,
        1 | 2 => 0.0,
        3 | 4 => 0.1,
        5 => 0.5,
        7 => 0.8,
        12 => 0.9,
        6 | 8 | 9 => 2.4,
        _ => 6.0,
    }
}

/// The pitches a bass line keeps to: from the open low string to a fourth above the open high one.
fn range() -> RangeInclusive<u8> {
    let low = Instrument::Bass.range().start().number();
    low..=low + 27
}

/// The class a number of semitones above the root.
fn above(chord: &Chord, semitones: i32) -> PitchClassSet {
    PitchClassSet::above(chord.root.class(), &[semitones])
}
