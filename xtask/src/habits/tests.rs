use sideman_corpus::Piece;
use sideman_music::{Instrument, Note, Pitch, Solo, Time};

use super::*;

/// A solo over a chart: onset and length in eighths, and pitch, of each note.
fn piece(chart: &str, notes: &[(i64, i64, u8)]) -> Piece {
    let eighths = |n: i64| Duration::quarters(n, 2);
    let note = |&(onset, length, pitch): &(i64, i64, u8)| {
        Note::new(Time::after_start(eighths(onset)), eighths(length), Pitch::midi(pitch))
    };
    let solo = Solo::new(Instrument::TenorSax, notes.iter().map(note).collect()).ok();
    Piece { id: String::new(), sheet: chart.parse().unwrap(), solo, credits: Default::default() }
}

fn figure(habit: Habit, piece: &Piece) -> Option<f64> {
    Excerpt::whole(piece).and_then(|excerpt| (habit.of)(&excerpt))
}

fn named(name: &str) -> Habit {
    all().find(|habit| habit.name.starts_with(name)).unwrap()
}

#[test]
fn phrases_are_heard_beside_each_other() {
    // C D E, a rest, C D E again, a rest, and down from the G above to the B on the third beat.
    let notes =
        [(0, 1, 60), (1, 1, 62), (2, 1, 64), (8, 1, 60), (9, 1, 62), (10, 1, 64), (18, 1, 79), (20, 1, 71)];
    let piece = piece("Cmaj7 | % | %", &notes);
    let of = |name: &str| figure(named(name), &piece);
    assert_eq!(of("interval over a rest"), Some((4.0 + 15.0) / 2.0));
    assert_eq!(of("leaps of 8"), Some(0.5));
    assert_eq!(of("a phrase's first interval"), Some(2.0 / 3.0));
    assert_eq!(
        of("a phrase opens with the last one's rhythm"),
        Some(1.0),
        "the last one is too short to tell"
    );
    assert_eq!(of("a phrase opens with the last one's intervals"), None);
    assert_eq!(of("a phrase's last note"), Some(1.0 / 3.0), "two end on the second beat");
    assert_eq!(of("a phrase ends outside"), Some(0.0));
    assert_eq!(of("leaps of a sixth"), Some(2.0 / 7.0));
    assert_eq!(of("the same four pitches"), Some(0.0));
    assert_eq!(of("a three-note cell"), Some(1.0 / 6.0));
    let spread = f64::sqrt(2.0 * (13.0_f64 / 3.0).powi(2) + (26.0_f64 / 3.0).powi(2)) / f64::sqrt(3.0);
    assert!((of("spread of phrase registers").unwrap() - spread).abs() < 1e-9, "62, 62 and 75");
    assert_eq!(of("register from the first"), Some(75.0 - 61.0));
    assert_eq!(of("notes more than 10"), Some(0.0));
}

#[test]
fn a_third_is_stepped_into_where_the_root_rises_a_fourth() {
    let step = |notes: &[(i64, i64, u8)]| figure(STEP_INTO_THIRD, &piece("G7 | Cmaj7", notes));
    assert_eq!(step(&[(7, 1, 65), (8, 1, 64)]), Some(1.0));
    assert_eq!(step(&[(7, 1, 67), (8, 1, 64)]), Some(0.0), "a third is no step");
    assert_eq!(step(&[(7, 1, 65), (8, 1, 67)]), Some(0.0), "G is not the third");
    assert_eq!(step(&[(4, 1, 65), (8, 1, 64)]), None, "there is a rest between");
}

#[test]
fn short_gaps_are_counted_in_ballads_alone() {
    let notes = |first: i64| [(first, 1, 60), (first + 4, 1, 62)];
    let gaps = |chart: &str| figure(SHORT_GAPS, &piece(chart, &notes(0)));
    assert_eq!(gaps("tempo: 60\nC | C"), Some(0.0));
    assert_eq!(gaps("tempo: 120\nC | C"), None);
    assert_eq!(gaps("C | C"), None);
}

#[test]
fn nothing_is_said_of_nothing() {
    let one = piece("C", &[(0, 1, 60)]);
    for habit in all().filter(|habit| habit.name.contains("rest") || habit.name.contains("come back")) {
        assert_eq!(figure(habit, &one), None, "{}", habit.name);
    }
    assert!(Excerpt::whole(&piece("C", &[])).is_none());
}
