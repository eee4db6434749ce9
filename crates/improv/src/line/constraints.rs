//! What can be asked to hold in a solo, exactly.

use std::ops::{Range, RangeInclusive};

use sideman_music::{Duration, Pitch, PitchClass, Solo, Time};

/// How a solo must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// On any note.
    Any,
    /// On a tone of the chord that sounds there.
    #[default]
    ChordTone,
    /// On the third or seventh of the chord that sounds there.
    GuideTone,
}

/// One side of all notes that is given, while the other is open.
#[derive(Debug, Clone, PartialEq)]
pub enum Fixed {
    /// The onsets of these notes; their pitches are open.
    Rhythm(Solo),
    /// The pitches of these notes, one after the other; their rhythm is open.
    Pitches(Vec<Pitch>),
}

/// A melody that sounds outside the places that are to be filled.
#[derive(Debug, Clone, PartialEq)]
pub struct Infill {
    /// The melody.
    pub melody: Solo,
    /// Where it is silent and the player plays.
    pub open: Vec<Range<Time>>,
}

/// What must hold, exactly.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Constraints {
    /// The lowest and highest pitch; without it the range of the instrument.
    pub range: Option<RangeInclusive<Pitch>>,
    /// No rest is longer.
    pub longest_rest: Option<Duration>,
    /// No phrase has more notes: a rest of a quarter note or more ends it.
    pub longest_phrase: Option<usize>,
    /// How the solo ends.
    pub ending: Ending,
    /// Where a note must fall, and its pitch class.
    pub targets: Vec<(Time, PitchClass)>,
    /// What is fixed of the notes.
    pub fixed: Option<Fixed>,
    /// A melody to go on from, to fill up, or to answer.
    pub infill: Option<Infill>,
}
