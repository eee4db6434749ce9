//! The order of play: from measures as they stand on the page to measures as they are played.
//!
//! Every reader of charts gives the [`FormSigns`] of its measures, and takes the [`OrderOfPlay`]; the rules, with
//! their cases, stand in `docs/order-of-play.md`.
//!
//! ```
//! use sideman_music::{FormSigns, OrderOfPlay};
//! let plain = FormSigns::default;
//! let first = FormSigns { ending: vec![1], plays: 2, ..plain() };
//! let second = FormSigns { ending: vec![2], ..plain() };
//! let order = OrderOfPlay::of(&[plain(), first, second]);
//! assert_eq!(order.measures().collect::<Vec<_>>(), [0, 1, 0, 2]);
//! ```

mod settled;
mod signs;
mod step;
mod walk;

use std::ops::Range;

use settled::Settled;
pub use signs::{CodaPlace, FormSigns, Jump, JumpEnd};
pub(crate) use step::MOST_BARS;
pub use step::{PlaySign, PlayStep};
use walk::Walk;

/// Something that was taken in another way than it stands, or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRemark {
    /// The measure, counted from 0 on the page.
    pub measure: usize,
    /// What became of it.
    pub words: String,
}

/// What stands apart from the order of play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApartKind {
    /// A coda to which no jump leads: it is for the last chorus.
    Coda,
    /// What stands behind the Fine with which the music ends.
    Solos,
    /// Measures that no sign leads to.
    Unreached,
}

/// Measures that stand apart from the order of play, and their own order: the coda of the last chorus, or the
/// changes for solos behind the Fine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayApart {
    /// What it is.
    pub kind: ApartKind,
    /// Where it stands on the page.
    pub measures: Range<usize>,
    /// How it is played.
    pub steps: Vec<PlayStep>,
}

/// The measures of a page in the order they are played.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderOfPlay {
    /// In order of time; at most one more than a [`Sheet`](crate::Sheet) may have bars.
    pub steps: Vec<PlayStep>,
    /// What no step reaches, in the order of the page.
    pub apart: Vec<PlayApart>,
    /// What was not taken as it stands; every measure that stands apart is named.
    pub remarks: Vec<FormRemark>,
}

impl OrderOfPlay {
    /// The order in which measures with these signs are played.
    ///
    /// No form runs for ever: each jump is taken once, each repeat sign as often as it says, and the order is cut
    /// where it is longer than a sheet may be.
    pub fn of(signs: &[FormSigns]) -> Self {
        let mut order = Self::default();
        let spare = order.play(signs, 0..signs.len());
        order.keep_apart(signs, &spare.into_iter().collect::<Vec<_>>());
        order
    }

    /// The order in which parts of a page are played, as a list of them says; each is a form of its own.
    pub fn of_parts(signs: &[FormSigns], parts: &[Range<usize>]) -> Self {
        let (mut order, mut spare) = (Self::default(), Vec::new());
        for part in parts.iter().filter(|part| part.start <= part.end && part.end <= signs.len()) {
            if order.steps.len() > MOST_BARS {
                break;
            }
            spare.extend(order.play(signs, part.clone()));
        }
        order.steps.truncate(MOST_BARS + 1);
        order.remarks.sort_by(|a, b| (a.measure, &a.words).cmp(&(b.measure, &b.words)));
        order.remarks.dedup();
        order.keep_apart(signs, &spare);
        order
    }

    /// The measures that are played, counted from 0 on the page.
    pub fn measures(&self) -> impl Iterator<Item = usize> {
        self.steps.iter().map(|step| step.measure)
    }

    /// Appends the steps and remarks of some measures, as a form of their own; gives the coda that is left out.
    fn play(&mut self, signs: &[FormSigns], part: Range<usize>) -> Option<usize> {
        let settled = Settled::of(&signs[part.clone()]);
        let (steps, remarks) = Walk::through(&settled);
        let on_page = |step: PlayStep| PlayStep { measure: step.measure + part.start, ..step };
        self.steps.extend(steps.into_iter().map(on_page));
        let told = settled.remarks.into_iter().chain(remarks);
        self.remarks.extend(told.map(|(i, words)| FormRemark { measure: i + part.start, words }));
        settled.spare_coda.map(|coda| coda + part.start)
    }

    /// Names the measures that no step reaches, and gives them an order of their own.
    fn keep_apart(&mut self, signs: &[FormSigns], codas: &[usize]) {
        if self.steps.len() > MOST_BARS {
            return;
        }
        let fine = self.steps.last().is_some_and(|last| signs[last.measure].fine);
        for measures in unplayed(0..signs.len(), &self.steps) {
            let kind = match codas.contains(&measures.start) {
                true => ApartKind::Coda,
                false if fine => ApartKind::Solos,
                false => ApartKind::Unreached,
            };
            let words = apart_words(measures.len(), kind);
            self.remarks.push(FormRemark { measure: measures.start, words });
            let mut own = Self::default();
            own.play(signs, measures.clone());
            self.apart.push(PlayApart { kind, measures, steps: own.steps });
        }
    }
}

fn apart_words(count: usize, kind: ApartKind) -> String {
    let which = match count {
        1 => "this measure".to_owned(),
        _ => format!("{count} measures from here"),
    };
    match kind {
        ApartKind::Coda => "the coda is for the last chorus and left out".into(),
        ApartKind::Solos => format!("{which}, behind the Fine: no part of the form"),
        ApartKind::Unreached => format!("{which}, reached by no pass: left out"),
    }
}

/// The stretches of a page that no step reaches.
fn unplayed(page: Range<usize>, steps: &[PlayStep]) -> Vec<Range<usize>> {
    let mut played = vec![false; page.end];
    steps.iter().for_each(|step| played[step.measure] = true);
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for measure in page.filter(|&measure| !played[measure]) {
        match stretches.last_mut() {
            Some(last) if last.end == measure => last.end += 1,
            _ => stretches.push(measure..measure + 1),
        }
    }
    stretches
}

#[cfg(test)]
mod tests;
