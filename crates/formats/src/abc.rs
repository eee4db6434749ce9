//! ABC notation: tunes with chord symbols in quotes.
//!
//! ```text
//! X:1
//! T:Example
//! M:4/4
//! L:1/8
//! K:F
//! |: "Gm7"GABd "C7"(3cde f>e |1 "F6"f4 z4 :|2 "F6"f8 |]
//! ```
//!
//! Melody, lengths, broken rhythm, tuplets, ties, chords, keys and modes, repeats, endings, parts (`P:`), inline
//! fields, changes of meter. Grace notes, decorations, lyrics and all voices but the first are left out.

mod body;
mod chords;
mod header;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use sideman_music::{Instrument, Sheet, Solo};

use crate::unfold::{self, SourceMeasure};
use crate::{Credits, Error, Location, Tune, Warning, WarningKind};
use body::Body;
use header::{TuneHeader, field};

/// Every tune. One that cannot be read is left out, with a warning on the tune before it or the first.
///
/// # Errors
/// When there is no tune with a key, or none can be read.
pub fn read(bytes: &[u8]) -> Result<Vec<Tune>, Error> {
    let text = String::from_utf8_lossy(bytes);
    let is_tune =
        |tune: &&str| has_field(tune, 'K') && ['X', 'T', 'M', 'L'].iter().any(|&name| has_field(tune, name));
    let tunes = split(&text).into_iter().filter(is_tune);
    let read = tunes.map(|tune| {
        let header = TuneHeader::read(tune);
        (header.title.clone(), read_tune(tune, header))
    });
    Tune::readable(bytes.len(), read).unwrap_or(Err(Error::NotThisFormat("a tune in ABC notation")))
}

/// The tunes of a text, each from its `X:` on.
fn split(text: &str) -> Vec<&str> {
    let starts =
        text.match_indices("X:").map(|(i, _)| i).filter(|&i| i == 0 || text[..i].ends_with(['\n', '\r']));
    let mut starts: Vec<usize> = starts.collect();
    if starts.is_empty() {
        starts.push(0);
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &text[start..end]).collect()
}

fn has_field(text: &str, name: char) -> bool {
    text.lines().any(|line| field(line).is_some_and(|(field, _)| field == name))
}

fn read_tune(text: &str, header: TuneHeader) -> Result<Tune, Error> {
    let malformed = Error::in_part("tune");
    let mut body = Body::new(&header);
    let lines = text.lines().skip_while(|line| field(line).is_none_or(|(name, _)| name != 'K')).skip(1);
    for line in lines.take_while(|line| field(line).is_none_or(|(name, _)| name != 'X')) {
        match field(line) {
            Some((name, value)) => body.field(name, value),
            None => body.line(line),
        }
    }
    let (measures, mut warnings) = body.finish();
    let parts = parts(&header.parts, &measures, &mut warnings);
    let mut played = unfold::unfold(measures, parts.as_deref(), &mut warnings)?;
    let named = |sheet: Sheet| {
        let sheet = sheet.with_title(&header.title).with_composer(&header.composer).with_style(&header.style);
        sheet.with_key(header.key.key).with_tempo(header.tempo)
    };
    let sheet = played.sheet(named).map_err(malformed)?;
    let solo = match played.notes.is_empty() {
        true => None,
        false => Some(Solo::new(Instrument::Voice, std::mem::take(&mut played.notes)).map_err(malformed)?),
    };
    let unfold::Unfolded { spelling, form, .. } = played;
    Ok(Tune { sheet, solo, spelling, credits: Credits::default(), form, warnings })
}

/// The measures of the parts in the order in which the header plays them, behind those that stand before the first;
/// `None` where it says no order.
fn parts(
    order: &[char],
    measures: &[SourceMeasure],
    warnings: &mut Vec<Warning>,
) -> Option<Vec<Range<usize>>> {
    let label = |measure: &SourceMeasure| measure.section.as_ref()?.trim().chars().next();
    let heads: Vec<(usize, char)> =
        measures.iter().enumerate().filter_map(|(i, measure)| Some((i, label(measure)?))).collect();
    let first = heads.first().filter(|_| !order.is_empty())?.0;
    let ends = heads.iter().skip(1).map(|head| head.0).chain([measures.len()]);
    let mut pages: BTreeMap<char, Range<usize>> = BTreeMap::new();
    for (&(start, name), end) in heads.iter().zip(ends) {
        pages.entry(name).or_insert(start..end);
    }
    let missing: BTreeSet<char> = order.iter().copied().filter(|name| !pages.contains_key(name)).collect();
    let warning =
        |name| Warning::new(Location::part("P:"), format!("there is no part {name}")).of(WarningKind::Order);
    warnings.extend(missing.into_iter().map(warning));
    let played = order.iter().filter_map(|name| pages.get(name).cloned());
    Some((first > 0).then_some(0..first).into_iter().chain(played).collect())
}

#[cfg(test)]
mod tests;
