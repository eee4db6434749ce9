//! Gives the notes of an abstract melody their pitches.

use rand::{Rng, RngExt};
use sideman_music::{Chord, Duration, Instrument, Interval, Key, Mode, Note, Pitch, Sheet, Solo, Time};

use super::taste::{self, Moment};
use super::{AbstractNote, Category, Error, Slope};

/// The greatest step in semitones where no slope says otherwise.
const GREATEST_STEP: i32 = 9;

/// The same for an approach tone, which is heard as a neighbour.
const GREATEST_STEP_TO_APPROACH: i32 = 5;

/// A rest of this length or more ends a phrase.
const BREATH: Duration = Duration::QUARTER;

/// How far a phrase may begin from where the one before ended.
const GREATEST_STEP_AFTER_REST: i32 = 14;

/// The line of an abstract melody over a sheet, from its first downbeat on.
///
/// A pitch has the category of its note over the chord on which the note begins, lies in the instrument's
/// range, and inside the slope from the pitch before. Where nothing fits, the slope gives way: first to larger
/// steps in its direction, then to its mirror image, then altogether; a phrase may begin
/// anywhere near. An
/// approach tone chooses the chord or colour tone that follows first, and then stands a semitone from it.
/// Over N.C. the chord before still counts. Among what fits, chance prefers small steps and the middle register.
///
/// # Errors
/// When a note has no length.
pub fn realise(
    melody: &[AbstractNote],
    sheet: &Sheet,
    instrument: Instrument,
    rng: &mut impl Rng,
) -> Result<Solo, Error> {
    let mut line = Line { sheet, instrument, heard: Vec::new(), silence: BREATH, mirrored: None };
    let mut notes = Vec::with_capacity(melody.len());
    let mut onset = Time::ZERO;
    let mut decided = None;
    for (i, note) in melody.iter().enumerate() {
        let moment = line.moment(onset, note);
        onset += note.duration;
        if note.category == Category::Rest {
            line.silence += note.duration;
            continue;
        }
        let target =
            melody.get(i + 1).filter(|t| note.category == Category::Approach && t.category.is_target());
        let pitch = match (decided.take(), target) {
            (Some(pitch), _) => pitch,
            (None, None) => line.single(&moment, rng),
            (None, Some(target)) => {
                let (approach, target) = line.approach(&moment, &line.moment(onset, target), rng);
                decided = Some(target);
                approach
            }
        };
        line.hear(pitch, note.slope);
        notes.push(Note::new(moment.onset, note.duration, pitch));
    }
    Ok(Solo::new(instrument, notes)?)
}

/// What has been played so far.
struct Line<'a> {
    sheet: &'a Sheet,
    instrument: Instrument,
    heard: Vec<Pitch>,
    /// How long nothing has sounded.
    silence: Duration,
    /// The slope of the group that has just been played upside down, at the edge of the range.
    mirrored: Option<Slope>,
}

impl Line<'_> {
    fn moment(&self, onset: Time, note: &AbstractNote) -> Moment {
        let end = onset + note.duration;
        let next = self.sheet.next_change(onset).filter(|&(at, _)| at < end).and_then(|(_, chord)| chord);
        let on_change = self.sheet.chords().binary_search_by_key(&onset, |&(at, _)| at).is_ok();
        Moment { onset, note: *note, chord: chord_for(self.sheet, onset), next, on_change }
    }

    /// Whether the next note begins a phrase.
    fn is_resting(&self) -> bool {
        self.silence >= BREATH
    }

    fn hear(&mut self, pitch: Pitch, slope: Option<Slope>) {
        let against = |s: &Slope, before: Pitch| {
            let step = before.to(pitch).semitones();
            (s.least > 0 && step < 0) || (s.greatest < 0 && step > 0)
        };
        let before = self.heard.last().copied().filter(|_| !self.is_resting());
        self.mirrored = slope.filter(|s| before.is_some_and(|b| against(s, b)));
        self.silence = Duration::ZERO;
        self.heard.push(pitch);
    }

    /// The pitches that a note may take, from the narrowest choice to the widest.
    fn windows(&self, note: &AbstractNote) -> Vec<(i32, i32)> {
        let range = self.instrument.range();
        let (low, high) = (i32::from(range.start().number()), i32::from(range.end().number()));
        let Some(before) = self.heard.last().map(|p| i32::from(p.number())) else { return vec![(low, high)] };
        let steps = match note.slope.filter(|_| !self.is_resting()) {
            None if self.is_resting() => vec![(-GREATEST_STEP_AFTER_REST, GREATEST_STEP_AFTER_REST)],
            None => {
                let near = if note.category == Category::Approach {
                    GREATEST_STEP_TO_APPROACH
                } else {
                    GREATEST_STEP
                };
                vec![(-near, near), (-12, 12)]
            }
            Some(slope) => {
                let (mut straight, mut mirror) = (wider(slope), wider(mirror_image(slope)));
                if self.mirrored == Some(slope) {
                    std::mem::swap(&mut straight, &mut mirror);
                }
                straight.append(&mut mirror);
                straight
            }
        };
        let clip = |(least, greatest): (i32, i32)| ((before + least).max(low), (before + greatest).min(high));
        steps.into_iter().map(clip).chain([(low, high)]).collect()
    }

    fn weight(&self, moment: &Moment, pitch: Pitch, before: &[Pitch]) -> f64 {
        let step = before.last().filter(|_| !self.is_resting() || before.len() > self.heard.len());
        taste::step(step.map(|b| b.to(pitch).semitones()))
            * taste::register(self.instrument, pitch)
            * taste::circling(before, pitch)
            * moment.weight(pitch)
    }

    fn single(&self, moment: &Moment, rng: &mut impl Rng) -> Pitch {
        let windows = self.windows(&moment.note);
        let choices = windows.into_iter().map(|window| {
            let fitting = pitches(window).filter(|p| moment.allows(*p));
            fitting.map(|p| (p, self.weight(moment, p, &self.heard))).collect::<Vec<_>>()
        });
        choose(choices, rng).unwrap_or(*self.instrument.range().start())
    }

    /// An approach tone and its target: the target is chosen by its own weight, and the side on which the
    /// approach tone stands by that of the approach tone.
    fn approach(&self, moment: &Moment, target: &Moment, rng: &mut impl Rng) -> (Pitch, Pitch) {
        let windows = self.windows(&moment.note);
        let stages =
            [target.note.slope, None].into_iter().flat_map(|slope| windows.iter().map(move |&w| (w, slope)));
        let range = self.instrument.range();
        let choices = stages.map(|(window, slope)| {
            let sides = slope.map_or((-1, 1), |s| (s.least, s.greatest));
            let resolutions = [-1, 1].into_iter().filter(|step| (sides.0..=sides.1).contains(step));
            let pairs =
                resolutions.flat_map(|step| pitches(window).filter_map(move |a| Some((a, raised(a, step)?))));
            let fitting = pairs.filter(|(_, t)| range.contains(t) && target.allows(*t));
            let weigh = |(a, t): (Pitch, Pitch)| {
                let after: Vec<Pitch> = self.heard.iter().rev().take(2).rev().copied().chain([a]).collect();
                let weight = self.weight(moment, a, &self.heard) * taste::circling(&after, t);
                ((a, t), weight * taste::register(self.instrument, t) * target.weight(t))
            };
            fitting.map(weigh).collect::<Vec<_>>()
        });
        choose(choices, rng).unwrap_or((*range.start(), *range.start()))
    }
}

/// The chord for a soloist: over N.C. the last one, before any the first; without chords, the tonic of the key.
fn chord_for(sheet: &Sheet, time: Time) -> Chord {
    let chords = sheet.chords();
    let after = chords.partition_point(|&(at, _)| at <= time);
    let before = chords[..after].iter().rev().find_map(|&(_, chord)| chord);
    before
        .or_else(|| chords[after..].iter().find_map(|&(_, chord)| chord))
        .unwrap_or_else(|| tonic(sheet.key()))
}

fn tonic(key: Option<Key>) -> Chord {
    let symbol = key.map_or("C6".to_owned(), |key| {
        let minor = if key.mode() == Mode::Minor { "m" } else { "" };
        format!("{}{minor}6", key.tonic())
    });
    symbol.parse().unwrap_or_else(|_| unreachable!("a tonic and its sixth are a chord"))
}

/// The slope, and then the same with greater and greater steps in its direction.
fn wider(slope: Slope) -> Vec<(i32, i32)> {
    let Slope { least, greatest } = slope;
    let (down, up) = (i32::from(least <= 0), i32::from(greatest >= 0));
    (0..=12).map(|k| (least - k * down, greatest + k * up)).collect()
}

const fn mirror_image(slope: Slope) -> Slope {
    Slope { least: -slope.greatest, greatest: -slope.least }
}

fn pitches(window: (i32, i32)) -> impl Iterator<Item = Pitch> {
    (window.0..=window.1).filter_map(|number| u8::try_from(number).ok().and_then(Pitch::new))
}

fn raised(pitch: Pitch, semitones: i32) -> Option<Pitch> {
    pitch.checked_add(Interval::new(semitones))
}

/// One of the first choices that are not empty, by weight.
fn choose<T: Copy>(choices: impl Iterator<Item = Vec<(T, f64)>>, rng: &mut impl Rng) -> Option<T> {
    let choices = choices.into_iter().find(|choices| !choices.is_empty())?;
    let mut left = rng.random::<f64>() * choices.iter().map(|(_, weight)| weight).sum::<f64>();
    let hit = choices.iter().find(|(_, weight)| {
        left -= weight;
        left < 0.0
    });
    hit.or(choices.last()).map(|&(choice, _)| choice)
}
