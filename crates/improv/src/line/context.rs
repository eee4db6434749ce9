//! All that is known when a note is to be chosen: the one thing from which training, scoring and playing make a step.

use sideman_music::Pitch;

use super::chart::{GridChart, Surroundings};
use super::conditioning::Conditioning;
use super::echo::Echo;
use super::encode::GridNote;
use super::grid::{GridTime, SpanClass};

/// From when on something is known of the note that comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Before anything of it is chosen.
    Before,
    /// Once it is chosen where it falls.
    Onset,
    /// Once its pitch is chosen too.
    Pitch,
}

/// What is known when the next note is to be chosen, and as the stages pass, what has been chosen of it.
#[derive(Debug, Clone)]
pub(super) struct NoteContext<'a> {
    pub(super) chart: &'a GridChart,
    pub(super) conditioning: &'a Conditioning,
    pub(super) echo: Echo,
    /// Where the last note falls, or the line begins.
    pub(super) here: Surroundings,
    /// Where the next note falls; `None` before [`Stage::Onset`].
    pub(super) there: Option<Surroundings>,
    /// From the last note to the next one; `None` before [`Stage::Onset`].
    pub(super) to_next: Option<SpanClass>,
    /// Of the next note; `None` before [`Stage::Pitch`].
    pub(super) pitch: Option<Pitch>,
    /// The notes so far.
    past: &'a [GridNote],
    /// Where the last note falls, or the line begins.
    from: GridTime,
    /// Whether it is told how the last note is held, how loud and how late it is.
    touch_told: bool,
}

impl<'a> NoteContext<'a> {
    /// What is known after the notes so far, in order; before the first one, the line begins at `start`.
    pub(super) fn new(
        chart: &'a GridChart,
        conditioning: &'a Conditioning,
        past: &'a [GridNote],
        start: GridTime,
        echo: Echo,
    ) -> Self {
        let from = past.last().map_or(start, |last| last.onset);
        Self {
            here: chart.surroundings(from),
            there: None,
            to_next: None,
            pitch: None,
            touch_told: true,
            chart,
            conditioning,
            echo,
            past,
            from,
        }
    }

    /// The same, where it is not told how the last note is held, how loud and how late it is.
    pub(super) fn without_touch(self) -> Self {
        Self { touch_told: false, ..self }
    }

    /// The same once it is chosen where the next note falls.
    pub(super) fn at(self, onset: GridTime) -> Self {
        let there = Some(self.chart.surroundings(onset));
        Self { there, to_next: Some((onset - self.from).class()), ..self }
    }

    /// The same once it is chosen how high the next note is.
    pub(super) fn sounding(self, pitch: Pitch) -> Self {
        Self { pitch: Some(pitch), ..self }
    }

    /// The last note, or the one so many before it.
    pub(super) fn last(&self, before: usize) -> Option<&'a GridNote> {
        self.past.get(self.past.len().checked_sub(before + 1)?)
    }

    /// The last note, where it is told how it is played.
    pub(super) fn touch(&self) -> Option<&'a GridNote> {
        self.last(0).filter(|_| self.touch_told)
    }

    /// The last note but `before`, and the one in front of it.
    fn pair(&self, before: usize) -> Option<(&'a GridNote, &'a GridNote)> {
        Some((self.last(before + 1)?, self.last(before)?))
    }

    /// From the note in front of the last one but `before` to that.
    pub(super) fn gap(&self, before: usize) -> Option<SpanClass> {
        self.pair(before).map(|(from, to)| (to.onset - from.onset).class())
    }

    /// The same in semitones.
    pub(super) fn interval(&self, before: usize) -> Option<i32> {
        self.pair(before).map(|(from, to)| from.pitch.to(to.pitch).semitones())
    }

    /// From the last note to the next one, in semitones.
    pub(super) fn next_interval(&self) -> Option<i32> {
        Some(self.last(0)?.pitch.to(self.pitch?).semitones())
    }
}
