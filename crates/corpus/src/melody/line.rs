//! The top line of a part.

use sideman_music::{Duration, Pitches, Time};

use super::hands::{self, TOGETHER};
use super::{PlayedNote, PlayedPart, texture};

/// An event of a line as it was played: the top note of what is struck together, and the notes below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Struck {
    /// Where it starts.
    pub(crate) onset: Time,
    /// Where it stops: no later than the next event starts.
    pub(crate) end: Time,
    /// What is struck.
    pub(crate) pitches: Pitches,
    /// How hard the top note is struck, 1 to 127.
    pub(crate) velocity: u8,
}

/// A melody, and what its part plays besides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TopLine {
    /// The melody, in order of time, nothing overlapping.
    pub(crate) events: Vec<Struck>,
    /// The notes of the part that are not of it: the other hand, inner voices.
    pub(crate) rest: Vec<PlayedNote>,
    /// Whether two hands were parted.
    pub(crate) split: bool,
}

/// The share of notes that sound alone from which on a part is taken as one line.
const MONOPHONIC: f64 = 0.8;

impl TopLine {
    /// The top line of a part. One that plays chords is parted into two hands first, of which the upper is
    /// taken, with the low notes of the stretches in which the part is a single line; what starts under a held note is an inner voice (a refinement of the skyline algorithm of
    /// Uitdenbogerd & Zobel 1998).
    pub(crate) fn of(part: &PlayedPart) -> Self {
        let alone = texture::alone(&part.notes);
        let (upper, mut rest) =
            if alone < MONOPHONIC { upper_hand(&part.notes) } else { (part.notes.clone(), vec![]) };
        let split = !rest.is_empty();
        let mut events: Vec<Struck> = Vec::new();
        let mut top: Option<PlayedNote> = None;
        for chord in struck_together(&upper) {
            let highest = *chord.iter().max_by_key(|note| (note.pitch, note.end)).unwrap_or(&chord[0]);
            if top.is_some_and(|held| is_inner(&highest, &held)) {
                rest.extend(chord);
                continue;
            }
            let (kept, inner): (Vec<PlayedNote>, Vec<PlayedNote>) =
                chord.iter().partition(|note| sounds_with(note, &highest));
            rest.extend(inner);
            let onset = chord.iter().map(|note| note.onset).min().unwrap_or(highest.onset);
            let Some(pitches) = Pitches::new(kept.iter().map(|note| note.pitch)) else { continue };
            if let Some(last) = events.last_mut() {
                last.end = last.end.min(onset);
            }
            events.push(Struck { onset, end: highest.silent, pitches, velocity: highest.velocity });
            top = Some(highest);
        }
        rest.sort_by_key(|note| (note.onset, std::cmp::Reverse(note.pitch)));
        Self { events, rest, split }
    }
}

/// A stretch of as many notes that sound alone is a single line.
const SINGLE_LINE: usize = 4;

/// The notes of the upper hand, and the rest. A single line that the upper hand plays in part is its own as a whole.
fn upper_hand(notes: &[PlayedNote]) -> (Vec<PlayedNote>, Vec<PlayedNote>) {
    let mut left = hands::split(notes).0.into_iter().peekable();
    let mut is_upper: Vec<bool> = notes.iter().map(|note| left.next_if_eq(note).is_some()).collect();
    let accompanied = texture::accompanied(notes);
    let mut start = 0;
    while start < notes.len() {
        let goes_on = |&end: &usize| {
            let leap = notes[end - 1].pitch.to(notes[end].pitch).semitones();
            !accompanied[end - 1] && !accompanied[end] && leap.abs() <= OCTAVE
        };
        let end = (start + 1..notes.len()).take_while(goes_on).last().map_or(start + 1, |last| last + 1);
        let stretch = &mut is_upper[start..end];
        if stretch.len() >= SINGLE_LINE && stretch.contains(&true) {
            stretch.fill(true);
        }
        start = end;
    }
    let (upper, rest): (Vec<_>, Vec<_>) = notes.iter().zip(is_upper).partition(|(_, is_upper)| *is_upper);
    let bare = |notes: Vec<(&PlayedNote, bool)>| notes.into_iter().map(|(note, _)| *note).collect();
    (bare(upper), bare(rest))
}

/// The notes cut into groups that are struck as one.
fn struck_together(notes: &[PlayedNote]) -> Vec<&[PlayedNote]> {
    let mut groups = Vec::new();
    let mut rest = notes;
    while let Some(first) = rest.first() {
        let chord = rest.partition_point(|note| note.onset - first.onset < TOGETHER);
        let run = rest[..chord].windows(2).position(|pair| pair[0].end <= pair[1].onset + TOGETHER / 4);
        let cut = run.map_or(chord, |i| i + 1);
        groups.push(&rest[..cut]);
        rest = &rest[cut..];
    }
    groups
}

/// Whether a note moves below one that is held over most of it.
fn is_inner(note: &PlayedNote, held: &PlayedNote) -> bool {
    note.pitch < held.pitch && note.overlap(held) > note.duration() / 2 && note.overlap(held) > TOGETHER
}

/// Whether a note belongs to a chord under its top note: one hand reaches it, and it is held for at least
/// half as long.
fn sounds_with(note: &PlayedNote, top: &PlayedNote) -> bool {
    let reach = note.pitch.to(top.pitch).semitones();
    reach == 0 || reach <= TENTH && note.overlap(top) * 2 >= top.duration().min(Duration::QUARTER)
}

/// The widest leap within a line that one hand plays alone, in semitones.
const OCTAVE: i32 = 12;

/// The widest chord of one hand, in semitones.
const TENTH: i32 = 16;

#[cfg(test)]
mod tests {
    use sideman_music::Pitch;

    use super::*;

    /// A part of these notes: onset and length in eighths, pitch.
    fn part(notes: &[(i64, i64, u8)]) -> PlayedPart {
        let played = |&(onset, length, pitch): &(i64, i64, u8)| {
            let onset = Time::after_start(Duration::quarters(onset, 2));
            let end = onset + Duration::quarters(length, 2);
            PlayedNote { onset, end, silent: end, pitch: Pitch::midi(pitch), velocity: 80 }
        };
        let notes = notes.iter().map(played).collect();
        PlayedPart { number: 1, name: String::new(), channel: 0, program: 0, volume: 100, notes }
    }

    /// The pitches of each event, and those of the rest.
    fn line(notes: &[(i64, i64, u8)]) -> (Vec<Vec<u8>>, Vec<u8>) {
        let line = TopLine::of(&part(notes));
        let numbers = |event: &Struck| event.pitches.as_slice().iter().map(|p| p.number()).collect();
        (
            line.events.iter().map(numbers).collect(),
            line.rest.iter().map(|note| note.pitch.number()).collect(),
        )
    }

    #[test]
    fn a_single_voice_stays_whole_and_never_overlaps() {
        let legato = TopLine::of(&part(&[(0, 2, 72), (1, 2, 71), (3, 1, 40)]));
        assert_eq!((legato.events.len(), legato.rest.len(), legato.split), (3, 0, false));
        assert!(legato.events.windows(2).all(|pair| pair[0].end <= pair[1].onset));
    }

    #[test]
    fn the_left_hand_and_inner_voices_are_left_out() {
        let hands =
            [(0, 8, 79), (0, 8, 48), (0, 8, 43), (2, 2, 67), (8, 4, 77), (8, 4, 48), (8, 4, 43), (12, 2, 74)];
        assert_eq!(line(&hands), (vec![vec![79], vec![77], vec![74]], vec![48, 43, 67, 48, 43]));
    }

    #[test]
    fn the_low_notes_of_a_single_line_belong_to_it() {
        let thirds = (0..16).flat_map(|i| [(2 * i, 2, 76 + i as u8 % 2), (2 * i, 2, 72 + i as u8 % 2)]);
        let low = [58, 57, 60, 65, 58, 63, 72, 67, 55, 58, 62, 67];
        let single = low.iter().enumerate().map(|(i, &pitch)| (32 + i as i64, 1, pitch));
        let notes: Vec<_> = thirds.chain(single).collect();
        let (events, rest) = line(&notes);
        let single: Vec<u8> = events[16..].iter().map(|event| event[0]).collect();
        assert_eq!(
            (single, rest),
            (low.to_vec(), [72_u8, 73].repeat(8)),
            "the lower thirds alone are left out"
        );
    }

    #[test]
    fn a_bass_that_goes_on_alone_is_no_melody() {
        let hands = (0..8).flat_map(|i| [(2 * i, 2, 79), (2 * i, 2, 76), (2 * i, 2, 43)]);
        let bass = (0..8).map(|i| (16 + i, 1, 43 + 2 * (i as u8 % 3)));
        let (events, rest) = line(&hands.chain(bass).collect::<Vec<_>>());
        assert_eq!((events.len(), rest.len()), (8, 16));
    }

    #[test]
    fn what_one_hand_strikes_with_the_top_note_is_its_chord() {
        let chords =
            [(0, 2, 79), (0, 2, 76), (0, 2, 72), (0, 8, 43), (2, 2, 77), (2, 2, 74), (4, 4, 76), (8, 8, 41)];
        let (events, rest) = line(&chords);
        assert_eq!((events, rest), (vec![vec![79, 76, 72], vec![77, 74], vec![76]], vec![43, 41]));
    }
}
