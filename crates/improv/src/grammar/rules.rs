//! A grammar and its derivations: symbols are replaced from the left until only notes remain.

use std::rc::Rc;

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sideman_music::{Duration, Instrument, Meter, Sheet, Solo};

use super::error::Error;
use super::exact;
use super::expression::{Condition, Expression, Fraction};
use super::melody::{AbstractNote, NoteCategory, Slope, settle_approaches, settle_ties};
use super::realise::realise;

/// Symbols that may be replaced for each quarter note asked, and before the first.
const STEPS_PER_QUARTER: i64 = 500;
const STEPS_AT_LEAST: i64 = 5_000;

/// A weighted grammar of abstract melodies.
#[derive(Debug, Clone, PartialEq)]
pub struct Grammar {
    pub(super) start: usize,
    /// The names of the symbols.
    pub(super) names: Vec<String>,
    /// For each symbol, the rules that have it on the left.
    pub(super) by_symbol: Vec<Vec<usize>>,
    pub(super) rules: Vec<Production>,
    /// Whether categories and slopes are realised exactly.
    pub(super) exact: bool,
}

/// One way to replace a symbol.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Production {
    pub(super) line: usize,
    pub(super) symbol: usize,
    pub(super) parameters: Vec<ArgumentPattern>,
    /// The names of the arguments, each with its place.
    pub(super) variables: Vec<(String, usize)>,
    pub(super) conditions: Vec<Condition>,
    pub(super) body: Vec<GrammarSymbol>,
    pub(super) weight: f64,
}

/// What a left side asks of an argument.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum ArgumentPattern {
    Any,
    Exactly(Fraction),
}

/// A part of a right side.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum GrammarSymbol {
    /// A note and its length in quarter notes.
    Note(NoteCategory, Expression),
    Call(Call),
    Open(Slope),
    Close,
    /// The note that follows is tied to the one before.
    Tie,
}

/// A symbol to be replaced, and what it is given.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    pub(super) symbol: usize,
    pub(super) arguments: Vec<Expression>,
}

/// A part of a right side that waits for its turn.
struct Pending<'a> {
    item: &'a GrammarSymbol,
    /// The line of its rule.
    line: usize,
    arguments: Rc<[Fraction]>,
}

impl Production {
    pub(super) fn applies(&self, arguments: &[Fraction]) -> bool {
        let fits = |(parameter, argument): (&ArgumentPattern, &Fraction)| match parameter {
            ArgumentPattern::Any => true,
            ArgumentPattern::Exactly(number) => number == argument,
        };
        let passes = |item: &GrammarSymbol| match item {
            GrammarSymbol::Call(call) => {
                call.arguments.iter().all(|a| a.value(arguments).is_some_and(|v| !v.is_negative()))
            }
            GrammarSymbol::Note(..) | GrammarSymbol::Open(_) | GrammarSymbol::Close | GrammarSymbol::Tie => {
                true
            }
        };
        self.parameters.iter().zip(arguments).all(fits)
            && self.conditions.iter().all(|condition| condition.holds(arguments))
            && self.body.iter().all(passes)
    }
}

impl Grammar {
    /// The abstract melody of so many bars in one meter: it lasts exactly so long, and a chord or colour tone
    /// follows every approach tone.
    ///
    /// # Errors
    /// When no rule applies, the rules do not end, or they make another length than was asked.
    pub(super) fn melody(
        &self,
        meter: Meter,
        bars: usize,
        rng: &mut impl Rng,
    ) -> Result<Vec<AbstractNote>, Error> {
        let length = meter.bar() * bars as i64;
        let mut melody = self.derive([length, meter.bar(), meter.beat()], rng)?;
        let found = melody.iter().map(|note| note.duration).sum();
        if found != length {
            return Err(Error::Sum { found, asked: length });
        }
        settle_ties(&mut melody);
        if !self.exact {
            settle_approaches(&mut melody);
        }
        Ok(melody)
    }

    /// A line over the whole sheet: every stretch of bars in one meter is filled exactly. The same seed gives
    /// the same notes.
    ///
    /// # Errors
    /// When no rule applies, the rules do not end, or they make another length than was asked.
    pub fn improvise(&self, sheet: &Sheet, instrument: Instrument, seed: u64) -> Result<Solo, Error> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let melody = self.melody_over(sheet, &mut rng)?;
        let realise = if self.exact { exact::realise } else { realise };
        realise(&melody, sheet, instrument, &mut rng)
    }

    pub(super) fn melody_over(&self, sheet: &Sheet, rng: &mut impl Rng) -> Result<Vec<AbstractNote>, Error> {
        let stretches = sheet.bars().chunk_by(|a, b| a.meter() == b.meter());
        let melodies = stretches.map(|bars| self.melody(bars[0].meter(), bars.len(), rng));
        Ok(melodies.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Replaces symbols from the left until only notes remain.
    pub(super) fn derive(
        &self,
        given: [Duration; 3],
        rng: &mut impl Rng,
    ) -> Result<Vec<AbstractNote>, Error> {
        let most = STEPS_AT_LEAST + STEPS_PER_QUARTER * given[0].in_units_of(Duration::QUARTER).max(0);
        let given = given.map(|d| fraction(d).unwrap_or(Fraction::ZERO));
        let taken = self.rules[self.by_symbol[self.start][0]].parameters.len();
        let mut pending = self.replace(self.start, &given[..taken], rng)?;
        let (mut slopes, mut melody, mut tied) = (Vec::new(), Vec::new(), false);
        for steps in 1.. {
            let Some(Pending { item, line, arguments }) = pending.pop() else { break };
            if steps.max(pending.len()) as i64 > most {
                return Err(Error::Endless { line, steps });
            }
            match item {
                GrammarSymbol::Open(slope) => slopes.push(*slope),
                GrammarSymbol::Close => drop(slopes.pop()),
                GrammarSymbol::Tie => tied = true,
                GrammarSymbol::Note(category, length) => {
                    let duration = duration(length.value(&arguments), line)?;
                    melody.push(AbstractNote {
                        category: *category,
                        duration,
                        slope: slopes.last().copied(),
                        tied: std::mem::take(&mut tied),
                    });
                }
                GrammarSymbol::Call(call) => {
                    let given: Option<Vec<_>> = call.arguments.iter().map(|a| a.value(&arguments)).collect();
                    pending.extend(self.replace(call.symbol, &given.unwrap_or_default(), rng)?);
                }
            }
        }
        Ok(melody)
    }

    /// What a symbol becomes, the first part last.
    fn replace(
        &self,
        symbol: usize,
        given: &[Fraction],
        rng: &mut impl Rng,
    ) -> Result<Vec<Pending<'_>>, Error> {
        let Production { body, line, .. } = &self.rules[self.choose(symbol, given, rng)?];
        let arguments: Rc<[Fraction]> = given.into();
        let pending = |item| Pending { item, line: *line, arguments: arguments.clone() };
        Ok(body.iter().rev().map(pending).collect())
    }

    /// One of the rules that apply, by weight.
    pub(super) fn choose(
        &self,
        symbol: usize,
        arguments: &[Fraction],
        rng: &mut impl Rng,
    ) -> Result<usize, Error> {
        let rules = self.by_symbol[symbol].iter().copied();
        let applying: Vec<usize> = rules.filter(|&r| self.rules[r].applies(arguments)).collect();
        let sum: f64 = applying.iter().map(|&r| self.rules[r].weight).sum();
        let mut left = rng.random::<f64>() * sum;
        let hit = applying.iter().find(|&&r| {
            left -= self.rules[r].weight;
            left < 0.0
        });
        hit.or(applying.last())
            .copied()
            .ok_or_else(|| Error::NoRule { call: self.call_text(symbol, arguments) })
    }

    fn call_text(&self, symbol: usize, arguments: &[Fraction]) -> String {
        let name = &self.names[symbol];
        let arguments: Vec<String> = arguments.iter().map(Fraction::to_string).collect();
        if arguments.is_empty() { name.clone() } else { format!("{name}({})", arguments.join(", ")) }
    }
}

/// A length in quarter notes, asked for by the rule on a line.
fn duration(quarters: Option<Fraction>, line: usize) -> Result<Duration, Error> {
    let duration = quarters.map(|q| Duration::quarters(q.numerator(), q.denominator()));
    let exact = duration.filter(|&d| d > Duration::ZERO && fraction(d) == quarters);
    let text = || quarters.map_or("an overflow of".to_owned(), |q| q.to_string());
    exact.ok_or_else(|| Error::Length { line, length: text() })
}

fn fraction(duration: Duration) -> Option<Fraction> {
    let (numerator, denominator) = duration.as_quarters();
    Fraction::new(numerator.into(), denominator.into())
}
