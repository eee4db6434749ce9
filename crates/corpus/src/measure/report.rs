//! A set of solos beside a reference.

use std::fmt;

use serde::Serialize;

use crate::statistics::{mean, quantile, share};

use super::mgeval::{between, overlap_area, within};
use super::{Measure, MgevalFeature, SoloMeasures};

/// Most solos whose features are compared pair by pair; of more, as many evenly spaced ones.
const PAIRED: usize = 500;

/// Each measure of a set, beside those of a reference where there is one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureReport {
    /// Solos in the set.
    pub solos: usize,
    /// Solos in the reference.
    pub reference: Option<usize>,
    /// One row for each measure that any solo of the set has.
    pub rows: Vec<MeasureRow>,
    /// For each of MGEval's features how far set and reference overlap; empty without a reference.
    pub overlaps: Vec<Overlap>,
}

/// One measure of a set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureRow {
    /// Which.
    pub measure: Measure,
    /// Its name for readers.
    pub name: &'static str,
    /// Its unit; empty for a share.
    pub unit: &'static str,
    /// The mean over the solos that have it.
    pub mean: f64,
    /// Its standard deviation over them.
    pub sd: f64,
    /// Beside the reference.
    pub beside: Option<Beside>,
}

/// What a reference says of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Beside {
    /// The mean over the solos of the reference.
    pub mean: f64,
    /// The standard deviation over them.
    pub sd: f64,
    /// The 5th and the 95th percentile of single solos of the reference.
    pub band: (f64, f64),
    /// The share of the set's solos inside that band.
    pub inside: f64,
    /// The set's mean less the reference's, in standard deviations of the reference; `None` where those are 0.
    pub distance: Option<f64>,
}

/// How far a feature of set and reference overlap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Overlap {
    /// Which feature.
    pub feature: MgevalFeature,
    /// Its name for readers.
    pub name: &'static str,
    /// The area that the densities of the distances within the reference and those between set and
    /// reference share: 1 where the set lies among the reference.
    pub area: f64,
}

impl MeasureReport {
    /// The report of a set, beside a reference unless that is empty.
    pub fn new(set: &[SoloMeasures], reference: &[SoloMeasures]) -> Self {
        let rows = Measure::ALL.into_iter().filter_map(|measure| row(measure, set, reference)).collect();
        let overlaps =
            MgevalFeature::ALL.into_iter().filter_map(|feature| overlap(feature, set, reference)).collect();
        let reference = (!reference.is_empty()).then_some(reference.len());
        Self { solos: set.len(), reference, rows, overlaps }
    }

    /// How many measures have their mean inside the reference's band, and how many there are to compare.
    pub fn inside(&self) -> (usize, usize) {
        let compared = || self.rows.iter().filter_map(|row| Some((row.mean, row.beside?.band)));
        (compared().filter(|&(mean, band)| lies_in(band, mean)).count(), compared().count())
    }
}

/// Whether a value lies in a band, but for the rounding of sums.
fn lies_in((low, high): (f64, f64), value: f64) -> bool {
    let slack = 1e-9 * value.abs();
    low - slack <= value && value <= high + slack
}

fn row(measure: Measure, set: &[SoloMeasures], reference: &[SoloMeasures]) -> Option<MeasureRow> {
    let own = values(measure, set);
    let (mean_of_set, sd) = mean_and_sd(&own)?;
    let (name, unit) = measure.name();
    let beside = beside(mean_of_set, &own, values(measure, reference));
    Some(MeasureRow { measure, name, unit, mean: mean_of_set, sd, beside })
}

fn beside(mean_of_set: f64, set: &[f64], mut reference: Vec<f64>) -> Option<Beside> {
    let (mean, sd) = mean_and_sd(&reference)?;
    reference.sort_by(f64::total_cmp);
    let band = (quantile(&reference, 0.05)?, quantile(&reference, 0.95)?);
    let inside = share(set.iter().map(|&v| lies_in(band, v)))?;
    Some(Beside { mean, sd, band, inside, distance: (sd > 0.0).then(|| (mean_of_set - mean) / sd) })
}

fn values(measure: Measure, solos: &[SoloMeasures]) -> Vec<f64> {
    solos.iter().filter_map(|solo| solo.get(measure)).collect()
}

fn mean_and_sd(values: &[f64]) -> Option<(f64, f64)> {
    let mean_of = mean(values.iter().copied())?;
    let squares: f64 = values.iter().map(|v| (v - mean_of).powi(2)).sum();
    Some((mean_of, (squares / (values.len() as f64 - 1.0).max(1.0)).sqrt()))
}

fn overlap(feature: MgevalFeature, set: &[SoloMeasures], reference: &[SoloMeasures]) -> Option<Overlap> {
    let (set, reference) = (points(feature, set), points(feature, reference));
    let area = overlap_area(&within(&reference), &between(&set, &reference))?;
    Some(Overlap { feature, name: feature.name(), area })
}

fn points(feature: MgevalFeature, solos: &[SoloMeasures]) -> Vec<&[f64]> {
    let kept = solos.len().min(PAIRED);
    (0..kept).map(|i| solos[i * solos.len() / kept].feature(feature)).collect()
}

impl fmt::Display for MeasureReport {
    /// A table for people, one measure a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reference {
            None => writeln!(f, "{:40} {:>9} {:>9}", format!("{} solos", self.solos), "mean", "sd")?,
            Some(n) => {
                let title = format!("{} solos beside {n}", self.solos);
                let (band, inside) = ("5-95 % of reference", "inside");
                writeln!(
                    f,
                    "{title:40} {:>9} {:>9} {:>9} {band:>20} {inside:>7} {:>7}",
                    "mean", "sd", "reference", "SDs"
                )?;
            }
        }
        self.rows.iter().try_for_each(|row| row.fmt(f))?;
        for overlap in &self.overlaps {
            writeln!(f, "{:40} {:9.3}", format!("overlap of {}", overlap.name), overlap.area)?;
        }
        match self.inside() {
            (_, 0) => Ok(()),
            (inside, all) => writeln!(f, "{inside} of {all} means inside the band"),
        }
    }
}

impl fmt::Display for MeasureRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:40} {:9.3} {:9.3}", self.name, self.mean, self.sd)?;
        if let Some(Beside { mean, band, inside, distance, .. }) = self.beside {
            let band = format!("{:.3} to {:.3}", band.0, band.1);
            let distance = distance.map_or("-".to_owned(), |d| format!("{d:+.2}"));
            write!(f, " {mean:9.3} {band:>20} {:>5.0} % {distance:>7}", 100.0 * inside)?;
        }
        writeln!(f, " {}", self.unit)
    }
}
