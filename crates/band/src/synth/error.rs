//! What keeps a performance from being heard.

/// Seconds a performance may last, whatever is in it: a frame costs the same whether something sounds or not.
const LONGEST_SILENCE: f64 = 10.0 * 60.0;
/// Seconds more that each note gives it.
const SECONDS_A_NOTE: f64 = 0.5;
/// Seconds a performance of any number of notes may last.
const LONGEST: f64 = 3600.0;

/// Seconds that a performance of so many notes may last.
pub(super) fn longest(notes: usize) -> f64 {
    (LONGEST_SILENCE + SECONDS_A_NOTE * notes as f64).min(LONGEST)
}

/// What keeps a performance from being heard.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// The bytes are no SoundFont that can be played.
    #[error("SoundFont: {0}; give an .sf2 or .sf3 file, or none for the built-in bank")]
    SoundFont(String),
    /// The rate is not one that can be rendered.
    #[error("{0} frames a second cannot be rendered; choose 44100 or 48000")]
    Rate(u32),
    /// The performance is longer than ten minutes and what its notes fill, or than an hour.
    #[error(
        "the performance lasts {0:.0} seconds; at most {1:.0} can be rendered for as many notes as it has"
    )]
    TooLong(f64, f64),
}
