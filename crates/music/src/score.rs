//! What is written: quantised parts over the sheet as it is played.

use std::collections::BTreeMap;

use crate::{Instrument, Key, Note, NoteName, Pitch, Sheet, Tempo, Time};

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
    /// What its notes are called.
    pub spelling: Spelling,
}

impl Part {
    /// A part whose notes are called as chords and key have them.
    pub fn new(player: Player, notes: Vec<Note>) -> Self {
        Self { player, notes, spelling: Spelling::default() }
    }
}

/// The names that a score gives to its notes, each by where it begins and what sounds; a note without one is called as
/// chords and key have it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spelling(BTreeMap<(Time, Pitch), NoteName>);

impl Spelling {
    /// The name of a note.
    pub fn name(&self, onset: Time, pitch: Pitch) -> Option<NoteName> {
        self.0.get(&(onset, pitch)).copied()
    }
}

impl FromIterator<((Time, Pitch), NoteName)> for Spelling {
    /// Names that are none of their pitch are left out.
    fn from_iter<I: IntoIterator<Item = ((Time, Pitch), NoteName)>>(names: I) -> Self {
        Self(names.into_iter().filter(|((_, pitch), name)| pitch.class() == name.class()).collect())
    }
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
