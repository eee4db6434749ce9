//! The front door: reading, learning, improvising, playing and writing, joined.
//!
//! **Invariant:** the only place where music, formats, corpus, lstm, improv and band are joined. Values and bytes go
//! in, values and bytes come out, and work under way tells of itself by one type of event, [`WorkEvent`]; no path,
//! terminal, network, clock or environment is known here, and no thread is started.
//!
//! ```
//! use sideman_session::{Request, Soloist, Source, Take};
//! let sheet = Source::typed("Dm7 | G7 | Cmaj7 | %")?.value.chart()?;
//! let soloist = Soloist::rules(sheet.style());
//! let take = Take::new(&soloist, &sheet, &Request::default(), &Default::default(), 7)?;
//! assert!(take.midi().starts_with(b"MThd"));
//! # Ok::<(), sideman_session::Error>(())
//! ```
//!
//! In reading order: [`Source`] is what bytes hold, [`Lead`] a melody with the sheet under it, [`Soloist`] who
//! improvises and [`Request`] what is asked of it, [`Take`] what comes of it and all that can be made from it.
//! [`harmony`] says how surprising chords are and what may stand for them, [`practice`] makes takes to practise with,
//! [`Conversation`] is a soloist and a player in turns, [`learn`] new soloists, [`judge`] says how good solos are, [`plot`]
//! draws.
#![forbid(unsafe_code)]

mod conversation;
pub mod corpus;
mod error;
mod event;
pub mod harmony;
pub mod judge;
mod lead;
pub mod learn;
pub mod pages;
pub mod plot;
pub mod practice;
mod request;
mod soloist;
pub mod sound;
mod source;
mod take;
mod time_map;

pub use conversation::{Conversation, Speaker};
pub use error::Error;
pub use event::{Watch, WorkEvent};
pub use lead::Lead;
pub use pages::Pages;
pub use request::{Request, Rules, SoloistKind};
pub use soloist::Soloist;
pub use source::Source;
pub use take::Take;
pub use time_map::{TimeMap, TimedBar, TimedChord, TimedNote};
