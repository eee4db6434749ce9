//! Solos as notes on the grid, and back: what is on the grid comes back as it was, and what is lost is counted.

use sideman_music::{Duration, Instrument, Note, Pitch, Solo};

use super::grid::{GridSpan, GridTime};
use crate::Error;
use crate::floor::{HOLD_CLASSES, HOLD_ENDS, hold_class};

/// A note of a line on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridNote {
    /// Where it starts.
    pub onset: GridTime,
    /// What sounds: the top note where there are several.
    pub pitch: Pitch,
    /// How long it sounds.
    pub length: GridSpan,
    /// How it is meant to sound, a coarse class of its length that may be unknown.
    pub hold: Option<u8>,
    /// How loud, in eighths of the range of velocities.
    pub loudness: Option<u8>,
    /// How much later than written it was played, in steps of a 48th of a quarter note from −8 to 8.
    pub delay: Option<i8>,
}

/// Classes of how a note is held.
pub(super) const HOLDS: usize = HOLD_CLASSES;

/// How a note of a length is held.
pub(super) fn hold(length: GridSpan) -> u8 {
    hold_class(length.duration()) as u8
}

/// The shortest note that is held so.
pub(super) fn shortest(hold: u8) -> GridSpan {
    let before = usize::from(hold).checked_sub(1);
    GridSpan::new(before.map_or(1, |before| HOLD_ENDS[before.min(HOLDS - 2)] + 1))
}

/// Steps of loudness.
pub(super) const LOUDNESSES: usize = 8;
/// The most steps of delay to either side.
pub(super) const DELAY_REACH: i8 = 8;

/// A step of delay.
const DELAY: Duration = Duration::quarters(1, 48);

/// What encoding has changed, in numbers of notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EncodingLoss {
    /// All the notes.
    pub notes: usize,
    /// Onsets that were not on the grid, or moved on because another note stood there.
    pub onsets: usize,
    /// Lengths that were not on the grid, or had no class of their own.
    pub lengths: usize,
    /// Double stops and block chords of which only the top note is kept.
    pub chords: usize,
    /// Times to the next note that have no class of their own.
    pub rests: usize,
    /// Velocities that are not the middle of a step of loudness.
    pub velocities: usize,
    /// Delays that are no step of delay.
    pub delays: usize,
}

/// Classes of delay.
pub(super) const DELAYS: usize = 2 * DELAY_REACH as usize + 1;

/// The class of a delay.
pub(super) fn delay_class(delay: i8) -> u32 {
    (delay.clamp(-DELAY_REACH, DELAY_REACH) + DELAY_REACH) as u32
}

/// The delay of a class.
pub(super) fn delay_of(class: usize) -> i8 {
    class as i8 - DELAY_REACH
}

impl GridNote {
    /// A note of which nothing but its place and pitch is decided; it sounds for one unit.
    pub(super) fn new(onset: GridTime, pitch: Pitch) -> Self {
        Self { onset, pitch, length: GridSpan::UNIT, hold: None, loudness: None, delay: None }
    }

    fn velocity(&self) -> Option<u8> {
        self.loudness.map(|loudness| (loudness * 16 + 8).clamp(1, 127))
    }

    fn exact_delay(&self) -> Option<Duration> {
        self.delay.map(|steps| DELAY * i64::from(steps))
    }

    /// The note nearest to another one, not before a place.
    fn nearest(note: &Note, free: GridTime) -> Self {
        let reach = i64::from(DELAY_REACH);
        let length = GridSpan::nearest(note.duration).class().span();
        Self {
            onset: GridTime::nearest(note.onset).max(free),
            pitch: note.pitch(),
            length,
            hold: Some(hold(length)),
            loudness: note.velocity.map(|velocity| velocity / 16),
            delay: note.delay.map(|delay| delay.in_units_of(DELAY).clamp(-reach, reach) as i8),
        }
    }
}

impl EncodingLoss {
    fn count(&mut self, note: &Note, encoded: &GridNote, before: Option<&GridNote>) {
        self.onsets += usize::from(encoded.onset.time() != note.onset);
        self.lengths += usize::from(encoded.length.duration() != note.duration);
        self.chords += usize::from(note.pitches.as_slice().len() > 1);
        self.rests += usize::from(before.is_some_and(|before| !(encoded.onset - before.onset).has_a_class()));
        self.velocities += usize::from(encoded.velocity() != note.velocity);
        self.delays += usize::from(encoded.exact_delay() != note.delay);
    }
}

/// A solo as notes on the grid, and what that has changed.
pub fn encode(solo: &Solo) -> (Vec<GridNote>, EncodingLoss) {
    let mut loss = EncodingLoss { notes: solo.notes().len(), ..EncodingLoss::default() };
    let mut notes: Vec<GridNote> = Vec::with_capacity(solo.notes().len());
    for note in solo.notes() {
        let free = notes.last().map_or(GridTime::new(i64::MIN), |last| last.onset + GridSpan::UNIT);
        let encoded = GridNote::nearest(note, free);
        loss.count(note, &encoded, notes.last());
        notes.push(encoded);
    }
    (notes, loss)
}

/// Notes on the grid as a solo; each ends at the latest where the next one starts.
///
/// # Errors
/// When the notes are not in order of time.
pub fn decode(notes: &[GridNote], instrument: Instrument) -> Result<Solo, Error> {
    let gaps = notes.windows(2).map(|pair| pair[1].onset - pair[0].onset).chain([GridSpan::new(i64::MAX)]);
    let note = |(note, gap): (&GridNote, GridSpan)| Note {
        onset: note.onset.time(),
        duration: note.length.min(gap).duration(),
        pitches: note.pitch.into(),
        velocity: note.velocity(),
        delay: note.exact_delay(),
    };
    Ok(Solo::new(instrument, notes.iter().zip(gaps).map(note).collect())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::grid::SpanClass;
    use proptest::prelude::*;
    use sideman_music::Time;

    prop_compose! {
        fn any_events()(steps in proptest::collection::vec((0usize..160, 0usize..160, 0u8..128, proptest::option::of(0u8..8), proptest::option::of(-8i8..=8)), 0..30)) -> Vec<GridNote> {
            let mut onset = GridTime::new(-30);
            steps.into_iter().map(|(gap, length, pitch, loudness, delay)| {
                let length = SpanClass::from_index(length.min(gap)).span();
                let event = GridNote { onset, pitch: Pitch::midi(pitch), length, hold: Some(hold(length)), loudness, delay };
                onset = onset + SpanClass::from_index(gap).span();
                event
            }).collect()
        }
    }

    proptest! {
        #[test]
        fn what_is_on_the_grid_comes_back(events in any_events()) {
            let solo = decode(&events, Instrument::TenorSax).unwrap();
            let (again, loss) = encode(&solo);
            prop_assert_eq!(&again, &events);
            prop_assert_eq!(loss, EncodingLoss { notes: events.len(), ..EncodingLoss::default() });
            let notes = decode(&again, Instrument::TenorSax).unwrap();
            prop_assert_eq!(notes, solo);
        }
    }

    #[test]
    fn what_is_off_the_grid_is_counted() {
        let fifth = Duration::quarters(1, 5);
        let note = |i: i64| Note::new(Time::ZERO + fifth * i, fifth, Pitch::midi(60));
        let (events, loss) = encode(&Solo::new(Instrument::TenorSax, (0..5).map(note).collect()).unwrap());
        assert_eq!(events.iter().map(|e| e.onset.units()).collect::<Vec<_>>(), [0, 5, 10, 14, 19]);
        assert_eq!((loss.notes, loss.onsets, loss.lengths), (5, 4, 5));
    }
}
