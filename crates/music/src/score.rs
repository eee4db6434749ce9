//! What is written: quantised parts over the sheet as it is played.

use crate::{Instrument, Key, Note, Sheet, Tempo, Time};

/// A score, for notation: the sheet with every bar that is played, its rehearsal marks, and the parts.
///
/// Its notes stand on the grid they are written on; what loudness and delay they carry is for the
/// performance, not for the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Every bar as it is played, with title, key and tempo.
    pub sheet: Sheet,
    /// Where the key changes, after the sheet's own, in order of time.
    pub keys: Vec<(Time, Key)>,
    /// Where the tempo changes, after the sheet's own, in order of time.
    pub tempos: Vec<(Time, Tempo)>,
    /// Places in the form, such as `Chorus 2`, in order of time.
    pub marks: Vec<(Time, String)>,
    /// The parts, the leading one first.
    pub parts: Vec<Part>,
}

impl Score {
    /// A score of these parts in the key and at the tempo of its sheet, without marks.
    pub fn new(sheet: Sheet, parts: Vec<Part>) -> Self {
        Self { sheet, keys: Vec::new(), tempos: Vec::new(), marks: Vec::new(), parts }
    }

    /// The part of a player, if there is one.
    pub fn part(&self, player: Player) -> Option<&Part> {
        self.parts.iter().find(|part| part.player == player)
    }
}

/// What one player reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Who plays it.
    pub player: Player,
    /// Its notes in order of onset; they may overlap. On the drums a pitch is a key of General MIDI's
    /// percussion map.
    pub notes: Vec<Note>,
}

/// Who plays a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Player {
    /// An instrument with pitches.
    Instrument(Instrument),
    /// The drum kit.
    Drums,
}

impl Player {
    /// Its name, such as `tenor sax` or `drums`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instrument(instrument) => instrument.name(),
            Self::Drums => "drums",
        }
    }
}
