//! What every improviser gives.

use sideman_corpus::originality::Certificate;
use sideman_music::{Sheet, Solo};

/// A solo and the chart under it.
#[derive(Debug, Clone, PartialEq)]
pub struct Improvisation {
    /// The chart as it was played: all choruses written out.
    pub sheet: Sheet,
    /// The notes.
    pub solo: Solo,
    /// What it shares with the corpus it was learned from, where that is known.
    pub certificate: Option<Certificate>,
}
