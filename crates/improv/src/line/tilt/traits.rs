//! Tables of traits, and what they are made of.

use sideman_music::PitchClass;

use super::super::chart::Harmony;
use super::super::encode::GridNote;
use super::super::grid::GridSpan;

/// A silence of this length ends a phrase.
pub(super) const BREATH: GridSpan = GridSpan::QUARTER;

/// So many rows and columns of traits.
#[derive(Debug, Clone, Copy)]
pub(super) struct TraitTable {
    pub(super) rows: usize,
    pub(super) columns: usize,
}

pub(super) const fn table(rows: usize, columns: usize) -> TraitTable {
    TraitTable { rows, columns }
}

impl TraitTable {
    pub(super) const fn cells(self) -> usize {
        self.rows * self.columns
    }
}

/// The cells of all tables.
pub(super) fn cells(tables: &[TraitTable]) -> usize {
    tables.iter().map(|table| table.cells()).sum()
}

/// The cell of each table that has a row and a column, as its number among all cells.
pub(super) fn numbered<const N: usize>(
    tables: [TraitTable; N],
    rows: [Option<usize>; N],
    columns: [Option<usize>; N],
) -> impl Iterator<Item = usize> {
    let mut first = 0;
    tables.into_iter().zip(rows.into_iter().zip(columns)).filter_map(move |(table, place)| {
        let start = first;
        first += table.cells();
        let (row, column) = (place.0?, place.1?);
        debug_assert!(row < table.rows && column < table.columns);
        Some(start + row * table.columns + column)
    })
}

/// The notes since the last silence that ended a phrase.
pub(super) fn phrase(past: &[GridNote]) -> usize {
    let breath = |pair: &[GridNote]| pair[1].onset - pair[0].onset - pair[0].length >= BREATH;
    1 + past.windows(2).rev().take_while(|pair| !breath(pair)).count()
}

/// Chord tone, other note of the scale, outside, or over no chord.
pub(super) fn role_of(harmony: &Harmony, pitch: i32) -> usize {
    let class = PitchClass::new(pitch);
    match harmony.root {
        None => 3,
        Some(_) if harmony.tones.contains(class) => 0,
        Some(_) if harmony.scale.contains(class) => 1,
        Some(_) => 2,
    }
}
