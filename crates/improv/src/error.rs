//! What can go wrong between music and numbers.

use sideman_corpus::library::VolumeError;

/// Why something could not be learned or improvised, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A text that is no musical value.
    #[error("musical value {0:?} is not known; write one such as A,1/4,<+5,-1> or R,1")]
    Value(String),
    /// Values that cannot be a vocabulary.
    #[error("a vocabulary of {0} values; it needs 1 to 65536, each once")]
    Vocabulary(usize),
    /// Too little to learn from.
    #[error("{0} hold too few notes to learn from; give tunes with a melody of a few bars at least")]
    TooLittle(&'static str),
    /// An option that makes no sense.
    #[error("{option} is {found}; it should be {wanted}")]
    Option {
        /// Its name.
        option: &'static str,
        /// What was given.
        found: String,
        /// What is possible.
        wanted: String,
    },
    /// Bytes that are no model of ours.
    #[error("this is no model that can be played: {0}; give what a training has written")]
    Checkpoint(String),
    /// A text that is no model of harmony.
    #[error("this is no model of harmony: {0}; give what `train --recipe harmony` has written")]
    Harmony(String),
    /// However often it was begun anew, a solo shares more with the corpus than players share.
    #[error("every solo here copies {0}; try another seed, a higher temperature, or leave more freedom")]
    Copied(String),
    /// A corpus that cannot be read.
    #[error(transparent)]
    Corpus(#[from] VolumeError),
    /// The network refuses its data.
    #[error(transparent)]
    Network(#[from] sideman_lstm::Error),
    /// Notes that are no line, or bars that are no chart.
    #[error(transparent)]
    Music(#[from] sideman_music::Error),
}

impl Error {
    /// An option with a value it should not have.
    pub(crate) fn option(option: &'static str, found: impl ToString, wanted: impl ToString) -> Self {
        Self::Option { option, found: found.to_string(), wanted: wanted.to_string() }
    }
}
