//! A piece of a corpus.

use sideman_formats::{Credits, Tune};
use sideman_music::{Sheet, Solo};

/// A sheet and what is played over it, known by an id that does not change from import to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Unique in its corpus: the source's own id, or the place it was read from.
    pub id: String,
    /// Bars and chords, title, style, key, tempo.
    pub sheet: Sheet,
    /// The line over it.
    pub solo: Option<Solo>,
    /// Who plays, on what, in which feel.
    pub credits: Credits,
}

impl Piece {
    /// A tune as a piece; `place` (a file, say) stands for the id where the source gives none.
    pub fn new(tune: Tune, place: &str) -> Self {
        let Tune { sheet, solo, credits, .. } = tune;
        let id = if credits.id.is_empty() { place.to_owned() } else { credits.id.clone() };
        Self { id, sheet, solo, credits }
    }
}
