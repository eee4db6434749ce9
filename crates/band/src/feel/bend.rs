//! What a horn does to a note: scoops into it, falls off it, vibrato on it.
//!
//! All of it is pitch bend over the usual range of two semitones. The constants are this program's own, chosen
//! within what listeners of horns are used to: vibrato near 5 Hz that sets in late and grows, to a sixth of a
//! semitone to either side; scoops of most of a semitone; falls of a whole tone as the tone fades.

use sideman_music::{Duration, Event, Time};

use super::hands::SoundedNote;
use super::swing::Timings;
use crate::chance::Chance;

/// Bend of a cent.
const CENT: f64 = 8192.0 / 200.0;
/// Seconds between two bends.
const STEP: f64 = 0.02;
/// A note this long, in seconds, has vibrato, from this part of a second on.
const VIBRATO_FROM: (f64, f64) = (0.5, 0.22);
/// Hertz.
const VIBRATO_RATE: f64 = 5.0;
/// Cents to either side, and seconds in which it grows to them.
const VIBRATO_DEPTH: (f64, f64) = (17.0, 0.35);
/// Cents below the note where a scoop starts, seconds it takes, how often the first note of a phrase has one.
const SCOOP: (f64, f64, f64) = (75.0, 0.08, 0.3);
/// Cents a fall goes down, seconds it takes, how often the last note of a phrase has one.
const FALL: (f64, f64, f64) = (180.0, 0.16, 0.15);
/// The shortest note, in seconds, that is scooped or falls.
const LONG: f64 = 0.25;
/// Silence, in seconds, that ends a phrase.
const BREATH: f64 = 0.3;

/// The bends of a line, in order of time; each note starts and ends the line straight where nothing bends it.
pub(super) fn line(notes: &[SoundedNote], timings: &Timings, mut chance: Chance) -> Vec<(Time, Event)> {
    let mut bends_of: Vec<(Time, Event)> = Vec::new();
    let mut bent = false;
    for (i, note) in notes.iter().enumerate() {
        let timing = timings.at(note.onset);
        let silent = |gap: Option<Duration>| gap.is_none_or(|gap| timing.seconds(gap) > BREATH);
        let first = silent(i.checked_sub(1).map(|b| note.onset - notes[b].end()));
        let last = silent(notes.get(i + 1).map(|next| next.onset - note.end()));
        let (scoops, falls) = (chance.happens(SCOOP.2), chance.happens(FALL.2));
        let curve =
            BendCurve { length: timing.seconds(note.duration), scoop: first && scoops, fall: last && falls };
        if !curve.is_flat() {
            let at = |seconds: f64| note.onset + timing.milliseconds(1000.0 * seconds);
            bends_of.extend(curve.steps().map(|(seconds, bend)| (at(seconds), Event::Bend(bend))));
        } else if bent {
            bends_of.push((note.onset, Event::Bend(0)));
        }
        bent = !curve.is_flat();
    }
    if let (true, Some(note)) = (bent, notes.last()) {
        bends_of.push((note.end(), Event::Bend(0)));
    }
    bends_of
}

/// How the pitch of one note moves.
struct BendCurve {
    /// Seconds.
    length: f64,
    scoop: bool,
    fall: bool,
}

impl BendCurve {
    fn is_flat(&self) -> bool {
        self.length < LONG || !(self.scoop || self.fall || self.length >= VIBRATO_FROM.0)
    }

    /// Cents beside the note, so many seconds after its start.
    fn cents(&self, at: f64) -> f64 {
        let scoop = if self.scoop { -SCOOP.0 * (1.0 - at / SCOOP.1).max(0.0) } else { 0.0 };
        let falling = if self.fall { ((at - (self.length - FALL.1)) / FALL.1).max(0.0) } else { 0.0 };
        let vibrato = if self.length >= VIBRATO_FROM.0 {
            let since = (at - VIBRATO_FROM.1).max(0.0);
            let depth = VIBRATO_DEPTH.0 * (since / VIBRATO_DEPTH.1).min(1.0);
            depth * (std::f64::consts::TAU * VIBRATO_RATE * since).sin()
        } else {
            0.0
        };
        scoop - FALL.0 * falling * falling + vibrato
    }

    /// Seconds after the start of the note, and the bend there, wherever it changes.
    fn steps(&self) -> impl Iterator<Item = (f64, i16)> {
        let count = (self.length.min(60.0) / STEP) as usize;
        let mut before = None;
        let all = (0..count).map(|i| i as f64 * STEP);
        let bends = all.map(|at| (at, (self.cents(at) * CENT).round() as i16)).collect::<Vec<_>>();
        bends.into_iter().filter(move |&(_, bend)| before.replace(bend) != Some(bend))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scoops_rise_into_the_note_and_falls_leave_it() {
        let curve = BendCurve { length: 0.4, scoop: true, fall: true };
        assert_eq!(curve.cents(0.0), -75.0);
        assert_eq!(curve.cents(0.1), 0.0);
        assert_eq!(curve.cents(0.4), -180.0);
        assert!(curve.steps().all(|(_, bend)| (-8192..=0).contains(&bend)));
        assert!(BendCurve { length: 0.2, ..curve }.is_flat());
    }

    #[test]
    fn vibrato_sets_in_late_and_stays_near_the_note() {
        let curve = BendCurve { length: 2.0, scoop: false, fall: false };
        assert_eq!(curve.cents(0.2), 0.0);
        let most = curve.steps().map(|(_, bend)| f64::from(bend) / CENT).fold(0.0, f64::max);
        assert!((16.0..=17.1).contains(&most), "{most}");
    }
}
