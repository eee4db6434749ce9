//! Pieces made ready for the network, and batches of them.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use sideman_corpus::Piece;
use sideman_lstm::{Batch, NONE, Shape, State};
use sideman_music::Interval;

use super::background::Background;
use super::chart::Chart;
use super::echo::Echo;
use super::encode::{GridNote, encode};
use super::features::{Aspect, Manner, Step, delay_class};
use super::grid::{QUARTER, class};

/// How often a piece is shown without the settings of its controls, which tell of notes yet to come.
const UNASKED: f64 = 0.5;
/// How often a piece is shown without its style, performer, instrument, tempo or key, so that "unknown" is learned.
const HIDDEN: f64 = 0.15;

/// A line with its chart, in numbers.
#[derive(Debug, Clone)]
pub(super) struct Material {
    pub(super) chart: Chart,
    pub(super) manner: Manner,
    pub(super) events: Vec<GridNote>,
    /// Before each note.
    echoes: Vec<Echo>,
    /// Whether the network is told how the last note was held, how loud and how late it was.
    touch_told: bool,
}

impl Material {
    /// A piece in numbers; `None` without a line.
    pub(super) fn new(piece: &Piece, background: &Background) -> Option<Self> {
        let solo = piece.solo.as_ref()?;
        let (events, _) = encode(solo);
        let chart = Chart::new(&piece.sheet, &piece.credits.choruses);
        let echoes = (0..events.len()).map(|i| Echo::after(&chart, &events[..i])).collect();
        (!events.is_empty()).then(|| Self {
            chart,
            manner: background.manner(piece),
            events,
            echoes,
            touch_told: true,
        })
    }

    /// The material `semitones` higher, or as it is where a pitch would leave MIDI.
    fn transposed(&self, semitones: i32) -> Self {
        let up =
            |e: &GridNote| Some(GridNote { pitch: e.pitch.checked_add(Interval::new(semitones))?, ..*e });
        match self.events.iter().map(up).collect() {
            Some(events) => Self {
                chart: self.chart.transposed(semitones),
                manner: self.manner,
                events,
                echoes: self.echoes.iter().map(|e| e.transposed(semitones)).collect(),
                touch_told: self.touch_told,
            },
            None => self.clone(),
        }
    }

    /// The material with some of what is known about it hidden.
    fn hidden(mut self, rng: &mut impl Rng) -> Self {
        let mut hide = || rng.random_bool(HIDDEN);
        for known in [
            &mut self.manner.style,
            &mut self.manner.performer,
            &mut self.manner.instrument,
            &mut self.chart.key,
        ] {
            if hide() {
                *known = NONE;
            }
        }
        if hide() {
            self.manner.tempo = None;
        }
        self.touch_told = !hide();
        let unasked = rng.random_bool(UNASKED);
        self.manner.controls =
            self.manner.controls.map(|&s| if unasked || rng.random_bool(UNASKED) { NONE } else { s });
        self
    }

    /// The material without the settings of its controls, as it is when nothing is asked for.
    pub(super) fn unasked(mut self) -> Self {
        self.manner.controls = self.manner.controls.map(|_| NONE);
        self
    }

    /// The material without how its notes are held, how loud and how late they are.
    pub(super) fn untold(mut self) -> Self {
        self.touch_told = false;
        self
    }

    /// The same over another chart.
    pub(super) fn over(mut self, chart: Chart) -> Self {
        self.chart = chart;
        self
    }

    /// The same with other notes, of which there is at least one.
    pub(super) fn with_events(&self, events: Vec<GridNote>) -> Self {
        let echoes = (0..events.len()).map(|i| Echo::after(&self.chart, &events[..i])).collect();
        Self { events, echoes, chart: self.chart.clone(), ..*self }
    }

    /// Where the line begins: a beat before the bar of its first note.
    pub(super) fn start(&self) -> i64 {
        let first = self.events[0].onset;
        first - self.chart.place(first).offset - QUARTER
    }

    /// Where the note before note `i` falls, or the line begins.
    pub(super) fn onset_before(&self, i: usize) -> i64 {
        i.checked_sub(1).map_or_else(|| self.start(), |before| self.events[before].onset)
    }

    /// What the network is told when note `i` comes next, with all that leads to its heads.
    pub(super) fn step(&self, i: usize) -> Step {
        let heard = |e: &GridNote| {
            if self.touch_told { *e } else { GridNote { hold: None, loudness: None, delay: None, ..*e } }
        };
        let last: Vec<GridNote> = self.events[..i].iter().rev().take(3).map(heard).collect();
        let (onset, event) = (self.onset_before(i), &self.events[i]);
        let mut step = Step::before(&self.chart, self.manner, &last, onset, self.echoes[i]);
        step.with_rhythm(&self.chart, last.first(), class(event.onset - onset), event.onset);
        step.with_pitch(&self.chart.harmony(event.onset).0, last.first(), event);
        step
    }

    /// What each head should say at note `i`.
    pub(super) fn targets(&self, i: usize) -> [u32; Aspect::ALL.len()] {
        let event = &self.events[i];
        [
            class(event.onset - self.onset_before(i)) as u32,
            i.checked_sub(1).map_or(NONE, |before| class(self.events[before].length) as u32),
            u32::from(event.pitch.number()),
            event.hold.map_or(NONE, u32::from),
            event.loudness.map_or(NONE, u32::from),
            event.delay.map_or(NONE, delay_class),
        ]
    }
}

/// Pieces side by side in lanes, each carried on from chunk to chunk until it ends.
pub(super) struct Lanes {
    waiting: Vec<Material>,
    lanes: Vec<Option<(Material, usize)>>,
}

impl Lanes {
    /// All of the material once, as it is, the longest first.
    pub(super) fn in_order(material: &[Material], lanes: usize) -> Self {
        let mut waiting = material.to_vec();
        waiting.sort_by_key(|m| m.events.len());
        Self { waiting, lanes: vec![None; lanes] }
    }

    /// All of the material once, shuffled, each piece in a key of its own.
    pub(super) fn shuffled(material: &[Material], lanes: usize, rng: &mut impl Rng) -> Self {
        let mut waiting: Vec<Material> =
            material.iter().map(|m| m.transposed(rng.random_range(-6..6)).hidden(rng)).collect();
        waiting.shuffle(rng);
        Self { waiting, lanes: vec![None; lanes] }
    }

    /// The next chunk of every lane; lanes that begin a piece begin from the zero state. `None` when all is done.
    pub(super) fn next(&mut self, shape: &Shape, steps: usize, state: &mut State) -> Option<Batch> {
        for (lane, place) in self.lanes.iter_mut().enumerate() {
            if place.as_ref().is_none_or(|(material, at)| *at >= material.events.len()) {
                *place = self.waiting.pop().map(|material| (material, 0));
                state.reset(lane);
            }
        }
        if self.lanes.iter().all(Option::is_none) {
            return None;
        }
        let mut batch = Batch::new(shape, steps, self.lanes.len());
        let lanes = self.lanes.len();
        for (lane, (material, at)) in
            self.lanes.iter_mut().enumerate().filter_map(|(l, p)| Some((l, p.as_mut()?)))
        {
            let end = material.events.len().min(*at + steps);
            for (step, note) in (*at..end).enumerate() {
                write(&mut batch, step * lanes + lane, material, note);
            }
            *at = end;
        }
        Some(batch)
    }
}

fn write(batch: &mut Batch, row: usize, material: &Material, note: usize) {
    let step = material.step(note);
    for (column, &value) in step.index.iter().enumerate() {
        batch.index(column)[row] = value;
    }
    for (i, flags) in step.dense.iter().enumerate() {
        batch.dense(step.index.len() + i)[row * flags.len()..(row + 1) * flags.len()].copy_from_slice(flags);
    }
    for (head, target) in material.targets(note).into_iter().enumerate() {
        batch.target(head)[row] = target;
    }
}
