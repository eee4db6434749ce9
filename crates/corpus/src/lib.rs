//! Gathers music, splits it by tune, measures it.
//!
//! **Invariant:** this is the only place that decides what is trained on and what is tested on: a tune, with
//! all its takes and transpositions, falls on one side.
#![forbid(unsafe_code)]

mod piece;

pub use piece::Piece;
pub use sideman_formats::{Credits, Tune};
