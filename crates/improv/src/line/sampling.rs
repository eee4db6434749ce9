//! Improvising: several lines side by side, note by note, each from its own chance.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sideman_lstm::{Generator, Stream};
use sideman_music::Pitch;

use super::chart::GridChart;
use super::conditioning::Conditioning;
use super::context::{NoteContext, Stage};
use super::echo::Echo;
use super::encode::{GridNote, delay_of, hold, shortest};
use super::grid::{GridSpan, GridTime, SpanClass};
use super::plan::{Next, Plan, Progress};
use super::step::Step;
use super::targets::Target;
use super::tilt::Tilt;
use crate::Choice;

/// How rhythm and pitch are chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NoteChoices {
    pub(super) rhythm: Choice,
    pub(super) pitch: Choice,
}

/// Loudness is drawn from a distribution made narrower: a line's dynamics are smoother than chance.
const TOUCH: Choice = Choice::Sample { temperature: 0.6, top_p: 0.9 };

/// Lengths are drawn as they come: the rare ones are what articulation is made of.
const LENGTH: Choice = Choice::Sample { temperature: 1.0, top_p: 1.0 };

/// How far to go in the direction in which a wish moves the network: 1 is as far as it goes by itself.
const GUIDANCE: f32 = 3.0;

/// What is played over, and by which rules.
pub(super) struct Sampler<'a> {
    pub(super) generator: &'a Generator,
    pub(super) chart: &'a GridChart,
    pub(super) conditioning: Conditioning,
    pub(super) plan: &'a Plan,
    pub(super) choices: NoteChoices,
    pub(super) tilt: &'a Tilt,
}

/// A line as it grows.
#[derive(Debug, Clone)]
pub(super) struct Sequence {
    pub(super) notes: Vec<GridNote>,
    /// Nats of the player's own notes beyond what was to be expected of them: near 0 for a typical line
    /// (Meister and others 2022, *Locally Typical Sampling*).
    pub(super) excess_nats: f64,
    /// Nats of the given notes.
    pub(super) given_nats: f64,
    /// After its last note.
    echo: Echo,
    progress: Progress,
    rng: ChaCha8Rng,
    playing: bool,
}

impl Sequence {
    fn new(seed: u64) -> Self {
        Self {
            notes: Vec::new(),
            excess_nats: 0.0,
            given_nats: 0.0,
            echo: Echo::default(),
            progress: Progress::default(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            playing: true,
        }
    }

    /// The same with another seed, as if all had been played with it: what is given takes as many draws whatever the seed.
    fn going_on(&self, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_word_pos(self.rng.get_word_pos());
        Self { rng, ..self.clone() }
    }
}

/// What a line decides at one step.
#[derive(Debug, Clone, Copy)]
struct NextOnset {
    lane: usize,
    /// Where the next note falls; `None` when the line is over.
    onset: Option<GridTime>,
}

/// The log probabilities of one head, a row for each lane.
struct Rows<'a> {
    all: &'a mut [f32],
    classes: usize,
}

impl Rows<'_> {
    fn lane(&mut self, lane: usize) -> &mut [f32] {
        &mut self.all[lane * self.classes..(lane + 1) * self.classes]
    }
}

impl Sampler<'_> {
    /// A line from each seed.
    pub(super) fn play(&self, seeds: &[u64]) -> Vec<Sequence> {
        self.play_observed(seeds, |_, _| {})
    }

    /// The same; `observe` hears what the network was told of each note, with the lane.
    fn play_observed(&self, seeds: &[u64], mut observe: impl FnMut(usize, &Step)) -> Vec<Sequence> {
        let (mut stream, mut lines) = self.given(seeds, &mut observe);
        while lines.iter().any(|line| line.playing) {
            self.step(&mut stream, &mut lines, &mut observe);
        }
        lines
    }

    /// The lines before the first choice: what is given until there is the same to all, and played once.
    fn given(&self, seeds: &[u64], observe: &mut impl FnMut(usize, &Step)) -> (Stream, Vec<Sequence>) {
        let mut stream = self.generator.stream(if self.conditioning.has_controls() { 2 } else { 1 });
        let mut lines = [Sequence::new(0)];
        while lines[0].playing && self.plan.is_given_after(self.onset(&lines[0])) {
            self.step(&mut stream, &mut lines, &mut |_, step| {
                (0..seeds.len()).for_each(|lane| observe(lane, step));
            });
        }
        let [line] = lines;
        (stream.spread(seeds.len()), seeds.iter().map(|&seed| line.going_on(seed)).collect())
    }

    fn step(&self, stream: &mut Stream, lines: &mut [Sequence], observe: &mut impl FnMut(usize, &Step)) {
        for line in lines.iter_mut().filter(|line| line.playing) {
            line.echo = Echo::after(self.chart, &line.notes);
        }
        let mut steps: Vec<Step> =
            lines.iter().map(|line| Step::before(&self.context(line, &line.notes))).collect();
        steps.iter().enumerate().for_each(|(lane, step)| self.tell(stream, lane, step));
        stream.step();
        let turns = self.choose_onsets(stream, lines);
        for turn in &turns {
            let line = &lines[turn.lane];
            let context = self.context(line, &line.notes).at(turn.onset.unwrap_or(self.plan.end()));
            steps[turn.lane].learn(Stage::Onset, &context);
            self.tell(stream, turn.lane, &steps[turn.lane]);
        }
        self.choose_lengths(stream, lines, &turns);
        let notes: Vec<(usize, GridTime)> = turns.iter().filter_map(|t| Some((t.lane, t.onset?))).collect();
        self.choose_pitches(stream, lines, &notes);
        for &(lane, onset) in &notes {
            let line = &lines[lane];
            let Some((note, past)) = line.notes.split_last() else { continue };
            let context = self.context(line, past).at(onset).sounding(note.pitch);
            steps[lane].learn(Stage::Pitch, &context);
            self.tell(stream, lane, &steps[lane]);
            observe(lane, &steps[lane]);
        }
        self.choose_touch(stream, lines, &notes);
    }

    /// What is known of a line after some of its notes.
    fn context<'a>(&'a self, line: &Sequence, past: &'a [GridNote]) -> NoteContext<'a> {
        NoteContext::new(self.chart, &self.conditioning, past, self.start(), line.echo)
    }

    /// Where lines begin: the first note may fall on the first downbeat, or where the first given one falls.
    fn start(&self) -> GridTime {
        self.chart.start_of_line(self.plan.first())
    }

    /// Where the last note of a line fell, or the line begins.
    fn onset(&self, line: &Sequence) -> GridTime {
        line.notes.last().map_or_else(|| self.start(), |note| note.onset)
    }

    /// Tells a step to the lane of a line; where something is asked for, also to a second lane that is not told what.
    fn tell(&self, stream: &mut Stream, lane: usize, step: &Step) {
        step.tell(stream, lane);
        if self.conditioning.has_controls() {
            step.without_controls().tell(stream, stream.lanes() / 2 + lane);
        }
    }

    /// What the network says of a target for each line: where something is asked for, away from what it says without
    /// that (classifier-free guidance; Ho and Salimans 2022).
    fn guided<'s>(&self, stream: &'s mut Stream, target: Target) -> Rows<'s> {
        let (rows, classes) = (stream.log_probabilities(target.head()), target.classes());
        if !self.conditioning.has_controls() {
            return Rows { all: rows, classes };
        }
        let (with, without) = rows.split_at_mut(rows.len() / 2);
        let pairs = with.iter_mut().zip(without);
        pairs.for_each(|(with, without)| *with += (GUIDANCE - 1.0) * (*with - *without));
        Rows { all: with, classes }
    }

    fn choose_onsets(&self, stream: &mut Stream, lines: &mut [Sequence]) -> Vec<NextOnset> {
        let mut rows = self.guided(stream, Target::Rhythm);
        let playing = lines.iter_mut().enumerate().filter(|(_, line)| line.playing);
        let choose = |(lane, line): (usize, &mut Sequence)| {
            let row = rows.lane(lane);
            self.tilt.tilt_gaps(row, self.chart, self.conditioning.tempo, &line.notes, &line.echo);
            let last = self.onset(line);
            let onset = match self.plan.next(last, &line.progress) {
                None => None,
                Some(Next::At(onset)) => Some(onset),
                Some(Next::Among(allowed)) => self.choose_onset(line, last, row, allowed),
            };
            line.playing = onset.is_some();
            if let Some(onset) = onset {
                self.account(line, onset, row, (onset - last).class().index());
            }
            NextOnset { lane, onset }
        };
        playing.map(choose).collect()
    }

    /// One of the allowed gaps, at least as long as the last note is meant to sound where one of them is.
    fn choose_onset(
        &self,
        line: &mut Sequence,
        last: GridTime,
        row: &[f32],
        allowed: Vec<bool>,
    ) -> Option<GridTime> {
        let least = line.notes.last().and_then(|note| note.hold).map_or(GridSpan::UNIT, shortest);
        let allowed = narrowed(allowed, |class| class.span() >= least);
        let class = self.choices.rhythm.pick(row, &allowed, &mut line.rng)?;
        self.plan.onset(last, SpanClass::from_index(class))
    }

    fn account(&self, line: &mut Sequence, onset: GridTime, row: &[f32], chosen: usize) {
        let nats = -f64::from(row[chosen]);
        if self.plan.given_at(onset).is_some() {
            line.given_nats += nats;
        } else {
            line.excess_nats += nats - entropy(row);
        }
    }

    fn choose_lengths(&self, stream: &mut Stream, lines: &mut [Sequence], turns: &[NextOnset]) {
        let mut rows = self.guided(stream, Target::Length);
        for turn in turns {
            let Sequence { notes, progress, rng, .. } = &mut lines[turn.lane];
            let Some(last) = notes.last_mut().filter(|last| self.plan.given_at(last.onset).is_none()) else {
                continue;
            };
            let gap = turn.onset.unwrap_or(self.plan.end()) - last.onset;
            let meant = |class: SpanClass| last.hold.is_none_or(|meant| hold(class.span()) == meant);
            let allowed = narrowed(self.plan.lengths(gap, progress), meant);
            let chosen = LENGTH.pick(rows.lane(turn.lane), &allowed, rng).map(SpanClass::from_index);
            last.length = chosen.map_or(GridSpan::UNIT, SpanClass::span);
        }
    }

    fn choose_pitches(&self, stream: &mut Stream, lines: &mut [Sequence], notes: &[(usize, GridTime)]) {
        let mut rows = self.guided(stream, Target::Pitch);
        for &(lane, onset) in notes {
            let (line, row) = (&mut lines[lane], rows.lane(lane));
            let harmony = self.chart.harmony(onset);
            self.tilt.tilt_pitches(row, self.chart, &line.notes, onset, &line.echo);
            let allowed = self.plan.pitches(onset, &harmony, &line.progress);
            let chosen = self.choices.pitch.pick(row, &allowed, &mut line.rng).unwrap_or_default();
            self.account(line, onset, row, chosen);
            let rest = line.notes.last().map(|last| onset - last.onset - last.length);
            let note = self.plan.note(onset, Pitch::midi(chosen as u8));
            line.progress = self.plan.after(&line.progress, &note, rest, &harmony);
            line.notes.push(note);
        }
    }

    fn choose_touch(&self, stream: &mut Stream, lines: &mut [Sequence], notes: &[(usize, GridTime)]) {
        let own: Vec<_> = notes.iter().filter(|n| self.plan.given_at(n.1).is_none()).collect();
        for (target, choice) in [(Target::Hold, LENGTH), (Target::Loudness, TOUCH), (Target::Delay, TOUCH)] {
            let mut rows = self.guided(stream, target);
            let allowed = vec![true; target.classes()];
            for &&(lane, _) in &own {
                let line = &mut lines[lane];
                let chosen = choice.pick(rows.lane(lane), &allowed, &mut line.rng).unwrap_or_default();
                let Some(note) = line.notes.last_mut() else { continue };
                match target {
                    Target::Hold => note.hold = Some(chosen as u8),
                    Target::Loudness => note.loudness = Some(chosen as u8),
                    _ => note.delay = Some(delay_of(chosen)),
                }
            }
        }
    }
}

/// The allowed classes of spans that are wanted, or all of them where none of them is.
fn narrowed(allowed: Vec<bool>, wanted: impl Fn(SpanClass) -> bool) -> Vec<bool> {
    let narrow: Vec<bool> =
        allowed.iter().zip(SpanClass::all()).map(|(&a, class)| a && wanted(class)).collect();
    if narrow.contains(&true) { narrow } else { allowed }
}

/// What is to be expected, in nats, of a choice with these log probabilities.
fn entropy(row: &[f32]) -> f64 {
    row.iter().map(|&p| f64::from(p)).filter(|p| p.is_finite()).map(|p| -p.exp() * p).sum()
}

#[cfg(test)]
mod tests;
