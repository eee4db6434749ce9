//! Music files: bytes in, value out.
//!
//! **Invariant:** a reader takes bytes and gives a value (a SQLite file too); it never touches the file
//! system, never panics on any bytes, and every complaint has a place (bar, beat, line or byte).
//!
//! ```
//! use sideman_formats::chart::{self, Format};
//! let tunes = sideman_formats::read(b"title: Example\n[A] Dm7 | G7b9/F | Cmaj7 | %", "example.txt")?;
//! let link = chart::write(&tunes[0].sheet, Format::Ireal).value;
//! assert!(link.starts_with(b"irealb://Example="));
//! # Ok::<(), sideman_formats::Error>(())
//! ```
//!
//! [`read()`] tells the format by the content; each module has the reader, and the writer if there is one, of
//! its format.
#![forbid(unsafe_code)]

pub mod abc;
pub mod chart;
pub mod engraving;
mod error;
pub mod improvisor;
pub mod ireal;
pub mod jazzstandards;
pub mod jccp;
pub mod midi;
pub mod musicxml;
pub mod notation;
mod order;
mod recognise;
mod symbol;
mod tune;
mod unfold;
mod warning;
#[cfg(feature = "database")]
pub mod wjazzd;

pub use error::Error;
pub use order::PlayedForm;
pub use recognise::read;
pub use tune::{Credits, Tune};
pub use warning::{Location, Warned, Warning, WarningKind};
