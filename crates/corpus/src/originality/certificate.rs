//! A solo's borrowing beside that of humans.

use std::fmt;

use serde::{Deserialize, Serialize};
use sideman_music::{Sheet, Solo};

use crate::Percentiles;

use super::{Borrowing, COVERAGES, Index, RunKind, Match};

/// How much humans borrow: for each of [`COVERAGES`] the percentiles 0 to 100, and those of the longest run
/// in intervals (0 where it is shorter than seven).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Humans {
    covered: [Percentiles; COVERAGES.len()],
    longest: Percentiles,
}

impl Humans {
    /// The distribution over some solos; zeros over none.
    pub fn new(borrowings: &[Borrowing]) -> Self {
        let covered = std::array::from_fn(|i| Percentiles::new(borrowings.iter().map(|b| b.covered[i])));
        let longest = borrowings.iter().map(|b| b.longest.as_ref().map_or(0, |m| m.intervals) as f64);
        Self { covered, longest: Percentiles::new(longest) }
    }

    /// A percentile of one of [`COVERAGES`].
    pub fn covered(&self, coverage: usize, percentile: usize) -> f64 {
        self.covered[coverage].at(percentile as f64)
    }

    /// A percentile of the longest run, in intervals.
    pub fn longest(&self, percentile: usize) -> f64 {
        self.longest.at(percentile as f64)
    }
}

/// Whether a solo borrows no more than humans do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Certificate {
    /// The longest lick it shares, where one has seven intervals or more.
    pub longest: Option<Match>,
    /// The 95th percentile of the longest run of humans, in intervals.
    pub longest_of_humans: f64,
    /// For each of [`COVERAGES`] how it compares.
    pub findings: Vec<Finding>,
    /// Whether every finding and the longest run lie inside the 95th percentile of humans.
    pub passes: bool,
}

/// One share of borrowed notes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Finding {
    /// What is compared.
    pub kind: RunKind,
    /// Intervals in a run.
    pub intervals: usize,
    /// The share of the solo's notes that stand in such a run of the corpus.
    pub covered: f64,
    /// Its rank among humans: how many of 100 borrow less, or as much.
    pub percentile: usize,
    /// The 95th percentile of humans.
    pub humans: f64,
}

impl Finding {
    fn inside(&self) -> bool {
        self.covered <= self.humans
    }
}

impl Index {
    /// The certificate of a solo over a sheet, measured against `humans` (see
    /// [`Index::borrowings_of_humans`]).
    pub fn certify(&self, sheet: &Sheet, solo: &Solo, humans: &Humans) -> Certificate {
        let Borrowing { longest, covered } = self.borrowing(sheet, solo);
        let finding = |(i, (kind, intervals)): (usize, (RunKind, usize))| {
            let percentile = humans.covered[i].rank(covered[i]);
            Finding { kind, intervals, covered: covered[i], percentile, humans: humans.covered(i, 95) }
        };
        let findings: Vec<Finding> = COVERAGES.into_iter().enumerate().map(finding).collect();
        let longest_of_humans = humans.longest(95);
        let short = longest.as_ref().is_none_or(|m| m.intervals as f64 <= longest_of_humans);
        let passes = short && findings.iter().all(Finding::inside);
        Certificate { longest, longest_of_humans, findings, passes }
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.longest {
            None => writeln!(f, "longest match: no lick of {} intervals or more", RunKind::Intervals.size())?,
            Some(Match { intervals, bar, source, source_bar }) => {
                let (bar, source_bar) = (bar + 1, source_bar + 1);
                write!(
                    f,
                    "longest match: {intervals} intervals from bar {bar}, as in {source} from bar {source_bar}"
                )?;
                writeln!(f, " (95 of 100 humans: at most {:.0})", self.longest_of_humans)?;
            }
        }
        self.findings.iter().try_for_each(|finding| finding.fmt(f))?;
        writeln!(
            f,
            "{}",
            if self.passes { "passes: inside what humans borrow" } else { "borrows more than humans do" }
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            RunKind::Intervals => "intervals",
            RunKind::Rhythm => "intervals with rhythm",
        };
        let title = format!("runs of {} {what}", self.intervals);
        let (covered, humans) = (100.0 * self.covered, 100.0 * self.humans);
        writeln!(
            f,
            "{title:32} {covered:5.1} % of the notes, as {} of 100 humans (95th: {humans:.1} %)",
            self.percentile
        )
    }
}
