//! Gives the notes of an abstract melody pitches that have exactly their categories and slopes: what was abstracted from a
//! line and is realised is abstracted to the same again.

use rand::{Rng, RngExt};
use sideman_music::{Duration, Instrument, Note, Pitch, PitchClass, Sheet, Solo, Time};

use super::error::Error;
use super::melody::{AbstractNote, NoteCategory};
use super::realise::{chord_for, wider};
use super::taste;

/// How far the first note of a group may lie from the last of the one before.
const REACH: i32 = 9;
/// Beyond so many steps of growth a slope no longer counts.
const FREE: usize = 99;

/// The line of an abstract melody over a sheet. A group begins with a note that has no slope; its pitches are drawn
/// together, by weights that look ahead to its end, so that a chord tone, a colour tone, an approach (a semitone from the
/// note that follows it) and an outside note are what they are called. Where that cannot be, its slopes grow step by step
/// in their directions; then an approach or an outside note may be any.
///
/// # Errors
/// When a note has no length.
pub(super) fn realise(
    melody: &[AbstractNote],
    sheet: &Sheet,
    instrument: Instrument,
    rng: &mut impl Rng,
) -> Result<Solo, Error> {
    let mut onset = Time::ZERO;
    let mut placed = Vec::with_capacity(melody.len());
    for note in melody {
        placed.push((onset, note));
        onset += note.duration;
    }
    placed.retain(|(_, note)| note.category != NoteCategory::Rest);
    let mut notes: Vec<Note> = Vec::with_capacity(placed.len());
    for group in placed.chunk_by(|_, next| next.1.slope.is_some()) {
        let group = Group { notes: group, sheet, instrument };
        let tied = notes.last_mut().and_then(|last| group.tied_to(last, rng));
        let pitches = tied.unwrap_or_else(|| group.pitches(notes.last().map(Note::pitch), rng));
        let attacked = &group.notes[group.notes.len() - pitches.len()..];
        notes.extend(pitches.into_iter().zip(attacked).map(|(pitch, (onset, note))| {
            Note::new(*onset, note.duration.max(Duration::quarters(1, 96)), pitch)
        }));
    }
    Ok(Solo::new(instrument, notes)?)
}

/// Notes whose pitches are drawn together.
struct Group<'a> {
    notes: &'a [(Time, &'a AbstractNote)],
    sheet: &'a Sheet,
    instrument: Instrument,
}

impl Group<'_> {
    /// The pitches behind a first note that is tied to the last one, which then lasts as much longer; `None` where it is
    /// not, or that pitch is not what the first note is called.
    fn tied_to(&self, last: &mut Note, rng: &mut impl Rng) -> Option<Vec<Pitch>> {
        let (onset, first) = self.notes[0];
        let held = (first.tied && last.end() == onset).then(|| last.pitch())?;
        let pitches = self.drawn(|pitch| f64::from(u8::from(pitch == held)), 0, true, rng)?;
        last.duration += first.duration;
        Some(pitches[1..].to_vec())
    }

    fn pitches(&self, before: Option<Pitch>, rng: &mut impl Rng) -> Vec<Pitch> {
        let mut stages = (0..=12).map(|wider| (wider, true)).chain([(12, false), (FREE, false)]);
        let begins = |pitch| near(before, pitch);
        let drawn = stages.find_map(|(wider, strict)| self.drawn(begins, wider, strict, rng));
        drawn.unwrap_or_else(|| vec![*self.instrument.range().start(); self.notes.len()])
    }

    /// Pitches by their weights, the first by one of its own too, or `None` where nothing fits.
    fn drawn(
        &self,
        begins: impl Fn(Pitch) -> f64,
        wider: usize,
        strict: bool,
        rng: &mut impl Rng,
    ) -> Option<Vec<Pitch>> {
        let range = self.instrument.range();
        let all: Vec<Pitch> =
            (range.start().number()..=range.end().number()).filter_map(Pitch::new).collect();
        let ahead = self.ahead(&all, wider, strict);
        let mut pitches: Vec<Pitch> = Vec::with_capacity(self.notes.len());
        for (i, ahead) in ahead.iter().enumerate() {
            let last = pitches.last().copied();
            let weights: Vec<f64> = all
                .iter()
                .zip(ahead)
                .map(|(&pitch, weight)| match last {
                    None => weight * begins(pitch),
                    Some(last) => weight * self.step(i, last, pitch, wider, strict),
                })
                .collect();
            pitches.push(all[pick(&weights, rng)?]);
        }
        Some(pitches)
    }

    /// For each note and pitch: how well it fits, times all that may follow.
    fn ahead(&self, all: &[Pitch], wider: usize, strict: bool) -> Vec<Vec<f64>> {
        let mut ahead: Vec<Vec<f64>> = Vec::with_capacity(self.notes.len());
        for i in (0..self.notes.len()).rev() {
            let own = all.iter().map(|&pitch| {
                let fit = self.fit(i, pitch, strict);
                let after = ahead.last().filter(|_| fit > 0.0).map_or(1.0, |next| {
                    let steps = all.iter().zip(next).filter(|(_, weight)| **weight > 0.0);
                    steps.map(|(&to, weight)| weight * self.step(i + 1, pitch, to, wider, strict)).sum()
                });
                fit * after
            });
            let own: Vec<f64> = own.collect();
            let most = own.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
            ahead.push(own.into_iter().map(|weight| weight / most).collect());
        }
        ahead.reverse();
        ahead
    }

    /// How well a pitch fits a note by itself.
    fn fit(&self, i: usize, pitch: Pitch, strict: bool) -> f64 {
        let (onset, note) = self.notes[i];
        let chord = chord_for(self.sheet, onset);
        let class: PitchClass = pitch.class();
        let (tone, colour) = (chord.tones().contains(class), chord.colours().contains(class));
        let fits = match note.category {
            NoteCategory::Chord => tone,
            NoteCategory::Colour if chord.colours().is_empty() => tone,
            NoteCategory::Colour => colour,
            NoteCategory::Helpful => tone || colour,
            NoteCategory::Scale => chord.scale_tones().contains(class),
            NoteCategory::Approach | NoteCategory::Arbitrary => !strict || !tone && !colour,
            NoteCategory::Rest => false,
        };
        if fits { taste::register(self.instrument, pitch) } else { 0.0 }
    }

    /// How well a note follows the one before.
    fn step(&self, i: usize, from: Pitch, to: Pitch, more: usize, strict: bool) -> f64 {
        let step = from.to(to).semitones();
        let (before, note) = (self.notes[i - 1].1, self.notes[i].1);
        let sloping = note
            .slope
            .and_then(|slope| wider(slope).nth(more))
            .is_none_or(|(least, most)| (least..=most).contains(&step));
        let leads = match before.category {
            NoteCategory::Approach => step.abs() == 1,
            NoteCategory::Arbitrary => step.abs() != 1,
            _ => true,
        };
        if sloping && (leads || !strict) { taste::step(Some(step)).max(0.01) } else { 0.0 }
    }
}

/// How well a group begins near the note before.
fn near(before: Option<Pitch>, pitch: Pitch) -> f64 {
    let Some(step) = before.map(|before| before.to(pitch).semitones()) else { return 1.0 };
    if step.abs() <= REACH { taste::step(Some(step)) } else { 1e-6 }
}

fn pick(weights: &[f64], rng: &mut impl Rng) -> Option<usize> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return None;
    }
    let mut left = rng.random::<f64>() * sum;
    let hit = weights.iter().position(|weight| {
        left -= weight;
        left < 0.0 && *weight > 0.0
    });
    hit.or_else(|| weights.iter().rposition(|weight| *weight > 0.0))
}
