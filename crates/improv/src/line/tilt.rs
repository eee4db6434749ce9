//! What lines of a network's own are like on the whole: weights of traits that make each as frequent as in real lines.
//!
//! A network that is right about each next note of real lines still drifts away in lines of its own. So its choices are
//! tilted, p(note) ∝ p_network(note) · exp(Σ w of the note's traits), and the weights are those with which the traits of its
//! own lines are as frequent as those of real ones (maximum entropy: Della Pietra, Della Pietra and Lafferty 1997, *Inducing
//! Features of Random Fields*; for language models Khalifa, Elsahar and Dymetman 2021, *A Distributional Approach to
//! Controlled Text Generation*). A trait is a cell of a [`Table`]: what is known chooses the row, what is chosen the column.

mod gaps;
mod learn;
mod pitches;

use serde::{Deserialize, Serialize};

use super::chart::GridChart;
use super::echo::Echo;
use super::encode::GridNote;
use super::grid::{GridTime, SpanClass};
use gaps::GapTraits;
pub(super) use learn::settled;
use pitches::PitchTraits;

/// The weights: none tilts anything.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tilt {
    /// Of each cell of each of [`gaps::TABLES`], row by row.
    gaps: Vec<f32>,
    /// Of [`pitches::TABLES`].
    pitches: Vec<f32>,
}

/// So many rows and columns of traits.
#[derive(Debug, Clone, Copy)]
struct Table {
    rows: usize,
    columns: usize,
}

const fn table(rows: usize, columns: usize) -> Table {
    Table { rows, columns }
}

impl Table {
    const fn cells(self) -> usize {
        self.rows * self.columns
    }
}

/// The cells of all tables.
fn cells(tables: &[Table]) -> usize {
    tables.iter().map(|table| table.cells()).sum()
}

/// The cell of each table that has a row and a column, as its number among all cells.
fn numbered<const N: usize>(
    tables: [Table; N],
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

impl Tilt {
    /// Whether it has a weight for each trait, or none at all.
    pub(super) fn fits(&self) -> bool {
        let fit = |weights: &[f32], tables: &[Table]| weights.is_empty() || weights.len() == cells(tables);
        fit(&self.gaps, &gaps::TABLES) && fit(&self.pitches, &pitches::TABLES)
    }

    /// Tilts the log probabilities of the gap after some notes, over a chart at so many quarter notes a minute.
    pub(super) fn tilt_gaps(
        &self,
        row: &mut [f32],
        chart: &GridChart,
        tempo: Option<u32>,
        past: &[GridNote],
        echo: &Echo,
    ) {
        if self.gaps.is_empty() {
            return;
        }
        let Some(traits) = GapTraits::after(chart, tempo, past, echo) else { return };
        for (logit, class) in row.iter_mut().zip(SpanClass::all()) {
            *logit += traits.of(class).map(|cell| self.gaps[cell]).sum::<f32>();
        }
    }

    /// Tilts the log probabilities of the pitch of a note after some others.
    pub(super) fn tilt_pitches(
        &self,
        row: &mut [f32],
        chart: &GridChart,
        past: &[GridNote],
        onset: GridTime,
        echo: &Echo,
    ) {
        if self.pitches.is_empty() {
            return;
        }
        let Some(traits) = PitchTraits::after(chart, past, onset, echo) else { return };
        for (number, logit) in row.iter_mut().enumerate() {
            *logit += traits.of(number as i32).map(|cell| self.pitches[cell]).sum::<f32>();
        }
    }
}
