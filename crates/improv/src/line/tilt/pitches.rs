//! Traits of the pitch of a note.

use sideman_music::PitchClass;

use super::super::chart::{GridChart, Harmony};
use super::super::echo::Echo;
use super::super::encode::GridNote;
use super::super::grid::GridTime;
use super::traits::{BREATH, TraitTable, numbered, phrase, role_of, table};

/// Upper ends of classes of intervals in semitones.
const INTERVALS: [i32; 10] = [-8, -5, -3, -2, -1, 0, 1, 2, 4, 7];
/// The same of intervals over a rest.
const OVER_A_REST: [i32; 10] = [-12, -8, -5, -3, -1, 0, 2, 4, 7, 11];
/// The same of distances from the middle of the notes before.
const REGISTER: [i32; 6] = [-11, -8, -4, 3, 7, 10];
/// The notes that a line begins with: their middle is its home, and before them no middle says anything.
const SETTLED: usize = 24;
/// Upper ends of classes of distances of a phrase from the middle of its line, and of steps.
const ASIDE: [i32; 4] = [-7, -3, 2, 6];
const STEPS: [i32; 4] = [-3, -1, 0, 2];

/// The interval, after the one before; over a rest; the first of a phrase; the role, after the role before, by a step or a
/// leap; the role, by place in the beat; distance from the middle of the last 64 notes, and of all; how many notes ago the
/// pitch was heard; whether the last notes and this have sounded before, in this phrase or any; whether the line goes on as
/// it did before, by how long it has; the same of the last interval within 16 notes; whether the direction goes on, by how
/// long it has; how a rising fourth of the roots is taken; the step into another chord; a turn after turns; the step, by where
/// the middle of the phrase lies beside that of the line; the degree, by kind of chord; the step, by where the last note
/// lies beside the middle of the line; distance from where the line began.
pub(super) const TABLES: [TraitTable; 19] = [
    table(11, 11),
    table(1, 11),
    table(1, 11),
    table(8, 8),
    table(3, 4),
    table(2, 7),
    table(2, 7),
    table(1, 6),
    table(2, 2),
    table(7, 2),
    table(1, 2),
    table(12, 3),
    table(1, 3),
    table(1, 3),
    table(4, 2),
    table(10, 5),
    table(5, 12),
    table(10, 5),
    table(2, 7),
];

/// What is known before a pitch is chosen.
pub(super) struct PitchTraits {
    /// The newest first, at most 16.
    last: Vec<i32>,
    harmony: Harmony,
    /// Twice the middle of the last 64 notes, of all, and of the first.
    middles: [i32; 3],
    echo: Option<i32>,
    /// What followed the same three pitches, or the same two, and the same interval.
    returns: [Vec<i32>; 2],
    rows: [Option<usize>; 19],
}

impl PitchTraits {
    /// What is known after some notes when the next falls at a place; `None` before the fourth.
    pub(super) fn after(chart: &GridChart, past: &[GridNote], onset: GridTime, echo: &Echo) -> Option<Self> {
        let pitch = |i: usize| i32::from(past[i].pitch.number());
        let n = past.len();
        let last_note = past.last().filter(|_| n > 3)?;
        let last: Vec<i32> = (0..n).rev().take(16).map(pitch).collect();
        let rest = |i: usize| past[i].onset - past[i - 1].onset - past[i - 1].length;
        let resting = onset - last_note.onset - last_note.length >= BREATH;
        let opening = rest(n - 1) >= BREATH;
        let inside = !resting && !opening;
        let (harmony, before) = (chart.harmony(onset), chart.harmony(last_note.onset));
        let step = last[0] - last[1];
        let cell = Cell::last_of(past);
        let changed = harmony != before;
        let fourth = before.root.zip(harmony.root).is_some_and(|(from, to)| from.up_to(to) == 5);
        let turned = |i: usize| (last[i] - last[i + 1]).signum() * (last[i + 1] - last[i + 2]).signum() < 0;
        let when = |holds: bool, row: usize| holds.then_some(row);
        let beat = match chart.position(onset).phase() {
            0 => 0,
            9..=18 => 1,
            _ => 2,
        };
        let middle = |notes: &[GridNote]| {
            2 * notes.iter().map(|note| i32::from(note.pitch.number())).sum::<i32>() / notes.len() as i32
        };
        let newest = |notes: usize| middle(&past[n.saturating_sub(notes)..]);
        let middles = [newest(64), middle(past), middle(&past[..n.min(SETTLED)])];
        let beside = |twice: i32| {
            when(n >= SETTLED, interval(&ASIDE, twice / 2 - middles[1] / 2) * 2 + usize::from(resting))
        };
        let rows = [
            when(inside, interval(&INTERVALS, step)),
            when(resting, 0),
            when(!resting && opening, 0),
            Some(role_of(&before, last[0]) * 2 + usize::from(resting)),
            Some(beat),
            Some(usize::from(resting)),
            when(n >= SETTLED, usize::from(resting)),
            Some(0),
            cell.known.map(|notes| notes - 2),
            echo.pitch.map(|(_, reach)| (reach as usize).min(6)),
            when(!cell.steps.is_empty() && !resting, 0),
            when(inside, run(&last)),
            when(!resting && fourth, 0),
            when(!resting && changed, 0),
            when(inside, usize::from(turned(0)) * 2 + usize::from(turned(1))),
            beside(newest(phrase(past))),
            quality(&harmony),
            beside(2 * last[0]),
            when(n >= 2 * SETTLED, usize::from(resting)),
        ];
        let echo = echo.pitch.map(|(pitch, _)| i32::from(pitch.number()));
        Some(Self { last, harmony, middles, echo, returns: [cell.pitches, cell.steps], rows })
    }

    /// The traits that a pitch has.
    pub(super) fn of(&self, pitch: i32) -> impl Iterator<Item = usize> {
        let step = pitch - self.last[0];
        let leaps = usize::from(step.abs() > 2);
        let size = interval(&INTERVALS, step);
        let role = role_of(&self.harmony, pitch);
        let from = |middle: i32| interval(&REGISTER, (2 * pitch - middle).div_euclid(2));
        let ago = self.last.iter().position(|&heard| heard == pitch);
        let before = self.last[0] - self.last[1];
        let third = self.harmony.guides.contains(PitchClass::new(pitch));
        let onward = match step.signum() * before.signum() {
            1 => 0,
            0 => 1,
            _ => 2,
        };
        let degree = self.harmony.degree(PitchClass::new(pitch)).unwrap_or(0) as usize;
        let columns = [
            size,
            interval(&OVER_A_REST, step),
            size,
            role * 2 + leaps,
            role,
            from(self.middles[0]),
            from(self.middles[1]),
            ago.map_or(5, |ago| [0, 1, 2, 2, 3, 3, 3, 3].get(ago).copied().unwrap_or(4)),
            usize::from(self.returns[0].contains(&pitch)),
            usize::from(self.echo == Some(pitch)),
            usize::from(self.returns[1].contains(&pitch)),
            onward,
            if third && leaps == 0 { 0 } else { 1 + usize::from(third) },
            if step == 0 { 0 } else { 1 + leaps },
            usize::from(step.signum() * before.signum() < 0),
            interval(&STEPS, step),
            degree,
            interval(&STEPS, step),
            from(self.middles[2]),
        ];
        numbered(TABLES, self.rows, columns.map(Some))
    }
}

fn interval(ends: &[i32], semitones: i32) -> usize {
    ends.partition_point(|&end| end < semitones)
}

/// Dominant, other major third, minor third, neither; none over no chord.
fn quality(harmony: &Harmony) -> Option<usize> {
    let root = harmony.root?;
    let has = |degree: i32| harmony.tones.contains(root.transposed(degree));
    Some(match (has(4), has(3), has(10)) {
        (true, _, true) => 0,
        (true, _, false) => 1,
        (false, true, true) => 2,
        (false, true, false) => 3,
        (false, false, _) => 4,
    })
}

/// How many steps the line has gone in one direction, up to five, and in which; a repetition has none.
fn run(last: &[i32]) -> usize {
    let direction = (last[0] - last[1]).signum();
    let steps = last.windows(2).take_while(|pair| (pair[0] - pair[1]).signum() == direction).count().min(5);
    if direction == 0 { 0 } else { steps + usize::from(direction > 0) * 6 }
}

/// Where the last notes have sounded before.
struct Cell {
    /// How many of the last notes have, three or two.
    known: Option<usize>,
    /// What followed them.
    pitches: Vec<i32>,
    /// What would follow the last interval as it did within sixteen notes.
    steps: Vec<i32>,
}

impl Cell {
    fn last_of(past: &[GridNote]) -> Self {
        let pitch = |i: usize| i32::from(past[i].pitch.number());
        let n = past.len();
        let followers = |notes: usize| -> Vec<i32> {
            let same = |&i: &usize| (1..=notes).all(|back| pitch(i - back) == pitch(n - back));
            (notes..n).filter(same).map(pitch).collect()
        };
        let (three, two) = (followers(3), followers(2));
        let known = if three.is_empty() { (!two.is_empty()).then_some(2) } else { Some(3) };
        let interval = |i: usize| pitch(i) - pitch(i - 1);
        let near = n.saturating_sub(16).max(1)..n - 1;
        let steps = near.filter(|&i| interval(i) == interval(n - 1)).map(|i| pitch(n - 1) + interval(i + 1));
        Self { known, pitches: if three.is_empty() { two } else { three }, steps: steps.collect() }
    }
}
