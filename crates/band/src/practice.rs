//! Practice: a chart again and again, faster and in other keys, in turns with the player.

mod keys;
mod line;
mod ramp;

use std::ops::Range;

use sideman_music::{
    Bars, Chord, Duration, Key, Mode, Note, NoteName, Part, PitchClass, Player, Score, Sheet, Solo, Tempo,
    Time, Triad,
};

pub use keys::Keys;
pub use ramp::Ramp;

use crate::arrange::{Chorus, Form, Role, clipped, ending_bars, home, parts};
use crate::{BandOptions, Style};

/// Bars that are left for an ending.
const ENDING: usize = 4;

/// What cannot be practised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A take of nothing.
    #[error("a take has at least one chorus; ask for more")]
    NoChorus,
    /// More bars than a sheet holds.
    #[error("{choruses} choruses of {bars} bars make too long a take; ask for {} at most", (Sheet::MOST_BARS - ENDING) / bars)]
    TooLong {
        /// How many times through the chart.
        choruses: usize,
        /// How many bars it has.
        bars: usize,
    },
    /// Bars that are not in the chart.
    #[error("bars {} to {} cannot be looped: the chart has bars 1 to {bars}, repeats written out", asked.first(), asked.last())]
    NoSuchBars {
        /// The bars asked for.
        asked: Bars,
        /// How many bars there are.
        bars: usize,
    },
}

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

/// Once through the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// Its key, of which the mode is that of the chart.
    pub key: Key,
    /// Its tempo.
    pub tempo: Tempo,
}

impl Pass {
    /// `Chorus 2, 110 bpm, in F`.
    fn name(self, chorus: usize) -> String {
        let mode = if self.key.mode() == Mode::Minor { " minor" } else { "" };
        format!("Chorus {}, {} bpm, in {}{mode}", chorus + 1, self.tempo.to_bpm(), self.key.tonic())
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
        if choruses.saturating_mul(bars) + ENDING > Sheet::MOST_BARS {
            return Err(Error::TooLong { choruses, bars });
        }
        let home = key(chart);
        let at = |pass: &Pass| in_key(chart, home, pass.key).with_tempo(Some(pass.tempo));
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
            let moved =
                line::transposed(line.notes(), nearest(self.home, pass.key), &line.instrument().range());
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
    /// choruses and turns begin. The style fits the tempo in the middle; `options.tempo` and `options.melody` do
    /// not count.
    pub fn arrange(&self, solo: &Solo, options: &BandOptions, seed: u64) -> Score {
        let middle = self.passes[self.passes.len() / 2].tempo;
        let style = options.style.clone().unwrap_or_else(|| Style::for_sheet(&self.sheet, Some(middle)));
        let last = self.passes.len() - 1;
        let ending =
            if options.ending { ending_bars(&self.choruses[last], self.passes[last].tempo) } else { 0 };
        let form = self.form(ending);
        let notes = clipped(self.in_turns(solo.notes()), form.sheet.end());
        let lead = Part { player: Player::Instrument(solo.instrument()), notes };
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
            choruses.map(|(i, (sheet, pass))| Chorus { sheet, role: Role::Solo, name: pass.name(i) });
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
    fn turns(&self) -> Vec<(Range<Time>, Turn)> {
        let Some(length) = self.turn else { return Vec::new() };
        let bars = self.choruses[0].bars().len();
        let mut turns = Vec::new();
        for chorus in 0..self.passes.len() {
            for (nth, first) in (0..bars).step_by(length).enumerate() {
                let bar = |bar: usize| self.sheet.bar_start(chorus * bars + bar.min(bars));
                let turn = if (chorus + nth).is_multiple_of(2) { Turn::Soloist } else { Turn::Player };
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
        for (bars, _) in turns.iter().filter(|(_, turn)| *turn == Turn::Soloist) {
            let from = if bars.start == Time::ZERO { pickup.0 } else { bars.start };
            kept.extend(line::between(notes, from..bars.end));
        }
        kept
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Soloist,
    Player,
}

impl Turn {
    const fn name(self) -> &'static str {
        match self {
            Self::Soloist => "Solo",
            Self::Player => "You",
        }
    }
}

/// The key of a chart; where it names none, that of the chord it comes home to.
pub fn key(chart: &Sheet) -> Key {
    let of = |chord: Chord| {
        let mode = if chord.quality.triad() == Triad::Minor { Mode::Minor } else { Mode::Major };
        Key::new(chord.root, mode).unwrap_or(Key::on(chord.root.class(), mode))
    };
    let found = chart.key().or_else(|| home(chart).map(of));
    found.unwrap_or(Key::on(PitchClass::new(0), Mode::Major))
}

/// Some bars of a chart, with the chord that sounds when they begin.
///
/// # Errors
/// When the chart has no such bars.
pub fn excerpt(chart: &Sheet, bars: Bars) -> Result<Sheet, Error> {
    chart.excerpt(bars).ok_or(Error::NoSuchBars { asked: bars, bars: chart.bars().len() })
}

/// A line over several choruses of a chart, cut into one line for some bars of each; a pickup goes with the chorus
/// it leads to where that is the first.
pub fn choruses(chart: &Sheet, bars: Bars, solo: &Solo) -> Vec<Solo> {
    let length = chart.end() - Time::ZERO;
    let last = solo.notes().last().map_or(Time::ZERO, |note| note.onset);
    let mut lines = Vec::new();
    let mut start = Duration::ZERO;
    while lines.is_empty() || (Time::ZERO + start <= last && lines.len() < Sheet::MOST_BARS) {
        let (from, to) =
            (chart.bar_start(bars.indices().start) + start, chart.bar_start(bars.last()) + start);
        let pickup = if from == Time::ZERO { chart.bars()[0].meter().bar() } else { Duration::ZERO };
        let notes = line::between(solo.notes(), from - pickup..to);
        let moved = notes.map(|note| Note { onset: note.onset - (from - Time::ZERO), ..note });
        lines.extend(Solo::new(solo.instrument(), moved.collect()));
        start += length;
    }
    lines
}

/// How many semitones from one key to another, −5 to 6.
fn nearest(from: Key, to: Key) -> i32 {
    let up = from.tonic().class().up_to(to.tonic().class());
    if up > 6 { up - 12 } else { up }
}

/// The chart in another key, each chord as far from the tonic on the line of fifths as it was.
fn in_key(chart: &Sheet, from: Key, to: Key) -> Sheet {
    let further = to.tonic().fifths() - from.tonic().fifths();
    let name = |name: NoteName| {
        let fifths = name.fifths() + further;
        let simple = NoteName::at_fifths(fifths).filter(|_| (-7..=10).contains(&fifths));
        simple.unwrap_or(NoteName::flat(name.class().transposed(nearest(from, to))))
    };
    let moved = |chord: Chord| Chord { root: name(chord.root), bass: chord.bass.map(name), ..chord };
    chart.with_chords(moved).with_key(Some(to))
}

#[cfg(test)]
mod tests;
