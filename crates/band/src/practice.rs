//! Practice: a chart again and again, faster and in other keys, in turns with the player.

mod course;
mod error;
mod key;
mod keys;
mod line;
mod ramp;

use std::ops::Range;

use sideman_music::{Bars, Key, Note, Part, Player, Score, Sheet, Solo, Time};

pub use course::{Course, Pass};
pub use error::Error;
pub use key::key;
pub use keys::Keys;
pub use line::choruses;
pub use ramp::Ramp;

use crate::arrange::{clipped, ending_bars, parts};
use crate::form::{Chorus, Form, Passage};
use crate::options::BandOptions;
use crate::style::Style;

/// A practice take: choruses of one chart, each in a key and at a tempo of its own.
///
/// ```
/// use sideman_band::practice::{Pass, Practice};
/// use sideman_music::{Sheet, Tempo};
/// let chart: Sheet = "key: C\nDm7 | G7 | Cmaj7 | %".parse()?;
/// let pass = |key: &str, bpm| Ok::<_, sideman_music::Error>(Pass { key: key.parse()?, tempo: Tempo::bpm(bpm) });
/// let practice = Practice::new(&chart, vec![pass("C", 100)?, pass("F", 110)?])?;
/// assert_eq!(practice.sheet().chord_at(practice.sheet().bar_start(4)), Some("Gm7".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Practice {
    /// The key of the chart.
    home: Key,
    passes: Vec<Pass>,
    /// The chart in the key and at the tempo of each pass.
    choruses: Vec<Sheet>,
    /// All of them, one after the other.
    sheet: Sheet,
    /// After how many bars soloist and player take turns.
    turn: Option<usize>,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PracticeTurn {
    Soloist,
    Player,
}

impl PracticeTurn {
    const fn name(self) -> &'static str {
        match self {
            Self::Soloist => "Solo",
            Self::Player => "You",
        }
    }
}

impl Practice {
    /// The passes over a chart.
    ///
    /// # Errors
    /// When there is no pass, or when they make more bars than a sheet holds.
    pub fn new(chart: &Sheet, passes: Vec<Pass>) -> Result<Self, Error> {
        let first = passes.first().ok_or(Error::NoChorus)?;
        let (choruses, bars) = (passes.len(), chart.bars().len());
        if choruses.saturating_mul(bars) + error::ENDING > Sheet::MOST_BARS {
            return Err(Error::TooLong { choruses, bars });
        }
        let home = key(chart);
        let at =
            |pass: &Pass| chart.clone().with_key(Some(home)).in_key(pass.key).with_tempo(Some(pass.tempo));
        let choruses: Vec<Sheet> = passes.iter().map(at).collect();
        let bars = choruses.iter().flat_map(Sheet::bars).cloned().collect();
        let sheet = chart.with_bars(bars).expect("the bars have been counted");
        let sheet = sheet.with_key(Some(first.key)).with_tempo(Some(first.tempo));
        Ok(Self { home, passes, choruses, sheet, turn: None })
    }

    /// The take in turns of so many bars: the soloist plays one, the band alone leaves the next to the player,
    /// and in every other chorus the player begins.
    #[must_use]
    pub fn trading(self, bars: usize) -> Self {
        Self { turn: Some(bars.max(1)), ..self }
    }

    /// Every bar of all choruses.
    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// A line over the take from lines over the chart in its own key, taken in turn, each moved into the key of its
    /// chorus and into the range of the instrument. `None` of no lines.
    pub fn solo(&self, lines: &[Solo]) -> Option<Solo> {
        let mut notes: Vec<Note> = Vec::new();
        let mut start = Time::ZERO;
        for ((pass, chorus), line) in self.passes.iter().zip(&self.choruses).zip(lines.iter().cycle()) {
            let end = start + (chorus.end() - Time::ZERO);
            let up = self.home.tonic().class().nearest(pass.key.tonic().class());
            let moved = line::transposed(line.notes(), up, &line.instrument().range());
            let placed =
                moved.into_iter().map(|note| Note { onset: note.onset + (start - Time::ZERO), ..note });
            let placed = clipped(placed.collect(), end);
            let from = placed.first().map_or(start, |note| note.onset);
            notes = clipped(notes, from);
            notes.extend(placed);
            start = end;
        }
        Solo::new(lines.first()?.instrument(), notes).ok()
    }

    /// Writes the score of the take, as [`arrange`](crate::arrange) does for one tempo and one key: marked where
    /// choruses and turns begin. The style fits the tempo in the middle; tempo, melody, intro and
    /// turns of the options do not count.
    pub fn arrange(&self, solo: &Solo, options: &BandOptions, seed: u64) -> Score {
        let middle = self.passes[self.passes.len() / 2].tempo;
        let style = options.style.clone().unwrap_or_else(|| Style::for_sheet(&self.sheet, Some(middle)));
        let last = self.passes.len() - 1;
        let ending =
            if options.ending { ending_bars(&self.choruses[last], self.passes[last].tempo) } else { 0 };
        let form = self.form(ending);
        let notes = clipped(self.in_turns(solo.notes()), form.sheet.end());
        let lead = Part::new(Player::Instrument(solo.instrument()), notes);
        let parts = parts(&form, lead, &style, options, seed);
        let mut marks = form.marks;
        marks.extend(self.turns().into_iter().map(|(bars, turn)| (bars.start, turn.name().to_owned())));
        marks.sort_by_key(|&(at, _)| at);
        let sheet = form.sheet.with_tempo(self.sheet.tempo()).with_style(style.name());
        let keys = self.changes(|pass| pass.key);
        Score { sheet, keys, tempos: self.changes(|pass| pass.tempo), marks, parts }
    }

    fn form(&self, ending: usize) -> Form {
        let choruses = self.choruses.iter().zip(&self.passes).enumerate();
        let choruses =
            choruses.map(|(i, (sheet, pass))| Chorus { sheet, passage: Passage::Solo, name: pass.name(i) });
        Form::of(&choruses.collect::<Vec<_>>(), ending)
    }

    /// Where a chorus starts.
    fn start(&self, chorus: usize) -> Time {
        self.sheet.bar_start(chorus * self.choruses[0].bars().len())
    }

    /// Where something is another than in the chorus before.
    fn changes<T: PartialEq>(&self, of: impl Fn(&Pass) -> T) -> Vec<(Time, T)> {
        let pairs = self.passes.windows(2).enumerate();
        let changed = pairs.filter(|(_, pair)| of(&pair[0]) != of(&pair[1]));
        changed.map(|(i, pair)| (self.start(i + 1), of(&pair[1]))).collect()
    }

    /// Who plays when; nothing without turns.
    fn turns(&self) -> Vec<(Range<Time>, PracticeTurn)> {
        let Some(length) = self.turn else { return Vec::new() };
        let bars = self.choruses[0].bars().len();
        let mut turns = Vec::new();
        for chorus in 0..self.passes.len() {
            for (nth, first) in (0..bars).step_by(length).enumerate() {
                let bar = |bar: usize| self.sheet.bar_start(chorus * bars + bar.min(bars));
                let turn = if (chorus + nth).is_multiple_of(2) {
                    PracticeTurn::Soloist
                } else {
                    PracticeTurn::Player
                };
                turns.push((bar(first)..bar(first + length), turn));
            }
        }
        turns
    }

    /// The notes without those in turns of the player.
    fn in_turns(&self, notes: &[Note]) -> Vec<Note> {
        let turns = self.turns();
        if turns.is_empty() {
            return notes.to_vec();
        }
        let pickup = (Time::ZERO - (self.sheet.end() - Time::ZERO), Time::ZERO);
        let mut kept = Vec::new();
        for (bars, _) in turns.iter().filter(|(_, turn)| *turn == PracticeTurn::Soloist) {
            let from = if bars.start == Time::ZERO { pickup.0 } else { bars.start };
            kept.extend(line::between(notes, from..bars.end));
        }
        kept
    }
}

/// Some bars of a chart, with the chord that sounds when they begin.
///
/// # Errors
/// When the chart has no such bars.
pub fn excerpt(chart: &Sheet, bars: Bars) -> Result<Sheet, Error> {
    chart.excerpt(bars).ok_or(Error::NoSuchBars { asked: bars, bars: chart.bars().len() })
}

#[cfg(test)]
mod tests;
