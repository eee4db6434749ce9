//! Music files: bytes in, value out.
//!
//! **Invariant:** a reader takes bytes and gives a value (a SQLite file too); it never touches the file
//! system, never panics on any bytes, and every complaint has a place (bar, beat, line or byte).
#![forbid(unsafe_code)]

pub mod abc;
mod error;
mod form;
pub mod improvisor;
pub mod ireal;
pub mod jazzstandards;
pub mod jccp;
pub mod midi;
pub mod musicxml;
mod symbol;
mod tune;
mod unfold;
mod warned;
pub mod wjazzd;

pub use error::Error;
pub use tune::{Credits, Tune};
pub use warned::Warned;
