//! Lines cut and moved.

use std::ops::{Range, RangeInclusive};

use sideman_music::{Bars, Duration, Note, Pitch, Pitches, Sheet, Solo, Time};

/// Silence that parts two phrases.
const BREATH: Duration = Duration::QUARTER;

/// A line over several choruses of a chart, cut into one line for some bars of each; a pickup goes with the chorus
/// it leads to where that is the first.
pub fn choruses(chart: &Sheet, bars: Bars, solo: &Solo) -> Vec<Solo> {
    let length = chart.end() - Time::ZERO;
    let last = solo.notes().last().map_or(Time::ZERO, |note| note.onset);
    let mut lines = Vec::new();
    let mut start = Duration::ZERO;
    while lines.is_empty() || (Time::ZERO + start <= last && lines.len() < Sheet::MOST_BARS) {
        let (from, to) =
            (chart.bar_start(bars.indices().start) + start, chart.bar_start(bars.last()) + start);
        let pickup = if from == Time::ZERO { chart.bars()[0].meter().bar() } else { Duration::ZERO };
        let notes = between(solo.notes(), from - pickup..to);
        let moved = notes.map(|note| Note { onset: note.onset - (from - Time::ZERO), ..note });
        lines.extend(Solo::new(solo.instrument(), moved.collect()));
        start += length;
    }
    lines
}

/// The notes that start between two times, held no longer than to the second.
pub(super) fn between(notes: &[Note], times: Range<Time>) -> impl Iterator<Item = Note> {
    let end = times.end;
    let inside = notes.iter().filter(move |note| times.contains(&note.onset));
    inside.map(move |note| Note { duration: note.duration.min(end - note.onset), ..*note })
}

/// The notes `semitones` higher, in the octave next to there in which all of them are within a range; where there
/// is none, each phrase in an octave of its own, and at last each note. At 0 they stay as they are.
pub(super) fn transposed(notes: &[Note], semitones: i32, range: &RangeInclusive<Pitch>) -> Vec<Note> {
    if semitones == 0 {
        return notes.to_vec();
    }
    if let Some(moved) = in_octave(notes, semitones, range) {
        return moved;
    }
    let mut moved = Vec::with_capacity(notes.len());
    for phrase in notes.chunk_by(|a, b| b.onset - a.end() < BREATH) {
        match in_octave(phrase, semitones, range) {
            Some(phrase) => moved.extend(phrase),
            None => moved.extend(phrase.iter().map(|note| single(note, semitones, range))),
        }
    }
    moved
}

/// The notes so many semitones higher and octaves away, as few as it takes for all to be within the range.
fn in_octave(notes: &[Note], semitones: i32, range: &RangeInclusive<Pitch>) -> Option<Vec<Note>> {
    let up = |note: &Note, by| Some(Note { pitches: note.pitches.transposed(by)?, ..*note });
    let inside = |note: &Note| note.pitches.as_slice().iter().all(|pitch| range.contains(pitch));
    let mut octaves: Vec<i32> = (-5..=5).map(|octave| semitones + 12 * octave).collect();
    octaves.sort_by_key(|by| by.abs());
    octaves.into_iter().find_map(|by| notes.iter().map(|note| up(note, by).filter(inside)).collect())
}

/// A note in its own octave; of a chord that is wider than the range, the top.
fn single(note: &Note, semitones: i32, range: &RangeInclusive<Pitch>) -> Note {
    let top = Note { pitches: Pitches::from(note.pitch()), ..*note };
    let within = |note: &Note| in_octave(&[*note], semitones, range);
    within(note).or_else(|| within(&top)).map_or(top, |notes| notes[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::Instrument;

    /// A line of quarter notes, 0 for a rest.
    fn line(pitches: &[u8]) -> Vec<Note> {
        let at = |i: usize| Time::after_start(Duration::QUARTER * i as i64);
        let notes = pitches.iter().enumerate().filter(|&(_, &pitch)| pitch > 0);
        notes.map(|(i, &pitch)| Note::new(at(i), Duration::QUARTER, Pitch::midi(pitch))).collect()
    }

    fn moved(pitches: &[u8], semitones: i32) -> Vec<u8> {
        let range = Instrument::TenorSax.range();
        transposed(&line(pitches), semitones, &range).iter().map(|note| note.pitch().number()).collect()
    }

    #[test]
    fn a_line_keeps_its_shape_in_the_octave_that_fits() {
        assert_eq!(moved(&[60, 64, 67], 5), [65, 69, 72]);
        assert_eq!(moved(&[70, 74, 76], 5), [63, 67, 69]);
        assert_eq!(moved(&[45, 50, 48], -5), [52, 57, 55]);
        assert_eq!(moved(&[80, 40], 0), [80, 40]);
    }

    #[test]
    fn a_line_too_wide_is_moved_by_phrases_and_then_by_notes() {
        assert_eq!(moved(&[45, 50, 0, 74, 76], 3), [48, 53, 65, 67]);
        assert_eq!(moved(&[44, 76], 3), [47, 67]);
    }

    #[test]
    fn cut_lines_end_where_they_are_cut() {
        let at = |quarters| Time::after_start(Duration::quarters(quarters, 2));
        let cut: Vec<Note> = between(&line(&[60, 62, 64, 65]), at(2)..at(5)).collect();
        assert_eq!(cut.len(), 2);
        assert_eq!((cut[0].onset, cut[1].end()), (at(2), at(5)));
    }
}
