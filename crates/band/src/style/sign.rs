//! The signs of patterns: how a drum or a chord is struck, and what a bass note is for.

/// A sign of a pattern.
pub(crate) trait Sign: Copy {
    /// What a letter means, if anything.
    fn read(letter: char) -> Option<Self>;
}

/// How a note is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stroke {
    /// Felt more than heard.
    Ghost,
    /// As usual.
    Plain,
    /// Louder than what is around it.
    Accent,
}

impl Sign for Stroke {
    fn read(letter: char) -> Option<Self> {
        Some(match letter {
            'o' => Self::Ghost,
            'x' => Self::Plain,
            'X' => Self::Accent,
            _ => return None,
        })
    }
}

/// What a bass note is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BassTone {
    /// A note of a walking line.
    Walk,
    /// The root, or the bass the chord names.
    Root,
    /// The third of the chord.
    Third,
    /// The fifth of the chord.
    Fifth,
    /// A step from the next note.
    Approach,
}

impl Sign for BassTone {
    fn read(letter: char) -> Option<Self> {
        Some(match letter {
            'w' => Self::Walk,
            '1' => Self::Root,
            '3' => Self::Third,
            '5' => Self::Fifth,
            'a' => Self::Approach,
            _ => return None,
        })
    }
}
