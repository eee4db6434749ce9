//! Gathers music, splits it by tune, measures it.
//!
//! **Invariant:** this is the only place that decides what is trained on and what is tested on: a tune, with
//! all its takes and transpositions, falls on one side, or a type says otherwise ([`split::LastBars`]).
//!
//! ```
//! use sideman_corpus::{Catalogue, Credits, HeldOutShares, Piece, Side, Split};
//! let chart = |id: &str, title| Piece { id: id.into(), sheet: title, solo: None, credits: Credits::default() };
//! let sheet: sideman_music::Sheet = "Dm7 | G7 | Cmaj7 | %".parse()?;
//! let pieces = [chart("a", sheet.clone().with_title("Tune")), chart("b", sheet.with_title("The Tune (take 2)"))];
//! assert_eq!(Split::by_tune(&Catalogue::of(&pieces), HeldOutShares::default()).sides(), [Side::Train, Side::Train]);
//! # Ok::<(), sideman_music::Error>(())
//! ```
#![forbid(unsafe_code)]

mod codec;
mod harmony;
mod hash;
pub mod import;
pub mod library;
pub mod measure;
mod melody;
pub mod originality;
mod piece;
pub mod role;
pub mod split;
mod statistics;
#[cfg(test)]
mod testing;
mod tune;

pub use codec::FileError;
pub use hash::digest;
pub use library::{Catalogue, CatalogueEntry, Dataset, Filter, Library, Summary, fingerprint, gather};
pub use piece::Piece;
pub use sideman_formats::{Credits, Tune};
pub use split::{HeldOutShares, Side, Split};
pub use statistics::Percentiles;
pub use tune::{title_key, tunes};
