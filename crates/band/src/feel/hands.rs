//! How each player plays what is written: when exactly, how long, how hard.
//!
//! What a note brings with it is played: its loudness as it is, its delay in part. The rest is drawn from figures of
//! real players.

use std::collections::BTreeMap;

use sideman_music::{Duration, Note, Pitch, Pitches, Sheet, Time};

use super::swing::{Timing, Timings, beat_at};
use crate::chance::Chance;

/// A note as it is played, in the time of the score.
#[derive(Debug, Clone, Copy)]
pub(super) struct SoundedNote {
    pub(super) onset: Time,
    pub(super) duration: Duration,
    pub(super) pitches: Pitches,
    pub(super) velocity: u8,
    /// Whether the note before goes over into it without a new attack.
    pub(super) slurred: bool,
}

impl SoundedNote {
    pub(super) fn end(&self) -> Time {
        self.onset + self.duration
    }
}

/// Sounding part of an eighth in a line, mean and deviation: `figures.sql`.
const LEGATO: (f64, f64) = (0.84, 0.08);
/// Silence between two notes, in milliseconds, that is none: with one breath they are one gesture. The Weimar Jazz
/// Database has a mean of 21 between notes of a line, and 41 where the pitch is struck again: `figures.sql`.
const SLUR: f64 = 28.0;
/// The shortest that any note sounds, milliseconds.
const INSTANT: f64 = 30.0;
/// The shortest an eighth of a line is cut, milliseconds.
const SHORTEST: f64 = 80.0;
/// A soloist's own deviation in time, milliseconds. From one pair of eighths to the next the Weimar Jazz Database
/// shows 19, of which the marking of onsets and beats by ear has its share.
const SOLO_WANDER: f64 = 7.0;
/// The same for the rhythm section, which must agree with itself.
const BAND_WANDER: f64 = 3.0;
/// How far the foot on the hi-hat is ahead of the hands: mean, deviation, least and most, milliseconds (A. Hofmann, B. C.
/// Wesolowski and W. Goebl, "The tight-interlocked rhythm section", Journal of New Music Research 46, 2017, have 2 to
/// 26 from drummer to drummer).
const AHEAD: (f64, f64) = (12.0, 4.0);
const AHEAD_RANGE: (f64, f64) = (2.0, 26.0);
/// Seconds of a beat that is fast, and decibels by which the rhythm section is lighter for each second less: 1.2 at 230
/// beats a minute, by which the soloist would else be behind the band there.
const FAST: (f64, f64) = (0.35, 14.0);
/// How far a note goes from the usual place to its own, in hundredths. A model that draws the delay of each note by
/// itself scatters them by 34 milliseconds on the beat, where players go from one to the next by 19 at most.
const TRUST: i64 = 35;
/// Velocity of a soloist's median loudness, and decibels per factor of ten in velocity.
const MEDIAN_VELOCITY: f64 = 84.0;
const DECIBELS: f64 = 40.0;
/// Deviation of a note's loudness, decibels: under half of the 8.6 that are measured in the mix.
const LOUDNESS_WANDER: f64 = 2.0;
/// How much softer a swallowed note is, decibels, and how often a low point of a line is one.
const GHOST: (f64, f64) = (-8.0, 0.15);
/// Silence before or after a note that makes it the first or last of a phrase, seconds.
const BREATH: f64 = 0.4;

/// Where the written times of a part are played: eighths are swung, beats with other divisions are not.
struct SwingGrid<'a> {
    sheet: &'a Sheet,
    timings: &'a Timings,
    /// The beats with other divisions, by their starts: whether these are thirds.
    uneven: BTreeMap<Time, bool>,
}

impl<'a> SwingGrid<'a> {
    fn new(notes: &[Note], sheet: &'a Sheet, timings: &'a Timings) -> Self {
        let mut uneven = BTreeMap::new();
        for note in notes {
            let (start, pulse) = beat_at(sheet, note.onset);
            let within = note.onset - start;
            let thirds = (within * 3) % pulse.length == Duration::ZERO;
            if (within * 2) % pulse.length != Duration::ZERO {
                uneven.entry(start).and_modify(|all| *all &= thirds).or_insert(thirds);
            }
        }
        Self { sheet, timings, uneven }
    }

    /// An eighth beside triplets is played with the last of them.
    fn played(&self, time: Time) -> Time {
        let (start, pulse) = beat_at(self.sheet, time);
        let half = (time - start) * 2 == pulse.length;
        match self.uneven.get(&start) {
            _ if pulse.ternary => time,
            None => start + self.timings.at(time).swung(time - start, pulse.length),
            Some(true) if half => start + pulse.length * 2 / 3,
            Some(_) => time,
        }
    }
}

/// What sets one player of the rhythm section apart from the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// The pitch that is played a little ahead of the others.
    pub(super) ahead: Option<Pitch>,
    /// How much of its length a note sounds, in hundredths.
    pub(super) held: i64,
}

/// Plays a rhythm section's part.
pub(super) fn accompany(
    notes: &[Note],
    sheet: &Sheet,
    timings: &Timings,
    manner: Manner,
    mut chance: Chance,
) -> Vec<SoundedNote> {
    let grid = SwingGrid::new(notes, sheet, timings);
    let mut moment = None;
    let play = |note: &Note| {
        let timing = timings.at(note.onset);
        let (_, wander) = moment
            .filter(|&(onset, _)| onset == note.onset)
            .unwrap_or_else(|| (note.onset, timing.milliseconds(BAND_WANDER * chance.normal())));
        moment = Some((note.onset, wander));
        let ahead = manner.ahead.filter(|&pitch| note.pitch() == pitch).map_or(Duration::ZERO, |_| {
            timing.milliseconds((AHEAD.0 + AHEAD.1 * chance.normal()).clamp(AHEAD_RANGE.0, AHEAD_RANGE.1))
        });
        let onset = grid.played(note.onset) + wander - ahead;
        let last = note.end() >= sheet.end();
        let whole = grid.played(note.end()) - onset;
        let end = if last { sheet.end() } else { onset + whole * manner.held / 100 };
        let written = f64::from(note.velocity.unwrap_or(64)) + 3.0 * chance.normal();
        let velocity = written * lightness(timing.seconds(beat_at(sheet, note.onset).1.length));
        SoundedNote {
            onset,
            duration: (end - onset).max(timing.milliseconds(INSTANT)),
            pitches: note.pitches,
            velocity: velocity.round().clamp(1.0, 127.0) as u8,
            slurred: false,
        }
    };
    notes.iter().map(play).collect()
}

/// What velocities are multiplied by where a beat lasts so many seconds: strokes that come fast add up, and hands that
/// are fast are light.
fn lightness(beat: f64) -> f64 {
    let decibels = FAST.1 * (beat - FAST.0).min(0.0);
    10f64.powf(decibels / DECIBELS)
}

/// Plays the soloist's part: a line, each note ending before the next begins. One who blows slurs.
pub(super) fn lead(
    notes: &[Note],
    sheet: &Sheet,
    timings: &Timings,
    mut chance: Chance,
    blows: bool,
) -> Vec<SoundedNote> {
    let grid = SwingGrid::new(notes, sheet, timings);
    let mut played: Vec<SoundedNote> = Vec::with_capacity(notes.len());
    for (i, note) in notes.iter().enumerate() {
        let timing = timings.at(note.onset);
        let shortest = timing.milliseconds(INSTANT);
        let loudness = loudness(notes, i, &timing, &mut chance);
        let (wander, held) = (chance.normal(), LEGATO.0 + LEGATO.1 * chance.normal());
        let usual = placed(note.onset, &grid);
        let onset = usual
            + match note.delay.filter(|_| timings.heeds_notes()) {
                Some(delay) => (note.onset + delay - usual) * TRUST / 100,
                None => timing.milliseconds(SOLO_WANDER * wander),
            };
        let end = onset + articulated(note, notes.get(i + 1), &grid, held);
        let earliest = played.last().map_or(onset, |before| before.onset + shortest);
        let onset = onset.max(earliest);
        let mut slurred = false;
        if let Some(before) = played.last_mut() {
            let silence = onset - before.end();
            slurred = blows && !tongued(note, before, &grid) && silence <= timing.milliseconds(SLUR);
            let room = onset - before.onset;
            before.duration = if slurred { room } else { before.duration.min(room) };
        }
        let duration = (end.min(sheet.end()) - onset).max(shortest);
        let velocity = note.velocity.unwrap_or(loudness).clamp(1, 127);
        played.push(SoundedNote { onset, duration, pitches: note.pitches, velocity, slurred });
    }
    played
}

/// Where a soloist places a written onset: late on the beat, with the ride off it.
fn placed(onset: Time, grid: &SwingGrid) -> Time {
    let (start, pulse) = beat_at(grid.sheet, onset);
    let timing = grid.timings.at(onset);
    if onset == start {
        return onset + timing.delay(pulse.length);
    }
    let half = (onset - start) * 2 == pulse.length;
    let swung = half && !pulse.ternary && !grid.uneven.contains_key(&start);
    if swung { start + timing.off_beat(pulse.length) } else { grid.played(onset) }
}

/// Whether a note is attacked however close it follows: one off the beat, from which the line goes on to the next
/// beat, and a pitch that is struck again.
fn tongued(note: &Note, before: &SoundedNote, grid: &SwingGrid) -> bool {
    let (start, pulse) = beat_at(grid.sheet, note.onset);
    (note.onset - start) * 2 == pulse.length || note.pitches.top() == before.pitches.top()
}

/// How long a written note sounds: one that leads to the next is tongued, one before a rest is cut a little, one that
/// goes to the end is not.
fn articulated(note: &Note, next: Option<&Note>, grid: &SwingGrid, held: f64) -> Duration {
    let length = placed(note.end(), grid) - placed(note.onset, grid);
    if note.end() >= grid.sheet.end() {
        return length;
    }
    let leads = next.is_some_and(|next| next.onset == note.end());
    let part = if leads && note.duration <= Duration::QUARTER { held.min(0.98) } else { 0.92 };
    let least = grid.timings.at(note.onset).milliseconds(SHORTEST).min(length * 49 / 50);
    (length * (1000.0 * part) as i64 / 1000).max(least)
}

/// A velocity from where a note stands in its phrase. The figures are decibels beside the median of a solo, less
/// the mean of all notes (−0.9): `figures.sql`.
fn loudness(notes: &[Note], i: usize, timing: &Timing, chance: &mut Chance) -> u8 {
    let pitch = |note: &Note| i32::from(note.pitch().number());
    let here = pitch(&notes[i]);
    let before = i.checked_sub(1).map(|b| &notes[b]);
    let after = notes.get(i + 1);
    let breath = |silence: Duration| timing.seconds(silence) > BREATH;
    let rises = before.map_or(0, |b| (here - pitch(b)).signum());
    let falls = after.map_or(0, |a| (here - pitch(a)).signum());
    let first = before.is_none_or(|b| breath(notes[i].onset - b.end()));
    let last = after.is_none_or(|a| breath(a.onset - notes[i].end()));
    let ghost = chance.happens(GHOST.1) && notes[i].duration * 2 <= Duration::QUARTER;
    let contour = match (rises, falls) {
        (1, 1) => 1.2,
        (-1, -1) if ghost && !first && !last => GHOST.0,
        (-1, -1) => -1.9,
        _ => 0.0,
    };
    let phrase = if first { 1.0 } else { 0.0 } + if last { -2.4 } else { 0.0 };
    let register = f64::from((here - middle(notes, i)).clamp(-18, 18)) * 1.7 / 12.0;
    let decibels = contour + phrase + register + LOUDNESS_WANDER * chance.normal();
    (MEDIAN_VELOCITY * 10f64.powf(decibels / DECIBELS)).round().clamp(1.0, 127.0) as u8
}

/// Mean pitch of the notes around one.
fn middle(notes: &[Note], i: usize) -> i32 {
    let around = &notes[i.saturating_sub(16)..(i + 17).min(notes.len())];
    around.iter().map(|note| i32::from(note.pitch().number())).sum::<i32>() / around.len() as i32
}
