//! Turns music into numbers, learns it, and improvises.
//!
//! **Invariant:** this is the only crate that turns music into numbers and back. `decode(encode(x)) = x`, and
//! the same model, sheet, options and seed give the same notes.
#![forbid(unsafe_code)]

mod error;
mod fingerprint;
mod choice;
pub mod floor;
mod ngram;
mod train;
pub mod grammar;
pub mod built_in;
pub mod classic;

pub use choice::Choice;
pub use error::Error;
pub use fingerprint::fingerprint;
pub use ngram::NGram;
pub use train::{Epoch, Figures, HeldOut};
