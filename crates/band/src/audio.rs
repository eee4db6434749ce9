//! From a performance to WAV, FLAC and MP3: the band in a small room, at a set loudness, never over full scale.
//!
//! A [`Mixdown`] is the mixed sound as a stream; [`record`] hands it to any number of encoders at once. Memory does
//! not grow with the length of the music, and the same performance gives the same bytes.

mod flac;
mod limiter;
mod mixdown;
mod mp3;
mod room;
mod stem;
mod wav;

pub use flac::Flac;
pub use mixdown::{Mix, Mixdown};
pub use mp3::{BitRate, Mp3};
pub use stem::Stem;
pub use wav::{Bits, Wav};

use crate::synth::Frame;

/// What keeps sound from being written.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// The sink refused bytes.
    #[error("the sound cannot be written: {0}")]
    Io(#[from] std::io::Error),
    /// The encoder cannot take this sound.
    #[error("{format}: {reason}; choose 44100 or 48000 frames a second")]
    Unsupported {
        /// The format that was asked for.
        format: &'static str,
        /// What it cannot do.
        reason: String,
    },
    /// There is more of something than the format can hold.
    #[error("{format} holds at most {most}")]
    Full {
        /// The format that was asked for.
        format: &'static str,
        /// How much it holds, of what, and what to do.
        most: &'static str,
    },
}

/// What a file of sound says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// Title of the piece (TIT2, TITLE).
    pub title: String,
    /// Quarter notes a minute (TBPM, BPM).
    pub tempo: Option<u32>,
    /// Other things, each with its name (TXXX, a comment of that name), such as the model that played.
    pub remarks: Vec<(String, String)>,
}

/// Something that takes frames of sound, one after the other.
pub trait Encoder {
    /// Takes the next frames.
    fn push(&mut self, frames: &[Frame]) -> Result<(), AudioError>;
    /// Completes the file after the last frame.
    fn finish(&mut self) -> Result<(), AudioError>;
}

/// Frames rendered at once.
const BLOCK: usize = 4096;

/// Plays a mixdown to its end into encoders, telling `progress` how much of it is done (0 to 1).
pub fn record(
    mixdown: &mut Mixdown,
    encoders: &mut [&mut dyn Encoder],
    mut progress: impl FnMut(f64),
) -> Result<(), AudioError> {
    let mut block = vec![[0.0; 2]; BLOCK];
    let mut done = 0;
    loop {
        let count = mixdown.fill(&mut block);
        if count == 0 {
            break;
        }
        for encoder in encoders.iter_mut() {
            encoder.push(&block[..count])?;
        }
        done += count as u64;
        progress(done as f64 / mixdown.frames() as f64);
    }
    encoders.iter_mut().try_for_each(|encoder| encoder.finish())
}
