//! What lines of a network's own are like on the whole: weights of traits that make each as frequent as in real lines.
//!
//! A network that is right about each next note of real lines still drifts away in lines of its own. So its choices are
//! tilted, p(note) ∝ p_network(note) · exp(Σ w of the note's traits), and the weights are those with which the traits of its
//! own lines are as frequent as those of real ones (maximum entropy: Della Pietra, Della Pietra and Lafferty 1997, *Inducing
//! Features of Random Fields*; for language models Khalifa, Elsahar and Dymetman 2021, *A Distributional Approach to
//! Controlled Text Generation*). A trait is a cell of a [`TraitTable`]: what is known chooses the row, what is chosen the column.

mod gaps;
mod pitches;
mod traits;

use serde::{Deserialize, Serialize};
use sideman_lstm::log_softmax;

use super::chart::GridChart;
use super::echo::Echo;
use super::encode::GridNote;
use super::grid::{GridTime, SpanClass};
use gaps::GapTraits;
use pitches::PitchTraits;
use traits::{TraitTable, cells};

/// The weights: none tilts anything.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tilt {
    /// Of each cell of each of [`gaps::TABLES`], row by row.
    gaps: Vec<f32>,
    /// Of [`pitches::TABLES`].
    pitches: Vec<f32>,
}

impl Tilt {
    /// Whether it has a weight for each trait, or none at all.
    pub(super) fn fits(&self) -> bool {
        let fit =
            |weights: &[f32], tables: &[TraitTable]| weights.is_empty() || weights.len() == cells(tables);
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
        log_softmax(row);
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
        log_softmax(row);
    }

    /// Makes traits likelier that real lines have more often than lines that were made with these weights, by so many nats
    /// for a difference of one standard deviation of the trait.
    pub(super) fn move_towards(&mut self, real: &TraitCounts, made: &TraitCounts, rate: f64) {
        self.gaps.resize(real.gaps.len(), 0.0);
        self.pitches.resize(real.pitches.len(), 0.0);
        moved(&mut self.gaps, &gaps::TABLES, [&real.gaps, &made.gaps], rate);
        moved(&mut self.pitches, &pitches::TABLES, [&real.pitches, &made.pitches], rate);
    }

    /// The mean of some weights; `None` of none.
    pub(super) fn mean(tilts: &[Self]) -> Option<Self> {
        let mean = |weights: fn(&Self) -> &Vec<f32>| -> Option<Vec<f32>> {
            let sum = |i: usize| tilts.iter().map(|tilt| weights(tilt)[i]).sum::<f32>();
            Some((0..weights(tilts.first()?).len()).map(|i| sum(i) / tilts.len() as f32).collect())
        };
        Some(Self { gaps: mean(|tilt| &tilt.gaps)?, pitches: mean(|tilt| &tilt.pitches)? })
    }
}

/// A trait that is rarer counts as being so frequent.
const RARE: f64 = 0.01;
/// No weight goes further than this, in nats.
const FARTHEST: f64 = 2.0;
/// Rows that real lines have come to less often teach nothing.
const SEEN: f64 = 200.0;

/// How often lines had each trait.
#[derive(Debug, Clone)]
pub(super) struct TraitCounts {
    gaps: Vec<f64>,
    pitches: Vec<f64>,
}

impl TraitCounts {
    pub(super) fn new() -> Self {
        Self { gaps: vec![0.0; cells(&gaps::TABLES)], pitches: vec![0.0; cells(&pitches::TABLES)] }
    }

    /// Counts those of a line over a chart, at so many quarter notes a minute.
    pub(super) fn add(&mut self, chart: &GridChart, tempo: Option<u32>, notes: &[GridNote]) {
        for (i, note) in notes.iter().enumerate() {
            let past = &notes[..i];
            let echo = Echo::after(chart, past);
            if let (Some(traits), Some(last)) = (GapTraits::after(chart, tempo, past, &echo), past.last()) {
                traits.of((note.onset - last.onset).class()).for_each(|cell| self.gaps[cell] += 1.0);
            }
            if let Some(traits) = PitchTraits::after(chart, past, note.onset, &echo) {
                traits.of(note.pitch.number().into()).for_each(|cell| self.pitches[cell] += 1.0);
            }
        }
    }

    /// How far lines are from others: the sum of the differences between the shares of all traits.
    #[cfg(test)]
    pub(super) fn distance(&self, other: &Self) -> f64 {
        let far =
            |tables, counts: [&[f64]; 2]| shares(tables, counts).map(|(_, a, b)| (a - b).abs()).sum::<f64>();
        far(&gaps::TABLES, [&self.gaps, &other.gaps]) + far(&pitches::TABLES, [&self.pitches, &other.pitches])
    }
}

/// Each cell of the rows that both have, real lines often enough, with its shares of them.
fn shares<'a>(
    tables: &'a [TraitTable],
    [real, made]: [&'a [f64]; 2],
) -> impl Iterator<Item = (usize, f64, f64)> {
    let mut first = 0;
    let rows = tables.iter().flat_map(|table| std::iter::repeat_n(table.columns, table.rows));
    rows.flat_map(move |columns| {
        let cells = first..first + columns;
        first += columns;
        let (seen, own) = (real[cells.clone()].iter().sum::<f64>(), made[cells.clone()].iter().sum::<f64>());
        let counts = seen >= SEEN && own > 0.0;
        cells.filter(move |_| counts).map(move |cell| (cell, real[cell] / seen, made[cell] / own))
    })
}

fn moved(weights: &mut [f32], tables: &[TraitTable], counts: [&[f64]; 2], rate: f64) {
    for (cell, wanted, is) in shares(tables, counts) {
        let variance = (wanted * (1.0 - wanted)).max(RARE);
        let weight = f64::from(weights[cell]) + rate * ((wanted - is) / variance).clamp(-1.0, 1.0);
        weights[cell] = weight.clamp(-FARTHEST, FARTHEST) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::model;
    use super::*;
    use crate::line::LineModel;

    #[test]
    fn weights_of_other_traits_are_refused() {
        let of =
            |tilt: Tilt| LineModel { tilt, ..model() }.to_bytes(sideman_lstm::Precision::Single).unwrap();
        assert!(LineModel::from_bytes(&of(Tilt::default())).is_ok());
        let short = Tilt { gaps: vec![0.0; 3], pitches: Vec::new() };
        assert!(LineModel::from_bytes(&of(short)).is_err());
    }
}
