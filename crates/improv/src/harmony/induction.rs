//! Rules found in charts: sequences of equal length between the same chords before and the same chords behind.

use std::collections::{BTreeMap, BTreeSet};

use sideman_music::{Chord, Duration, NoteName, PitchClass};

use super::progression::{ChordClass, HarmonySpan, Progression};
use super::rules::{RuleChord, SubstitutionRule, named_rules};

/// The longest sequence that is replaced: its chords, and its length.
const MOST_CHORDS: usize = 3;
const LONGEST: Duration = Duration::quarters(16, 1);
/// Sequences that are compared at one place: the commonest.
const MOST_AT_A_PLACE: usize = 32;

/// A rule, and what speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Induction {
    /// Its weight is how many pairs of uses it was found in; the left side is the commoner.
    pub rule: SubstitutionRule,
    /// At how many places, told apart by what is before and behind, both its sides were found.
    pub places: u32,
    /// At how many they would be, did neither know of the other.
    pub by_chance: f64,
}

impl Induction {
    /// Whether both sides share more places than by chance, by three standard deviations of a Poisson count.
    pub fn is_above_chance(&self) -> bool {
        f64::from(self.places) > self.by_chance + 3.0 * self.by_chance.sqrt()
    }
}

/// Semitones above a root, class, and share of the length as a fraction.
type Degree = (u8, ChordClass, (i64, i64));
/// Chords that follow each other.
type Middle = Vec<Degree>;

/// What is around a sequence, whatever the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// The two chords before it, and the step between them.
    before: [ChordClass; 2],
    step: u8,
    /// The two chords behind it, each so many semitones above the last one before.
    behind: [(u8, ChordClass); 2],
    /// The length between them.
    length: Duration,
}

/// How often a sequence was found, and at how many places.
#[derive(Debug, Clone, Copy, Default)]
struct MiddleTotal {
    uses: u32,
    places: u32,
}

/// What speaks for two sequences as one another's substitutes.
#[derive(Debug, Clone, Copy, Default)]
struct Evidence {
    pairs: u32,
    places: u32,
    by_chance: f64,
}

/// The rules that charts have, those with the most pairs of uses first, with the names that musicians have for them.
///
/// Two sequences of one length are held to be substitutes where both were found at `least_places` different places or
/// more: between the same two chords before and the same two behind. A pair is a use of either at one place. What begins
/// or ends alike, or is made of two shorter substitutions, is left out.
pub fn induced(progressions: &[Progression], least_places: u32) -> Vec<Induction> {
    let mut places: BTreeMap<Place, BTreeMap<Middle, u32>> = BTreeMap::new();
    progressions.iter().for_each(|progression| gather(progression.spans(), &mut places));
    let mut totals: BTreeMap<&Middle, MiddleTotal> = BTreeMap::new();
    for (middle, &uses) in places.values().flatten() {
        let total = totals.entry(middle).or_default();
        (total.uses, total.places) = (total.uses + uses, total.places + 1);
    }
    let mut found: BTreeMap<(Middle, Middle), Evidence> = BTreeMap::new();
    let meeting = meeting(&places);
    let mut met = BTreeSet::new();
    for middles in places.values().filter(|middles| middles.len() > 1) {
        weigh(middles, &totals, meeting, &mut met, &mut found);
    }
    found.retain(|_, evidence| evidence.places >= least_places);
    let single = found.iter().filter(|(sides, _)| !is_compound(sides, &found));
    let named = named_rules();
    let mut rules: Vec<Induction> =
        single.map(|(sides, evidence)| induction(sides, evidence, &named)).collect();
    rules.sort_by(|a, b| {
        b.rule.weight.cmp(&a.rule.weight).then_with(|| a.rule.formula().cmp(&b.rule.formula()))
    });
    rules
}

/// Every sequence of a progression with what is before and behind it.
fn gather(spans: &[HarmonySpan], places: &mut BTreeMap<Place, BTreeMap<Middle, u32>>) {
    for (i, pair) in spans.windows(2).enumerate() {
        let (Some(first), Some(root)) = (pair[0].root(), pair[1].root()) else { continue };
        let above = |span: &HarmonySpan| span.root().map(|r| (r + 12 - root) % 12);
        let after = &spans[i + 2..];
        for count in 1..=MOST_CHORDS.min(after.len().saturating_sub(2)) {
            let (inside, behind) = (&after[..count], [&after[count], &after[count + 1]]);
            let length: Duration = inside.iter().map(|span| span.length).sum();
            let share = |span: &HarmonySpan| Some((above(span)?, span.class(), ratio(span.length, length)));
            let middle: Option<Middle> = inside.iter().map(share).collect();
            let (Some(middle), [Some(next), Some(last)]) = (middle, behind.map(above)) else { break };
            if length > LONGEST {
                break;
            }
            let (before, step) = ([pair[0].class(), pair[1].class()], (root + 12 - first) % 12);
            let behind = [(next, behind[0].class()), (last, behind[1].class())];
            let place = Place { before, step, behind, length };
            *places.entry(place).or_default().entry(middle).or_default() += 1;
        }
    }
}

/// A length over a length in lowest terms.
fn ratio(part: Duration, all: Duration) -> (i64, i64) {
    let ((a, b), (c, d)) = (part.as_quarters(), all.as_quarters());
    lowest(a * d, b * c)
}

const fn lowest(n: i64, d: i64) -> (i64, i64) {
    let common = gcd(n.unsigned_abs(), d.unsigned_abs());
    if common == 0 { (n, d) } else { (n / common as i64, d / common as i64) }
}

const fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The chance that a sequence at one place and one at another stand at the same, where a place is drawn as often as it has
/// sequences: those that have many have everything.
fn meeting(places: &BTreeMap<Place, BTreeMap<Middle, u32>>) -> f64 {
    let sizes = || places.values().map(|middles| middles.len() as f64);
    sizes().map(|size| size * size).sum::<f64>() / sizes().sum::<f64>().powi(2).max(1.0)
}

/// Adds what one place says of each pair of its sequences.
fn weigh<'a>(
    middles: &'a BTreeMap<Middle, u32>,
    totals: &BTreeMap<&Middle, MiddleTotal>,
    meeting: f64,
    met: &mut BTreeSet<(&'a Middle, &'a Middle)>,
    found: &mut BTreeMap<(Middle, Middle), Evidence>,
) {
    let mut common: Vec<(&'a Middle, u32)> = middles.iter().map(|(middle, &uses)| (middle, uses)).collect();
    common.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    common.truncate(MOST_AT_A_PLACE);
    for (i, &(one, one_uses)) in common.iter().enumerate() {
        for &(other, other_uses) in common[i + 1..].iter().filter(|(other, _)| !overlap(one, other)) {
            let turned = (totals[one].uses, one) < (totals[other].uses, other);
            let (from, to) = if turned { (other, one) } else { (one, other) };
            let evidence = found.entry(from_root(from, to)).or_default();
            evidence.pairs += one_uses.min(other_uses);
            evidence.places += 1;
            if met.insert((from, to)) {
                let places = [from, to].map(|side| f64::from(totals[side].places));
                evidence.by_chance += places[0] * places[1] * meeting;
            }
        }
    }
}

/// Whether a pair is two shorter ones, one behind the other.
fn is_compound((from, to): &(Middle, Middle), found: &BTreeMap<(Middle, Middle), Evidence>) -> bool {
    (1..from.len()).any(|i| {
        (1..to.len()).any(|j| {
            let (left, right) = (from.split_at(i), to.split_at(j));
            let parts = [(left.0, right.0), (left.1, right.1)];
            sum(left.0) == sum(right.0) && parts.iter().all(|(from, to)| is_found(from, to, found))
        })
    })
}

/// Whether two parts of sequences are a pair.
fn is_found(from: &[Degree], to: &[Degree], found: &BTreeMap<(Middle, Middle), Evidence>) -> bool {
    let (from, to) = (whole(from), whole(to));
    found.contains_key(&from_root(&from, &to)) || found.contains_key(&from_root(&to, &from))
}

/// A part of a sequence as one of its own.
fn whole(part: &[Degree]) -> Middle {
    let (n, d) = sum(part);
    part.iter().map(|&(root, class, (a, b))| (root, class, lowest(a * d, b * n))).collect()
}

/// The share of some chords.
fn sum(part: &[Degree]) -> (i64, i64) {
    part.iter().fold((0, 1), |(n, d), &(_, _, (a, b))| lowest(n * b + a * d, d * b))
}

/// Whether two sequences begin or end alike, so that a shorter pair says the same.
fn overlap(one: &Middle, other: &Middle) -> bool {
    one.first() == other.first() || one.last() == other.last()
}

/// Both counted from the first root of the first.
fn from_root(from: &Middle, to: &Middle) -> (Middle, Middle) {
    let home = from.first().map_or(0, |first| first.0);
    let moved = |side: &Middle| {
        side.iter().map(|&(root, class, share)| ((root + 12 - home) % 12, class, share)).collect()
    };
    (moved(from), moved(to))
}

fn induction((from, to): &(Middle, Middle), evidence: &Evidence, named: &[SubstitutionRule]) -> Induction {
    let home = match from.first().map(|first| first.1) {
        Some(ChordClass::Dominant | ChordClass::Suspended) => 7,
        Some(ChordClass::MinorSeventh | ChordClass::HalfDiminished) => 2,
        _ => 0,
    };
    let (from, to) = (side(from, home), side(to, home));
    let rule = SubstitutionRule { name: String::new(), from, to, before: Vec::new(), weight: evidence.pairs };
    Induction { rule: rule.named_by(named), places: evidence.places, by_chance: evidence.by_chance }
}

/// A side in an example key, its shares as whole numbers.
fn side(middle: &Middle, home: u8) -> Vec<RuleChord> {
    let common = middle.iter().fold(1, |all, &(_, _, (_, d))| all / gcd(all as u64, d as u64) as i64 * d);
    let shares = middle.iter().map(|&(_, _, (n, d))| n * (common / d));
    let least = shares.clone().fold(0, |all, share| gcd(all, share as u64)).max(1) as i64;
    let chord = |(&(root, class, _), share): (&Degree, i64)| {
        let root = NoteName::flat(PitchClass::new(i32::from(root + home)));
        let symbol = format!("{root}{}", class.typical());
        let chord: Chord = symbol.parse().unwrap_or_else(|_| unreachable!("{symbol} is a chord"));
        RuleChord { chord, share: u8::try_from(share / least).unwrap_or(u8::MAX) }
    };
    middle.iter().zip(shares).map(chord).collect()
}
