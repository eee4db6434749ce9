//! What a pianist would ask of new changes: chords that lead where they say, cadences that are whole, arrivals in place.

use super::progression::{ChordClass, HarmonySpan};
use super::rules::{RuleChord, SubstitutionRule};

/// Tones that two chords share when either may stand for the other (Levine, *The Jazz Theory Book*, chapter 15).
const SHARED: usize = 3;

/// Chords among others: the one before and the one behind them.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChordContext<'a> {
    pub(super) before: Option<&'a HarmonySpan>,
    pub(super) behind: Option<&'a HarmonySpan>,
}

/// Whether both sides of a rule begin and end with the same function: dominants stand for dominants, and chords that meet
/// have three tones in common.
pub(super) fn keeps_function(rule: &SubstitutionRule) -> bool {
    let ends = [(rule.from.first(), rule.to.first()), (rule.from.last(), rule.to.last())];
    ends.into_iter().all(|(from, to)| from.zip(to).is_some_and(|(from, to)| is_akin(from, to)))
}

fn is_akin(one: &RuleChord, other: &RuleChord) -> bool {
    let others = other.chord.tones();
    let shared = one.chord.tones().iter().filter(|&class| others.contains(class)).count();
    shared >= SHARED && is_dominant(one.class()) == is_dominant(other.class())
}

const fn is_dominant(class: ChordClass) -> bool {
    matches!(class, ChordClass::Dominant | ChordClass::Suspended)
}

const fn is_second(class: ChordClass) -> bool {
    matches!(class, ChordClass::MinorSeventh | ChordClass::HalfDiminished)
}

/// Semitones from one root up to another.
fn step(from: &HarmonySpan, to: &HarmonySpan) -> Option<u8> {
    Some((to.root()? + 12 - from.root()?) % 12)
}

fn is_same(one: &HarmonySpan, other: &HarmonySpan) -> bool {
    one.root() == other.root() && one.class() == other.class()
}

/// Whether a chord arrives: the dominant before it, or its tritone substitute, resolves there.
pub(super) fn arrives(before: &HarmonySpan, span: &HarmonySpan) -> bool {
    let tonic = matches!(span.class(), ChordClass::Major | ChordClass::Minor);
    tonic && is_dominant(before.class()) && matches!(step(before, span), Some(5 | 11))
}

/// How well new chords stand in the place of old ones, from 0 (no pianist would play it) to 1, by where they come from
/// and where they go to; what is inside them is the rule's own.
pub(super) fn fit(old: &[HarmonySpan], new: &[HarmonySpan], around: ChordContext<'_>) -> f64 {
    let ends = |spans: &'_ [HarmonySpan]| spans.first().copied().zip(spans.last().copied());
    let (Some((old_first, old_last)), Some((new_first, new_last))) = (ends(old), ends(new)) else {
        return 0.0;
    };
    let came = around.before.map_or(1.0, |before| joint([before, &old_first], [before, &new_first]));
    let goes = around.behind.map_or(1.0, |behind| joint([&old_last, behind], [&new_last, behind]));
    let whole = keeps_cadence([&old_first, &old_last], &new_last, around);
    if whole { came * goes } else { 0.0 }
}

/// How well a new joint is led, where it is new: a harmony that is only said once more is none.
fn joint(old: [&HarmonySpan; 2], [from, to]: [&HarmonySpan; 2]) -> f64 {
    let unchanged = is_same(old[0], from) && is_same(old[1], to);
    match (unchanged, is_same(from, to)) {
        (true, _) => 1.0,
        (false, true) => 0.0,
        (false, false) => leading(from, to),
    }
}

/// Whether a ii–V of which one half is replaced is still one: the half that is new has its root or that a tritone away; for
/// the ii its relative major may stand too.
fn keeps_cadence(
    [old_first, old_last]: [&HarmonySpan; 2],
    new_last: &HarmonySpan,
    around: ChordContext<'_>,
) -> bool {
    let is_two_five = |two: &HarmonySpan, five: &HarmonySpan| {
        is_second(two.class()) && is_dominant(five.class()) && step(two, five) == Some(5)
    };
    let five = around.before.is_some_and(|before| is_two_five(before, old_first));
    let two = around.behind.is_some_and(|behind| is_two_five(old_last, behind));
    let stands_for_five = is_dominant(new_last.class()) && matches!(step(old_first, new_last), Some(0 | 6));
    let stands_for_two = matches!(step(old_last, new_last), Some(0 | 3 | 6));
    (!five || stands_for_five) && (!two || stands_for_two)
}

/// How well one chord leads to the next by the step of their roots: fourths up and semitones down are the strongest, a
/// dominant must resolve, a diminished chord rises or falls by a semitone (Levine, chapters 13 to 15).
fn leading(from: &HarmonySpan, to: &HarmonySpan) -> f64 {
    use ChordClass::{Diminished, Dominant, HalfDiminished, Major, Minor, MinorSeventh, Suspended};
    let Some(step) = step(from, to) else { return 1.0 };
    match (from.class(), step, to.class()) {
        (_, 5, _) | (Suspended, 0, Dominant) => 1.0,
        (Major | Minor, 0, _) => 0.8,
        (MinorSeventh, 0, Dominant) => 0.4,
        (_, 0, _) => 0.0,
        (Diminished, 1, _) => 1.0,
        (Diminished, 11, _) => 0.7,
        (Diminished, ..) => 0.0,
        (Dominant | Suspended, 11, _) => 1.0,
        (Dominant | Suspended, 2, Major | Minor | MinorSeventh) => 0.5,
        (Dominant, 7, Dominant) => 0.3,
        (Dominant, 1, Diminished) => 0.7,
        (Dominant | Suspended, ..) => 0.0,
        (_, 11, _) => 0.8,
        (HalfDiminished, ..) => 0.0,
        (MinorSeventh, 2 | 10, _) => 0.5,
        (MinorSeventh | Minor | Major, 1, Diminished) => 0.7,
        (MinorSeventh | Minor, 6, MinorSeventh) => 0.3,
        (MinorSeventh | Minor, 3 | 7 | 8 | 9, Major | Minor | MinorSeventh | Dominant) => 0.4,
        (Major, 2 | 4 | 7 | 9 | 10, _) => 0.6,
        (Major, 3 | 8, Dominant | Major | MinorSeventh | Diminished) => 0.4,
        (Major, 6, HalfDiminished | MinorSeventh | Diminished) => 0.5,
        (Minor, 2, HalfDiminished) => 0.5,
        _ => 0.0,
    }
}
