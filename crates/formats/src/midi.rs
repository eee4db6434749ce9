//! Standard MIDI Files: [`read`] takes types 0, 1 and 2, [`write()`] gives type 1 at 480 ticks a quarter.
//!
//! Real files are damaged in known ways, and are repaired with a warning that names the byte: junk behind
//! the end of a track, running status kept over SysEx and meta events, chunk lengths that are wrong, a last
//! track that is cut off, notes that are never ended.
//!
//! ```
//! use sideman_formats::midi;
//! use sideman_music::Performance;
//! let silence = Performance { title: "Nothing".into(), ..Performance::default() };
//! assert_eq!(midi::read(&midi::write(&silence))?.value, silence);
//! # Ok::<(), sideman_formats::Error>(())
//! ```

mod chunk;
mod event;
mod read;
mod write;
pub mod written;

pub use chunk::is_one;
pub use read::read;
pub use write::{TICKS_PER_QUARTER, write};

#[cfg(test)]
mod tests;
