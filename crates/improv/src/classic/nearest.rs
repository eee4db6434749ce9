//! How far apart values are, and which of many give way to others.
//!
//! The distance counts what a listener would miss: 100 for each halving or doubling of the length, 100 for each three
//! semitones that the leap differs (as far as a window reaches to a side), 150 for another relation to the chord (50 between
//! an approach and another outside note), and 50 for each note of a block chord that one has and the other has not. A note
//! is never like a rest.

use std::collections::{BTreeMap, BTreeSet};

use super::value::REACH;
use super::{Category, Sounding, Value};

const OCTAVE: f64 = 100.0;
const WINDOW: u32 = 100;
const CATEGORY: u32 = 150;
const OUTSIDE: u32 = 50;
const CHORD_NOTE: u32 = 50;
/// Between a note and a rest.
const APART: u32 = 1_000_000;

/// How far apart two values are.
pub(super) fn distance(a: &Value, b: &Value) -> u32 {
    let length = (OCTAVE * (f64::from(a.units) / f64::from(b.units)).log2().abs()).round() as u32;
    let sound = match (&a.sound, &b.sound) {
        (None, None) => 0,
        (Some(a), Some(b)) => between_sounds(a, b),
        _ => APART,
    };
    length + sound
}

fn between_sounds(a: &Sounding, b: &Sounding) -> u32 {
    let category = match (a.category, b.category) {
        (a, b) if a == b => 0,
        (Category::Approach, Category::Other) | (Category::Other, Category::Approach) => OUTSIDE,
        _ => CATEGORY,
    };
    let leap = match (a.leap, b.leap) {
        (Some(a), Some(b)) => (i32::from(a) - i32::from(b)).unsigned_abs() * WINDOW / REACH as u32,
        (None, None) => 0,
        _ => WINDOW,
    };
    let missing =
        |of: &Sounding, from: &Sounding| of.below.iter().filter(|n| !from.below.contains(n)).count();
    category + leap + CHORD_NOTE * (missing(a, b) + missing(b, a)) as u32
}

/// The index of the nearest of some values in order; of equally near ones the first.
pub(super) fn nearest<'a>(to: &Value, among: impl IntoIterator<Item = &'a Value>) -> Option<usize> {
    let distances = among.into_iter().enumerate().map(|(i, value)| (distance(to, value), i));
    distances.min().map(|(_, i)| i)
}

/// The values that are left, in order, when the rarest has given way to its nearest, which then counts for both, until
/// there are `left`; of equally rare ones the last gives way.
pub(super) fn survivors<'a>(values: impl IntoIterator<Item = &'a Value>, left: usize) -> Vec<&'a Value> {
    let mut counts: BTreeMap<&Value, usize> = BTreeMap::new();
    values.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
    let mut rarest: BTreeSet<(usize, std::cmp::Reverse<&Value>)> =
        counts.iter().map(|(value, count)| (*count, std::cmp::Reverse(*value))).collect();
    while counts.len() > left {
        let Some((count, value)) = rarest.pop_first() else { break };
        counts.remove(value.0);
        let heir = counts.iter().min_by_key(|(other, _)| distance(value.0, other)).map(|(v, n)| (*v, *n));
        let Some((heir, own)) = heir else { break };
        rarest.remove(&(own, std::cmp::Reverse(heir)));
        rarest.insert((own + count, std::cmp::Reverse(heir)));
        counts.insert(heir, own + count);
    }
    counts.into_keys().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        text.parse().unwrap()
    }

    #[test]
    fn what_sounds_alike_is_near() {
        let far = |a: &str, b: &str| distance(&value(a), &value(b));
        assert_eq!(far("C,1,<+3,-3>", "C,1,<+3,-3>"), 0);
        assert_eq!(far("C,1,<+3,-3>", "C,1/2,<+3,-3>"), 100);
        assert_eq!(far("C,1,<+3,-3>", "C,1,<+6,+0>"), 100);
        assert_eq!(far("C,1,<+3,-3>", "S,1,<+3,-3>"), 150);
        assert_eq!(far("A,1,<+3,-3>", "X,1,<+3,-3>"), 50);
        assert_eq!(far("C,1,<+3,-3>,[3 7]", "C,1,<+3,-3>,[4 7]"), 100);
        assert!(far("R,1", "C,1") > far("R,1", "R,1/12"));
        let among = ["R,1", "C,1/2,<+3,-3>", "C,1,<+4,-2>"].map(value);
        assert_eq!(nearest(&value("C,1,<+3,-3>"), &among), Some(2));
        assert_eq!(nearest(&value("R,2"), &among), Some(0));
    }

    #[test]
    fn the_rarest_give_way_and_their_nearest_counts_for_both() {
        let often = |text: &str, times: usize| vec![value(text); times];
        // The second C's are rarer than the rest, but not with the third that gives way to them.
        let all =
            [often("R,1", 3), often("C,1,<+3,-3>", 9), often("C,2,<+8,+2>", 2), often("C,2,<+9,+3>", 2)];
        let left = survivors(all.iter().flatten(), 3);
        assert_eq!(
            left,
            ["C,1,<+3,-3>", "C,2,<+8,+2>", "R,1"]
                .map(value)
                .iter()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
        );
        let left = survivors(all.iter().flatten(), 2);
        assert_eq!(left.len(), 2);
        assert!(left.contains(&&value("C,2,<+8,+2>")), "four of them stay before three rests: {left:?}");
    }
}
