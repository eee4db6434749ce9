//! Improvising with a grammar, after R. M. Keller and D. R. Morrison, "A Grammatical Approach to Automatic
//! Improvisation" (Sound and Music Computing, 2007).
//!
//! A weighted context-free grammar makes an abstract melody: categories of notes with durations. Only then is
//! each note given a pitch that has its category over the chord where it falls. The text of a grammar:
//!
//! ```text
//! # The first symbol is the start. It is given the length to fill in quarter notes and,
//! # when it takes more arguments, the length of a bar and that of its beat.
//! Solo(0)            ->
//! Solo(Y) if Y >= 4  -> Bar Solo(Y-4)           : 3     # weight 3; without a figure it is 1
//!                     | C2 R2 Solo(Y-4)                 # another right side for the same left side
//! Solo(Y) if Y < 4   -> R(Y)                            # a note with a computed length
//! Bar -> [1..4 C8 S8 S8 C8] C8/3 A8/3 C8/3 R4           # a slope: each step upwards, by 1 to 4 semitones
//! ```
//!
//! Notes are C (chord tone), L (colour tone), A (approach tone), S (scale tone), H (chord or colour tone),
//! X (any) and R (rest), with parts of a whole note: `8` is an eighth, `8/3` an eighth of a triplet (n in the
//! time of the next lower power of two), `2+8` a half tied to an eighth. Arguments are computed exactly. A
//! rule applies when its conditions hold, the numbers on its left side equal the arguments, and none of the
//! arguments that it passes on is negative; among those that apply, chance goes by weight.
//!
//! ```
//! use sideman_improv::grammar::Grammar;
//! let riffs: Grammar = "Solo(0) ->\n Solo(Y) -> R8 C4 A8 [-5..-1 C8 C8] R4 Solo(Y-4)".parse()?;
//! let solo = riffs.improvise(&"Dm7 | G7 | Cmaj7 | %".parse()?, "trumpet".parse()?, 7)?;
//! assert_eq!(solo.notes().len(), 4 * 4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod expression;
mod melody;
mod realise;
mod taste;
mod text;

use std::rc::Rc;
use std::str::FromStr;

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sideman_music::{Duration, Instrument, Meter, Sheet, Solo};

pub use error::Error;
use expression::{Condition, Expression, Fraction};
use melody::settle_approaches;
pub use melody::{AbstractNote, NoteCategory, Slope};
pub use realise::realise;

/// Symbols that may be replaced for each quarter note asked, and before the first.
const STEPS_PER_QUARTER: i64 = 500;
const STEPS_AT_LEAST: i64 = 5_000;

/// A weighted grammar of abstract melodies.
#[derive(Debug, Clone, PartialEq)]
pub struct Grammar {
    start: usize,
    /// The names of the symbols.
    names: Vec<String>,
    /// For each symbol, the rules that have it on the left.
    by_symbol: Vec<Vec<usize>>,
    rules: Vec<Rule>,
}

/// One way to replace a symbol.
#[derive(Debug, Clone, PartialEq)]
struct Rule {
    line: usize,
    symbol: usize,
    parameters: Vec<Parameter>,
    /// The names of the arguments, each with its place.
    variables: Vec<(String, usize)>,
    conditions: Vec<Condition>,
    body: Vec<Item>,
    weight: f64,
}

/// What a left side asks of an argument.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Parameter {
    Any,
    Exactly(Fraction),
}

/// A part of a right side.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    /// A note and its length in quarter notes.
    Note(NoteCategory, Expression),
    Call(Call),
    Open(Slope),
    Close,
}

/// A symbol to be replaced, and what it is given.
#[derive(Debug, Clone, PartialEq)]
struct Call {
    symbol: usize,
    arguments: Vec<Expression>,
}

/// A part of a right side that waits for its turn.
struct Pending<'a> {
    item: &'a Item,
    /// The line of its rule.
    line: usize,
    arguments: Rc<[Fraction]>,
}

impl Rule {
    fn applies(&self, arguments: &[Fraction]) -> bool {
        let fits = |(parameter, argument): (&Parameter, &Fraction)| match parameter {
            Parameter::Any => true,
            Parameter::Exactly(number) => number == argument,
        };
        let passes = |item: &Item| match item {
            Item::Call(call) => {
                call.arguments.iter().all(|a| a.value(arguments).is_some_and(|v| !v.is_negative()))
            }
            Item::Note(..) | Item::Open(_) | Item::Close => true,
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
    pub fn melody(&self, meter: Meter, bars: usize, rng: &mut impl Rng) -> Result<Vec<AbstractNote>, Error> {
        let length = meter.bar() * bars as i64;
        let mut melody = self.derive([length, meter.bar(), meter.beat()], rng)?;
        let found = melody.iter().map(|note| note.duration).sum();
        if found != length {
            return Err(Error::Sum { found, asked: length });
        }
        settle_approaches(&mut melody);
        Ok(melody)
    }

    /// A line over the whole sheet: every stretch of bars in one meter is filled exactly. The same seed gives
    /// the same notes.
    ///
    /// # Errors
    /// As [`Grammar::melody`].
    pub fn improvise(&self, sheet: &Sheet, instrument: Instrument, seed: u64) -> Result<Solo, Error> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let melody = self.melody_over(sheet, &mut rng)?;
        realise(&melody, sheet, instrument, &mut rng)
    }

    fn melody_over(&self, sheet: &Sheet, rng: &mut impl Rng) -> Result<Vec<AbstractNote>, Error> {
        let stretches = sheet.bars().chunk_by(|a, b| a.meter() == b.meter());
        let melodies = stretches.map(|bars| self.melody(bars[0].meter(), bars.len(), rng));
        Ok(melodies.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Replaces symbols from the left until only notes remain.
    fn derive(&self, given: [Duration; 3], rng: &mut impl Rng) -> Result<Vec<AbstractNote>, Error> {
        let most = STEPS_AT_LEAST + STEPS_PER_QUARTER * given[0].in_units_of(Duration::QUARTER).max(0);
        let given = given.map(|d| fraction(d).unwrap_or(Fraction::ZERO));
        let taken = self.rules[self.by_symbol[self.start][0]].parameters.len();
        let mut pending = self.replace(self.start, &given[..taken], rng)?;
        let (mut slopes, mut melody) = (Vec::new(), Vec::new());
        for steps in 1.. {
            let Some(Pending { item, line, arguments }) = pending.pop() else { break };
            if steps.max(pending.len()) as i64 > most {
                return Err(Error::Endless { line, steps });
            }
            match item {
                Item::Open(slope) => slopes.push(*slope),
                Item::Close => drop(slopes.pop()),
                Item::Note(category, length) => {
                    let duration = duration(length.value(&arguments), line)?;
                    melody.push(AbstractNote {
                        category: *category,
                        duration,
                        slope: slopes.last().copied(),
                    });
                }
                Item::Call(call) => {
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
        let Rule { body, line, .. } = &self.rules[self.choose(symbol, given, rng)?];
        let arguments: Rc<[Fraction]> = given.into();
        let pending = |item| Pending { item, line: *line, arguments: arguments.clone() };
        Ok(body.iter().rev().map(pending).collect())
    }

    /// One of the rules that apply, by weight.
    fn choose(&self, symbol: usize, arguments: &[Fraction], rng: &mut impl Rng) -> Result<usize, Error> {
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

impl FromStr for Grammar {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        text::read(text)
    }
}

#[cfg(test)]
mod tests;
