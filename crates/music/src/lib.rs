//! The values of jazz: pitch, time, chord, sheet, solo, performance.
//!
//! **Invariant:** no I/O, no randomness, and no floating point for musical time; for every type that is
//! written as text, `Display` and `FromStr` are inverse.
//!
//! ```
//! use sideman_music::{Chord, Sheet};
//! let sheet: Sheet = "Dm7 | G7 | Cmaj7 | %".parse()?;
//! assert_eq!(sheet.bars().len(), 4);
//! assert_eq!(sheet.chord_at(sheet.end()), sheet.bars()[2].changes()[0].chord);
//! assert_eq!("C-7".parse::<Chord>()?.to_string(), "Cm7");
//! # Ok::<(), sideman_music::Error>(())
//! ```
#![forbid(unsafe_code)]

mod bars;
mod chord;
mod error;
mod form;
mod instrument;
mod interval;
mod key;
mod meter;
mod performance;
mod pitch;
mod scale;
mod score;
mod sheet;
mod solo;
mod time;
mod transposition;

pub use bars::Bars;
pub use chord::{Chord, Quality, Seventh, Tension, Tensions, Triad};
pub use error::Error;
pub use form::{
    ApartKind, CodaPlace, FormRemark, FormSigns, Jump, JumpEnd, OrderOfPlay, PlayApart, PlaySign, PlayStep,
};
pub use instrument::Instrument;
pub use interval::Interval;
pub use key::{Key, Mode};
pub use meter::Meter;
pub use performance::{Event, Performance, TempoMap, Text, TextKind, Track};
pub use pitch::{Letter, NoteName, Pitch, PitchClass, PitchClassSet};
pub use scale::Scale;
pub use score::{Part, Player, Score, Spelling};
pub use sheet::{Bar, Change, Sheet, SheetPage};
pub use solo::{Note, Pitches, Solo};
pub use time::{Duration, Tempo, Time};
pub use transposition::Transposition;
