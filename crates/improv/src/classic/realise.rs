//! Realises values: the pitches they get on the chord that sounds where they fall.

use std::ops::RangeInclusive;

use sideman_music::{Duration, Instrument, Note, Pitch, Pitches, Time};

use super::ground::{Ground, Grounds};
use super::value::REACH;
use super::{Category, Sounding};

/// Cost, in semitones, of leaving the window, of moving the other way, and of an approach from a tone of
/// the chord or scale.
const OUTSIDE: i32 = 12;
const TURNED: i32 = 4;
const DIATONIC: i32 = 3;
/// How far the register reaches at most to either side of the middle of the range, in semitones.
const HOME: i32 = 12;
/// Cost, in semitones, of each semitone outside the register.
const HOMEWARD: i32 = 2;
/// How far from the middle of the range, in semitones, a line may begin as well as anywhere.
const OPENING: i32 = 6;

/// What a voice can sound.
#[derive(Debug, Clone)]
pub(super) struct Compass {
    /// Lowest and highest pitch.
    range: RangeInclusive<Pitch>,
    /// The pitches at which it feels at home; the further outside, the more it is drawn back.
    register: RangeInclusive<i32>,
    /// Whether it plays several notes at once.
    chords: bool,
}

impl Compass {
    /// The compass of an instrument, which feels at home in the middle half of its range, two octaves at most.
    pub(super) fn of(instrument: Instrument) -> Self {
        use Instrument::{ElectricPiano, Guitar, Piano, Vibraphone};
        let range = instrument.range();
        let (low, high) = (i32::from(range.start().number()), i32::from(range.end().number()));
        let (middle, reach) = ((low + high) / 2, ((high - low) / 4).min(HOME));
        let chords = matches!(instrument, Piano | ElectricPiano | Guitar | Vibraphone);
        Self { range, register: middle - reach..=middle + reach, chords }
    }

    /// No limits: what was written is sounded.
    pub(super) fn unlimited() -> Self {
        Self { range: Pitch::MIN..=Pitch::MAX, register: i32::MIN..=i32::MAX, chords: true }
    }

    /// Semitones outside the register.
    fn outside(&self, pitch: i32) -> i32 {
        pitch.saturating_sub(*self.register.end()).max(self.register.start().saturating_sub(pitch)).max(0)
    }
}

/// A line on its way from values to notes, one value behind: an approach waits until its target is known,
/// and then stands exactly a semitone from it.
pub(super) struct Voice<'a> {
    grounds: &'a Grounds,
    compass: Compass,
    /// The pitch that the first note has to have.
    first: Option<Pitch>,
    previous: Option<Pitch>,
    waiting: Option<SoundingNote>,
    notes: Vec<Note>,
}

/// A value in its place.
#[derive(Debug, Clone)]
struct SoundingNote {
    sound: Sounding,
    onset: Time,
    duration: Duration,
}

impl<'a> Voice<'a> {
    pub(super) fn new(grounds: &'a Grounds, compass: Compass, first: Option<Pitch>) -> Self {
        Self { grounds, compass, first, previous: None, waiting: None, notes: Vec::new() }
    }

    /// Whether an approach waits for its target.
    pub(super) fn waits(&self) -> bool {
        self.waiting.is_some()
    }

    /// The next value. `choose` picks one of so many pitches that fit equally well.
    pub(super) fn play(
        &mut self,
        sound: Option<&Sounding>,
        onset: Time,
        duration: Duration,
        choose: &mut dyn FnMut(usize) -> usize,
    ) {
        let event = sound.map(|sound| SoundingNote { sound: sound.clone(), onset, duration });
        match (self.waiting.take(), event) {
            (Some(approach), Some(target)) if target.sound.category != Category::Approach => {
                self.resolve(approach, target, choose);
            }
            (orphan, event) => {
                if let Some(orphan) = orphan {
                    self.alone(orphan, choose);
                }
                match event {
                    Some(event) if event.sound.category == Category::Approach => self.waiting = Some(event),
                    Some(event) => self.alone(event, choose),
                    None => {}
                }
            }
        }
    }

    /// The notes, when there is no value to come.
    pub(super) fn finish(mut self, choose: &mut dyn FnMut(usize) -> usize) -> Vec<Note> {
        if let Some(orphan) = self.waiting.take() {
            self.alone(orphan, choose);
        }
        self.notes
    }

    /// A note that needs no other to be placed.
    fn alone(&mut self, event: SoundingNote, choose: &mut dyn FnMut(usize) -> usize) {
        let ground = *self.grounds.at(event.onset);
        let given = self.first.take();
        let costs = |any: bool| {
            let fitting = self.pitches().filter(move |p| any || ground.is(event.sound.category, p.class()));
            fitting.map(|pitch| (self.cost(&event.sound, self.previous, pitch), pitch))
        };
        let best = given.or_else(|| cheapest(costs(false), choose)).or_else(|| cheapest(costs(true), choose));
        if let Some(pitch) = best {
            self.sound(&event, pitch);
        }
    }

    /// An approach and the chord or colour tone a semitone from it, chosen together.
    fn resolve(
        &mut self,
        approach: SoundingNote,
        target: SoundingNote,
        choose: &mut dyn FnMut(usize) -> usize,
    ) {
        let [from, to] = [&approach, &target].map(|event| *self.grounds.at(event.onset));
        let pairs = |strict: bool| {
            let targets = self.pitches().filter(move |&p| {
                to.is_target(p.class()) && (!strict || to.is(target.sound.category, p.class()))
            });
            let pairs = targets.flat_map(|p| self.neighbours(p).map(move |n| (n, p)));
            pairs.map(|(n, p)| (self.pair_cost(&from, (&approach.sound, n), (&target.sound, p)), (n, p)))
        };
        let best = cheapest(pairs(true), choose).or_else(|| cheapest(pairs(false), choose));
        if let Some((neighbour, pitch)) = best {
            self.first = None;
            self.sound(&approach, neighbour);
            self.sound(&target, pitch);
        }
    }

    /// The pitches a semitone from a target; only the first pitch of the line, when that is given.
    fn neighbours(&self, target: Pitch) -> impl Iterator<Item = Pitch> + use<'_> {
        self.pitches()
            .filter(move |p| p.to(target).semitones().abs() == 1 && self.first.is_none_or(|f| f == *p))
    }

    fn pair_cost(&self, from: &Ground, approach: (&Sounding, Pitch), target: (&Sounding, Pitch)) -> i32 {
        let diatonic = if from.is(Category::Approach, approach.1.class()) { 0 } else { DIATONIC };
        self.cost(approach.0, self.previous, approach.1)
            + self.cost(target.0, Some(approach.1), target.1)
            + diatonic
    }

    /// How far a pitch is from the middle of its window, in semitones; more when it lies outside or moves
    /// the other way, or lies outside the register. A window whose middle is out of range is turned round.
    fn cost(&self, sound: &Sounding, previous: Option<Pitch>, pitch: Pitch) -> i32 {
        let number = |p: Pitch| i32::from(p.number());
        let (low, high) = (number(*self.compass.range.start()), number(*self.compass.range.end()));
        let Some(previous) = previous.map(number) else {
            return (number(pitch) - (low + high) / 2).abs().max(OPENING);
        };
        let step = number(pitch) - previous;
        let Some(leap) = sound.leap.map(i32::from) else { return step.abs() };
        let leap = if (low..=high).contains(&(previous + leap)) { leap } else { -leap };
        let off = (step - leap).abs();
        let outside = if off > REACH { OUTSIDE } else { 0 };
        let turned = if step.signum() == leap.signum() { 0 } else { TURNED };
        off + outside + turned + HOMEWARD * self.compass.outside(number(pitch))
    }

    fn pitches(&self) -> impl Iterator<Item = Pitch> + use<> {
        let (low, high) = (self.compass.range.start().number(), self.compass.range.end().number());
        (low..=high).filter_map(Pitch::new)
    }

    /// Sounds an event with its top note here, and of its lower ones those that can be played.
    fn sound(&mut self, event: &SoundingNote, top: Pitch) {
        let below = event.sound.below.iter().filter(|_| self.compass.chords);
        let below = below.filter_map(|&semitones| Pitch::new(top.number().checked_sub(semitones)?));
        let pitches = below.filter(|p| self.compass.range.contains(p)).chain([top]);
        if let Some(pitches) = Pitches::new(pitches) {
            self.notes.push(Note { pitches, ..Note::new(event.onset, event.duration, top) });
        }
        self.previous = Some(top);
    }
}

/// One of the cheapest.
fn cheapest<T: Copy>(
    items: impl Iterator<Item = (i32, T)>,
    choose: &mut dyn FnMut(usize) -> usize,
) -> Option<T> {
    let items: Vec<(i32, T)> = items.collect();
    let least = items.iter().map(|&(cost, _)| cost).min()?;
    let best: Vec<T> = items.into_iter().filter(|&(cost, _)| cost == least).map(|(_, item)| item).collect();
    let chosen = if best.len() > 1 { choose(best.len()) } else { 0 };
    best.get(chosen).copied()
}
