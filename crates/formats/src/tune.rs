//! What a reader of charts and solos gives.

use sideman_music::{Instrument, Sheet, Solo};

/// A sheet, the line played over it when the source has one, and who played it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tune {
    /// Bars and chords (bars without any chord where the source has none), title, composer, style, key, tempo.
    pub sheet: Sheet,
    /// The head or the solo.
    pub solo: Option<Solo>,
    /// Who, where from, how.
    pub credits: Credits,
    /// What was read in another way than written, or left out, each with its place.
    pub warnings: Vec<String>,
}

/// Where music comes from; every field may be unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Credits {
    /// The id its source gives it, such as `wjazzd:17`; empty when unknown.
    pub id: String,
    /// Who plays; empty when unknown.
    pub performer: String,
    /// What it was played on.
    pub instrument: Option<Instrument>,
    /// Rhythmic feel, such as `swing`; empty when unknown.
    pub feel: String,
    /// The bars of the sheet, counted from 0, at which a chorus begins; empty when unknown.
    pub choruses: Vec<u32>,
}
