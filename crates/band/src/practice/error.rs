//! What cannot be practised.

use sideman_music::{Bars, Sheet};

/// Bars that are left for an ending.
pub(super) const ENDING: usize = 4;

/// What cannot be practised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A take of nothing.
    #[error("a take has at least one chorus; ask for more")]
    NoChorus,
    /// More bars than a sheet holds.
    #[error("{choruses} choruses of {bars} bars make too long a take; ask for {} at most", (Sheet::MOST_BARS - ENDING) / bars)]
    TooLong {
        /// How many times through the chart.
        choruses: usize,
        /// How many bars it has.
        bars: usize,
    },
    /// Bars that are not in the chart.
    #[error("bars {} to {} cannot be looped: the chart has bars 1 to {bars}, repeats written out", asked.first(), asked.last())]
    NoSuchBars {
        /// The bars asked for.
        asked: Bars,
        /// How many bars there are.
        bars: usize,
    },
}
