use proptest::prelude::*;

use super::*;
use crate::testing::{by, line, piece};

/// A corpus in which tunes occur under several titles, transposed, in part, and by several performers.
fn corpus() -> impl Strategy<Value = Vec<Piece>> {
    let entry = (0..12_u32, 0..6_u8, 0..4_usize, prop::bool::ANY);
    prop::collection::vec(entry, 1..40).prop_map(|entries| {
        let make = |(i, (tune, up, who, titled)): (usize, (u32, u8, usize, bool))| {
            let notes: Vec<u8> = (0..60).map(|k| 60 + up + (k * k * (tune + 3) % 17) as u8).collect();
            let title = if titled { format!("The Tune {tune}") } else { format!("Copy {i}") };
            by(["A", "B", "C", ""][who], piece(&format!("p{i}"), &title, line(&notes)))
        };
        entries.into_iter().enumerate().map(make).collect()
    })
}

proptest! {
    #[test]
    fn nothing_leaks(pieces in corpus(), validation in 0.0..0.6_f64, test in 0.0..0.4_f64) {
        let split = Split::by_tune(&Catalogue::of(&pieces), HeldOutShares { validation, test });
        for (i, a) in pieces.iter().enumerate() {
            for (j, b) in pieces.iter().enumerate() {
                let same = crate::tune::intervals(a.solo.as_ref().unwrap()) == crate::tune::intervals(b.solo.as_ref().unwrap());
                let titled = a.sheet.title() == b.sheet.title();
                prop_assert!(!(same || titled) || split.sides()[i] == split.sides()[j], "{} and {}", a.id, b.id);
            }
        }
    }

    #[test]
    fn the_order_of_files_plays_no_part(pieces in corpus(), turn in 0..40_usize) {
        let split = Split::by_tune(&Catalogue::of(&pieces), HeldOutShares::default());
        let mut turned = pieces.clone();
        turned.rotate_left(turn % pieces.len());
        let again = Split::by_tune(&Catalogue::of(&turned), HeldOutShares::default());
        let side = |split: &Split, of: &[Piece], id: &str| split.sides()[of.iter().position(|p| p.id == id).unwrap()];
        for p in &pieces {
            prop_assert_eq!(side(&split, &pieces, &p.id), side(&again, &turned, &p.id));
        }
    }
}

fn many(count: usize) -> Vec<Piece> {
    (0..count).map(|i| piece(&format!("x:{i}"), &format!("Title number {i}"), line(&[60, 62]))).collect()
}

#[test]
fn the_shares_are_about_those_asked_for() {
    let pieces = many(2000);
    let split = Split::by_tune(&Catalogue::of(&pieces), HeldOutShares { validation: 0.2, test: 0.1 });
    let count = |side| split.pieces(&pieces, side).count();
    assert!((340..460).contains(&count(Side::Validation)), "{}", count(Side::Validation));
    assert!((150..250).contains(&count(Side::Test)), "{}", count(Side::Test));
}

#[test]
fn a_small_corpus_has_something_on_each_side() {
    for size in 3..12 {
        let pieces = many(size);
        let split = Split::by_tune(&Catalogue::of(&pieces), HeldOutShares { validation: 0.1, test: 0.1 });
        for side in [Side::Train, Side::Validation, Side::Test] {
            assert!(split.pieces(&pieces, side).count() > 0, "{size} {side:?}");
        }
    }
    let one = many(1);
    assert_eq!(Split::by_tune(&Catalogue::of(&one), HeldOutShares::default()).sides(), [Side::Train]);
}

#[test]
fn a_tune_stays_where_it_is_when_others_come() {
    let pieces = many(400);
    let all = Split::by_tune(&Catalogue::of(&pieces), HeldOutShares::default());
    let some = Split::by_tune(&Catalogue::of(&pieces[..200]), HeldOutShares::default());
    assert_eq!(all.sides()[..200], *some.sides());
}

#[test]
fn a_list_is_joined_by_id() {
    let pieces = many(3);
    let list = |text: &str| Split::listed(&Catalogue::of(&pieces), text);
    let full = r#"{"rule": "by hand", "test": [{"id": "x:2", "name": "Two"}], "train": [{"id": "x:0"}], "validation": [{"id": "x:1"}]}"#;
    assert_eq!(list(full).unwrap().sides(), [Side::Train, Side::Validation, Side::Test]);
    let short = r#"{"train": [{"id": "x:0"}, {"id": "x:1"}]}"#;
    assert_eq!(list(short), Err(Error::NotInSplit("x:2".into())));
    let twice = r#"{"train": [{"id": "x:0"}, {"id": "x:1"}], "test": [{"id": "x:0"}, {"id": "x:2"}]}"#;
    assert_eq!(list(twice), Err(Error::Twice("x:0".into())));
    let more = r#"{"train": [{"id": "x:7"}]}"#;
    assert_eq!(list(more), Err(Error::NotInCorpus("x:7".into())));
    assert!(matches!(list(r#"{"train": 3}"#), Err(Error::Form(_))));
    let doubled: Vec<Piece> = pieces.iter().chain(&pieces[..1]).cloned().collect();
    assert_eq!(Split::listed(&Catalogue::of(&doubled), full), Err(Error::Ambiguous("x:0".into())));
    let mut charts = many(4);
    charts[3].solo = None;
    assert_eq!(Split::listed(&Catalogue::of(&charts), full).unwrap().sides()[3], Side::Train);
}

#[test]
fn a_list_that_leaks_is_refused_and_charts_go_with_their_tune() {
    let mut pieces = many(3);
    pieces[1] = Piece { id: "x:1".into(), ..pieces[0].clone() };
    let leak = r#"{"train": [{"id": "x:0"}], "test": [{"id": "x:1"}, {"id": "x:2"}]}"#;
    assert_eq!(Split::listed(&Catalogue::of(&pieces), leak), Err(Error::Leak("titlenumber0".into())));
    pieces[1].solo = None;
    let split =
        Split::listed(&Catalogue::of(&pieces), r#"{"train": [{"id": "x:2"}], "test": [{"id": "x:0"}]}"#)
            .unwrap();
    assert_eq!(split.sides(), [Side::Test, Side::Test, Side::Train]);
}

#[test]
fn the_last_bars_are_a_fifth_and_never_all() {
    let held_out =
        |first, last| (first..=last).filter(|&bar| LastBars::of(first, last).contains(bar)).count();
    assert_eq!([1, 2, 5, 9, 10, 12].map(|bars| held_out(-1, bars - 2)), [0, 1, 1, 1, 2, 2]);
}
