//! What is asked of a soloist.

use std::ops::{Range, RangeInclusive};

use sideman_improv::Choice;
use sideman_improv::classic::{ClassicOptions, Length};
use sideman_improv::line::{Constraints, Control, Controls, Ending, Fixed, Infill, PlayerOptions};
use sideman_music::{Bars, Duration, Instrument, NoteName, Pitch, Sheet, Solo, Time};

use crate::{Error, Lead};

/// All that can be wished of a solo. Not every soloist knows every wish; the default asks for nothing unusual.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Who plays.
    pub instrument: Instrument,
    /// How long.
    pub length: Length,
    /// Always the likeliest value.
    pub argmax: bool,
    /// Below 1 plays safer, above 1 wilder.
    pub temperature: Option<f32>,
    /// Choose among the likeliest values that together have this probability.
    pub top_p: Option<f32>,
    /// In place of `temperature`, for rhythm alone.
    pub rhythm_temperature: Option<f32>,
    /// In place of `temperature`, for pitch alone.
    pub pitch_temperature: Option<f32>,
    /// The first note.
    pub start: Option<Pitch>,
    /// Of how many solos the best is taken.
    pub candidates: usize,
    /// Play like this performer.
    pub like: Option<String>,
    /// Percentiles of the corpus, 0 to 100; 50 is its middle.
    pub controls: Controls<Option<u8>>,
    /// The longest run, in intervals, that may be shared with what was learned from.
    pub longest_copy: Option<usize>,
    /// What must hold, exactly.
    pub rules: Rules,
}

/// What must hold of a solo, exactly.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// Lowest and highest note; without it the instrument's range.
    pub range: Option<RangeInclusive<Pitch>>,
    /// The longest rest.
    pub longest_rest: Option<Duration>,
    /// The most notes in a phrase.
    pub longest_phrase: Option<usize>,
    /// What the last note is.
    pub ending: Ending,
    /// Notes that fall on the downbeats of bars, counted from 1.
    pub targets: Vec<(usize, NoteName)>,
    /// Its rhythm is that of this melody.
    pub rhythm_of: Option<Lead>,
    /// Its pitches are those of this melody.
    pub pitches_of: Option<Lead>,
    /// A melody that is kept: gone on from, or around the bars to fill, or traded with.
    pub keep: Option<Lead>,
    /// The bars to fill.
    pub bars: Vec<Bars>,
    /// Play so many bars and leave as many to the melody that is kept, or to someone else.
    pub trade: Option<usize>,
}

impl Default for Request {
    /// Two choruses of a tenor, the best of eight.
    fn default() -> Self {
        let PlayerOptions { choruses, instrument, candidates, .. } = PlayerOptions::default();
        Self {
            instrument,
            length: Length::Choruses(choruses),
            argmax: false,
            temperature: None,
            top_p: None,
            rhythm_temperature: None,
            pitch_temperature: None,
            start: None,
            candidates,
            like: None,
            controls: Controls::default(),
            longest_copy: None,
            rules: Rules::default(),
        }
    }
}

/// Who may be asked, for not everyone knows every wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoloistKind {
    /// A network that knows the chart and real solos.
    Player,
    /// The classic exercise.
    Classic,
    /// Rules with weights.
    Grammar,
}

impl SoloistKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Player => "the player",
            Self::Classic => "the classic",
            Self::Grammar => "the grammar",
        }
    }
}

impl Request {
    /// Once through the sheet, on an instrument.
    pub fn chorus(instrument: Instrument) -> Self {
        Self { instrument, length: Length::Choruses(1), ..Self::default() }
    }

    /// Whether whole choruses are asked for.
    pub fn plays_choruses(&self) -> bool {
        matches!(self.length, Length::Choruses(_))
    }

    /// Refuses what a soloist does not know.
    ///
    /// # Errors
    /// The first wish that is made and that it does not know.
    pub fn check(&self, soloist: SoloistKind) -> Result<(), Error> {
        let known = |by: &[SoloistKind]| by.contains(&soloist);
        let range = self.instrument.range();
        if let Some(start) = self.start.filter(|start| !range.contains(start)) {
            let words = format!(
                "{start} is not played by a {}, from {} to {}",
                self.instrument,
                range.start(),
                range.end()
            );
            return Err(Error::unmet("start", words));
        }
        let unknown = self.wishes().into_iter().find(|(_, made, by)| *made && !known(by));
        unknown.map_or(Ok(()), |(wish, _, by)| {
            Err(Error::Wish { soloist: soloist.name(), wish, known_by: by[0].name() })
        })
    }

    /// Each wish that not everyone knows, whether it is made, and who knows it.
    fn wishes(&self) -> Vec<(&'static str, bool, &'static [SoloistKind])> {
        use SoloistKind::{Classic, Player};
        let (usual, rules) = (Self::default(), &self.rules);
        let mut wishes: Vec<(&str, bool, &[SoloistKind])> = vec![
            ("values", matches!(self.length, Length::Values(_)), &[Classic]),
            ("beats", matches!(self.length, Length::Beats(_)), &[Classic]),
            ("start", self.start.is_some(), &[Classic]),
            ("argmax", self.argmax, &[Player, Classic]),
            ("temperature", self.temperature.is_some(), &[Player, Classic]),
            ("top-p", self.top_p.is_some(), &[Player, Classic]),
            ("rhythm-temperature", self.rhythm_temperature.is_some(), &[Player]),
            ("pitch-temperature", self.pitch_temperature.is_some(), &[Player]),
            ("best-of", self.candidates != usual.candidates, &[Player]),
            ("like", self.like.is_some(), &[Player]),
            ("max-copy", self.longest_copy.is_some(), &[Player]),
        ];
        let controls = Control::ALL.iter().map(|&c| (c.name(), self.controls[c].is_some(), &[Player][..]));
        wishes.extend(controls);
        let rules: [(&str, bool); 9] = [
            ("range", rules.range.is_some()),
            ("longest-rest", rules.longest_rest.is_some()),
            ("longest-phrase", rules.longest_phrase.is_some()),
            ("end", rules.ending != Ending::default()),
            ("target", !rules.targets.is_empty()),
            ("rhythm-of", rules.rhythm_of.is_some()),
            ("pitches-of", rules.pitches_of.is_some()),
            ("keep", rules.keep.is_some()),
            ("trade", rules.trade.is_some()),
        ];
        wishes.extend(rules.into_iter().map(|(name, made)| (name, made, &[Player][..])));
        wishes
    }

    /// Whole choruses.
    ///
    /// # Errors
    /// When another length is asked for.
    pub(crate) fn choruses(&self, soloist: SoloistKind) -> Result<usize, Error> {
        match self.length {
            Length::Choruses(choruses) => Ok(choruses),
            _ => Err(Error::Wish {
                soloist: soloist.name(),
                wish: "other length than choruses",
                known_by: "the classic",
            }),
        }
    }

    /// What is asked of the classic.
    pub(crate) fn to_classic(&self) -> ClassicOptions {
        let choice = self.choice(None, Choice::default());
        ClassicOptions { instrument: self.instrument, choice, start: self.start, length: self.length }
    }

    /// What is asked of the player over a sheet of one chorus.
    ///
    /// # Errors
    /// When rules name bars that are not there.
    pub(crate) fn to_player(&self, sheet: &Sheet) -> Result<PlayerOptions, Error> {
        let usual = PlayerOptions::default();
        let choruses = self.choruses(SoloistKind::Player)?;
        Ok(PlayerOptions {
            choruses,
            instrument: self.instrument,
            rhythm: self.choice(self.rhythm_temperature, usual.rhythm),
            pitch: self.choice(self.pitch_temperature, usual.pitch),
            candidates: self.candidates,
            like: self.like.clone(),
            controls: self.controls,
            constraints: self.rules.constraints(&sheet.repeated(choruses)?)?,
            longest_copy: self.longest_copy,
        })
    }

    /// As asked for this choice, or for all of them.
    fn choice(&self, own: Option<f32>, usual: Choice) -> Choice {
        match usual {
            _ if self.argmax => Choice::Argmax,
            Choice::Argmax => usual,
            Choice::Sample { temperature, top_p } => Choice::Sample {
                temperature: own.or(self.temperature).unwrap_or(temperature),
                top_p: self.top_p.unwrap_or(top_p),
            },
        }
    }
}

impl Rules {
    /// What they mean over the sheet of all choruses.
    fn constraints(&self, sheet: &Sheet) -> Result<Constraints, Error> {
        let bars = sheet.bars().len();
        let target = |&(bar, name): &(usize, NoteName)| match bar {
            1.. if bar <= bars => Ok((sheet.bar_start(bar - 1), name.class())),
            _ => Err(Error::unmet("target", format!("there is no bar {bar}; the solo has {bars} bars"))),
        };
        Ok(Constraints {
            range: self.range.clone(),
            longest_rest: self.longest_rest,
            longest_phrase: self.longest_phrase,
            ending: self.ending,
            targets: self.targets.iter().map(target).collect::<Result<_, _>>()?,
            fixed: self.fixed(sheet)?,
            infill: self.infill(sheet)?,
        })
    }

    fn fixed(&self, sheet: &Sheet) -> Result<Option<Fixed>, Error> {
        Ok(match (&self.rhythm_of, &self.pitches_of) {
            (Some(lead), _) => Some(Fixed::Rhythm(lead.line(sheet)?)),
            (_, Some(lead)) => {
                Some(Fixed::Pitches(lead.line(sheet)?.notes().iter().map(|note| note.pitch()).collect()))
            }
            _ => None,
        })
    }

    /// What is kept of a melody, and where the player plays.
    fn infill(&self, sheet: &Sheet) -> Result<Option<Infill>, Error> {
        let kept = self.keep.as_ref().map(|lead| lead.line(sheet)).transpose()?;
        let open = self.open(sheet, kept.as_ref())?;
        if open.is_empty() {
            return Ok(None);
        }
        let melody = kept.map_or_else(|| Solo::new(Instrument::TenorSax, Vec::new()), Ok)?;
        Ok(Some(Infill { melody, open }))
    }

    /// Where the player plays; nowhere in particular where nothing is said.
    fn open(&self, sheet: &Sheet, kept: Option<&Solo>) -> Result<Vec<Range<Time>>, Error> {
        let bars = sheet.bars().len();
        let between = |first: usize, last: usize| sheet.bar_start(first)..sheet.bar_start(last.min(bars));
        if let Some(trade) = self.trade.map(|bars| bars.max(1)) {
            return Ok((0..bars).step_by(2 * trade).map(|bar| between(bar, bar + trade)).collect());
        }
        if let Some(melody) = kept.filter(|_| self.bars.is_empty()) {
            let end = melody.notes().last().map_or(Time::ZERO, |note| note.onset);
            let after = (sheet.place(end).0 + 1).max(0) as usize;
            let full =
                || format!("the melody fills all {bars} bars; ask for more choruses, or for bars to fill");
            return if after < bars {
                Ok(vec![between(after, bars)])
            } else {
                Err(Error::unmet("keep", full()))
            };
        }
        if self.bars.iter().any(|asked| asked.last() > bars) {
            return Err(Error::unmet("bars", format!("the last bar is {bars}")));
        }
        Ok(self.bars.iter().map(|asked| between(asked.indices().start, asked.last())).collect())
    }
}

#[cfg(test)]
mod tests;
