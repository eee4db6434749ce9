//! Music files: bytes in, value out.
//!
//! **Invariant:** a reader takes bytes and gives a value (a SQLite file too); it never touches the file
//! system, never panics on any bytes, and every complaint has a place (bar, beat, line or byte).
#![forbid(unsafe_code)]

mod error;
mod tune;
pub mod wjazzd;

pub use error::Error;
pub use tune::{Credits, Tune};
