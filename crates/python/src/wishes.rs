//! What is wished of a solo and of its band, as keywords.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use pyo3::prelude::*;
use sideman_band::{Band, BandOptions, Style};
use sideman_improv::classic::Length;
use sideman_improv::line::{Controls, Ending};
use sideman_music::{NoteName, Pitch, Sheet};
use sideman_session::{Lead, Request, Rules};

use crate::bounds::{above_nought, quarters, within};
use crate::error::raised;
use crate::lead::PyLead;

/// The keywords of `improvise`; what is `None` is not wished.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Keywords {
    instrument: Option<String>,
    choruses: Option<usize>,
    values: Option<usize>,
    beats: Option<usize>,
    like: Option<String>,
    density: Option<u8>,
    register: Option<u8>,
    outside: Option<u8>,
    space: Option<u8>,
    phrase_length: Option<u8>,
    laid_back: Option<u8>,
    best_of: Option<usize>,
    argmax: bool,
    temperature: Option<f32>,
    rhythm_temperature: Option<f32>,
    pitch_temperature: Option<f32>,
    top_p: Option<f32>,
    start: Option<String>,
    max_copy: Option<usize>,
    range: Option<(String, String)>,
    longest_rest: Option<f64>,
    longest_phrase: Option<usize>,
    end: Option<String>,
    targets: Vec<(usize, String)>,
    rhythm_of: Option<Py<PyLead>>,
    pitches_of: Option<Py<PyLead>>,
    keep: Option<Py<PyLead>>,
    bars: Vec<(usize, usize)>,
    trade: Option<usize>,
    intro: bool,
    band: Option<String>,
    style: Option<String>,
    swing: Option<String>,
    chords: Option<String>,
    count_in: bool,
    head: Option<Py<PyLead>>,
}

impl Keywords {
    /// What is asked of the soloist.
    pub(crate) fn request(&self) -> PyResult<Request> {
        let usual = Request::default();
        Ok(Request {
            instrument: said(self.instrument.as_deref())?.unwrap_or(usual.instrument),
            length: self.length(usual.length)?,
            argmax: self.argmax,
            temperature: above_nought("temperature", self.temperature, 10.0)?,
            top_p: above_nought("top_p", self.top_p, 1.0)?,
            rhythm_temperature: above_nought("rhythm_temperature", self.rhythm_temperature, 10.0)?,
            pitch_temperature: above_nought("pitch_temperature", self.pitch_temperature, 10.0)?,
            start: said(self.start.as_deref())?,
            candidates: within("best_of", self.best_of, 1..=64)?.unwrap_or(usual.candidates),
            like: self.like.clone(),
            controls: Controls {
                density: within("density", self.density, 0..=100)?,
                register: within("register", self.register, 0..=100)?,
                outside: within("outside", self.outside, 0..=100)?,
                space: within("space", self.space, 0..=100)?,
                phrase_length: within("phrase_length", self.phrase_length, 0..=100)?,
                laid_back: within("laid_back", self.laid_back, 0..=100)?,
            },
            longest_copy: self.max_copy,
            rules: self.rules()?,
        })
    }

    fn length(&self, usual: Length) -> PyResult<Length> {
        let values = within("values", self.values, 1..=100_000)?;
        let beats = within("beats", self.beats, 1..=100_000)?;
        let choruses = within("choruses", self.choruses, 1..=500)?;
        match (choruses, values, beats) {
            (Some(choruses), None, None) => Ok(Length::Choruses(choruses)),
            (None, Some(values), None) => Ok(Length::Values(values)),
            (None, None, Some(beats)) => Ok(Length::Beats(beats)),
            (None, None, None) => Ok(usual),
            _ => Err(raised("say one of choruses, values and beats")),
        }
    }

    fn rules(&self) -> PyResult<Rules> {
        let lead = |lead: &Option<Py<PyLead>>| lead.as_ref().map(|lead| lead.get().lead.clone());
        let melodies = [&self.rhythm_of, &self.pitches_of, &self.keep];
        if melodies.iter().filter(|melody| melody.is_some()).count() > 1 {
            return Err(raised("say one of rhythm_of, pitches_of and keep"));
        }
        if !self.bars.is_empty() && (self.keep.is_none() || self.trade.is_some()) {
            return Err(raised("bars are those of keep, and not for trade"));
        }
        let rest = self.longest_rest.map(|rest| quarters("longest_rest", rest)).transpose()?;
        let bars = self.bars.iter().map(|(first, last)| parsed(&format!("{first}-{last}")));
        Ok(Rules {
            range: self.range.as_ref().map(|(low, high)| range(low, high)).transpose()?,
            longest_rest: rest,
            longest_phrase: within("longest_phrase", self.longest_phrase, 1..=65_535)?,
            ending: ending(self.end.as_deref())?,
            targets: targets(&self.targets)?,
            rhythm_of: lead(&self.rhythm_of),
            pitches_of: lead(&self.pitches_of),
            keep: lead(&self.keep),
            bars: bars.collect::<PyResult<_>>()?,
            trade: within("trade", self.trade, 1..=64)?,
        })
    }

    /// What is asked of the band over one chorus of a sheet.
    pub(crate) fn band(&self, sheet: &Sheet) -> PyResult<BandOptions> {
        let usual = BandOptions::default();
        let style = self.style.as_deref().map(Style::named).transpose().map_err(raised)?;
        let chords = self.chords.as_deref().map(Band::chordal).transpose().map_err(raised)?;
        let melody = |head: &Py<PyLead>| Lead::in_key_of(&head.get().lead, sheet).map_err(raised);
        Ok(BandOptions {
            band: said(self.band.as_deref())?.unwrap_or(usual.band),
            style,
            swing: said(self.swing.as_deref())?.unwrap_or(usual.swing),
            chords: chords.unwrap_or(usual.chords),
            count_in: self.count_in,
            intro: self.intro,
            melody: self.head.as_ref().map(melody).transpose()?,
            ..usual
        })
    }
}

fn parsed<T: FromStr<Err: Display>>(words: &str) -> PyResult<T> {
    words.parse().map_err(raised)
}

fn said<T: FromStr<Err: Display>>(words: Option<&str>) -> PyResult<Option<T>> {
    words.map(parsed).transpose()
}

fn range(low: &str, high: &str) -> PyResult<RangeInclusive<Pitch>> {
    let (lowest, highest): (Pitch, Pitch) = (parsed(low)?, parsed(high)?);
    if lowest.number() >= highest.number() {
        return Err(raised(format!("range is {low} to {high}; write the lowest note and a higher one")));
    }
    Ok(lowest..=highest)
}

fn ending(words: Option<&str>) -> PyResult<Ending> {
    match words {
        None => Ok(Ending::default()),
        Some("any") => Ok(Ending::Any),
        Some("chord") => Ok(Ending::ChordTone),
        Some("guide") => Ok(Ending::GuideTone),
        Some(other) => Err(raised(format!("end is {other:?}; write any, chord or guide"))),
    }
}

fn targets(targets: &[(usize, String)]) -> PyResult<Vec<(usize, NoteName)>> {
    targets.iter().map(|(bar, note)| Ok((*bar, parsed(note)?))).collect()
}
