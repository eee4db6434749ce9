//! How surprising each chord is, by the tree alone and where rules may derive it from what was expected.

use super::model::HarmonyModel;
use super::progression::{HarmonicSymbol, HarmonySpan, Progression};
use super::rules::SubstitutionRule;

/// How many derivations of what is behind are kept while a chart is read.
const BEAM: usize = 8;

/// How surprising a chord is.
#[derive(Debug, Clone, PartialEq)]
pub struct ChordSurprise {
    /// The chord.
    pub span: HarmonySpan,
    /// −log₂ of the probability that the tree gives it, and its length, after those before it.
    pub bits: f64,
    /// The same where rules may derive it: its part of the likeliest derivation of the chart.
    pub bits_given_rules: f64,
    /// The rule that derives it there.
    pub rule: Option<SubstitutionRule>,
    /// How many semitones higher the rule is applied than it is written.
    pub up: u8,
    /// Whether the rule begins with it.
    pub begins: bool,
}

/// The likeliest derivation of a chart: what was expected, the rules that were applied to it, and its bits.
#[derive(Debug, Clone, PartialEq, Default)]
struct Derivation {
    bits: f64,
    steps: Vec<DerivationStep>,
    /// What was expected, up to the longest context.
    history: Vec<HarmonicSymbol>,
    root: Option<u8>,
}

/// A chord as it was expected, or some that a rule has put in the place of others.
#[derive(Debug, Clone, Copy, PartialEq)]
struct DerivationStep {
    chords: usize,
    bits: f64,
    /// The rule by its number, and how many semitones higher it is applied.
    rule: Option<(usize, u8)>,
}

impl HarmonyModel {
    /// How surprising each chord of a sheet is.
    ///
    /// A chord comes as expected with probability 1 − λ; with λ a rule is applied, by its weight, to chords that are as
    /// likely as the tree has them. Of all derivations the likeliest counts, so that what stands here is never less than
    /// what all of them together would make it. The bits of a rule are shared by the chords that it makes.
    pub fn surprise(&self, sheet: &sideman_music::Sheet) -> Vec<ChordSurprise> {
        self.surprise_of(&Progression::new(sheet))
    }

    /// The same of a progression.
    pub fn surprise_of(&self, progression: &Progression) -> Vec<ChordSurprise> {
        let bits = self.tree().bits(&progression.symbols());
        let derivation = self.derivation(progression.spans());
        let mut chords = progression.spans().iter().zip(bits);
        let mut surprises = Vec::new();
        for step in &derivation.steps {
            let share = step.bits / step.chords as f64;
            let rule = step.rule.map(|(rule, _)| self.rules()[rule].clone());
            surprises.extend(chords.by_ref().take(step.chords).enumerate().map(|(i, (&span, bits))| {
                let up = step.rule.map_or(0, |(_, up)| up);
                ChordSurprise { span, bits, bits_given_rules: share, rule: rule.clone(), up, begins: i == 0 }
            }));
        }
        surprises
    }

    /// The bits of the likeliest derivation.
    pub fn bits_given_rules(&self, progression: &Progression) -> f64 {
        self.derivation(progression.spans()).bits
    }

    fn derivation(&self, spans: &[HarmonySpan]) -> Derivation {
        let mut open: Vec<Vec<Derivation>> = vec![Vec::new(); spans.len() + 1];
        open[0].push(Derivation::default());
        for at in 0..spans.len() {
            let mut here = std::mem::take(&mut open[at]);
            narrow(&mut here);
            let ways = self.ways(spans, at);
            for derivation in &here {
                for (chords, rule, expected) in &ways {
                    let next = derivation.with(self, *chords, *rule, expected);
                    open[at + chords].push(next);
                }
            }
        }
        let last = open.pop().unwrap_or_default();
        last.into_iter().min_by(|a, b| a.bits.total_cmp(&b.bits)).unwrap_or_default()
    }

    /// How the chords from one on may have come about: how many of them, by which rule, from what.
    fn ways(&self, spans: &[HarmonySpan], at: usize) -> Vec<Way> {
        let mut ways = vec![(1, None, vec![spans[at]])];
        for (i, rule) in self.rules().iter().enumerate() {
            let chords = rule.to.len();
            let Some(inside) = spans.get(at..at + chords) else { continue };
            let Some(up) = rule.derives(inside, spans.get(at + chords)) else { continue };
            let length = inside.iter().map(|span| span.length).sum();
            let over = HarmonySpan { length, ..inside[0] };
            ways.push((chords, Some((i, up)), SubstitutionRule::laid_out(&rule.from, up, over)));
        }
        ways
    }
}

impl Derivation {
    fn with(
        &self,
        model: &HarmonyModel,
        chords: usize,
        rule: Option<(usize, u8)>,
        expected: &[HarmonySpan],
    ) -> Self {
        let (mut history, mut root) = (self.history.clone(), self.root);
        let mut bits = -rule.map_or(1.0 - model.derived(), |(i, _)| model.derived() * model.share(i)).log2();
        for span in expected {
            let sounding = span.root().or(root).unwrap_or(0);
            let step = (sounding + 12 - root.unwrap_or(sounding)) % 12;
            let symbol = HarmonicSymbol::new(step, span.class(), span.length);
            bits -= model.tree().probability(&history, symbol).log2();
            history.push(symbol);
            root = Some(sounding);
        }
        let beyond = history.len().saturating_sub(model.tree().deepest());
        history.drain(..beyond);
        let step = DerivationStep { chords, bits, rule };
        let steps = self.steps.iter().copied().chain([step]).collect();
        Self { bits: self.bits + bits, steps, history, root }
    }
}

/// How many chords come about at once, by which rule and how much higher, and from what.
type Way = (usize, Option<(usize, u8)>, Vec<HarmonySpan>);

/// The likeliest derivations, of those that expect the same from here on the likeliest alone.
fn narrow(derivations: &mut Vec<Derivation>) {
    derivations.sort_by(|a, b| a.bits.total_cmp(&b.bits));
    let mut kept: Vec<Derivation> = Vec::new();
    for derivation in derivations.drain(..) {
        let known = |other: &Derivation| other.history == derivation.history && other.root == derivation.root;
        if kept.len() < BEAM && !kept.iter().any(known) {
            kept.push(derivation);
        }
    }
    *derivations = kept;
}
