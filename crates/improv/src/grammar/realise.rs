//! Gives the notes of an abstract melody their pitches.

use rand::{Rng, RngExt};
use sideman_music::{Chord, Duration, Instrument, Interval, Key, Mode, Note, Pitch, Sheet, Solo, Time};

use super::error::Error;
use super::melody::{AbstractNote, NoteCategory, Slope};
use super::taste::{self, Fit, NoteOnChord};

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
/// steps in its direction, then to its mirror image, then altogether; a phrase may begin anywhere near. An
/// approach tone chooses the chord or colour tone that follows first, and then stands a semitone from it. A tied note
/// makes the one before longer where that has its category.
/// Over N.C. the chord before still counts. Among what fits, chance prefers small steps and the middle register.
///
/// # Errors
/// When a note has no length.
pub(super) fn realise(
    melody: &[AbstractNote],
    sheet: &Sheet,
    instrument: Instrument,
    rng: &mut impl Rng,
) -> Result<Solo, Error> {
    let mut line = MelodicLine { sheet, instrument, heard: [None; 2], silence: BREATH, mirrored: None };
    let mut notes: Vec<Note> = Vec::with_capacity(melody.len());
    let mut onset = Time::ZERO;
    let mut decided = None;
    for (i, note) in melody.iter().enumerate() {
        let begins = onset;
        onset += note.duration;
        if note.category == NoteCategory::Rest {
            line.silence += note.duration;
            continue;
        }
        let held = notes.last_mut().filter(|last| note.tied && decided.is_none() && last.end() == begins);
        if let Some(last) = held.filter(|last| line.fit(begins, note).allows(last.pitch())) {
            last.duration += note.duration;
            continue;
        }
        let target =
            melody.get(i + 1).filter(|t| note.category == NoteCategory::Approach && t.category.is_target());
        let pitch = match (decided.take(), target) {
            (Some(pitch), _) => pitch,
            (None, None) => line.single(note, &line.fit(begins, note), rng),
            (None, Some(target)) => {
                let fits = [line.fit(begins, note), line.fit(onset, target)];
                let (target, approach) = line.approach([note, target], &fits, rng);
                decided = Some(target);
                approach
            }
        };
        line.hear(pitch, note.slope);
        notes.push(Note::new(begins, note.duration, pitch));
    }
    Ok(Solo::new(instrument, notes)?)
}

/// What has been played so far.
struct MelodicLine<'a> {
    sheet: &'a Sheet,
    instrument: Instrument,
    /// The note before last and the last one.
    heard: [Option<Pitch>; 2],
    /// How long nothing has sounded.
    silence: Duration,
    /// The slope of the group that has just been played upside down, at the edge of the range.
    mirrored: Option<Slope>,
}

impl MelodicLine<'_> {
    fn fit(&self, onset: Time, note: &AbstractNote) -> Fit {
        let end = onset + note.duration;
        let next = self.sheet.next_change(onset).filter(|&(at, _)| at < end).and_then(|(_, chord)| chord);
        let on_change = self.sheet.chords().binary_search_by_key(&onset, |&(at, _)| at).is_ok();
        Fit::new(&NoteOnChord {
            onset,
            note,
            chord: chord_for(self.sheet, onset).into(),
            next: next.map(Into::into),
            on_change,
        })
    }

    /// Whether the next note begins a phrase.
    fn is_resting(&self) -> bool {
        self.silence >= BREATH
    }

    /// The pitch from which the next note steps.
    fn before(&self) -> Option<Pitch> {
        self.heard[1].filter(|_| !self.is_resting())
    }

    fn hear(&mut self, pitch: Pitch, slope: Option<Slope>) {
        let step = self.before().map_or(0, |before| before.to(pitch).semitones());
        self.mirrored = slope.filter(|s| (s.least > 0 && step < 0) || (s.greatest < 0 && step > 0));
        self.silence = Duration::ZERO;
        self.heard = [self.heard[1], Some(pitch)];
    }

    /// The steps that a note may take from the last one, from the narrowest choice to the widest.
    fn steps(&self, note: &AbstractNote) -> impl Iterator<Item = (i32, i32)> + Clone + use<> {
        let slope = note.slope.filter(|_| !self.is_resting());
        let turned = slope.map(|s| if self.mirrored == Some(s) { mirror_image(s) } else { s });
        let free = match note.category {
            _ if slope.is_some() => None,
            _ if self.is_resting() => Some(GREATEST_STEP_AFTER_REST),
            NoteCategory::Approach => Some(GREATEST_STEP_TO_APPROACH),
            _ => Some(GREATEST_STEP),
        };
        let sloping = turned.into_iter().flat_map(|s| wider(s).chain(wider(mirror_image(s))));
        sloping.chain(free.into_iter().flat_map(|reach| [(-reach, reach), (-12, 12)]))
    }

    /// The same as lowest and highest pitches inside the instrument's range, which comes last.
    fn windows(&self, note: &AbstractNote) -> impl Iterator<Item = (i32, i32)> + Clone + use<> {
        let (low, high) = self.instrument.range().into_inner();
        let (low, high) = (i32::from(low.number()), i32::from(high.number()));
        let last = self.heard[1].map(|p| i32::from(p.number()));
        let near = last.map(|last| {
            let clip = move |(least, greatest)| (low.max(last + least), high.min(last + greatest));
            self.steps(note).map(clip)
        });
        near.into_iter().flatten().chain([(low, high)])
    }

    fn weight(&self, fit: &Fit, pitch: Pitch) -> f64 {
        let step = self.before().map(|before| before.to(pitch).semitones());
        taste::step(step)
            * taste::circling(self.heard[0], pitch)
            * taste::register(self.instrument, pitch)
            * fit.weight(pitch)
    }

    fn single(&self, note: &AbstractNote, fit: &Fit, rng: &mut impl Rng) -> Pitch {
        let choices = self.windows(note).map(|window| {
            let fitting = pitches(window).filter(|&p| fit.allows(p));
            fitting.map(|p| (p, self.weight(fit, p))).collect::<Vec<_>>()
        });
        choose(choices, rng).unwrap_or(*self.instrument.range().start())
    }

    /// The target of an approach tone, and the approach tone.
    fn approach(&self, notes: [&AbstractNote; 2], fits: &[Fit; 2], rng: &mut impl Rng) -> (Pitch, Pitch) {
        let windows = self.windows(notes[0]);
        let range = self.instrument.range();
        let sides = |slope: Option<Slope>| {
            let fits = move |side: &i32| slope.is_none_or(|s| (s.least..=s.greatest).contains(side));
            [-1, 1].into_iter().filter(fits)
        };
        let stages =
            [notes[1].slope, None].into_iter().flat_map(|slope| windows.clone().map(move |w| (w, slope)));
        let choices = stages.map(|(window, slope)| {
            let pairs = sides(slope)
                .flat_map(|side| pitches(window).filter_map(move |a| Some((raised(a, side)?, a))));
            let fitting = pairs.filter(|(target, _)| range.contains(target) && fits[1].allows(*target));
            let weigh = |(target, approach): (Pitch, Pitch)| {
                let own = taste::circling(self.heard[1], target) * taste::register(self.instrument, target);
                ((target, approach), own * fits[1].weight(target) * self.weight(&fits[0], approach))
            };
            fitting.map(weigh).collect::<Vec<_>>()
        });
        choose(choices, rng).unwrap_or((*range.start(), *range.start()))
    }
}

/// The chord for a soloist: over N.C. the last one, before any the first; without chords, the tonic of the key.
pub(super) fn chord_for(sheet: &Sheet, time: Time) -> Chord {
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
pub(super) fn wider(slope: Slope) -> impl Iterator<Item = (i32, i32)> + Clone {
    let Slope { least, greatest } = slope;
    let (down, up) = (i32::from(least <= 0), i32::from(greatest >= 0));
    (0..=12).map(move |k| (least - k * down, greatest + k * up))
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
