//! What can go wrong at the front door.

use sideman_band::audio::AudioError;
use sideman_band::synth::SynthError;

/// Why something could not be done: what, where, and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something is wrong with what bears this name.
    #[error("{name}: {error}")]
    In {
        /// What the caller calls it: a file, say.
        name: String,
        /// What is wrong with it.
        error: Box<Error>,
    },
    /// The bytes hold something else than is needed here.
    #[error("there is no {wanted} here, but {found}; {hint}")]
    Other {
        /// What is needed.
        wanted: &'static str,
        /// What there is.
        found: String,
        /// The way out.
        hint: &'static str,
    },
    /// A wish that this soloist cannot meet.
    #[error("{soloist} knows no {wish}; leave it out, or ask {known_by}")]
    Wish {
        /// Who was asked.
        soloist: &'static str,
        /// What for.
        wish: &'static str,
        /// Who can.
        known_by: &'static str,
    },
    /// A wish that the music at hand has no place for.
    #[error("{wish}: {words}")]
    Unmet {
        /// What was wished.
        wish: &'static str,
        /// Why it cannot be.
        words: String,
    },
    /// Something is missing, or does not go together.
    #[error("{0}")]
    Asked(String),
    /// The bytes cannot be read.
    #[error(transparent)]
    Format(#[from] sideman_formats::Error),
    /// The corpus file cannot be read.
    #[error(transparent)]
    Corpus(#[from] sideman_corpus::FileError),
    /// No melody comes of a performance.
    #[error(transparent)]
    Import(#[from] sideman_corpus::import::Error),
    /// A list is no split of a corpus.
    #[error(transparent)]
    Split(#[from] sideman_corpus::split::Error),
    /// Something cannot be learned, or not be improvised.
    #[error(transparent)]
    Improv(#[from] sideman_improv::Error),
    /// A grammar cannot be read, or not be played by.
    #[error(transparent)]
    Grammar(#[from] sideman_improv::grammar::Error),
    /// Text or notes are no music.
    #[error(transparent)]
    Music(#[from] sideman_music::Error),
    /// It cannot be practised.
    #[error(transparent)]
    Practice(#[from] sideman_band::practice::Error),
    /// It cannot be played.
    #[error(transparent)]
    Synth(#[from] SynthError),
    /// It cannot be recorded.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// It cannot be drawn.
    #[error("the picture could not be drawn: {0}")]
    Plot(String),
}

impl Error {
    pub(crate) fn unmet(wish: &'static str, words: impl Into<String>) -> Self {
        Self::Unmet { wish, words: words.into() }
    }

    /// The error with the name of what it is about before it, where there is one.
    #[must_use]
    pub fn of(self, name: &str) -> Self {
        if name.is_empty() { self } else { Self::In { name: name.to_owned(), error: Box::new(self) } }
    }
}
