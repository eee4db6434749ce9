use std::collections::BTreeSet;

use super::*;
use crate::testing::{by, line, piece};
use crate::tune::intervals;

const LICK: [u8; 13] = [60, 62, 63, 65, 67, 63, 62, 58, 60, 71, 69, 66, 61];

fn sheet() -> Sheet {
    "C | C | C | C".parse().unwrap()
}

fn wandering(seed: u32, len: u32) -> Vec<u8> {
    (0..len).map(|i| 48 + ((i * i * (seed + 5) + 11 * i * seed) % 29) as u8).collect()
}

/// Some notes, the lick some semitones higher, more notes.
fn with_lick(before: &[u8], up: u8, after: &[u8]) -> Solo {
    let lick: Vec<u8> = LICK.iter().map(|p| p + up).collect();
    line(&[before, &lick, after].concat())
}

#[test]
fn a_lick_is_found_in_another_key_with_its_source_and_bar() {
    let pieces = [
        piece("a", "One", line(&wandering(1, 40))),
        piece("b", "Two", with_lick(&wandering(2, 20), 3, &wandering(3, 9))),
    ];
    let index = Index::new(&pieces);
    let solo = with_lick(&[60, 90, 61, 91, 62, 92, 63, 93], 0, &[90, 40, 91]);
    let found = index.borrowing(&sheet(), &solo);
    let longest = found.longest.unwrap();
    assert_eq!(
        (longest.intervals, longest.bar, longest.source.as_str(), longest.source_bar),
        (12, 1, "b", 2)
    );
    assert_eq!(found.covered, [13.0 / 24.0; 6]);
    let none = index.borrowing(&sheet(), &line(&[60, 90, 61, 91, 62, 92, 63, 93, 64, 94]));
    assert_eq!(none, Borrowing { longest: None, covered: [0.0; 6] });
}

#[test]
fn a_trill_is_covered_but_is_no_lick() {
    let trill: Vec<u8> = [60, 62].repeat(20);
    let found = Index::new(&[piece("a", "One", line(&trill))]).borrowing(&sheet(), &line(&trill));
    assert_eq!(found, Borrowing { longest: None, covered: [1.0; 6] });
}

#[test]
fn rhythm_tells_licks_apart() {
    let index = Index::new(&[piece("a", "One", line(&LICK))]);
    let slower: Vec<_> = line(&LICK).notes().iter().map(|&note| slowed(note)).collect();
    let slower = Solo::new(sideman_music::Instrument::TenorSax, slower).unwrap();
    let found = index.borrowing(&sheet(), &slower);
    assert_eq!(found.covered, [1.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
}

fn slowed(mut note: sideman_music::Note) -> sideman_music::Note {
    note.onset = sideman_music::Time::ZERO + note.onset.since_start() * 2;
    note
}

/// The share of notes in a run of `n` intervals that one of the others has, by comparing everything.
fn covered_by_hand(solo: &Solo, others: &[&Solo], n: usize) -> f64 {
    let known: BTreeSet<Vec<i8>> =
        others.iter().flat_map(|o| intervals(o).windows(n).map(<[i8]>::to_vec).collect::<Vec<_>>()).collect();
    let mut notes = BTreeSet::new();
    for (at, run) in intervals(solo).windows(n).enumerate() {
        if known.contains(run) {
            notes.extend(at..=at + n);
        }
    }
    notes.len() as f64 / solo.notes().len() as f64
}

/// Parts of the lick, in several keys, among notes of chance.
fn licks_and_others(seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut chance = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let mut notes = Vec::new();
    for _ in 0..12 {
        notes.extend((0..chance(5)).map(|_| 50 + chance(30) as u8).collect::<Vec<_>>());
        let (from, up) = (chance(5) as usize, chance(12) as u8);
        notes.extend(LICK[from..from + 7 + chance(2) as usize].iter().map(|p| p + up));
        notes.extend(LICK.iter().take(chance(14) as usize).map(|p| p + up));
    }
    notes
}

#[test]
fn the_index_agrees_with_comparing_everything() {
    let pieces: Vec<Piece> = (0..12)
        .map(|i| {
            let line = line(&licks_and_others(i));
            by(["A", "B", "C"][i as usize % 3], piece(&format!("p{i}"), &format!("Tune {}", i / 2), line))
        })
        .collect();
    let index = Index::new(&pieces);
    let tunes = tunes(&pieces);
    let mut seen = [0.0; 4];
    for (i, found) in index.borrowings_of_humans().into_iter().enumerate() {
        let apart =
            |&j: &usize| tunes[j] != tunes[i] && pieces[j].credits.performer != pieces[i].credits.performer;
        let others: Vec<&Solo> = (0..12).filter(apart).map(|j| pieces[j].solo.as_ref().unwrap()).collect();
        for (at, n) in [7, 8, 10, 12].into_iter().enumerate() {
            let by_hand = covered_by_hand(pieces[i].solo.as_ref().unwrap(), &others, n);
            assert_eq!(found.covered[at], by_hand, "{i}, {n} intervals");
            seen[at] += by_hand;
        }
    }
    assert!(seen[0] > seen[3] && seen[3] > 0.0, "{seen:?}");
}

#[test]
fn an_index_is_read_back_without_notes() {
    let pieces: Vec<Piece> = (0..5).map(|i| piece(&format!("p{i}"), "", line(&wandering(i, 60)))).collect();
    let index = Index::new(&pieces);
    let bytes = index.to_bytes();
    assert_eq!(Index::from_bytes(&bytes).unwrap(), index);
    assert_eq!((index.solos(), index.notes()), (5, 300));
    for end in 0..bytes.len() {
        assert!(Index::from_bytes(&bytes[..end]).is_err());
    }
}

#[test]
fn a_certificate_says_what_was_taken_from_where() {
    let pieces: Vec<Piece> = (0..9)
        .map(|i| {
            by(&format!("player {i}"), piece(&format!("p{i}"), &format!("Tune {i}"), line(&wandering(i, 50))))
        })
        .collect();
    let index = Index::new(&pieces);
    let humans = Humans::new(&index.borrowings_of_humans());
    let policy = Policy::new(&humans);
    let copy = index.certify(&sheet(), &line(&wandering(3, 50)), &policy);
    assert!(!copy.passes);
    assert!(copy.to_string().contains("49 intervals from bar 1, as in p3 from bar 1"), "{copy}");
    assert_eq!((copy.findings[0].covered, copy.findings[0].percentile), (1.0, 100));
    let own = index.certify(&sheet(), &line(&[60, 90, 61, 91, 62, 92, 63, 93, 64, 94]), &policy);
    assert!(own.passes && own.longest.is_none());
}
