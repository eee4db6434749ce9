//! Where the right hand ends and the left begins, in a part that both play.

use sideman_music::{Duration, Pitch, Time};

use super::PlayedNote;

/// How close together notes start that are struck as one.
pub(crate) const TOGETHER: Duration = Duration::quarters(1, 10);

/// The length of time over which a hand stays where it is.
const WINDOW: Duration = Duration::QUARTER;
/// The lowest pitch at which the hands may part; below, one hand plays everything.
const LOWEST: usize = 43;
/// As many places as the hands may part at, and one more: all in the right hand.
const PLACES: usize = 36;

/// Splits notes (by onset) into those of the upper hand and the rest.
///
/// A dynamic programme chooses for each quarter note the pitch at which the hands part: they part at wide
/// gaps, reach no farther than about an octave each, tend to meet near middle C, and move little.
pub(crate) fn split(notes: &[PlayedNote]) -> (Vec<PlayedNote>, Vec<PlayedNote>) {
    let windows = windows(notes);
    let costs: Vec<[f64; PLACES]> = windows.iter().map(|window| costs(window)).collect();
    let mut upper = Vec::new();
    let mut lower = Vec::new();
    for (window, place) in windows.iter().zip(cheapest_path(&costs)) {
        let (high, low): (Vec<PlayedNote>, Vec<PlayedNote>) =
            window.iter().partition(|note| note.pitch >= parting(place));
        upper.extend(high);
        lower.extend(low);
    }
    (upper, lower)
}

/// The lowest pitch of the upper hand at a place.
fn parting(place: usize) -> Pitch {
    if place == 0 { Pitch::MIN } else { Pitch::midi((LOWEST + place) as u8) }
}

/// The notes cut by quarter notes; no cut falls within a chord that is struck as one.
fn windows(notes: &[PlayedNote]) -> Vec<&[PlayedNote]> {
    let mut windows = Vec::new();
    let mut rest = notes;
    while let Some(first) = rest.first() {
        let end = first.onset + WINDOW;
        let mut cut = rest.partition_point(|note| note.onset < end);
        while cut < rest.len() && rest[cut].onset - rest[cut - 1].onset < TOGETHER / 4 {
            cut += 1;
        }
        windows.push(&rest[..cut]);
        rest = &rest[cut..];
    }
    windows
}

/// What it costs to part the notes of a window at each place.
fn costs(window: &[PlayedNote]) -> [f64; PLACES] {
    std::array::from_fn(|place| {
        let at = parting(place);
        let (high, low): (Vec<PlayedNote>, Vec<PlayedNote>) =
            window.iter().partition(|note| note.pitch >= at);
        let reach = stretch(&high) + stretch(&low);
        let highest_low = low.iter().map(|note| note.pitch.number()).max();
        let lowest_high = high.iter().map(|note| note.pitch.number()).min();
        let gap = lowest_high.zip(highest_low).map_or(0.0, |(high, low)| f64::from((high - low).min(12)));
        let from_middle = if place == 0 { 8.0 } else { (f64::from(at.number()) - 60.0).abs() };
        reach - 0.3 * gap + 0.05 * from_middle
    })
}

/// How far the chords of one hand reach beyond a tenth, in semitones, and its whole window beyond two
/// octaves.
fn stretch(hand: &[PlayedNote]) -> f64 {
    let beyond = |notes: &[PlayedNote], most: f64| {
        let pitches = || notes.iter().map(|note| f64::from(note.pitch.number()));
        (pitches().fold(f64::MIN, f64::max) - pitches().fold(f64::MAX, f64::min) - most).max(0.0)
    };
    let chords = hand.chunk_by(|a, b| b.onset - a.onset < TOGETHER / 4);
    chords.map(|chord| beyond(chord, 15.0)).sum::<f64>() + 0.5 * beyond(hand, 24.0)
}

/// The cheapest sequence of places (Viterbi); a hand that moves costs a little for each semitone.
fn cheapest_path(costs: &[[f64; PLACES]]) -> Vec<usize> {
    let moving = |from: usize, to: usize| match (from, to) {
        _ if from == to => 0.0,
        (0, _) | (_, 0) => 2.0,
        _ => 0.25 * from.abs_diff(to) as f64,
    };
    let mut best = [0.0; PLACES];
    let mut back = Vec::with_capacity(costs.len());
    for window in costs {
        let mut from = [0_u8; PLACES];
        let mut next = [0.0; PLACES];
        for place in 0..PLACES {
            let ways = (0..PLACES).map(|before| (before, best[before] + moving(before, place)));
            let (before, cost) = ways.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((place, 0.0));
            from[place] = before as u8;
            next[place] = cost + window[place];
        }
        best = next;
        back.push(from);
    }
    let mut place = (0..PLACES).min_by(|&a, &b| best[a].total_cmp(&best[b])).unwrap_or(0);
    let mut path: Vec<usize> = Vec::with_capacity(back.len());
    for from in back.iter().rev() {
        path.push(place);
        place = usize::from(from[place]);
    }
    path.reverse();
    path
}

/// The time of the first and behind the last note; the same time twice when there is none.
pub(crate) fn extent(notes: &[PlayedNote]) -> (Time, Time) {
    let start = notes.iter().map(|note| note.onset).min().unwrap_or_default();
    (start, notes.iter().map(|note| note.end).max().unwrap_or(start))
}
