//! Improvising: several lines side by side, note by note, each from its own chance.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sideman_lstm::{Generator, NONE, Stream};
use sideman_music::{Pitch, PitchClass};

use super::chart::{Chart, Harmony};
use super::echo::Echo;
use super::encode::{DELAY_REACH, GridNote, hold, shortest};
use super::features::{Aspect, Manner, Step};
use super::grid::{QUARTER, SPANS, class, span};
use super::judge::tell;
use super::plan::{Next, Plan, Progress};
use crate::Choice;

/// How rhythm and pitch are chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Taste {
    pub(super) rhythm: Choice,
    pub(super) pitch: Choice,
}

/// Loudness is drawn from a distribution made narrower: a line's dynamics are smoother than chance.
const TOUCH: Choice = Choice::Sample { temperature: 0.6, top_p: 0.9 };

/// Added to the logit of the pitch with which a motif would go on as it did before, and to those of the scale. Without the
/// one, lines of its own making repeat their motifs less than half as often as real solos do; without the other, they
/// leave the scale a quarter more often (`cargo xtask classify`).
const ECHO: f32 = 0.9;
const SCALE: f32 = 0.22;

/// Lengths are drawn as they come: the rare ones are what articulation is made of.
const LENGTH: Choice = Choice::Sample { temperature: 1.0, top_p: 1.0 };

/// How far to go in the direction in which a wish moves the network: 1 is as far as it goes by itself.
const GUIDANCE: f32 = 3.0;

/// What is played over, and by which rules.
pub(super) struct Session<'a> {
    pub(super) generator: &'a Generator,
    pub(super) chart: &'a Chart,
    pub(super) manner: Manner,
    pub(super) plan: &'a Plan,
    pub(super) taste: Taste,
}

/// A line as it grows.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) events: Vec<GridNote>,
    /// Nats of the player's own notes beyond what was to be expected of them: near 0 for a typical line
    /// (Meister and others 2022, *Locally Typical Sampling*).
    pub(super) surplus: f64,
    /// Nats of the given notes.
    pub(super) given: f64,
    /// After its last note.
    echo: Echo,
    progress: Progress,
    rng: ChaCha8Rng,
    playing: bool,
}

impl Line {
    fn new(seed: u64) -> Self {
        Self {
            events: Vec::new(),
            surplus: 0.0,
            given: 0.0,
            echo: Echo::default(),
            progress: Progress::default(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            playing: true,
        }
    }
}

/// What a line decides at one step.
#[derive(Debug, Clone, Copy)]
struct Turn {
    lane: usize,
    /// Where the next note falls; `None` when the line is over.
    onset: Option<i64>,
}

impl Session<'_> {
    /// A line from each seed.
    pub(super) fn play(&self, seeds: &[u64]) -> Vec<Line> {
        let mut lines: Vec<Line> = seeds.iter().map(|&seed| Line::new(seed)).collect();
        let mut stream = self.generator.stream(lines.len() * if self.is_asked() { 2 } else { 1 });
        while lines.iter().any(|l| l.playing) {
            self.step(&mut stream, &mut lines);
        }
        lines
    }

    fn step(&self, stream: &mut Stream, lines: &mut [Line]) {
        for line in lines.iter_mut().filter(|l| l.playing) {
            line.echo = Echo::after(self.chart, &line.events);
        }
        let mut steps: Vec<Step> = lines.iter().map(|l| self.before(l)).collect();
        steps.iter().enumerate().for_each(|(lane, step)| self.tell(stream, lane, step));
        stream.step();
        let turns = self.choose_gaps(stream, lines);
        for turn in &turns {
            let line = &lines[turn.lane];
            let (last, at) = (self.onset(line), turn.onset.unwrap_or(self.plan.end()));
            steps[turn.lane].with_rhythm(self.chart, line.events.last(), class(at - last), at);
            self.tell(stream, turn.lane, &steps[turn.lane]);
        }
        self.choose_lengths(stream, lines, &turns);
        let notes: Vec<(usize, i64)> = turns.iter().filter_map(|t| Some((t.lane, t.onset?))).collect();
        self.choose_pitches(stream, lines, &notes);
        for &(lane, onset) in &notes {
            if let [before @ .., event] = &lines[lane].events[..] {
                steps[lane].with_pitch(&self.chart.harmony(onset).0, before.last(), event);
            }
            self.tell(stream, lane, &steps[lane]);
        }
        self.choose_touch(stream, lines, &notes);
    }

    fn is_asked(&self) -> bool {
        self.manner.controls.iter().any(|&setting| setting != NONE)
    }

    /// Tells a step to the lane of a line; where something is asked for, also to a second lane that is not told what.
    fn tell(&self, stream: &mut Stream, lane: usize, step: &Step) {
        tell(stream, lane, step);
        if self.is_asked() {
            tell(stream, stream.lanes() / 2 + lane, &step.unasked());
        }
    }

    /// What the network says of an aspect for each line: where something is asked for, away from what it says without
    /// that (classifier-free guidance; Ho and Salimans 2022).
    fn heard<'s>(&self, stream: &'s mut Stream, aspect: Aspect) -> &'s mut [f32] {
        let rows = stream.log_probabilities(aspect.head());
        if !self.is_asked() {
            return rows;
        }
        let (asked, unasked) = rows.split_at_mut(rows.len() / 2);
        asked
            .iter_mut()
            .zip(unasked)
            .for_each(|(with, without)| *with += (GUIDANCE - 1.0) * (*with - *without));
        asked
    }

    /// Where the last note of a line fell, or the line begins: a beat before the first bar with a note in it.
    fn onset(&self, line: &Line) -> i64 {
        line.events.last().map_or_else(|| self.plan.start(self.chart) - QUARTER, |e| e.onset)
    }

    fn before(&self, line: &Line) -> Step {
        let last: Vec<GridNote> = line.events.iter().rev().take(3).copied().collect();
        Step::before(self.chart, self.manner, &last, self.onset(line), line.echo)
    }

    fn choose_gaps(&self, stream: &mut Stream, lines: &mut [Line]) -> Vec<Turn> {
        let rows = self.heard(stream, Aspect::Rhythm);
        let playing = lines.iter_mut().enumerate().filter(|(_, l)| l.playing);
        let turn = |(lane, line): (usize, &mut Line)| {
            let row = &rows[lane * SPANS..(lane + 1) * SPANS];
            let last = self.onset(line);
            let onset = match self.plan.next(last, &line.progress) {
                None => None,
                Some(Next::At(onset)) => Some(onset),
                Some(Next::Among(mut allowed)) => {
                    let least = line.events.last().and_then(|e| e.hold).map_or(1, shortest);
                    if (0..SPANS).any(|c| allowed[c] && span(c) >= least) {
                        (0..SPANS).for_each(|c| allowed[c] &= span(c) >= least);
                    }
                    let class = self.taste.rhythm.pick(row, &allowed, &mut line.rng);
                    class.and_then(|c| self.plan.onset(last, c))
                }
            };
            line.playing = onset.is_some();
            if let Some(onset) = onset {
                self.account(line, onset, row, class(onset - last));
            }
            Turn { lane, onset }
        };
        playing.map(turn).collect()
    }

    fn account(&self, line: &mut Line, onset: i64, row: &[f32], chosen: usize) {
        let nats = -f64::from(row[chosen]);
        if self.plan.given_at(onset).is_some() {
            line.given += nats;
        } else {
            line.surplus += nats - entropy(row);
        }
    }

    fn choose_lengths(&self, stream: &mut Stream, lines: &mut [Line], turns: &[Turn]) {
        let rows = self.heard(stream, Aspect::Length);
        for turn in turns {
            let line = &mut lines[turn.lane];
            let Some(&last) = line.events.last() else { continue };
            let gap = turn.onset.unwrap_or(self.plan.end()) - last.onset;
            let row = &rows[turn.lane * SPANS..(turn.lane + 1) * SPANS];
            if self.plan.given_at(last.onset).is_none() {
                let mut allowed = self.plan.lengths(gap, &line.progress);
                let meant = |c: usize| last.hold.is_none_or(|meant| hold(span(c)) == meant);
                if (0..SPANS).any(|c| allowed[c] && meant(c)) {
                    (0..SPANS).for_each(|c| allowed[c] &= meant(c));
                }
                let chosen = LENGTH.pick(row, &allowed, &mut line.rng).map_or(1, span);
                if let Some(event) = line.events.last_mut() {
                    event.length = chosen;
                }
            }
        }
    }

    fn choose_pitches(&self, stream: &mut Stream, lines: &mut [Line], notes: &[(usize, i64)]) {
        let classes = Aspect::Pitch.classes();
        let rows = self.heard(stream, Aspect::Pitch);
        for &(lane, onset) in notes {
            let line = &mut lines[lane];
            let row = &mut rows[lane * classes..(lane + 1) * classes];
            let harmony = self.chart.harmony(onset).0;
            mend(row, &harmony, line.echo.pitch);
            let allowed = self.plan.pitches(onset, &harmony, &line.progress);
            let chosen = self.taste.pitch.pick(row, &allowed, &mut line.rng).unwrap_or_default();
            self.account(line, onset, row, chosen);
            let rest = line.events.last().map_or(i64::MAX, |e| onset - e.onset - e.length);
            let event = self.plan.event(onset, chosen);
            line.progress = self.plan.after(&line.progress, &event, rest, &harmony);
            line.events.push(event);
        }
    }

    fn choose_touch(&self, stream: &mut Stream, lines: &mut [Line], notes: &[(usize, i64)]) {
        let own: Vec<_> = notes.iter().filter(|n| self.plan.given_at(n.1).is_none()).collect();
        for aspect in [Aspect::Hold, Aspect::Loudness, Aspect::Delay] {
            let classes = aspect.classes();
            let rows = self.heard(stream, aspect);
            for &&(lane, _) in &own {
                let line = &mut lines[lane];
                let row = &rows[lane * classes..(lane + 1) * classes];
                let taste = if aspect == Aspect::Hold { LENGTH } else { TOUCH };
                let chosen = taste.pick(row, &vec![true; classes], &mut line.rng).unwrap_or_default();
                let Some(event) = line.events.last_mut() else { continue };
                match aspect {
                    Aspect::Hold => event.hold = Some(chosen as u8),
                    Aspect::Loudness => event.loudness = Some(chosen as u8),
                    _ => event.delay = Some(chosen as i8 - DELAY_REACH),
                }
            }
        }
    }
}

/// Corrects what the network says of pitches where its own lines are known to drift away from real ones.
fn mend(row: &mut [f32], harmony: &Harmony, echo: Option<(Pitch, u32)>) {
    if let Some((pitch, _)) = echo {
        row[usize::from(pitch.number())] += ECHO;
    }
    for (number, logit) in row.iter_mut().enumerate() {
        if harmony.scale.contains(PitchClass::new(number as i32)) {
            *logit += SCALE;
        }
    }
}

/// What is to be expected, in nats, of a choice with these log probabilities.
fn entropy(row: &[f32]) -> f64 {
    row.iter().map(|&p| f64::from(p)).filter(|p| p.is_finite()).map(|p| -p.exp() * p).sum()
}
