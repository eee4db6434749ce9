//! How much of a solo was played before, where, and whether a human borrows as much.
//!
//! A line is a sequence of intervals, so a lick is known in every key; with rhythm each interval carries the
//! class of the time to its next onset: the inter-onset interval in twelfths of a quarter note, to the
//! nearest, from 1 to 96. The index knows every run of [`RunKind::size`] such symbols by its hash and place; two
//! runs that agree at places that follow each other are parts of one longer run. So it finds matches of any
//! length from there on, and holds no notes: 32 bits for each hash make a chance agreement of the shortest
//! runs as rare as one in 20,000 among 200,000 notes, and of longer ones never. A run that a hostile corpus has
//! hundreds of thousands of times (a trill without end) is known at its first places alone.

mod bytes;
mod certificate;
mod postings;
mod runs;

use serde::Serialize;
use sideman_music::{Sheet, Solo};

use crate::library::VolumeError;
use crate::tune::{title_key, tunes};
use crate::{Catalogue, Dataset, Piece};
pub use certificate::{Certificate, Finding, Humans, Policy};
use postings::{Postings, SharedRun};
pub use runs::RunKind;
use runs::{Hashes, IndexedSolo, NotePlace, hashes, places};

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

/// Every run of a corpus as a hash with its place; no notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Index(Vec<IndexedSolo>);

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

/// A run of a solo that the corpus has too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedLick {
    /// Its first note in the solo, counted from 0.
    pub first: usize,
    /// What it shares with whom.
    pub shared: Match,
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

impl Index {
    /// The index of the solos among some pieces.
    pub fn new(pieces: &[Piece]) -> Self {
        let mut index = Self(Vec::new());
        pieces.iter().zip(tunes(pieces)).for_each(|(piece, tune)| index.add(piece, tune));
        index
    }

    /// The index of the solos of a dataset with its catalogue; it is read once.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(dataset: &dyn Dataset, catalogue: &Catalogue) -> Result<Self, VolumeError> {
        let mut index = Self(Vec::new());
        let mut tunes = catalogue.0.iter().map(|entry| entry.tune.clone());
        for volume in 0..dataset.volumes() {
            for piece in dataset.volume(volume)? {
                index.add(&piece, tunes.next().unwrap_or_default());
            }
        }
        Ok(index)
    }

    fn add(&mut self, piece: &Piece, tune: String) {
        let Some(solo) = &piece.solo else { return };
        let first = self.0.last().map_or(0, |last| last.first.saturating_add(last.notes.len() as u32));
        let (id, performer) = (piece.id.clone(), title_key(&piece.credits.performer));
        let (notes, hashes) = (places(&piece.sheet, solo), hashes(solo));
        self.0.push(IndexedSolo { id, performer, tune, first, notes, hashes });
    }

    /// The number of solos it knows.
    pub fn solos(&self) -> usize {
        self.0.len()
    }

    /// The number of notes they have.
    pub fn notes(&self) -> usize {
        self.0.iter().map(|solo| solo.notes.len()).sum()
    }

    /// What a solo over a sheet has in common with all that the index knows.
    pub(crate) fn borrowing(&self, sheet: &Sheet, solo: &Solo) -> Borrowing {
        self.borrowings(&[(sheet, solo)]).remove(0)
    }

    /// The same of several, in their order.
    pub(crate) fn borrowings(&self, solos: &[(&Sheet, &Solo)]) -> Vec<Borrowing> {
        let lines: Vec<Hashes> = solos.iter().map(|(_, solo)| hashes(solo)).collect();
        let asked = |kind| lines.iter().flat_map(move |line| &line[kind as usize]).copied();
        let postings = RunKind::ALL.map(|kind| Postings::for_lines(&self.0, kind, asked(kind)));
        let compared = solos.iter().zip(&lines);
        let borrowing = |(&(sheet, solo), line): (&(&Sheet, &Solo), &Hashes)| {
            self.compare(&places(sheet, solo), line, &postings, |_| true)
        };
        compared.map(borrowing).collect()
    }

    /// Every run by intervals that a solo has in common with what the index knows, in order, of those that lie within
    /// another one the longer alone.
    pub fn licks(&self, sheet: &Sheet, solo: &Solo) -> Vec<SharedLick> {
        let kind = RunKind::Intervals;
        let line = &hashes(solo)[kind as usize];
        let runs = Postings::for_lines(&self.0, kind, line.iter().copied()).runs(line, |_| true);
        let notes = places(sheet, solo);
        let whole = |&(i, run): &(usize, &SharedRun)| {
            let inside = i.checked_sub(1).is_some_and(|before| runs[before].length > run.length);
            run.length > 0 && !inside && run.length + kind.size() > usize::from(notes[i].varied)
        };
        let lick = |(first, run)| SharedLick { first, shared: self.shared(&notes[first], run) };
        runs.iter().enumerate().filter(whole).map(lick).collect()
    }

    /// What each of its solos has in common with those of other players over other tunes, in the order of
    /// the pieces: the yardstick. A player who is not known counts as another.
    pub fn borrowings_of_humans(&self) -> Vec<Borrowing> {
        let postings = RunKind::ALL.map(|kind| Postings::all(&self.0, kind));
        let borrowing = |solo: &IndexedSolo| {
            self.compare(&solo.notes, &solo.hashes, &postings, |other| solo.is_apart(other))
        };
        self.0.iter().map(borrowing).collect()
    }

    fn compare(
        &self,
        notes: &[NotePlace],
        hashes: &Hashes,
        postings: &[Postings; 2],
        counts: impl Fn(&IndexedSolo) -> bool,
    ) -> Borrowing {
        let allowed = |place: u32| counts(&self.0[self.solo_at(place)]);
        let runs = RunKind::ALL.map(|kind| postings[kind as usize].runs(&hashes[kind as usize], allowed));
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
        Some(self.shared(note, run))
    }

    /// A run that begins at a note.
    fn shared(&self, note: &NotePlace, run: &SharedRun) -> Match {
        let source = &self.0[self.solo_at(run.place)];
        Match {
            intervals: run.length + RunKind::Intervals.size() - 1,
            bar: note.bar.into(),
            source: source.id.clone(),
            source_bar: source.notes[(run.place - source.first) as usize].bar.into(),
        }
    }

    /// The solo in which a note lies.
    fn solo_at(&self, place: u32) -> usize {
        self.0.partition_point(|solo| solo.first <= place) - 1
    }
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

#[cfg(test)]
mod tests;
