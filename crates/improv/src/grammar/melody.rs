//! Abstract melodies: what kind of note, how long, moving how, but not yet which pitch.

use std::fmt;

use sideman_music::Duration;

/// What a note is to the chord that it falls on (Keller & Morrison 2007, table of terminals).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum NoteCategory {
    /// C: a note of the chord.
    Chord,
    /// L: a note that colours the chord without belonging to it.
    Colour,
    /// A: a note a semitone away from the chord or colour tone that follows at once.
    Approach,
    /// S: a note of the chord's scale.
    Scale,
    /// H: a chord or colour tone.
    Helpful,
    /// X: any note.
    Arbitrary,
    /// R: silence.
    Rest,
}

impl NoteCategory {
    const LETTERS: [(char, Self); 7] = [
        ('C', Self::Chord),
        ('L', Self::Colour),
        ('A', Self::Approach),
        ('S', Self::Scale),
        ('H', Self::Helpful),
        ('X', Self::Arbitrary),
        ('R', Self::Rest),
    ];

    pub(super) fn from_letter(letter: char) -> Option<Self> {
        Self::LETTERS.iter().find(|(l, _)| *l == letter).map(|&(_, category)| category)
    }

    /// Whether an approach tone may resolve to it.
    pub(super) const fn is_target(self) -> bool {
        matches!(self, Self::Chord | Self::Colour | Self::Helpful)
    }
}

impl fmt::Display for NoteCategory {
    /// Its letter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Self::LETTERS.iter().filter(|(_, c)| c == self).try_for_each(|(letter, _)| write!(f, "{letter}"))
    }
}

/// The least and the greatest step in semitones, downwards negative, from the note before to each note of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Slope {
    /// The least step.
    pub(super) least: i32,
    /// The greatest step, at least the least.
    pub(super) greatest: i32,
}

/// A note or rest of an abstract melody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AbstractNote {
    /// What it is to its chord.
    pub(super) category: NoteCategory,
    /// How long it lasts, more than nothing.
    pub(super) duration: Duration,
    /// How it moves from the note before, where the rule says so.
    pub(super) slope: Option<Slope>,
    /// Whether the note before sounds on in its place, where that one ends here and has its category.
    pub(super) tied: bool,
}

/// Turns a tied note that nothing sounds before into a rest.
pub(super) fn settle_ties(melody: &mut [AbstractNote]) {
    let mut silent = true;
    for note in melody {
        if note.tied && silent {
            note.category = NoteCategory::Rest;
        }
        silent = note.category == NoteCategory::Rest;
    }
}

/// Turns an approach tone that no chord or colour tone follows into a scale tone.
pub(super) fn settle_approaches(melody: &mut [AbstractNote]) {
    for i in 0..melody.len() {
        let resolves = melody.get(i + 1).is_some_and(|next| next.category.is_target());
        if melody[i].category == NoteCategory::Approach && !resolves {
            melody[i].category = NoteCategory::Scale;
        }
    }
}
