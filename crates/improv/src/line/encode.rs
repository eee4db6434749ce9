//! Solos as events on the grid, and back.

use sideman_music::{Duration, Instrument, Note, Pitch, Solo};

use super::grid::{GRID, class, span, time, unit};
use crate::Error;

/// A note of a line on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridNote {
    /// Where it starts, in grid units from the first downbeat.
    pub onset: i64,
    /// What sounds: the top note where there are several.
    pub pitch: Pitch,
    /// How long it sounds, in grid units.
    pub length: i64,
    /// How it is meant to sound, a coarse class of its length that may be unknown.
    pub hold: Option<u8>,
    /// How loud, in eighths of the range of velocities.
    pub loudness: Option<u8>,
    /// How much later than written it was played, in steps of a 48th of a quarter note from −8 to 8.
    pub delay: Option<i8>,
}

/// The longest of each class of how a note is held but the last, in grid units.
const HOLD_ENDS: [i64; HOLDS - 1] = [3, 5, 7, 10, 15, 30, 60];
/// Classes of how a note is held.
pub(super) const HOLDS: usize = 8;

/// How a note of a length is held.
pub(super) fn hold(length: i64) -> u8 {
    HOLD_ENDS.iter().filter(|&&end| length > end).count() as u8
}

/// The shortest note that is held so.
pub(super) fn shortest(hold: u8) -> i64 {
    usize::from(hold).checked_sub(1).map_or(1, |before| HOLD_ENDS[before.min(HOLDS - 2)] + 1)
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
    /// Rests longer than the longest.
    pub rests: usize,
}

/// A solo as events, and what that has changed.
pub fn encode(solo: &Solo) -> (Vec<GridNote>, EncodingLoss) {
    let mut loss = EncodingLoss { notes: solo.notes().len(), ..EncodingLoss::default() };
    let mut events: Vec<GridNote> = Vec::with_capacity(solo.notes().len());
    for note in solo.notes() {
        let free = events.last().map_or(i64::MIN, |e| e.onset + 1);
        let onset = unit(note.onset).max(free);
        let length = note.duration.in_units_of(GRID).max(1);
        let kept = span(class(length));
        loss.onsets += usize::from(time(onset) != note.onset);
        loss.lengths += usize::from(GRID * kept != note.duration);
        loss.chords += usize::from(note.pitches.as_slice().len() > 1);
        loss.rests +=
            usize::from(events.last().is_some_and(|e| span(class(onset - e.onset)) != onset - e.onset));
        let loudness = note.velocity.map(|v| v / 16);
        let delay = note
            .delay
            .map(|d| d.in_units_of(DELAY).clamp(-i64::from(DELAY_REACH), i64::from(DELAY_REACH)) as i8);
        events.push(GridNote {
            onset,
            pitch: note.pitch(),
            length: kept,
            hold: Some(hold(kept)),
            loudness,
            delay,
        });
    }
    (events, loss)
}

/// Events as a solo; each ends at the latest where the next one starts.
///
/// # Errors
/// When the events are not in order of time.
pub fn decode(events: &[GridNote], instrument: Instrument) -> Result<Solo, Error> {
    let ends = events.iter().skip(1).map(|e| e.onset).chain([i64::MAX]);
    let note = |(e, next): (&GridNote, i64)| Note {
        onset: time(e.onset),
        duration: GRID * e.length.min(next.saturating_sub(e.onset)),
        pitches: e.pitch.into(),
        velocity: e.loudness.map(|l| (l * 16 + 8).clamp(1, 127)),
        delay: e.delay.map(|d| DELAY * i64::from(d)),
    };
    Ok(Solo::new(instrument, events.iter().zip(ends).map(note).collect())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sideman_music::Time;

    prop_compose! {
        fn any_events()(steps in proptest::collection::vec((0usize..160, 0usize..160, 0u8..128, proptest::option::of(0u8..8), proptest::option::of(-8i8..=8)), 0..30)) -> Vec<GridNote> {
            let mut onset = -30;
            steps.into_iter().map(|(gap, length, pitch, loudness, delay)| {
                let length = span(length.min(gap));
                let event = GridNote { onset, pitch: Pitch::midi(pitch), length, hold: Some(hold(length)), loudness, delay };
                onset += span(gap);
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
        assert_eq!(events.iter().map(|e| e.onset).collect::<Vec<_>>(), [0, 5, 10, 14, 19]);
        assert_eq!((loss.notes, loss.onsets, loss.lengths), (5, 4, 5));
    }
}
