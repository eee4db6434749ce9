//! The runs of a solo: their hashes, and where their notes stand.

use std::collections::BTreeSet;

use serde::Serialize;
use sideman_music::{Duration, Note, Sheet, Solo};

use crate::hash;
use crate::tune::intervals;

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
    pub(super) const ALL: [Self; 2] = [Self::Intervals, Self::Rhythm];

    /// Intervals in the shortest run that is looked for.
    pub const fn size(self) -> usize {
        match self {
            Self::Intervals => 7,
            Self::Rhythm => 6,
        }
    }
}

/// The hashes of a line's runs, by [`RunKind`]; the i-th starts at the i-th note.
pub(super) type Hashes = [Vec<u32>; 2];

/// A solo of the corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IndexedSolo {
    pub(super) id: String,
    /// Keys of performer and tune, to tell solos of others over other tunes.
    pub(super) performer: String,
    pub(super) tune: String,
    /// The place of its first note among those of all.
    pub(super) first: u32,
    pub(super) notes: Vec<NotePlace>,
    pub(super) hashes: Hashes,
}

/// What is kept of a note: where it stands, and where a lick that starts there would end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotePlace {
    /// Its bar, counted from 0.
    pub(super) bar: i32,
    /// Intervals from here on until [`VARIETY`] different ones have occurred; 255 for more, or none.
    pub(super) varied: u8,
}

/// Different intervals without which a run is no lick, but a trill, a scale or a repeated note.
const VARIETY: usize = 4;

impl IndexedSolo {
    /// Whether another solo is over another tune and by another player.
    pub(super) fn is_apart(&self, other: &Self) -> bool {
        let known = !self.performer.is_empty() && !other.performer.is_empty();
        other.tune != self.tune && !(known && other.performer == self.performer)
    }
}

/// What is kept of each note of a line.
pub(super) fn places(sheet: &Sheet, solo: &Solo) -> Vec<NotePlace> {
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

pub(super) fn hashes(solo: &Solo) -> Hashes {
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
