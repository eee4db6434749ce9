//! A solo's borrowing beside that of humans, and how much of it passes.

use std::fmt;

use serde::{Deserialize, Serialize};
use sideman_music::{Sheet, Solo};

use crate::Percentiles;

use super::{Borrowing, COVERAGES, Index, Match, RunKind};

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

/// How much a solo may borrow: no more than 95 of 100 humans of its corpus, no more than real solos do whatever
/// the corpus, and no longer a run than a user asks for.
#[derive(Debug, Clone)]
pub struct Policy<'a> {
    humans: &'a Humans,
    longest: usize,
}

/// The percentile of humans up to which a solo may borrow.
const USUAL: usize = 95;

impl<'a> Policy<'a> {
    /// The longest run in intervals that passes, whatever the corpus: the 95th percentile of real solos.
    pub const LONGEST: usize = 15;
    /// The shares that pass, whatever the corpus, by intervals in a run: the 95th percentiles of real solos.
    const MOST_COVERED: [(usize, f64); 2] = [(8, 0.49), (10, 0.23)];

    /// The policy beside the humans of a corpus (see [`Index::borrowings_of_humans`]).
    pub fn new(humans: &'a Humans) -> Self {
        Self { humans, longest: Self::LONGEST }
    }

    /// The policy with no run longer than so many intervals; it never becomes milder.
    #[must_use]
    pub fn at_most(self, longest: usize) -> Self {
        Self { longest: self.longest.min(longest), ..self }
    }

    fn allows_run(&self, intervals: usize) -> bool {
        intervals as f64 <= self.humans.longest(USUAL) && intervals <= self.longest
    }

    fn allows(&self, finding: &Finding) -> bool {
        let caps = Self::MOST_COVERED.iter().filter(|_| finding.kind == RunKind::Intervals);
        let mut caps = caps.filter(|cap| cap.0 == finding.intervals);
        finding.covered <= finding.humans && caps.all(|&(_, most)| finding.covered <= most)
    }
}

/// Whether a solo borrows no more than its policy allows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Certificate {
    /// The longest lick it shares, where one has seven intervals or more.
    pub longest: Option<Match>,
    /// The 95th percentile of the longest run of humans, in intervals.
    pub longest_of_humans: f64,
    /// For each of [`COVERAGES`] how it compares.
    pub findings: Vec<Finding>,
    /// Whether the [`Policy`] allows the longest run and every share.
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

impl Index {
    /// The certificate of a solo over a sheet.
    pub fn certify(&self, sheet: &Sheet, solo: &Solo, policy: &Policy<'_>) -> Certificate {
        Certificate::new(self.borrowing(sheet, solo), policy)
    }

    /// The certificates of several solos, in their order: the corpus is looked through once for all of them.
    pub fn certify_all(&self, solos: &[(&Sheet, &Solo)], policy: &Policy<'_>) -> Vec<Certificate> {
        self.borrowings(solos).into_iter().map(|borrowing| Certificate::new(borrowing, policy)).collect()
    }
}

impl Certificate {
    fn new(Borrowing { longest, covered }: Borrowing, policy: &Policy<'_>) -> Self {
        let humans = policy.humans;
        let finding = |(i, (kind, intervals)): (usize, (RunKind, usize))| Finding {
            kind,
            intervals,
            covered: covered[i],
            percentile: humans.covered[i].rank(covered[i]),
            humans: humans.covered(i, USUAL),
        };
        let findings: Vec<Finding> = COVERAGES.into_iter().enumerate().map(finding).collect();
        let short = longest.as_ref().is_none_or(|m| policy.allows_run(m.intervals));
        let passes = short && findings.iter().all(|finding| policy.allows(finding));
        Self { longest, longest_of_humans: humans.longest(USUAL), findings, passes }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn humans(longest: usize, covered: f64) -> Humans {
        let lick = Match { intervals: longest, bar: 0, source: String::new(), source_bar: 0 };
        Humans::new(&[Borrowing { longest: Some(lick), covered: [covered; COVERAGES.len()] }])
    }

    fn finding(kind: RunKind, intervals: usize, covered: f64) -> Finding {
        Finding { kind, intervals, covered, percentile: 0, humans: 1.0 }
    }

    #[test]
    fn a_run_passes_that_humans_real_solos_and_the_user_allow() {
        let (few, many) = (humans(12, 0.1), humans(30, 1.0));
        let allowed = |policy: &Policy<'_>| (0..40).filter(|&n| policy.allows_run(n)).max();
        assert_eq!(allowed(&Policy::new(&few)), Some(12));
        assert_eq!(allowed(&Policy::new(&many)), Some(15));
        assert_eq!(allowed(&Policy::new(&many).at_most(9)), Some(9));
        assert_eq!(allowed(&Policy::new(&many).at_most(20)), Some(15));
    }

    #[test]
    fn shares_of_intervals_are_capped_whatever_the_corpus() {
        let humans = humans(30, 1.0);
        let policy = Policy::new(&humans);
        for (kind, intervals, covered, passes) in [
            (RunKind::Intervals, 8, 0.49, true),
            (RunKind::Intervals, 8, 0.5, false),
            (RunKind::Intervals, 10, 0.24, false),
            (RunKind::Intervals, 7, 0.9, true),
            (RunKind::Rhythm, 8, 0.9, true),
        ] {
            assert_eq!(policy.allows(&finding(kind, intervals, covered)), passes, "{intervals} {covered}");
        }
        assert!(!policy.allows(&Finding { humans: 0.2, ..finding(RunKind::Intervals, 7, 0.3) }));
    }
}
