//! What keeps a performance from being heard.

/// Seconds a performance may last.
pub(super) const LONGEST: f64 = 6.0 * 3600.0;

/// What keeps a performance from being heard.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// The bytes are no SoundFont that can be played.
    #[error("SoundFont: {0}; give an .sf2 or .sf3 file, or none for the built-in bank")]
    SoundFont(String),
    /// The rate is not one that can be rendered.
    #[error("{0} frames a second cannot be rendered; choose 44100 or 48000")]
    Rate(u32),
    /// The performance is longer than six hours.
    #[error("the performance lasts {0:.0} seconds; at most {LONGEST} can be rendered")]
    TooLong(f64),
}
