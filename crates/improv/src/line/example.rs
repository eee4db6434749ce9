//! Lines made ready for the network: what it is told at each note, and what it should say.

use rand::{Rng, RngExt};
use sideman_corpus::Piece;
use sideman_music::Interval;

use super::background::Background;
use super::chart::GridChart;
use super::conditioning::Conditioning;
use super::context::NoteContext;
use super::echo::Echo;
use super::encode::{GridNote, encode};
use super::grid::GridTime;
use super::step::Step;
use super::targets::Target;

/// How often a piece is shown without the settings of its controls, which tell of notes yet to come.
const WITHOUT_CONTROLS: f64 = 0.5;
/// How often a piece is shown without its style, performer, instrument, tempo or key, so that "unknown" is learned.
const HIDDEN: f64 = 0.15;

/// A line of at least one note over its chart.
#[derive(Debug, Clone)]
pub(super) struct Example {
    pub(super) chart: GridChart,
    pub(super) conditioning: Conditioning,
    pub(super) notes: Vec<GridNote>,
    /// Where the line begins.
    start: GridTime,
    /// Before each note.
    echoes: Vec<Echo>,
    /// Whether the network is told how the last note was held, how loud and how late it was.
    touch_told: bool,
}

impl Example {
    /// A piece as it is; `None` without a line.
    pub(super) fn new(piece: &Piece, background: &Background) -> Option<Self> {
        let (notes, _) = encode(piece.solo.as_ref()?);
        let chart = GridChart::new(&piece.sheet, &piece.credits.choruses);
        let start = chart.start_of_line(notes.first()?.onset);
        Some(Self::of(chart, background.conditioning(piece), notes, start))
    }

    /// Notes that begin, over a chart, at a place.
    pub(super) fn of(
        chart: GridChart,
        conditioning: Conditioning,
        notes: Vec<GridNote>,
        start: GridTime,
    ) -> Self {
        let echoes = (0..notes.len()).map(|i| Echo::after(&chart, &notes[..i])).collect();
        Self { chart, conditioning, notes, start, echoes, touch_told: true }
    }

    /// The example `semitones` higher, or as it is where a pitch would leave MIDI.
    pub(super) fn transposed(&self, semitones: i32) -> Self {
        let up = |note: &GridNote| {
            Some(GridNote { pitch: note.pitch.checked_add(Interval::new(semitones))?, ..*note })
        };
        match self.notes.iter().map(up).collect() {
            Some(notes) => Self {
                chart: self.chart.transposed(semitones),
                notes,
                echoes: self.echoes.iter().map(|e| e.transposed(semitones)).collect(),
                ..*self
            },
            None => self.clone(),
        }
    }

    /// The example with some of what is known about it hidden.
    pub(super) fn hidden(mut self, rng: &mut impl Rng) -> Self {
        let mut hides = || rng.random_bool(HIDDEN);
        let told = &mut self.conditioning;
        if hides() {
            told.style = None;
        }
        if hides() {
            told.performer = None;
        }
        if hides() {
            told.instrument = None;
        }
        if hides() {
            self.chart.key = None;
        }
        if hides() {
            told.tempo = None;
        }
        self.touch_told = !hides();
        let all = rng.random_bool(WITHOUT_CONTROLS);
        told.controls = told.controls.map(|&setting| {
            let hides = all || rng.random_bool(WITHOUT_CONTROLS);
            setting.filter(|_| !hides)
        });
        self
    }

    /// The example as it is when nothing is asked for.
    pub(super) fn without_controls(self) -> Self {
        Self { conditioning: self.conditioning.without_controls(), ..self }
    }

    /// The example without how its notes are held, how loud and how late they are.
    pub(super) fn without_touch(self) -> Self {
        Self { touch_told: false, ..self }
    }

    /// The same over another chart with the same bars.
    pub(super) fn over(self, chart: GridChart) -> Self {
        Self { chart, ..self }
    }

    /// The same with other notes, of which there is at least one.
    pub(super) fn with_notes(&self, notes: Vec<GridNote>) -> Self {
        let start = notes.first().map_or(self.start, |first| self.chart.start_of_line(first.onset));
        let touch_told = self.touch_told;
        Self { touch_told, ..Self::of(self.chart.clone(), self.conditioning, notes, start) }
    }

    /// Where the note before note `i` falls, or the line begins.
    pub(super) fn onset_before(&self, i: usize) -> GridTime {
        i.checked_sub(1).map_or(self.start, |before| self.notes[before].onset)
    }

    /// All that is known in the end of note `i`.
    fn context(&self, i: usize) -> NoteContext<'_> {
        let (past, note) = (&self.notes[..i], &self.notes[i]);
        let before = NoteContext::new(&self.chart, &self.conditioning, past, self.start, self.echoes[i]);
        let told = if self.touch_told { before } else { before.without_touch() };
        told.at(note.onset).sounding(note.pitch)
    }

    /// What the network is told when note `i` comes next, with all that leads to its heads.
    pub(super) fn step(&self, i: usize) -> Step {
        Step::whole(&self.context(i))
    }

    /// What each head should say at note `i`; `None` where that is not known.
    pub(super) fn truths(&self, i: usize) -> [Option<u32>; Target::ALL.len()] {
        let context = self.context(i);
        std::array::from_fn(|head| Target::ALL[head].truth(&context, &self.notes[i]))
    }
}

#[cfg(test)]
mod tests;
