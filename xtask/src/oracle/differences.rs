//! In what two readings of a tune differ.

use super::material::Material;
use super::reading::{HeardNote, HeardTune, TheirReadings};

/// Places and lengths nearer than this, in quarter notes, are the same.
const SAME: f64 = 1.0 / 32.0;

/// A way in which two readings differ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum DifferenceKind {
    UnreadHere,
    UnreadThere,
    OtherCountOfTunes,
    FewerBarsHere,
    MoreBarsHere,
    FewerNotesHere,
    MoreNotesHere,
    OtherPitches,
    OtherStart,
    OtherOnsets,
    OtherLengths,
    OtherRoots,
    OtherTones,
}

/// A difference, and what there is to be seen of it.
pub(super) struct Difference {
    pub(super) kind: DifferenceKind,
    pub(super) words: String,
}

fn differ(kind: DifferenceKind, words: String) -> Difference {
    Difference { kind, words }
}

/// A tune that both read, or a file that one of them does not, by its name; and all ways in which the readings differ.
pub(super) fn of_file(file: &Material, theirs: &TheirReadings) -> Vec<(String, Vec<Difference>)> {
    let alone = |kind, words| vec![(file.name.clone(), vec![differ(kind, words)])];
    let (ours, theirs) = match (&file.ours, theirs) {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        (Err(_), Err(_)) => return Vec::new(),
        (Err(error), _) => return alone(DifferenceKind::UnreadHere, error.clone()),
        (_, Err(error)) => return alone(DifferenceKind::UnreadThere, error.clone()),
    };
    if ours.len() != theirs.len() {
        let words = format!("{} here, {} there", ours.len(), theirs.len());
        return alone(DifferenceKind::OtherCountOfTunes, words);
    }
    let tune = |(i, (ours, theirs)): (usize, (&HeardTune, &Result<HeardTune, String>))| {
        let found = match theirs {
            Ok(theirs) => of_tune(ours, theirs),
            Err(error) => vec![differ(DifferenceKind::UnreadThere, error.clone())],
        };
        (format!("{}, tune {}", file.name, i + 1), found)
    };
    ours.iter().zip(theirs).enumerate().map(tune).collect()
}

fn of_tune(ours: &HeardTune, theirs: &HeardTune) -> Vec<Difference> {
    let found = [of_lengths(ours, theirs), of_notes(ours, theirs), of_chords(ours, theirs)];
    found.into_iter().flatten().collect()
}

fn of_lengths(ours: &HeardTune, theirs: &HeardTune) -> Option<Difference> {
    let (here, there) = ours.length.zip(theirs.length)?;
    let kind = match here - there {
        over if over > SAME => DifferenceKind::MoreBarsHere,
        over if over < -SAME => DifferenceKind::FewerBarsHere,
        _ => return None,
    };
    Some(differ(kind, format!("{here} quarters here, {there} there")))
}

/// The first way in which the lines differ, their first notes laid together.
fn of_notes(ours: &HeardTune, theirs: &HeardTune) -> Option<Difference> {
    let (here, there) = (&ours.notes, &theirs.notes);
    let counts = format!("{} here, {} there", here.len(), there.len());
    let kind = match here.len().cmp(&there.len()) {
        std::cmp::Ordering::Less => DifferenceKind::FewerNotesHere,
        std::cmp::Ordering::Greater => DifferenceKind::MoreNotesHere,
        std::cmp::Ordering::Equal => return of_equally_many(here, there, theirs.length.is_some()),
    };
    let first = here.iter().zip(there).position(|(a, b)| a.pitches != b.pitches || !same(a.length, b.length));
    Some(differ(kind, format!("{counts}; the first to differ is note {}", first.unwrap_or(here.len()) + 1)))
}

/// Whether two notes differ in some way.
type Unlike<'a> = &'a dyn Fn(&HeardNote, &HeardNote) -> bool;

/// The same for lines of equally many notes; where they start counts if the other program tells its bars.
fn of_equally_many(here: &[HeardNote], there: &[HeardNote], has_bars: bool) -> Option<Difference> {
    let (first, other) = (here.first()?, there.first()?);
    let place = |wrong: Unlike| {
        let at = here.iter().zip(there).position(|(a, b)| wrong(a, b))?;
        let said = |n: &HeardNote| format!("{:?} at {:.3} for {:.3}", n.pitches, n.onset, n.length);
        Some(format!("note {}: {} here, {} there", at + 1, said(&here[at]), said(&there[at])))
    };
    let later = first.onset - other.onset;
    let rows: [(DifferenceKind, Unlike); 4] = [
        (DifferenceKind::OtherPitches, &|a, b| a.pitches != b.pitches),
        (DifferenceKind::OtherOnsets, &|a, b| !same(a.onset - later, b.onset)),
        (DifferenceKind::OtherLengths, &|a, b| !same(a.length, b.length)),
        (DifferenceKind::OtherStart, &|a, b| has_bars && !same(a.onset, b.onset)),
    ];
    rows.into_iter().find_map(|(kind, wrong)| Some(differ(kind, place(wrong)?)))
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < SAME
}

/// Chords beat by beat, where both tell some and have bars of one length.
fn of_chords(ours: &HeardTune, theirs: &HeardTune) -> Option<Difference> {
    let (here, there) = ours.length.zip(theirs.length)?;
    if ours.chords.is_empty() || theirs.chords.is_empty() || !same(here, there) {
        return None;
    }
    let beats = here.clamp(0.0, 1e5) as u32;
    let wrong =
        (0..beats).map(f64::from).find_map(|beat| match (ours.chord_at(beat), theirs.chord_at(beat)) {
            (None, None) => None,
            (Some(a), Some(b)) if a.agrees(b) => None,
            (Some(a), Some(b)) if a.root == b.root => {
                Some((beat, DifferenceKind::OtherTones, format!("{:b} {:b}", a.all, b.all)))
            }
            (a, b) => {
                let root = |chord: Option<super::reading::HeardChord>| {
                    chord.map_or("none".into(), |c| c.root.to_string())
                };
                Some((beat, DifferenceKind::OtherRoots, format!("root {} here, {} there", root(a), root(b))))
            }
        });
    wrong.map(|(beat, kind, words)| differ(kind, format!("quarter {beat}: {words}")))
}
