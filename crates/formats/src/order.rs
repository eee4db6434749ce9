//! The order of play of a tune, bar by bar, with the signs that led there.

use std::fmt;

use sideman_music::{ApartKind, Bar, OrderOfPlay, PlaySign, PlayStep, Sheet};

use crate::{Error, Location, Warning, WarningKind};

/// How the bars of a sheet follow from the measures of its source. Without steps the source is written as it is
/// played.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlayedForm {
    /// The measures of the source as they are numbered there; where there are none, they are counted from 1.
    pub numbers: Vec<String>,
    /// Each measure that is played, and the bar of the sheet in which it begins, from 1; 0 is the pickup.
    pub steps: Vec<(PlayStep, usize)>,
    /// What stands apart from the order of play, such as the changes for solos behind the Fine; the name of each is
    /// in its title.
    pub apart: Vec<Sheet>,
}

impl PlayedForm {
    /// Measures of which each is a bar.
    pub(crate) fn of_bars(order: &OrderOfPlay, apart: Vec<Sheet>) -> Self {
        let steps = order.steps.iter().enumerate().map(|(i, step)| (*step, i + 1)).collect();
        Self { numbers: Vec::new(), steps, apart }
    }

    fn number(&self, measure: usize) -> String {
        self.numbers.get(measure).cloned().unwrap_or_else(|| (measure + 1).to_string())
    }
}

impl fmt::Display for PlayedForm {
    /// A line for each stretch: measures of the source, bars of the sheet, what led there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let follows = |a: &(PlayStep, usize), b: &(PlayStep, usize)| {
            b.0.by == PlaySign::Next && b.0.measure == a.0.measure + 1
        };
        let range = |first: String, last: String| {
            if first == last { first } else { format!("{first}–{last}") }
        };
        let rows = self.steps.chunk_by(follows).map(|run| {
            let ((first, from), (last, to)) = (run[0], run[run.len() - 1]);
            let measures = range(self.number(first.measure), self.number(last.measure));
            (measures, range(from.to_string(), to.to_string()), sign_words(first.by))
        });
        for (measures, bars, by) in rows {
            writeln!(f, "measures {measures:<9} bars {bars:<9} {by}")?;
        }
        self.apart
            .iter()
            .try_for_each(|sheet| writeln!(f, "apart: {} ({} bars)", sheet.title(), sheet.bars().len()))
    }
}

fn sign_words(by: PlaySign) -> String {
    let ordinal = |n: usize| match n {
        1 => "1st".to_owned(),
        2 => "2nd".into(),
        3 => "3rd".into(),
        n => format!("{n}th"),
    };
    match by {
        PlaySign::Start => "from the beginning".into(),
        PlaySign::Next => "going on".into(),
        PlaySign::Repeat(pass) => format!("repeat sign, {} time", ordinal(pass)),
        PlaySign::Ending(pass) => format!("{} ending", ordinal(pass)),
        PlaySign::BehindEndings => "behind the endings".into(),
        PlaySign::DaCapo => "da capo".into(),
        PlaySign::DalSegno => "dal segno".into(),
        PlaySign::Coda => "to the coda".into(),
    }
}

/// The remarks on a form as warnings at their measures.
pub(crate) fn warnings(order: &OrderOfPlay, place: impl Fn(usize) -> Location) -> Vec<Warning> {
    order
        .remarks
        .iter()
        .map(|remark| Warning::new(place(remark.measure), &remark.words).of(WarningKind::Order))
        .collect()
}

/// Refuses an order of play with more bars than a sheet may have, before they are written out.
///
/// # Errors
/// When it has more.
pub(crate) fn bounded(steps: &[PlayStep], part: &str) -> Result<(), Error> {
    if steps.len() <= Sheet::MOST_BARS {
        return Ok(());
    }
    let words = format!("with its repeats it has more than {} bars", Sheet::MOST_BARS);
    Err(Error::malformed(Location::part(part), words))
}

/// The bars of a page as they are played.
pub(crate) fn written_out(bars: &[Bar], steps: &[PlayStep]) -> Vec<Bar> {
    steps.iter().map(|step| bars[step.measure].clone()).collect()
}

/// What stands apart on a page of bars, each under the title of the sheet with a name behind it.
pub(crate) fn apart(sheet: &Sheet, bars: &[Bar], order: &OrderOfPlay) -> Vec<Sheet> {
    let sheets =
        order.apart.iter().filter(|apart| apart.steps.len() <= Sheet::MOST_BARS).filter_map(|apart| {
            let own = sheet.with_bars(written_out(bars, &apart.steps)).ok()?;
            let name = apart_name(apart.kind, &(apart.measures.start + 1).to_string());
            Some(own.with_title(&format!("{}: {name}", sheet.title())))
        });
    sheets.collect()
}

/// What something that stands apart is called, from the number of its first measure.
pub(crate) fn apart_name(kind: ApartKind, number: &str) -> String {
    match kind {
        ApartKind::Coda => "coda".into(),
        ApartKind::Solos => "solos".into(),
        ApartKind::Unreached => format!("from measure {number}"),
    }
}
