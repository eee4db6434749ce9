//! What stands on a staff: measures of notes and rests as they are drawn.

use sideman_music::{Change, Duration, Key, Meter, NoteName, Pitch, Player, Sheet, Tempo, Time};

/// A part as it is written.
pub(crate) struct Staff {
    /// Who plays it; `None` where there are chords alone.
    pub(crate) player: Option<Player>,
    pub(crate) clef: Clef,
    /// How many semitones the written notes stand above the sound.
    pub(crate) shift: i32,
    /// The sheet as it is written.
    pub(crate) sheet: Sheet,
    pub(crate) measures: Vec<NotatedMeasure>,
}

/// A measure: a bar of the sheet, or the pickup before the first.
pub(crate) struct NotatedMeasure {
    /// The bar of the sheet; `None` for the pickup.
    pub(crate) bar: Option<usize>,
    pub(crate) length: Duration,
    pub(crate) meter: Meter,
    /// The key that begins here.
    pub(crate) key: Option<Key>,
    /// The tempo that begins here.
    pub(crate) tempo: Option<Tempo>,
    /// The label of the section that begins here.
    pub(crate) section: Option<String>,
    /// What else is said of the place in the form.
    pub(crate) marks: Vec<String>,
    pub(crate) chords: Vec<Change>,
    pub(crate) elements: Vec<Element>,
}

impl NotatedMeasure {
    /// Whether a part of the form begins here.
    pub(crate) fn opens(&self) -> bool {
        self.section.is_some() || !self.marks.is_empty()
    }
}

/// A note, a chord or a rest of one drawn length.
pub(crate) struct Element {
    /// How long after the beginning of the measure.
    pub(crate) at: Duration,
    pub(crate) length: Duration,
    /// How it is drawn; `None` for a rest of a whole measure, and for a length that no note has.
    pub(crate) shape: Option<NoteShape>,
    /// What sounds, from the top down; empty for a rest.
    pub(crate) heads: Vec<NoteHead>,
    /// Its number among the notes of its part, counted from 0; `None` for a rest.
    pub(crate) note: Option<usize>,
    /// Whether it goes on from the element before, and on into the next.
    pub(crate) tied: Tie,
    /// From the longest beam on; empty for a note with flags or without.
    pub(crate) beams: Vec<Beam>,
    pub(crate) tuplet: Option<Edge>,
}

/// To which sides a note is tied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tie {
    pub(crate) back: bool,
    pub(crate) on: bool,
}

/// Where a tuplet begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// The first of its elements; a bracket is drawn where no beam holds them together.
    First {
        bracket: bool,
    },
    Last,
}

/// A pitch as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoteHead {
    pub(crate) pitch: Pitch,
    pub(crate) name: NoteName,
    /// The octave of its letter.
    pub(crate) octave: i32,
    /// What stands before it.
    pub(crate) accidental: Option<Accidental>,
}

impl NoteHead {
    /// Its place in steps of the staff, counted from C0.
    pub(crate) const fn place(&self) -> i32 {
        7 * self.octave + self.name.letter() as i32
    }
}

/// Pitches that sound together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sonority {
    pub(super) start: Time,
    pub(super) end: Time,
    /// Its number among the notes of its part.
    pub(super) note: usize,
    /// From the top down.
    pub(super) pitches: Vec<Pitch>,
    /// Whether it is known how late it was played, so that its onset is a reading of that and not a sign.
    pub(super) is_played: bool,
}

/// A span of time that becomes a measure.
pub(super) struct MeasureSpan {
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) meter: Meter,
    pub(super) bar: Option<usize>,
}

impl MeasureSpan {
    /// How much of its bar is missing before it.
    pub(super) fn missing(&self) -> Duration {
        self.meter.bar() - (self.end - self.start)
    }
}

/// The sign at the beginning of a staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clef {
    /// G on the second line.
    Treble,
    /// F on the fourth line.
    Bass,
    /// No pitches.
    Percussion,
}

impl Clef {
    /// The pitch on the middle line, as MIDI numbers it.
    pub(super) const fn middle(self) -> i32 {
        match self {
            Self::Bass => 50,
            Self::Treble | Self::Percussion => 71,
        }
    }
}

/// What a note looks like, from the longest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NoteType {
    Whole,
    Half,
    Quarter,
    Eighth,
    Sixteenth,
    ThirtySecond,
    SixtyFourth,
}

impl NoteType {
    pub(super) const ALL: [Self; 7] = [
        Self::Whole,
        Self::Half,
        Self::Quarter,
        Self::Eighth,
        Self::Sixteenth,
        Self::ThirtySecond,
        Self::SixtyFourth,
    ];

    /// As MusicXML names it.
    pub(crate) const fn name(self) -> &'static str {
        ["whole", "half", "quarter", "eighth", "16th", "32nd", "64th"][self as usize]
    }

    /// How long it is.
    pub(crate) const fn length(self) -> Duration {
        Duration::quarters(4, 1 << self as i64)
    }

    /// How many flags or beams it has.
    pub(crate) const fn flags(self) -> usize {
        (self as usize).saturating_sub(Self::Quarter as usize)
    }
}

/// A note type, with or without a dot, in a tuplet of `actual` in the time of `normal` or in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoteShape {
    pub(crate) kind: NoteType,
    pub(crate) dotted: bool,
    pub(crate) tuplet: Option<Tuplet>,
}

/// So many notes in the time of so many of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tuplet {
    pub(crate) actual: i64,
    pub(crate) normal: i64,
    pub(crate) unit: NoteType,
}

/// What a beam does at a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beam {
    Begin,
    Continue,
    End,
    ForwardHook,
    BackwardHook,
}

/// A sign before a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accidental {
    DoubleFlat,
    Flat,
    Natural,
    Sharp,
    DoubleSharp,
}

impl Accidental {
    const ALL: [Self; 5] = [Self::DoubleFlat, Self::Flat, Self::Natural, Self::Sharp, Self::DoubleSharp];

    /// As MusicXML names it.
    pub(crate) const fn name(self) -> &'static str {
        ["flat-flat", "flat", "natural", "sharp", "double-sharp"][self as usize]
    }

    pub(super) fn of(name: NoteName) -> Self {
        Self::ALL[(name.alter() + 2) as usize]
    }
}
