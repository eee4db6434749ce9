//! What is asked of a take, as the page sends it and as it is kept. Every default is that of the command line.

use serde::{Deserialize, Serialize};
use sideman_band::{Band, BandOptions, Style};
use sideman_improv::classic::Length;
use sideman_improv::line::{Controls, Ending};
use sideman_music::{Bars, Duration, Instrument, Note, NoteName, Pitch, Pitches, Sheet, Solo, Tempo, Time};
use sideman_session::{Error, Lead, Request, Rules, Soloist, Source, Take};

use crate::problem::{Answer, Problem};

/// All that a take follows from, beside the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TakeOrder {
    /// A chart as text, or a link; nothing means a blues in F.
    pub(crate) chart: String,
    /// The key it is moved to, such as `Eb`.
    pub(crate) key: Option<String>,
    /// Quarter notes a minute, 20 to 400.
    pub(crate) tempo: Option<u16>,
    /// Who plays.
    pub(crate) instrument: String,
    /// Like whom.
    pub(crate) like: Option<String>,
    /// Times through the chart, 1 to 20.
    pub(crate) choruses: u16,
    /// Where chance begins.
    pub(crate) seed: u32,
    /// Of how many solos the best is taken, 1 to 16.
    pub(crate) best_of: u8,
    pub(crate) band: BandOrder,
    pub(crate) wishes: Wishes,
    pub(crate) rules: RuleOrder,
    /// Bars that are played again, and the line around them.
    pub(crate) again: Option<AgainOrder>,
}

/// Who plays with the soloist, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BandOrder {
    /// `trio`, `duo`, `drums` or `none`.
    pub(crate) players: String,
    /// As the chart has it where nothing is said.
    pub(crate) style: Option<String>,
    /// `style`, `straight` or a ratio such as `2:1`.
    pub(crate) swing: String,
    /// What plays the chords.
    pub(crate) chords: String,
    pub(crate) count_in: bool,
}

/// Percentiles of the corpus from 0 to 100; 50 is its middle.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wishes {
    pub(crate) density: Option<u8>,
    pub(crate) register: Option<u8>,
    pub(crate) outside: Option<u8>,
    pub(crate) space: Option<u8>,
    pub(crate) phrase_length: Option<u8>,
    pub(crate) laid_back: Option<u8>,
}

/// What always holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RuleOrder {
    /// Such as `Bb3..F5`.
    pub(crate) range: Option<String>,
    /// In quarter notes, such as `3/2`.
    pub(crate) longest_rest: Option<String>,
    /// In notes.
    pub(crate) longest_phrase: Option<u16>,
    /// The last note: `any`, `chord` or `guide`.
    pub(crate) end: String,
    /// Notes on downbeats, such as `5=Bb`.
    pub(crate) targets: Vec<String>,
}

/// Bars that are played again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgainOrder {
    /// Such as `5-8`.
    pub(crate) bars: Vec<String>,
    /// The line before.
    pub(crate) notes: Vec<KeptNote>,
}

/// A note that is kept: onset and length in quarter notes, pitches, velocity, delay in quarter notes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptNote(String, String, Vec<u8>, Option<u8>, Option<String>);

impl Default for TakeOrder {
    fn default() -> Self {
        let Request { instrument, candidates, .. } = Request::default();
        Self {
            chart: String::new(),
            key: None,
            tempo: None,
            instrument: instrument.to_string(),
            like: None,
            choruses: 2,
            seed: 1,
            best_of: candidates as u8,
            band: BandOrder::default(),
            wishes: Wishes::default(),
            rules: RuleOrder::default(),
            again: None,
        }
    }
}

impl Default for BandOrder {
    fn default() -> Self {
        let BandOptions { band, swing, chords, count_in, .. } = BandOptions::default();
        let [players, swing, chords] = [band.to_string(), swing.to_string(), chords.to_string()];
        Self { players, style: None, swing, chords, count_in }
    }
}

impl Default for RuleOrder {
    fn default() -> Self {
        let (range, longest_rest, longest_phrase, targets) = Default::default();
        Self { range, longest_rest, longest_phrase, end: "chord".into(), targets }
    }
}

impl TakeOrder {
    /// Makes the take: the same order and soloist give the same take, as `sideman improvise` does.
    pub(crate) fn make(&self, soloist: &Soloist) -> Answer<Take> {
        let sheet = self.sheet()?;
        Ok(Take::new(soloist, &sheet, &self.request()?, &self.band.options()?, u64::from(self.seed))?)
    }

    /// The chart of one chorus, in its key, at its tempo.
    pub(crate) fn sheet(&self) -> Answer<Sheet> {
        let source = match self.chart.trim() {
            "" => Source::blues()?,
            text => Source::typed(text)?.value,
        };
        let sheet = source.chart()?;
        let sheet = match &self.key {
            Some(key) => sheet.in_key(key.parse()?),
            None => sheet,
        };
        let tempo = self.tempo.map(|bpm| within("tempo", bpm, 20, 400)).transpose()?;
        let tempo = tempo.map(Tempo::bpm).or(sheet.tempo());
        Ok(sheet.with_tempo(tempo))
    }

    fn request(&self) -> Answer<Request> {
        let Wishes { density, register, outside, space, phrase_length, laid_back } = self.wishes;
        Ok(Request {
            instrument: self.instrument.parse()?,
            length: Length::Choruses(usize::from(within("choruses", self.choruses, 1, 20)?)),
            candidates: usize::from(within("best_of", self.best_of, 1, 16)?),
            like: self.like.clone(),
            controls: Controls { density, register, outside, space, phrase_length, laid_back },
            rules: self.rules()?,
            ..Request::default()
        })
    }

    fn rules(&self) -> Answer<Rules> {
        let RuleOrder { range, longest_rest, longest_phrase, end, targets } = &self.rules;
        let mut rules = Rules {
            range: range.as_deref().map(read_range).transpose()?,
            longest_rest: longest_rest.as_deref().map(str::parse::<Duration>).transpose()?,
            longest_phrase: longest_phrase.map(usize::from),
            ending: read_end(end)?,
            targets: targets.iter().map(|target| read_target(target)).collect::<Answer<_>>()?,
            ..Rules::default()
        };
        if let Some(again) = &self.again {
            rules.keep = Some(self.kept(&again.notes)?);
            rules.bars = again.bars.iter().map(|bars| Ok(bars.parse::<Bars>()?)).collect::<Answer<_>>()?;
        }
        Ok(rules)
    }

    fn kept(&self, notes: &[KeptNote]) -> Answer<Lead> {
        let sheet = self.sheet()?.repeated(usize::from(self.choruses))?;
        let notes = notes.iter().map(KeptNote::read).collect::<Answer<Vec<Note>>>()?;
        if notes.len() > Lead::MOST_NOTES {
            return Err(Problem::asked("the line that is kept has too many notes"));
        }
        let instrument: Instrument = self.instrument.parse()?;
        Ok(Lead::new(sheet, Solo::new(instrument, notes)?))
    }

    /// The same order with some bars of what came of it played again, from another seed.
    pub(crate) fn again(&self, take: &Take, bars: Vec<String>, seed: u32) -> Self {
        let notes = take.solo().notes().iter().map(KeptNote::of).collect();
        Self { seed, again: Some(AgainOrder { bars, notes }), ..self.clone() }
    }
}

impl BandOrder {
    fn options(&self) -> Answer<BandOptions> {
        let style = self.style.as_deref().filter(|style| !style.is_empty());
        Ok(BandOptions {
            band: self.players.parse()?,
            style: style.map(Style::named).transpose()?,
            swing: self.swing.parse()?,
            chords: Band::chordal(&self.chords)?,
            count_in: self.count_in,
            ..BandOptions::default()
        })
    }
}

impl KeptNote {
    fn of(note: &Note) -> Self {
        let pitches = note.pitches.as_slice().iter().map(|pitch| pitch.number()).collect();
        let delay = note.delay.map(|delay| delay.to_string());
        Self(note.onset.since_start().to_string(), note.duration.to_string(), pitches, note.velocity, delay)
    }

    fn read(&self) -> Answer<Note> {
        let Self(onset, duration, pitches, velocity, delay) = self;
        let pitch = |&number: &u8| Pitch::new(number).ok_or_else(|| Problem::asked("a pitch goes to 127"));
        let pitches = pitches.iter().map(pitch).collect::<Answer<Vec<_>>>()?;
        Ok(Note {
            onset: Time::after_start(onset.parse()?),
            duration: duration.parse()?,
            pitches: Pitches::new(pitches).ok_or_else(|| Problem::asked("a note has a pitch"))?,
            velocity: *velocity,
            delay: delay.as_deref().map(str::parse).transpose()?,
        })
    }
}

fn within<T: PartialOrd + Copy + std::fmt::Display>(what: &str, number: T, least: T, most: T) -> Answer<T> {
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    Err(Problem::asked(Error::Asked(format!("{what}: {number} is not a number from {least} to {most}"))))
}

fn read_range(text: &str) -> Answer<std::ops::RangeInclusive<Pitch>> {
    let parts = text.split_once("..").and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
    let range = parts.filter(|(low, high): &(Pitch, Pitch)| low.number() < high.number());
    let hint = "range: write the lowest note and a higher one, such as Bb3..F5";
    range.map(|(low, high)| low..=high).ok_or_else(|| Problem::asked(hint))
}

fn read_end(text: &str) -> Answer<Ending> {
    match text {
        "any" => Ok(Ending::Any),
        "chord" => Ok(Ending::ChordTone),
        "guide" => Ok(Ending::GuideTone),
        _ => Err(Problem::asked("end: write any, chord or guide")),
    }
}

fn read_target(text: &str) -> Answer<(usize, NoteName)> {
    let parts = text
        .split_once('=')
        .and_then(|(bar, note)| Some((bar.trim().parse().ok()?, note.trim().parse().ok()?)));
    let target = parts.filter(|&(bar, _)| bar > 0);
    target.ok_or_else(|| Problem::asked("targets: write a bar and a note, such as 5=Bb"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> TakeOrder {
        TakeOrder {
            chart: "Gm7 | C7 | F6 | D7 | Gm7 | C7 | F6 | %".into(),
            choruses: 1,
            best_of: 1,
            ..TakeOrder::default()
        }
    }

    #[test]
    fn what_is_not_said_is_as_on_the_command_line() {
        let order: TakeOrder = serde_json::from_str("{}").unwrap();
        assert_eq!(order, TakeOrder::default());
        assert_eq!(order.request().unwrap(), Request::default());
        assert_eq!(order.band.options().unwrap(), BandOptions::default());
        assert_eq!(order.sheet().unwrap(), Source::blues().unwrap().chart().unwrap());
        assert!(serde_json::from_str::<TakeOrder>("{\"path\": \"/etc/passwd\"}").is_err());
    }

    #[test]
    fn bars_are_played_again_and_the_others_kept() {
        let soloist = Soloist::shipped().unwrap();
        let first = order().make(&soloist).unwrap();
        let again = order().again(&first, vec!["3-4".into()], 9);
        let json = serde_json::to_string(&again).unwrap();
        let second = serde_json::from_str::<TakeOrder>(&json).unwrap().make(&soloist).unwrap();
        let outside = |take: &Take| {
            let notes =
                take.solo().notes().iter().filter(|note| !(2..4).contains(&take.sheet().place(note.onset).0));
            notes.map(|note| (note.onset, note.pitch())).collect::<Vec<_>>()
        };
        assert_eq!(outside(&first), outside(&second));
        assert_ne!(first.solo(), second.solo());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for bad in [
            TakeOrder { choruses: 0, ..order() },
            TakeOrder { tempo: Some(4000), ..order() },
            TakeOrder { instrument: "kazoo".into(), ..order() },
            TakeOrder {
                rules: RuleOrder { range: Some("C5..C4".into()), ..RuleOrder::default() },
                ..order()
            },
            TakeOrder { rules: RuleOrder { targets: vec!["0=C".into()], ..RuleOrder::default() }, ..order() },
            TakeOrder { band: BandOrder { style: Some("polka".into()), ..BandOrder::default() }, ..order() },
        ] {
            assert!(bad.request().is_err() || bad.band.options().is_err() || bad.sheet().is_err(), "{bad:?}");
        }
    }
}
