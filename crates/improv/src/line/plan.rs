//! What must hold in a solo, as masks that look ahead: where a note may fall, which pitch it may have, how long it may
//! sound, and when the solo may end.

use std::ops::Range;

use sideman_music::{Instrument, Pitch, PitchClass, PitchClassSet, Sheet, Time};

use super::chart::Harmony;
use super::constraints::{Constraints, Ending, Fixed, Infill};
use super::encode::{GridNote, encode};
use super::grid::{GridSpan, GridTime, SpanClass};
use super::pitch_set::PitchSet;
use crate::Error;

/// A silence of this length ends a phrase.
const BREATH: GridSpan = GridSpan::QUARTER;
/// A limited rest may still come after a note as long as this.
const LONG_NOTE: GridSpan = GridSpan::quarters(4);

/// A place where a note must fall.
#[derive(Debug, Clone, PartialEq)]
struct Anchor {
    onset: GridTime,
    pitches: PitchSet,
    /// The whole note, where it is given.
    note: Option<GridNote>,
}

impl Anchor {
    fn target((at, class): (Time, PitchClass)) -> Self {
        Self { onset: GridTime::nearest(at), pitches: in_class(class), note: None }
    }

    fn open(note: GridNote) -> Self {
        Self { onset: note.onset, pitches: PitchSet::ALL, note: None }
    }

    fn given(note: GridNote) -> Self {
        Self { onset: note.onset, pitches: PitchSet::of([note.pitch]), note: Some(note) }
    }
}

fn in_class(class: PitchClass) -> PitchSet {
    PitchSet::in_classes([class].into_iter().collect())
}

/// The masks for one solo over one chart.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    open: Vec<Range<GridTime>>,
    /// In order of time, one for a place.
    anchors: Vec<Anchor>,
    pitches: Option<Vec<Pitch>>,
    range: PitchSet,
    longest_rest: Option<GridSpan>,
    longest_phrase: usize,
    ending: Ending,
    /// Where the last open place ends.
    end: GridTime,
}

/// How far a solo has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Progress {
    /// Notes since the last rest that ends a phrase.
    pub(super) phrase: usize,
    /// Notes of the player's own.
    pub(super) own: usize,
    /// Whether the solo may end with its last note.
    pub(super) may_end: bool,
}

/// Where the next note falls.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Next {
    /// After one of the gaps whose class is marked.
    Among(Vec<bool>),
    /// Here, whatever the network says.
    At(GridTime),
}

impl Plan {
    /// # Errors
    /// When constraints exclude each other.
    pub(super) fn new(
        constraints: &Constraints,
        sheet: &Sheet,
        instrument: Instrument,
    ) -> Result<Self, Error> {
        let range = constraints.range.clone().unwrap_or(instrument.range());
        let whole = GridTime::ZERO..GridTime::nearest(sheet.end());
        let within = |r: &Range<Time>| GridTime::nearest(r.start)..GridTime::nearest(r.end).min(whole.end);
        let open = match &constraints.infill {
            None => vec![whole.clone()],
            Some(infill) => infill.open.iter().map(within).collect(),
        };
        let mut plan = Self {
            end: open.iter().map(|r| r.end).max().unwrap_or_default(),
            open,
            anchors: Vec::new(),
            pitches: None,
            range: PitchSet::of((range.start().number()..=range.end().number()).map(Pitch::midi)),
            longest_rest: constraints.longest_rest.map(GridSpan::nearest),
            longest_phrase: constraints.longest_phrase.unwrap_or(usize::MAX),
            ending: constraints.ending,
        };
        plan.check(constraints)?;
        plan.set_anchors(constraints);
        Ok(plan)
    }

    fn check(&self, constraints: &Constraints) -> Result<(), Error> {
        if self.range.is_empty() {
            return Err(Error::option("range", "empty", "a lowest and a highest pitch, such as Bb3..F5"));
        }
        if self.longest_phrase == 0 {
            return Err(Error::option("longest-phrase", 0, "1 or more notes"));
        }
        let shorter = |than| self.longest_rest.is_some_and(|rest| rest < than);
        if shorter(GridSpan::new(GridSpan::QUARTER.units() / 2)) {
            return Err(Error::option("longest-rest", "very short", "an eighth note or more"));
        }
        if constraints.longest_phrase.is_some() && shorter(BREATH) {
            let found = "shorter than a quarter note while phrases are limited";
            return Err(Error::option("longest-rest", found, "a quarter note or more, which ends a phrase"));
        }
        let inside = |&(at, class): &(Time, PitchClass)| {
            self.is_open(GridTime::nearest(at)) && !in_class(class).and(self.range).is_empty()
        };
        match constraints.targets.iter().all(inside) {
            true => Ok(()),
            false => Err(Error::option("target", "outside", "a place of the solo and a note in range")),
        }
    }

    fn set_anchors(&mut self, constraints: &Constraints) {
        self.anchors.extend(constraints.targets.iter().copied().map(Anchor::target));
        if let Some(Infill { melody, .. }) = &constraints.infill {
            let mut notes = encode(melody).0;
            notes.retain(|note| !self.is_open(note.onset));
            self.anchors.extend(notes.into_iter().map(Anchor::given));
        }
        match &constraints.fixed {
            Some(Fixed::Rhythm(solo)) => {
                let notes = encode(solo).0.into_iter().filter(|note| note.onset < self.end);
                self.anchors.extend(notes.map(Anchor::open));
                self.open.clear();
            }
            Some(Fixed::Pitches(pitches)) => self.pitches = Some(pitches.clone()),
            None => {}
        }
        self.anchors.sort_by_key(|anchor| anchor.onset);
        self.anchors.dedup_by_key(|anchor| anchor.onset);
        let last = self.anchors.last().map(|anchor| anchor.onset + GridSpan::UNIT);
        self.end = self.end.max(last.unwrap_or_default());
    }

    fn is_open(&self, at: GridTime) -> bool {
        self.open.iter().any(|r| r.contains(&at))
    }

    /// Where the last place ends at which a note can stand.
    pub(super) fn end(&self) -> GridTime {
        self.end
    }

    /// The first downbeat, or where a given note falls before that.
    pub(super) fn first(&self) -> GridTime {
        self.anchors.first().map_or(GridTime::ZERO, |anchor| anchor.onset.min(GridTime::ZERO))
    }

    /// The note at a place: the given one, or a new one that has no length yet.
    pub(super) fn note(&self, onset: GridTime, pitch: Pitch) -> GridNote {
        self.given_at(onset).copied().unwrap_or(GridNote::new(onset, pitch))
    }

    /// The given note at a place, if there is one.
    pub(super) fn given_at(&self, at: GridTime) -> Option<&GridNote> {
        self.anchor_at(at)?.note.as_ref()
    }

    fn anchor_at(&self, at: GridTime) -> Option<&Anchor> {
        self.anchors.get(self.anchors.binary_search_by_key(&at, |anchor| anchor.onset).ok()?)
    }

    /// Where a note must fall next.
    fn next_anchor(&self, after: GridTime) -> Option<GridTime> {
        let next = self.anchors.partition_point(|anchor| anchor.onset <= after);
        self.anchors.get(next).map(|anchor| anchor.onset)
    }

    /// Whether the note after one at `last` is given, so that there is nothing to choose.
    pub(super) fn is_given_after(&self, last: GridTime) -> bool {
        let between = |anchor| self.open.iter().any(|r| r.start < anchor && r.end > last + GridSpan::UNIT);
        self.next_anchor(last).is_some_and(|anchor| self.given_at(anchor).is_some() && !between(anchor))
    }

    /// Where the note after one at `last` may fall; `None` when it was the last.
    pub(super) fn next(&self, last: GridTime, progress: &Progress) -> Option<Next> {
        if self.pitches.as_ref().is_some_and(|pitches| progress.own >= pitches.len()) {
            return None;
        }
        let anchor = self.next_anchor(last);
        let least =
            if progress.phrase >= self.longest_phrase { BREATH + GridSpan::UNIT } else { GridSpan::UNIT };
        let is_short = |gap: GridSpan| self.longest_rest.is_none_or(|rest| gap <= rest + LONG_NOTE);
        let allowed = |class: SpanClass| {
            let (gap, onset) = (class.span(), last + class.span());
            match anchor {
                Some(anchor) if onset >= anchor => class == (anchor - last).class(),
                _ if onset >= self.end => progress.may_end && is_short(self.end - last),
                _ => least <= gap && is_short(gap) && self.is_open(onset),
            }
        };
        let among: Vec<bool> = SpanClass::all().map(allowed).collect();
        if among.contains(&true) {
            return Some(Next::Among(among));
        }
        let next = last + GridSpan::UNIT;
        let opens = self.open.iter().filter(|r| r.end > next).map(|r| r.start.max(next)).min();
        [anchor, opens].into_iter().flatten().min().map(Next::At)
    }

    /// The onset that a class of gaps leads to: an anchor where it leads to one; `None` past the end.
    pub(super) fn onset(&self, last: GridTime, class: SpanClass) -> Option<GridTime> {
        let onset = last + class.span();
        let anchor = self.next_anchor(last).filter(|&anchor| (anchor - last).class() == class);
        anchor.or_else(|| (onset < self.end).then_some(onset))
    }

    /// Which classes of lengths a note may have that is followed after `gap`.
    pub(super) fn lengths(&self, gap: GridSpan, progress: &Progress) -> Vec<bool> {
        let breathes = progress.phrase >= self.longest_phrase && gap > BREATH;
        let most = (if breathes { gap - BREATH } else { gap }).max(GridSpan::UNIT);
        let least = self.longest_rest.map_or(GridSpan::UNIT, |rest| (gap - rest).clamp(GridSpan::UNIT, most));
        let longest = SpanClass::all().rfind(|class| class.span() <= most);
        SpanClass::all().map(|c| (least..=most).contains(&c.span()) || Some(c) == longest).collect()
    }

    /// Which pitches a note at `onset` may have.
    pub(super) fn pitches(&self, onset: GridTime, harmony: &Harmony, progress: &Progress) -> Vec<bool> {
        let anchor = self.anchor_at(onset);
        let mut set = anchor.map_or(PitchSet::ALL, |anchor| anchor.pitches);
        if anchor.is_some_and(|anchor| anchor.note.is_some()) {
            return set.mask();
        }
        set = match &self.pitches {
            Some(pitches) => set.and(PitchSet::of(pitches.get(progress.own).copied())),
            None => set.and(self.range).or_else(set),
        };
        if self.must_end(onset, progress) {
            set = set.and(self.ending_pitches(harmony)).or_else(set);
        }
        set.mask()
    }

    /// Whether a note at `onset` is the last in any case.
    fn must_end(&self, onset: GridTime, progress: &Progress) -> bool {
        let breathes = progress.phrase + 1 >= self.longest_phrase;
        let room = if breathes { BREATH + GridSpan::UNIT } else { GridSpan::UNIT };
        let last_of_pitches = self.pitches.as_ref().is_some_and(|p| progress.own + 1 >= p.len());
        let opens = || self.open.iter().any(|r| r.end > onset + room);
        last_of_pitches || (self.next_anchor(onset).is_none() && !opens())
    }

    fn ending_pitches(&self, harmony: &Harmony) -> PitchSet {
        let classes = match self.ending {
            Ending::Any => PitchClassSet::EMPTY,
            Ending::ChordTone => harmony.tones,
            Ending::GuideTone => harmony.guides,
        };
        if classes.is_empty() { PitchSet::ALL } else { PitchSet::in_classes(classes) }
    }

    /// The state after a note that came after a rest; before the first note there was none.
    pub(super) fn after(
        &self,
        progress: &Progress,
        note: &GridNote,
        rest: Option<GridSpan>,
        harmony: &Harmony,
    ) -> Progress {
        let own = progress.own + usize::from(self.given_at(note.onset).is_none());
        let phrase = if rest.is_none_or(|rest| rest >= BREATH) { 1 } else { progress.phrase + 1 };
        Progress { phrase, own, may_end: self.ending_pitches(harmony).contains(note.pitch) }
    }
}

#[cfg(test)]
mod tests;
