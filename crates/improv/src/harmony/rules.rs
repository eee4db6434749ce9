//! Rules of substitution: chords that may take the place of others for the same length, in any key.

use std::fmt;
use std::str::FromStr;

use sideman_music::{Chord, Duration};

use super::progression::{ChordClass, HarmonySpan};

/// The rules that musicians have names for.
const NAMED: &str = include_str!("../../rules/substitutions.rules");

/// The longest side of a rule, in chords.
const LONGEST: usize = 12;

/// The rules that musicians have names for.
pub fn named_rules() -> Vec<SubstitutionRule> {
    read(NAMED).unwrap_or_else(|error| unreachable!("rules of ours: {error}"))
}

/// The rules of a text, one on each line; `#` begins a remark.
pub(super) fn read(text: &str) -> Result<Vec<SubstitutionRule>, RuleError> {
    let numbered = (1..).zip(text.lines());
    let rule = |(line, text): (usize, &str)| {
        let remark = text.starts_with('#').then_some(0).or(text.find(" #"));
        let text = text[..remark.unwrap_or(text.len())].trim();
        (!text.is_empty()).then(|| text.parse().map_err(|error: RuleError| RuleError { line, ..error }))
    };
    numbered.filter_map(rule).collect()
}

/// A text that is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rules of substitution, line {line}: {what}")]
pub struct RuleError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

/// A chord of a rule, in the key of the example, and its share of the length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleChord {
    /// In the key of the example.
    pub chord: Chord,
    /// Of the lengths of all on its side.
    pub share: u8,
}

impl RuleChord {
    pub(super) fn class(&self) -> ChordClass {
        ChordClass::of(Some(self.chord))
    }
}

/// Chords, and those that may take their place for the same length.
///
/// As text: `backdoor: G7 -> Fm7 Bb7 before Cmaj7 or C7 : 2`, where `*2` behind a chord doubles its share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubstitutionRule {
    /// What musicians call it; empty for one without a name.
    pub name: String,
    /// What is replaced, by class.
    pub from: Vec<RuleChord>,
    /// What takes its place.
    pub to: Vec<RuleChord>,
    /// One of what must come next, by class; any chord where there is none.
    pub before: Vec<Chord>,
    /// How often it was found, or how usual it is held to be.
    pub weight: u32,
}

impl SubstitutionRule {
    /// Whether some spans are what is replaced; and by how many semitones the example is lower.
    pub(super) fn matches(&self, spans: &[HarmonySpan], next: Option<&HarmonySpan>) -> Option<u8> {
        self.side_matches(&self.from, spans, next)
    }

    /// The same of what takes its place.
    pub(super) fn derives(&self, spans: &[HarmonySpan], next: Option<&HarmonySpan>) -> Option<u8> {
        self.side_matches(&self.to, spans, next)
    }

    fn side_matches(
        &self,
        side: &[RuleChord],
        spans: &[HarmonySpan],
        next: Option<&HarmonySpan>,
    ) -> Option<u8> {
        let up = (spans.first()?.root()? + 12 - index(side.first()?.chord)) % 12;
        let is = |chord: Chord, span: &HarmonySpan| {
            span.root() == Some((index(chord) + up) % 12) && span.class() == ChordClass::of(Some(chord))
        };
        let chords =
            side.len() == spans.len() && side.iter().zip(spans).all(|(rule, span)| is(rule.chord, span));
        let unit = |rule: &RuleChord, span: &HarmonySpan| span.length * 5040 / i64::from(rule.share.max(1));
        let first = unit(side.first()?, spans.first()?);
        let even = side.iter().zip(spans).all(|(rule, span)| unit(rule, span) == first);
        let follows = self.before.is_empty()
            || next.is_some_and(|next| self.before.iter().any(|&chord| is(chord, next)));
        (chords && even && follows).then_some(up)
    }

    /// One of its sides, so many semitones higher, over a length.
    pub(super) fn laid_out(side: &[RuleChord], up: u8, over: HarmonySpan) -> Vec<HarmonySpan> {
        let all: i64 = side.iter().map(|chord| i64::from(chord.share)).sum();
        let mut before = 0;
        let span = |rule: &RuleChord| {
            let from: Duration = over.length * before / all.max(1);
            before += i64::from(rule.share);
            let to = over.length * before / all.max(1);
            let chord = Some(rule.chord.transposed(up.into()));
            HarmonySpan { start: over.start + from, length: to - from, chord }
        };
        side.iter().map(span).collect()
    }

    /// Whether another says the same, from left to right or from right to left, whatever must come next.
    pub fn is_one_with(&self, other: &Self) -> bool {
        let other = other.normal(false);
        self.normal(false) == other || self.normal(true) == other
    }

    /// Both sides as degrees above the first root on the left, the shares in lowest terms; or from right to left.
    fn normal(&self, turned: bool) -> (Vec<Degree>, Vec<Degree>) {
        let (left, right) = if turned { (&self.to, &self.from) } else { (&self.from, &self.to) };
        let home = left.first().map_or(0, |first| index(first.chord));
        let side = |side: &[RuleChord]| {
            let all: u32 = side.iter().map(|chord| u32::from(chord.share)).sum();
            let degree = |rule: &RuleChord| {
                let share = 5040 * u32::from(rule.share) / all.max(1);
                ((index(rule.chord) + 12 - home) % 12, rule.class(), share)
            };
            side.iter().map(degree).collect()
        };
        (side(left), side(right))
    }

    /// The rule with the name of the first of some rules that says the same.
    pub(super) fn named_by(self, named: &[Self]) -> Self {
        let name = named.iter().find(|rule| rule.is_one_with(&self)).map(|rule| rule.name.clone());
        Self { name: name.unwrap_or_default(), ..self }
    }

    /// What it says, without name and weight.
    pub fn formula(&self) -> String {
        let side = |side: &[RuleChord]| side.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let next = self.before.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        let before = if next.is_empty() { next } else { format!(" before {next}") };
        format!("{} -> {}{before}", side(&self.from), side(&self.to))
    }
}

/// Semitones above a root, class, and share.
type Degree = (u8, ChordClass, u32);

fn index(chord: Chord) -> u8 {
    chord.root.class().index() as u8
}

impl fmt::Display for RuleChord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.share {
            1 => write!(f, "{}", self.chord),
            share => write!(f, "{}*{share}", self.chord),
        }
    }
}

impl fmt::Display for SubstitutionRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} : {}", self.name, self.formula(), self.weight)
    }
}

impl FromStr for SubstitutionRule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let fail = |what: &str| RuleError { line: 1, what: format!("{what}; write `name: G7 -> Db7 : 4`") };
        let (name, rest) = text.split_once(':').ok_or_else(|| fail("a name and `:` are missing"))?;
        let (formula, weight) = rest.rsplit_once(':').unwrap_or((rest, "1"));
        let weight = weight.trim().parse().ok().filter(|weight| (1..=1 << 20).contains(weight));
        let weight = weight.ok_or_else(|| fail("the weight is no whole number above 0"))?;
        let (from, to) = formula.split_once("->").ok_or_else(|| fail("`->` is missing"))?;
        let (to, next) = to.split_once(" before ").map_or((to, None), |(to, next)| (to, Some(next)));
        let before =
            next.map_or(Ok(Vec::new()), |next| next.split(" or ").map(|c| chord(c.trim())).collect())?;
        Ok(Self { name: name.trim().to_owned(), from: side(from)?, to: side(to)?, before, weight })
    }
}

fn chord(symbol: &str) -> Result<Chord, RuleError> {
    symbol.parse().map_err(|error: sideman_music::Error| RuleError { line: 1, what: error.to_string() })
}

fn side(text: &str) -> Result<Vec<RuleChord>, RuleError> {
    let one = |word: &str| {
        let (symbol, share) = word.split_once('*').unwrap_or((word, "1"));
        let share = share.parse().ok().filter(|share| (1..=16).contains(share));
        let what = || format!("{word:?}: a chord is 1 to 16 times as long as the shortest");
        Ok(RuleChord {
            chord: chord(symbol)?,
            share: share.ok_or_else(|| RuleError { line: 1, what: what() })?,
        })
    };
    let chords: Vec<RuleChord> = text.split_whitespace().map(one).collect::<Result<_, _>>()?;
    let what = || format!("a side of a rule has 1 to {LONGEST} chords");
    if (1..=LONGEST).contains(&chords.len()) { Ok(chords) } else { Err(RuleError { line: 1, what: what() }) }
}
