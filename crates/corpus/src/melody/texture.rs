//! What a part is like: how many voices, how high, how busy, how varied.

use std::collections::BTreeSet;

use sideman_music::Duration;

use super::PlayedNote;
use super::hands::TOGETHER;

/// The share of notes (by onset) that sound alone, as [`accompanied`] tells; 1 when there are none.
pub(crate) fn alone(notes: &[PlayedNote]) -> f64 {
    let accompanied = accompanied(notes);
    share(accompanied.iter().filter(|&&a| !a).count(), notes.len()).unwrap_or(1.0)
}

/// Of each note (by onset) whether it starts with another or sounds with one over half of the shorter.
pub(crate) fn accompanied(notes: &[PlayedNote]) -> Vec<bool> {
    const AHEAD: usize = 16;
    let mut accompanied = vec![false; notes.len()];
    for (i, note) in notes.iter().enumerate() {
        for (j, later) in notes.iter().enumerate().skip(i + 1).take(AHEAD) {
            if later.onset >= note.end {
                continue;
            }
            let shorter = note.duration().min(later.duration());
            let both = note.overlap(later);
            if later.onset - note.onset < TOGETHER / 4 || both * 2 > shorter && both > TOGETHER {
                (accompanied[i], accompanied[j]) = (true, true);
            }
        }
    }
    accompanied
}

/// Mean pitch as a MIDI number; 60 when there are no notes.
pub(crate) fn register(notes: &[PlayedNote]) -> f64 {
    let sum: f64 = notes.iter().map(|note| f64::from(note.pitch.number())).sum();
    if notes.is_empty() { 60.0 } else { sum / notes.len() as f64 }
}

/// The share of steps (one or two semitones) among the intervals that move; `None` when nothing moves.
pub(crate) fn stepwise(notes: &[PlayedNote]) -> Option<f64> {
    let intervals = notes.windows(2).map(|pair| pair[0].pitch.to(pair[1].pitch).semitones().abs());
    let moving: Vec<i32> = intervals.filter(|&interval| interval > 0).collect();
    share(moving.iter().filter(|&&interval| interval <= 2).count(), moving.len())
}

/// How many different bars there are, as a share of those that have notes: 1 when none repeats. Bars are
/// the same when the same pitches start in them on the same sixteenths.
pub(crate) fn variety(notes: &[PlayedNote], bar: Duration) -> f64 {
    let grid = Duration::quarters(1, 4);
    let place = |note: &PlayedNote| {
        let since = note.onset.since_start();
        ((since % bar).in_units_of(grid), note.pitch)
    };
    let bar_of =
        |note: &PlayedNote| (note.onset.since_start() - note.onset.since_start() % bar).in_units_of(bar);
    let bars: Vec<Vec<_>> =
        notes.chunk_by(|a, b| bar_of(a) == bar_of(b)).map(|bar| bar.iter().map(place).collect()).collect();
    let distinct: BTreeSet<_> = bars.iter().collect();
    share(distinct.len(), bars.len()).unwrap_or(1.0)
}

/// `part / whole`; `None` of nothing.
pub(crate) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use sideman_music::{Pitch, Time};

    use super::*;

    /// Notes: onset and length in quarter notes, pitch.
    fn notes(notes: &[(i64, i64, u8)]) -> Vec<PlayedNote> {
        let played = |&(onset, length, pitch): &(i64, i64, u8)| {
            let onset = Time::after_start(Duration::QUARTER * onset);
            let end = onset + Duration::QUARTER * length;
            PlayedNote { onset, end, silent: end, pitch: Pitch::midi(pitch), velocity: 80 }
        };
        notes.iter().map(played).collect()
    }

    #[test]
    fn a_line_sounds_alone_and_chords_do_not() {
        assert_eq!(alone(&notes(&[(0, 1, 60), (1, 1, 62), (2, 2, 64)])), 1.0);
        assert_eq!(alone(&notes(&[(0, 1, 60), (0, 1, 64), (1, 1, 62), (2, 1, 65)])), 0.5);
        assert_eq!(alone(&[]), 1.0);
    }

    #[test]
    fn steps_are_counted_among_what_moves() {
        assert_eq!(stepwise(&notes(&[(0, 1, 60), (1, 1, 62), (2, 1, 62), (3, 1, 67)])), Some(0.5));
        assert_eq!(stepwise(&notes(&[(0, 1, 60), (1, 1, 60)])), None);
        assert_eq!((register(&notes(&[(0, 1, 60), (1, 1, 70)])), register(&[])), (65.0, 60.0));
    }

    #[test]
    fn a_riff_has_little_variety() {
        let riff: Vec<(i64, i64, u8)> =
            (0..4).flat_map(|bar| [(4 * bar, 1, 60), (4 * bar + 2, 1, 67)]).collect();
        assert_eq!(variety(&notes(&riff), Duration::WHOLE), 0.25);
        assert_eq!(variety(&notes(&[(0, 1, 60), (4, 1, 62)]), Duration::WHOLE), 1.0);
        assert_eq!(variety(&[], Duration::WHOLE), 1.0);
    }
}
