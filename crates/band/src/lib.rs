//! The rhythm section and the sound: from a performance to what is heard.
//!
//! **Invariant:** the only crate that knows swing, voices and samples; same input and seed, same bytes; filling an
//! audio buffer allocates nothing.
//!
//! ```
//! use sideman_band::{audio::{self, Bits, Mix, Mixdown, Wav}, synth::SoundFont};
//! # use sideman_music::{Duration, Event, Performance, Pitch, Time, Track};
//! # let note = Event::Note { pitch: Pitch::midi(69), velocity: 90, duration: Duration::QUARTER };
//! # let track = Track { events: vec![(Time::ZERO, note)], ..Track::default() };
//! # let performance = Performance { tracks: vec![track], ..Performance::default() };
//! let mut mixdown = Mixdown::new(&SoundFont::built_in(), &performance, &Mix::default())?;
//! let mut file = std::io::Cursor::new(Vec::new());
//! let mut wav = Wav::new(&mut file, 44_100, Bits::Sixteen)?;
//! audio::record(&mut mixdown, &mut [&mut wav], |_done| ())?;
//! # drop(wav);
//! # assert!(file.into_inner().len() as u64 > 4 * mixdown.frames());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod arrange;
mod bass;
mod chance;
mod comp;
mod drums;
mod feel;
mod filter;
mod form;
mod kit;
mod listening;
mod loudness;
mod options;
mod style;

pub mod audio;
pub mod bank;
pub mod practice;
pub mod synth;

pub use arrange::arrange;
pub use feel::{lead_in, perform};
pub use options::{Band, BandOptions, Swing};
pub use style::Style;
