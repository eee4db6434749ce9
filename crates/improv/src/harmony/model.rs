//! What is expected in harmony: a tree of contexts, and rules of substitution.

use std::fmt;
use std::str::FromStr;

use super::induction::{Induction, induced};
use super::progression::{ChordClass, HarmonicSymbol, Progression};
use super::rules::{self, RuleChord, SubstitutionRule, named_rules};
use super::taste;
use super::tree::ContextTree;
use crate::{Error, built_in};

/// How a file begins.
const MAGIC: &str = "sideman harmony 1";
/// What separates rules from contexts in a file.
const TREE: &str = "contexts";
/// The longest contexts that are tried.
const LONGEST: usize = 8;
/// Different places at which an induced rule must have been found.
const LEAST_PLACES: u32 = 8;
/// Induced rules without a name that are kept: those with the most uses.
const MOST_INDUCED: usize = 40;
/// The weight of each of them: that of the least usual with a name.
const FOUND: u32 = 1;
/// The share of chords that rules derive, before a chart is seen: set by hand. Two books that agree on most of a tune have
/// another chord at 8.6 % of 7,510 whole notes (`cargo xtask harmony`); players are held to substitute more than books.
const DERIVED: f64 = 0.2;

/// A way to expect chords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TreeKind {
    /// The tree of Lempel and Ziv.
    LempelZiv,
    /// All contexts of at most so many chords; none is how often each comes, one what follows each.
    Contexts(usize),
}

impl TreeKind {
    /// All that are tried.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::LempelZiv].into_iter().chain((0..=LONGEST).map(Self::Contexts))
    }

    /// What such a tree holds of tunes, each in one version or several.
    pub fn learned(self, tunes: &[Vec<Vec<HarmonicSymbol>>]) -> ContextTree {
        match self {
            Self::LempelZiv => ContextTree::lempel_ziv(tunes.concat()),
            Self::Contexts(longest) => ContextTree::of_contexts(longest, tunes),
        }
    }
}

impl fmt::Display for TreeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LempelZiv => f.write_str("Lempel-Ziv tree"),
            Self::Contexts(longest) => write!(f, "contexts of {longest}"),
        }
    }
}

/// How well each way to expect does on charts that it has not learned from.
#[derive(Debug, Clone, PartialEq)]
pub struct TreeChoice {
    /// Each with its bits per chord.
    pub tried: Vec<(TreeKind, f64)>,
    /// Chords that were scored.
    pub chords: usize,
}

impl TreeChoice {
    /// The bits per chord of each way, learned from some tunes, on others.
    pub fn new(train: &[Vec<Progression>], held_out: &[Vec<Progression>]) -> Self {
        let (train, held_out) = (symbols(train), symbols(held_out).concat());
        let chords = held_out.iter().map(Vec::len).sum();
        let of = |way: TreeKind| {
            let tree = way.learned(&train);
            let bits: f64 = held_out.iter().flat_map(|sequence| tree.bits(sequence)).sum();
            (way, bits / chords as f64)
        };
        Self { tried: TreeKind::all().map(of).collect(), chords }
    }

    /// The way with the fewest bits.
    pub fn best(&self) -> TreeKind {
        let least = self.tried.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        least.map_or(TreeKind::Contexts(2), |&(way, _)| way)
    }
}

impl fmt::Display for TreeChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "bits per chord on {} held-out chords", self.chords)?;
        self.tried.iter().try_for_each(|(way, bits)| writeln!(f, "{:20} {bits:.3}", way.to_string()))
    }
}

/// What comes next in harmony, for how long, and what may stand for what.
#[derive(Debug, Clone, PartialEq)]
pub struct HarmonyModel {
    tree: ContextTree,
    rules: Vec<SubstitutionRule>,
    /// The share of each among the rules that begin with a chord of the same class.
    shares: Vec<f64>,
}

impl HarmonyModel {
    /// A model of tunes, each in one version or several, which expects in this way, with the named rules and those that
    /// the tunes have and that keep the function of what they replace.
    pub fn learn(tunes: &[Vec<Progression>], way: TreeKind) -> Self {
        let found = induced(&tunes.concat(), LEAST_PLACES).into_iter().filter(is_licensed).take(MOST_INDUCED);
        let found = found.map(|Induction { rule, .. }| SubstitutionRule {
            name: "found in charts".into(),
            weight: FOUND,
            ..rule
        });
        Self::new(way.learned(&symbols(tunes)), named_rules().into_iter().chain(found).collect())
    }

    /// The model of the charts that come with the program, and of the named rules.
    pub fn built_in() -> Self {
        let charts: Vec<Vec<Progression>> =
            built_in::charts().iter().map(|sheet| vec![Progression::new(sheet)]).collect();
        Self::learn(&charts, TreeKind::Contexts(2))
    }

    fn new(tree: ContextTree, rules: Vec<SubstitutionRule>) -> Self {
        let class = |rule: &SubstitutionRule| rule.from.first().map(RuleChord::class);
        let weights = |of: Option<ChordClass>| -> f64 {
            rules.iter().filter(|rule| class(rule) == of).map(|rule| f64::from(rule.weight)).sum()
        };
        let shares = rules.iter().map(|rule| f64::from(rule.weight) / weights(class(rule))).collect();
        Self { tree, rules, shares }
    }

    /// What is expected.
    pub const fn tree(&self) -> &ContextTree {
        &self.tree
    }

    /// The rules, those with names first.
    pub fn rules(&self) -> &[SubstitutionRule] {
        &self.rules
    }

    /// The probability that the next chord comes by a rule.
    pub(super) const fn derived(&self) -> f64 {
        DERIVED
    }

    /// The share of a rule among those that begin with a chord of the same class.
    pub(super) fn share(&self, rule: usize) -> f64 {
        self.shares[rule]
    }
}

/// Whether an induced rule without a name may make new changes: it has more places than by chance, and keeps the function.
fn is_licensed(induction: &Induction) -> bool {
    let Induction { rule, .. } = induction;
    rule.name.is_empty() && induction.is_above_chance() && taste::keeps_function(rule)
}

/// The symbols of tunes.
fn symbols(tunes: &[Vec<Progression>]) -> Vec<Vec<Vec<HarmonicSymbol>>> {
    tunes.iter().map(|versions| versions.iter().map(Progression::symbols).collect()).collect()
}

impl fmt::Display for HarmonyModel {
    /// As a file: the rules, a line each, then the contexts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}")?;
        self.rules.iter().try_for_each(|rule| writeln!(f, "{rule}"))?;
        writeln!(f, "{TREE}")?;
        write!(f, "{}", self.tree)
    }
}

impl FromStr for HarmonyModel {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = |what: String| Error::Harmony(what);
        let none = || fail(format!("its first line is not `{MAGIC}`"));
        let rest = text.strip_prefix(MAGIC).ok_or_else(none)?;
        let (rules, contexts) =
            rest.split_once(&format!("\n{TREE}\n")).ok_or_else(|| fail(format!("no line says `{TREE}`")))?;
        let rules = rules::read(rules).map_err(|error| fail(error.to_string()))?;
        let tree = ContextTree::read(contexts.lines())
            .map_err(|line| fail(format!("`{}` is no context", line.chars().take(60).collect::<String>())))?;
        if rules.is_empty() {
            return Err(fail("it has no rule".into()));
        }
        Ok(Self::new(tree, rules))
    }
}
