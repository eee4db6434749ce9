//! What must hold in a solo, as masks that look ahead: where a note may fall, which pitch it may have, how long it may
//! sound, and when the solo may end.

use std::ops::{Range, RangeInclusive};

use sideman_music::{Duration, Instrument, Pitch, PitchClass, PitchClassSet, Sheet, Solo, Time};

use super::chart::{Chart, Harmony};
use super::encode::{GridNote, encode};
use super::grid::{self, GRID, QUARTER, SPANS, class, span, unit};
use crate::Error;

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

/// A note that is given, to be heard and gone on from.
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

/// A silence of this many units ends a phrase.
const BREATH: i64 = QUARTER;
/// A limited rest may still come after a note as long as this.
const LONG_NOTE: i64 = 4 * QUARTER;

/// A place where a note must fall.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Post {
    pub(super) onset: i64,
    pitches: Pitches,
    /// The whole note, where it is given.
    pub(super) event: Option<GridNote>,
}

/// A set of pitches, a bit for each MIDI number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pitches(u128);

impl Pitches {
    const ALL: Self = Self(u128::MAX);

    fn of(pitches: impl IntoIterator<Item = Pitch>) -> Self {
        Self(pitches.into_iter().fold(0, |set, p| set | 1 << p.number()))
    }

    fn in_classes(classes: PitchClassSet) -> Self {
        Self::of((0..=127).map(Pitch::midi).filter(|p| classes.contains(p.class())))
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// These, or all of the others where they exclude each other.
    fn or_else(self, others: Self) -> Self {
        if self.0 == 0 { others } else { self }
    }

    fn contains(self, number: usize) -> bool {
        self.0 & (1 << number) != 0
    }
}

/// The masks for one solo over one chart.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    open: Vec<Range<i64>>,
    posts: Vec<Post>,
    pitches: Option<Vec<Pitch>>,
    range: Pitches,
    longest_rest: Option<i64>,
    longest_phrase: usize,
    ending: Ending,
    /// Where the last open place ends.
    end: i64,
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
    /// Among these classes of gaps.
    Among(Vec<bool>),
    /// At this unit, whatever the network says.
    At(i64),
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
        let whole = 0..unit(sheet.end());
        let open = match &constraints.infill {
            None => vec![whole],
            Some(infill) => infill.open.iter().map(|r| unit(r.start)..unit(r.end).min(whole.end)).collect(),
        };
        let mut plan = Self {
            end: open.iter().map(|r| r.end).max().unwrap_or(0),
            open,
            posts: Vec::new(),
            pitches: None,
            range: Pitches::of((range.start().number()..=range.end().number()).map(Pitch::midi)),
            longest_rest: constraints.longest_rest.map(|rest| rest.in_units_of(GRID)),
            longest_phrase: constraints.longest_phrase.unwrap_or(usize::MAX),
            ending: constraints.ending,
        };
        plan.check(constraints)?;
        plan.post(constraints);
        Ok(plan)
    }

    fn check(&self, constraints: &Constraints) -> Result<(), Error> {
        if self.range.0 == 0 {
            return Err(Error::option("range", "empty", "a lowest and a highest pitch, such as Bb3..F5"));
        }
        if self.longest_phrase == 0 {
            return Err(Error::option("longest phrase", 0, "1 or more notes"));
        }
        if self.longest_rest.is_some_and(|rest| rest < QUARTER / 2) {
            return Err(Error::option("longest rest", "very short", "an eighth note or more"));
        }
        if constraints.longest_phrase.is_some() && self.longest_rest.is_some_and(|rest| rest < BREATH) {
            let found = "shorter than a quarter note while phrases are limited";
            return Err(Error::option("longest rest", found, "a quarter note or more, which ends a phrase"));
        }
        let inside = |(at, class): &(Time, PitchClass)| {
            self.is_open(unit(*at))
                && Pitches::in_classes([*class].into_iter().collect()).and(self.range).0 != 0
        };
        match constraints.targets.iter().all(inside) {
            true => Ok(()),
            false => Err(Error::option("target", "outside", "a place of the solo and a note in range")),
        }
    }

    fn post(&mut self, constraints: &Constraints) {
        for (at, class) in &constraints.targets {
            let pitches = Pitches::in_classes([*class].into_iter().collect());
            self.posts.push(Post { onset: unit(*at), pitches, event: None });
        }
        if let Some(infill) = &constraints.infill {
            let mut events = encode(&infill.melody).0;
            events.retain(|e| !self.is_open(e.onset));
            let post = |e: GridNote| Post { onset: e.onset, pitches: Pitches::of([e.pitch]), event: Some(e) };
            self.posts.extend(events.into_iter().map(post));
        }
        match &constraints.fixed {
            Some(Fixed::Rhythm(solo)) => {
                let posts = encode(solo).0.into_iter().filter(|e| e.onset < self.end);
                let post = |e: GridNote| Post { onset: e.onset, pitches: Pitches::ALL, event: None };
                self.posts.extend(posts.map(post));
                self.open.clear();
            }
            Some(Fixed::Pitches(pitches)) => self.pitches = Some(pitches.clone()),
            None => {}
        }
        self.posts.sort_by_key(|p| p.onset);
        self.posts.dedup_by_key(|p| p.onset);
        self.end = self.end.max(self.posts.last().map_or(0, |p| p.onset + 1));
    }

    fn is_open(&self, unit: i64) -> bool {
        self.open.iter().any(|r| r.contains(&unit))
    }

    /// Where the last place ends at which a note can stand.
    pub(super) fn end(&self) -> i64 {
        self.end
    }

    /// The start of the bar in which the line begins.
    pub(super) fn start(&self, chart: &Chart) -> i64 {
        let first = self.posts.first().map_or(0, |p| p.onset.min(0));
        first - chart.place(first).offset
    }

    /// The note at a unit: the given one, or a new one that has no length yet.
    pub(super) fn event(&self, onset: i64, pitch: usize) -> GridNote {
        let new = GridNote {
            onset,
            pitch: Pitch::midi(pitch as u8),
            length: 1,
            hold: None,
            loudness: None,
            delay: None,
        };
        self.given_at(onset).copied().unwrap_or(new)
    }

    /// The given note at a unit, if there is one.
    pub(super) fn given_at(&self, unit: i64) -> Option<&GridNote> {
        self.post_at(unit)?.event.as_ref()
    }

    fn post_at(&self, unit: i64) -> Option<&Post> {
        self.posts.get(self.posts.binary_search_by_key(&unit, |p| p.onset).ok()?)
    }

    fn next_post(&self, after: i64) -> Option<&Post> {
        self.posts.get(self.posts.partition_point(|p| p.onset <= after))
    }

    /// Where the note after one at `last` may fall; `None` when it was the last.
    pub(super) fn next(&self, last: i64, progress: &Progress) -> Option<Next> {
        if self.pitches.as_ref().is_some_and(|pitches| progress.own >= pitches.len()) {
            return None;
        }
        let post = self.next_post(last).map(|p| p.onset);
        let least = if progress.phrase >= self.longest_phrase { BREATH + 1 } else { 1 };
        let most = self.longest_rest.map_or(i64::MAX, |rest| rest + LONG_NOTE);
        let late = self.end - last;
        let allowed = |c: usize| {
            let (gap, onset) = (span(c), last + span(c));
            match post {
                Some(post) if onset >= post => c == class(post - last),
                _ if onset >= self.end => progress.may_end && late <= most,
                _ => (least..=most).contains(&gap) && self.is_open(onset),
            }
        };
        let among: Vec<bool> = (0..SPANS).map(allowed).collect();
        if among.contains(&true) {
            return Some(Next::Among(among));
        }
        let opens = self.open.iter().filter(|r| r.end > last + 1).map(|r| r.start.max(last + 1)).min();
        [post, opens].into_iter().flatten().min().map(Next::At)
    }

    /// The onset that a class of gaps leads to: a post where it leads to one; `None` past the end.
    pub(super) fn onset(&self, last: i64, class: usize) -> Option<i64> {
        let onset = last + span(class);
        let post = self.next_post(last).filter(|p| grid::class(p.onset - last) == class);
        post.map(|p| p.onset).or_else(|| (onset < self.end).then_some(onset))
    }

    /// Which classes of lengths a note may have that is followed after `gap` units.
    pub(super) fn lengths(&self, gap: i64, progress: &Progress) -> Vec<bool> {
        let breath = if progress.phrase >= self.longest_phrase && gap > BREATH { BREATH } else { 0 };
        let most = (gap - breath).max(1);
        let least = self.longest_rest.map_or(1, |rest| (gap - rest).clamp(1, most));
        let longest = (0..SPANS).rev().find(|&c| span(c) <= most);
        (0..SPANS).map(|c| (least..=most).contains(&span(c)) || Some(c) == longest).collect()
    }

    /// Which pitches a note at `onset` may have.
    pub(super) fn pitches(&self, onset: i64, harmony: &Harmony, progress: &Progress) -> Vec<bool> {
        let post = self.post_at(onset);
        let given = post.is_some_and(|p| p.event.is_some());
        let mut set = post.map_or(Pitches::ALL, |p| p.pitches);
        if let (Some(pitches), false) = (&self.pitches, given) {
            set = set.and(Pitches::of(pitches.get(progress.own).copied()));
        } else if !given {
            set = set.and(self.range).or_else(set);
        }
        if !given && self.must_end(onset, progress) {
            set = set.and(self.ending_pitches(harmony)).or_else(set);
        }
        (0..128).map(|number| set.contains(number)).collect()
    }

    /// Whether a note at `onset` is the last in any case.
    fn must_end(&self, onset: i64, progress: &Progress) -> bool {
        let room = if progress.phrase + 1 >= self.longest_phrase { BREATH + 1 } else { 1 };
        let last_of_pitches = self.pitches.as_ref().is_some_and(|p| progress.own + 1 >= p.len());
        let opens = || self.open.iter().any(|r| r.end > onset + room);
        last_of_pitches || (self.next_post(onset).is_none() && !opens())
    }

    /// Whether the solo may end with this note.
    pub(super) fn may_end(&self, pitch: Pitch, harmony: &Harmony) -> bool {
        self.ending_pitches(harmony).contains(usize::from(pitch.number()))
    }

    fn ending_pitches(&self, harmony: &Harmony) -> Pitches {
        let classes = match self.ending {
            Ending::Any => PitchClassSet::EMPTY,
            Ending::ChordTone => harmony.tones,
            Ending::GuideTone => harmony.guides,
        };
        if classes.is_empty() { Pitches::ALL } else { Pitches::in_classes(classes) }
    }

    /// The state after a note at `onset` that came `rest` units after the end of the one before.
    pub(super) fn after(
        &self,
        progress: &Progress,
        event: &GridNote,
        rest: i64,
        harmony: &Harmony,
    ) -> Progress {
        let own = progress.own + usize::from(self.given_at(event.onset).is_none());
        let phrase = if rest >= BREATH { 1 } else { progress.phrase + 1 };
        Progress { phrase, own, may_end: self.may_end(event.pitch, harmony) }
    }
}
