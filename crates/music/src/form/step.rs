//! A measure in the order of play, and what led there.

/// More bars than this are not written out.
pub(crate) const MOST_BARS: usize = 20_000;

/// Why a measure is played when it is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaySign {
    /// The piece, a part of it, or what stands apart begins.
    Start,
    /// It follows the measure before.
    Next,
    /// A repeat sign leads back to it, for this pass, from 2.
    Repeat(usize),
    /// It begins this ending, from 1, and the endings before are passed over.
    Ending(usize),
    /// The endings before it are over.
    BehindEndings,
    /// From the beginning.
    DaCapo,
    /// From the segno.
    DalSegno,
    /// It begins the coda.
    Coda,
}

/// A measure in the order of play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayStep {
    /// Which, counted from 0 on the page.
    pub measure: usize,
    /// What led there.
    pub by: PlaySign,
}
