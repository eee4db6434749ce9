//! Sets of pitches.

use sideman_music::{Pitch, PitchClassSet};

/// A set of pitches, a bit for each MIDI number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PitchSet(u128);

impl PitchSet {
    pub(super) const ALL: Self = Self(u128::MAX);

    pub(super) fn of(pitches: impl IntoIterator<Item = Pitch>) -> Self {
        Self(pitches.into_iter().fold(0, |set, pitch| set | 1 << pitch.number()))
    }

    /// Every pitch of these classes.
    pub(super) fn in_classes(classes: PitchClassSet) -> Self {
        Self::of((0..=127).map(Pitch::midi).filter(|pitch| classes.contains(pitch.class())))
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// These, or all of the others where there are none.
    pub(super) fn or_else(self, others: Self) -> Self {
        if self.is_empty() { others } else { self }
    }

    pub(super) fn contains(self, pitch: Pitch) -> bool {
        self.0 & (1 << pitch.number()) != 0
    }

    /// Whether each of the 128 pitches is in it.
    pub(super) fn mask(self) -> Vec<bool> {
        (0..128).map(|number| self.contains(Pitch::midi(number))).collect()
    }
}
