//! Expectation, surprise and substitution in harmony, after F. Pachet, "Surprising Harmonies" (International Journal of
//! Computing Anticipatory Systems 4, 1999).
//!
//! A chart becomes a sequence of symbols that no transposition changes; a tree of the contexts that charts have says what
//! is expected next. What was not expected is surprising, but jazz harmony is an algebra of substitutions: a chord that a
//! rule derives from an expected one surprises less than the tree alone says. The same rules make new changes.
//!
//! ```
//! use sideman_improv::harmony::HarmonyModel;
//! let model = HarmonyModel::built_in();
//! let chords = model.surprise(&"Cmaj7 | A7 | Dm7 | Db7 | Cmaj7 | %".parse()?);
//! assert_eq!(chords[3].rule.as_ref().map(|rule| rule.name.as_str()), Some("tritone substitution"));
//! assert!(chords[3].bits_given_rules < chords[3].bits);
//! # Ok::<(), sideman_music::Error>(())
//! ```

mod induction;
mod melody;
mod model;
mod progression;
mod reharmonise;
mod rules;
mod sites;
mod surprise;
mod taste;
mod tree;

pub use induction::{Induction, induced};
pub use melody::Clash;
pub use model::{HarmonyModel, TreeChoice, TreeKind};
pub use progression::{ChordClass, HarmonicSymbol, HarmonySpan, Progression};
pub use reharmonise::{Reharmonisation, ReharmonisationRequest, Rewrite};
pub use rules::{RuleChord, RuleError, SubstitutionRule, named_rules};
pub use surprise::ChordSurprise;
pub use tree::ContextTree;

#[cfg(test)]
mod tests;
