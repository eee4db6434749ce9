//! Turns music into numbers, learns it, and improvises.
//!
//! **Invariant:** this is the only crate that turns music into numbers and back. What lies on a recipe's grid comes back
//! from `decode(encode(x))` as it was, and what does not is counted. Training, scoring and playing see the same step; the
//! same model, sheet, options and seed give the same notes.
//!
//! ```
//! use sideman_improv::{built_in, classic};
//! use std::ops::ControlFlow;
//! let settings = classic::ClassicHyperparameters { epochs: 2, ..Default::default() };
//! let learned = classic::train(&built_in::corpus()[..4], &[], &settings, |_| ControlFlow::Continue(()))?;
//! let sheet = "Dm7 | G7 | Cmaj7 | %".parse()?;
//! let take = learned.player.improvise(&sheet, &classic::ClassicOptions::default(), 7)?;
//! assert_eq!(take.sheet, sheet);
//! # Ok::<(), sideman_improv::Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod built_in;
mod choice;
pub mod classic;
mod error;
pub mod floor;
pub mod grammar;
pub mod harmony;
mod improvisation;
pub mod line;
mod model;
mod ngram;
mod train;

pub use choice::Choice;
pub use error::Error;
pub use improvisation::Improvisation;
pub use model::Model;
pub use sideman_corpus::fingerprint;
pub use train::{Epoch, Figures, TrainingEvent, TrainingState, ValidationSource};
