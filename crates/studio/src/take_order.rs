//! What is asked of a take, as the page sends it and as it is kept. Every default is that of the command line.

use serde::{Deserialize, Serialize};
use sideman_band::practice::{Course, Keys, Pass, Ramp, key};
use sideman_band::{Band, BandOptions, Style};
use sideman_improv::classic::Length;
use sideman_improv::line::{Controls, Ending};
use sideman_music::{
    Bars, Duration, Instrument, Mode, Note, NoteName, Pitch, Pitches, Sheet, Solo, Tempo, Time,
};
use sideman_session::practice::{MutedPart, PracticeRequest, PracticeSolo, practise};
use sideman_session::{Conversation, Error, Lead, Request, Rules, Soloist, Source, Take};

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
    /// A model that was learned here; without it the studio's own.
    pub(crate) model: Option<String>,
    /// How it is practised with, where it is.
    pub(crate) practice: Option<PracticeOrder>,
    /// What was said in turns, where it was.
    pub(crate) trade: Option<TradeOrder>,
}

/// A take to practise with.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PracticeOrder {
    /// How many choruses; without it as many as keys and tempi ask for, or four.
    pub(crate) choruses: Option<u16>,
    /// `fourths`, `fifths`, `semitones` or tonics such as `F Bb`.
    pub(crate) keys: Option<String>,
    /// Quarter notes a minute of the last chorus, and how much faster each is.
    pub(crate) to_tempo: Option<u16>,
    pub(crate) faster: Option<i16>,
    /// Such as `5-8`, over and over.
    pub(crate) bars: Option<String>,
    /// After how many bars soloist and player take turns.
    pub(crate) trade: Option<u16>,
    /// `bass`, `drums`, `chords` and `solo`: what is left to the player.
    pub(crate) muted: Vec<String>,
    /// The written solo; without it one is improvised.
    pub(crate) notes: Option<Vec<KeptNote>>,
}

/// A conversation that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TradeOrder {
    /// Bars in a turn.
    pub(crate) turn: u16,
    /// What the player plays on.
    pub(crate) player: String,
    /// What both played.
    #[serde(default)]
    pub(crate) theirs: Vec<KeptNote>,
    #[serde(default)]
    pub(crate) yours: Vec<KeptNote>,
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
            model: None,
            practice: None,
            trade: None,
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
        if let Some(practice) = &self.practice {
            return self.practised(&sheet, practice, soloist);
        }
        if let Some(TradeOrder { theirs, yours, .. }) = &self.trade {
            return Ok(self
                .conversation()?
                .take(&KeptNote::read_all(theirs)?, &KeptNote::read_all(yours)?)?);
        }
        Ok(Take::new(soloist, &sheet, &self.request()?, &self.band.options()?, u64::from(self.seed))?)
    }

    fn practised(&self, sheet: &Sheet, order: &PracticeOrder, soloist: &Soloist) -> Answer<Take> {
        let instrument = self.instrument.parse()?;
        let lead = match &order.notes {
            Some(notes) => {
                let choruses = sheet.repeated(usize::from(self.choruses))?;
                Some(Lead::new(choruses, Solo::new(instrument, KeptNote::read_all(notes)?)?))
            }
            None => None,
        };
        let solo = lead.as_ref().map_or(PracticeSolo::Improvised(soloist), PracticeSolo::Given);
        let request = PracticeRequest { instrument: Some(instrument), ..order.request(sheet, &self.band)? };
        Ok(practise(sheet, &solo, &request, u64::from(self.seed))?)
    }

    /// Key and tempo of each chorus of a take to practise with.
    pub(crate) fn passes(&self) -> Vec<(String, u32)> {
        let passes = || {
            let (sheet, order) = (self.sheet().ok()?, self.practice.as_ref()?);
            let request = order.request(&sheet, &self.band).ok()?;
            let sheet = sheet.clone().with_key(Some(key(&sheet)));
            Some(request.course.passes(&sheet, &request.band))
        };
        let minor = |pass: Pass| if pass.key.mode() == Mode::Minor { "m" } else { "" };
        let told = |pass: Pass| (format!("{}{}", pass.key.tonic(), minor(pass)), pass.tempo.to_bpm());
        passes().unwrap_or_default().into_iter().map(told).collect()
    }

    /// The conversation that is asked for.
    pub(crate) fn conversation(&self) -> Answer<Conversation> {
        let no_turns = || Problem::asked("trade: say how many bars a turn has");
        let TradeOrder { turn, player, .. } = self.trade.as_ref().ok_or_else(no_turns)?;
        let (turn, choruses) = (within("trade", *turn, 1, 32)?, within("choruses", self.choruses, 1, 20)?);
        let instruments = [self.instrument.parse()?, player.parse()?];
        let (sheet, band) = (self.sheet()?, self.band.options()?);
        let [turn, choruses] = [turn, choruses].map(usize::from);
        Ok(Conversation::new(&sheet, choruses, turn, instruments, band, u64::from(self.seed))?)
    }

    /// The chart of one chorus, in its key, at its tempo.
    pub(crate) fn sheet(&self) -> Answer<Sheet> {
        let source = match self.chart.trim() {
            "" => Source::blues()?,
            text => Source::typed(text)?.value,
        };
        let sheet = source.chart()?;
        if sheet.bars().len() * usize::from(self.choruses) > MOST_BARS {
            let words = format!(
                "{} bars in {} choruses are too many for a take here; {MOST_BARS} bars are the most, and `sideman improvise` plays more",
                sheet.bars().len(),
                self.choruses
            );
            return Err(Problem::asked(words));
        }
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
        let notes = KeptNote::read_all(notes)?;
        let instrument: Instrument = self.instrument.parse()?;
        Ok(Lead::new(sheet, Solo::new(instrument, notes)?))
    }

    /// The same order with some bars of what came of it played again, from another seed.
    pub(crate) fn again(&self, take: &Take, bars: Vec<String>, seed: u32) -> Self {
        let notes = take.solo().notes().iter().map(KeptNote::of).collect();
        Self { seed, again: Some(AgainOrder { bars, notes }), ..self.clone() }
    }

    /// The same order as something to practise with, over a solo that spans its choruses.
    pub(crate) fn practising(&self, solo: &Solo, practice: PracticeOrder) -> Self {
        let notes = Some(solo.notes().iter().map(KeptNote::of).collect());
        let (again, trade) = (None, None);
        Self { again, trade, practice: Some(PracticeOrder { notes, ..practice }), ..self.clone() }
    }
}

impl PracticeOrder {
    fn request(&self, sheet: &Sheet, band: &BandOrder) -> Answer<PracticeRequest> {
        let to_tempo = self.to_tempo.map(|bpm| within("to_tempo", bpm, 20, 400)).transpose()?;
        let faster = self.faster.map(|step| within("faster", step, -100, 100)).transpose()?;
        let ramp = Ramp::new(faster.map(i32::from), to_tempo.map(Tempo::bpm));
        let keys =
            self.keys.as_deref().filter(|keys| !keys.is_empty()).map(str::parse::<Keys>).transpose()?;
        let choruses = self.choruses.map(|choruses| within("choruses", choruses, 1, 48)).transpose()?;
        Ok(PracticeRequest {
            course: Course { choruses: choruses.map(usize::from), keys, ramp },
            bars: self.bars.as_deref().filter(|bars| !bars.is_empty()).map(str::parse).transpose()?,
            trade: self.trade.map(|bars| within("trade", bars, 1, 64)).transpose()?.map(usize::from),
            muted: self.muted.iter().map(|part| read_muted(part)).collect::<Answer<_>>()?,
            band: BandOptions { tempo: sheet.tempo(), ..band.options()? },
            ..PracticeRequest::default()
        })
    }
}

impl BandOrder {
    pub(crate) fn options(&self) -> Answer<BandOptions> {
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
    fn read_all(notes: &[Self]) -> Answer<Vec<Note>> {
        if notes.len() > Lead::MOST_NOTES {
            return Err(Problem::asked("the line has too many notes"));
        }
        notes.iter().map(Self::read).collect()
    }

    pub(crate) fn of(note: &Note) -> Self {
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

/// Bars of a take, all choruses together.
const MOST_BARS: usize = 1_000;

/// A number that lies between two others, or a complaint about what it is.
pub(crate) fn within<T: PartialOrd + Copy + std::fmt::Display>(
    what: &str,
    number: T,
    least: T,
    most: T,
) -> Answer<T> {
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    Err(Problem::asked(Error::Asked(format!("{what}: {number} is not a number from {least} to {most}"))))
}

fn read_muted(text: &str) -> Answer<MutedPart> {
    match text {
        "bass" => Ok(MutedPart::Bass),
        "drums" => Ok(MutedPart::Drums),
        "chords" => Ok(MutedPart::Chords),
        "solo" => Ok(MutedPart::Solo),
        _ => Err(Problem::asked("muted: write bass, drums, chords or solo")),
    }
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
