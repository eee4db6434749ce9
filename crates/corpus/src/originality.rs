//! How much of a solo was played before, where, and whether a human borrows as much.
//!
//! A line is a sequence of intervals, so a lick is known in every key; with rhythm each interval carries the
//! class of the time to its next onset: the inter-onset interval in twelfths of a quarter note, to the
//! nearest, from 1 to 96. The index knows every run of [`RunKind::size`] such symbols by its hash and place; two
//! runs that agree at places that follow each other are parts of one longer run. So it finds matches of any
//! length from there on, and holds no notes: 32 bits for each hash make a chance agreement of the shortest
//! runs as rare as one in 20,000 among 200,000 notes, and of longer ones never.

mod bytes;
mod certificate;
mod grams;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sideman_music::{Duration, Note, Sheet, Solo};

use crate::tune::{intervals, title_key, tunes};
use crate::{Piece, hash};
pub use certificate::{Certificate, Finding, Humans};
use grams::{Grams, SharedRun};

/// What two runs have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RunKind {
    /// Their intervals.
    Intervals,
    /// Their intervals and the classes of their rhythm.
    Rhythm,
}

impl RunKind {
    const ALL: [Self; 2] = [Self::Intervals, Self::Rhythm];

    /// Intervals in the shortest run that is looked for.
    pub const fn size(self) -> usize {
        match self {
            Self::Intervals => 7,
            Self::Rhythm => 6,
        }
    }
}

/// What is measured of a solo: the share of its notes that stand in a run of at least so many intervals
/// which the corpus has too.
pub const COVERAGES: [(RunKind, usize); 6] = [
    (RunKind::Intervals, 7),
    (RunKind::Intervals, 8),
    (RunKind::Intervals, 10),
    (RunKind::Intervals, 12),
    (RunKind::Rhythm, 6),
    (RunKind::Rhythm, 8),
];

/// Every run of a corpus, by hash, with its place; no notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    sources: Vec<IndexedSolo>,
    /// By [`RunKind`].
    grams: [Grams; 2],
}

/// A solo of the corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
struct IndexedSolo {
    id: String,
    /// Keys of performer and tune, to tell solos of others over other tunes.
    performer: String,
    tune: String,
    /// The place of its first note among those of all.
    first: u32,
    notes: Vec<NotePlace>,
}

/// What is kept of a note: where it stands, and where a lick that starts there would end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NotePlace {
    /// Its bar, counted from 0.
    bar: i32,
    /// Intervals from here on until [`VARIETY`] different ones have occurred; 255 for more, or none.
    varied: u8,
}

/// Different intervals without which a run is no lick, but a trill, a scale or a repeated note.
const VARIETY: usize = 4;

impl IndexedSolo {
    /// The places of its notes among those of all.
    fn places(&self) -> std::ops::Range<u32> {
        self.first..self.first + self.notes.len() as u32
    }
}

/// A run that a solo shares with the corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Match {
    /// Its length in intervals: one less than notes.
    pub intervals: usize,
    /// The bar of the solo in which it starts, counted from 0.
    pub bar: i64,
    /// The id of the solo that has it.
    pub source: String,
    /// The bar in which it starts there, counted from 0.
    pub source_bar: i64,
}

/// What a solo borrows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Borrowing {
    /// The longest run by intervals, where there is one of seven or more with at least four different
    /// intervals (a long trill is no lick); of equally long ones the first.
    pub longest: Option<Match>,
    /// The shares of [`COVERAGES`].
    pub covered: [f64; COVERAGES.len()],
}

/// The hashes of a line's runs, by [`RunKind`]; the i-th starts at the i-th note.
type Hashes = [Vec<u32>; 2];

impl Index {
    /// The index of the solos among some pieces.
    pub fn new(pieces: &[Piece]) -> Self {
        let mut index = Self { sources: Vec::new(), grams: RunKind::ALL.map(|_| Grams::default()) };
        let mut first = 0_u32;
        for (piece, tune) in pieces.iter().zip(tunes(pieces)) {
            let Some(solo) = &piece.solo else { continue };
            let (id, performer) = (piece.id.clone(), title_key(&piece.credits.performer));
            let notes = places(&piece.sheet, solo);
            index.push(IndexedSolo { id, performer, tune, first, notes }, hashes(solo));
            first = first.saturating_add(solo.notes().len() as u32);
        }
        index.grams.iter_mut().for_each(Grams::sort);
        index
    }

    fn push(&mut self, source: IndexedSolo, hashes: Hashes) {
        for (grams, hashes) in self.grams.iter_mut().zip(hashes) {
            grams.push(source.first, &hashes);
        }
        self.sources.push(source);
    }

    /// The number of solos it knows.
    pub fn solos(&self) -> usize {
        self.sources.len()
    }

    /// The number of notes they have.
    pub fn notes(&self) -> usize {
        self.sources.iter().map(|source| source.notes.len()).sum()
    }

    /// What a solo over a sheet has in common with all that the index knows.
    pub fn borrowing(&self, sheet: &Sheet, solo: &Solo) -> Borrowing {
        self.compare(&places(sheet, solo), &hashes(solo), |_| true)
    }

    /// What each of its solos has in common with those of other players over other tunes, in the order of
    /// the pieces: the yardstick. A player who is not known counts as another.
    pub fn borrowings_of_humans(&self) -> Vec<Borrowing> {
        let own = RunKind::ALL.map(|kind| self.grams[kind as usize].in_order());
        self.sources.iter().map(|source| self.borrowing_of_human(source, &own)).collect()
    }

    fn borrowing_of_human(&self, source: &IndexedSolo, all: &[BTreeMap<u32, u32>; 2]) -> Borrowing {
        let hashes =
            all.each_ref().map(|grams| grams.range(source.places()).map(|(_, &hash)| hash).collect());
        let apart = |other: &IndexedSolo| {
            let known = !source.performer.is_empty() && !other.performer.is_empty();
            other.tune != source.tune && !(known && other.performer == source.performer)
        };
        self.compare(&source.notes, &hashes, apart)
    }

    fn compare(&self, notes: &[NotePlace], hashes: &Hashes, counts: impl Fn(&IndexedSolo) -> bool) -> Borrowing {
        let counted: Vec<bool> = self.sources.iter().map(counts).collect();
        let allowed = |place: u32| counted[self.source_at(place)];
        let runs = RunKind::ALL.map(|kind| self.grams[kind as usize].runs(&hashes[kind as usize], allowed));
        let covered = COVERAGES.map(|(kind, n)| {
            let lengths = runs[kind as usize].iter().map(|run| run.length);
            coverage(lengths, n, kind.size(), notes.len())
        });
        Borrowing { longest: self.longest(notes, &runs[RunKind::Intervals as usize]), covered }
    }

    /// The first of the longest runs that are licks.
    fn longest(&self, notes: &[NotePlace], runs: &[SharedRun]) -> Option<Match> {
        let size = |run: &SharedRun| run.length + RunKind::Intervals.size() - 1;
        let licks =
            notes.iter().zip(runs).filter(|(note, run)| run.length > 0 && size(run) >= note.varied.into());
        let (note, run) = licks.rev().max_by_key(|(_, run)| run.length)?;
        let source = &self.sources[self.source_at(run.place)];
        Some(Match {
            intervals: size(run),
            bar: note.bar.into(),
            source: source.id.clone(),
            source_bar: source.notes[(run.place - source.first) as usize].bar.into(),
        })
    }

    /// The solo in which a note lies.
    fn source_at(&self, place: u32) -> usize {
        self.sources.partition_point(|source| source.first <= place) - 1
    }
}

fn places(sheet: &Sheet, solo: &Solo) -> Vec<NotePlace> {
    let line = intervals(solo);
    let bar = |note: &Note| sheet.place(note.onset).0.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
    let varied = |at: usize| {
        let mut met = BTreeSet::new();
        let run = line[at.min(line.len())..].iter().take(usize::from(u8::MAX));
        let end =
            run.map(|&interval| met.insert(interval).then_some(met.len())).position(|n| n == Some(VARIETY));
        end.map_or(u8::MAX, |end| (end + 1).min(usize::from(u8::MAX)) as u8)
    };
    let notes = solo.notes().iter().enumerate();
    notes.map(|(at, note)| NotePlace { bar: bar(note), varied: varied(at) }).collect()
}

/// The share of notes that stand in a run of at least `n` intervals, where from each note on so many runs
/// of `size` intervals agree one after the other.
fn coverage(agreeing: impl Iterator<Item = usize>, n: usize, size: usize, notes: usize) -> f64 {
    let mut covered = 0;
    let mut end = 0;
    for (at, _) in agreeing.enumerate().filter(|&(_, runs)| runs + size > n) {
        covered += at + n + 1 - end.max(at);
        end = at + n + 1;
    }
    covered as f64 / notes.max(1) as f64
}

fn hashes(solo: &Solo) -> Hashes {
    let line = intervals(solo);
    let rhythm = solo.notes().windows(2).map(|w| rhythm_class(w[1].onset - w[0].onset));
    let with_rhythm: Vec<[i8; 2]> = line.iter().copied().zip(rhythm).map(|(i, r)| [i, r]).collect();
    let short = |run: &[i8]| hash::of_intervals(run) as u32;
    [
        line.windows(RunKind::Intervals.size()).map(short).collect(),
        with_rhythm.windows(RunKind::Rhythm.size()).map(|run| short(run.as_flattened())).collect(),
    ]
}

/// Twelfths of a quarter note, from 1 to 96.
fn rhythm_class(ioi: Duration) -> i8 {
    ioi.in_units_of(Duration::quarters(1, 12)).clamp(1, 96) as i8
}

#[cfg(test)]
mod tests;
