use proptest::prelude::*;
use sideman_music::{Instrument, Player};

use super::*;

/// A note on twelfths of a quarter note.
fn note((onset, length, pitch): (i64, i64, u8)) -> Note {
    let twelfths = |n| Duration::quarters(n, 12);
    Note::new(Time::after_start(twelfths(onset)), twelfths(length), Pitch::midi(pitch))
}

fn score(sheet: &str, notes: &[(i64, i64, u8)]) -> Score {
    let player = Player::Instrument(Instrument::Flute);
    let parts = vec![Part::new(player, notes.iter().copied().map(note).collect())];
    Score::new(sheet.parse().unwrap(), parts)
}

/// The elements of the first staff: type, dot, names, ties, tuplet.
fn drawn(score: &Score) -> String {
    let staff = &staves(score, &NotationOptions::default(), &mut Vec::new())[0];
    let element = |element: &Element| {
        let shape = element.shape.map_or("?".to_owned(), |shape| {
            let tuplet = shape.tuplet.map_or(String::new(), |tuplet| format!("/{}", tuplet.actual));
            format!("{}{}{tuplet}", shape.kind.name(), if shape.dotted { "." } else { "" })
        });
        let heads = element.heads.iter().map(|head| format!("{}{}", head.name, head.octave));
        let heads = heads.collect::<Vec<_>>().join("+");
        let tie = if element.tied.on { "~" } else { "" };
        format!("{shape}:{}{tie}", if heads.is_empty() { "r" } else { &heads })
    };
    let measure =
        |measure: &NotatedMeasure| measure.elements.iter().map(element).collect::<Vec<_>>().join(" ");
    staff.measures.iter().map(measure).collect::<Vec<_>>().join(" | ")
}

#[test]
fn sloppy_ends_are_written_as_they_are_read() {
    // Held for a sixteenth and a bit, with gaps of a 32nd, and a last note a twelfth too long.
    let line = score("C", &[(0, 5, 72), (6, 4, 74), (12, 11, 76), (24, 13, 77)]);
    assert_eq!(drawn(&line), "eighth:C5 eighth:D5 quarter:E5 quarter:F5 quarter:r");
    let sixteenths = score("C", &[(0, 2, 72), (3, 2, 74), (6, 3, 76), (15, 3, 77)]);
    assert_eq!(drawn(&sixteenths), "16th:C5 16th:D5 eighth:E5 16th:r 16th:F5 eighth:r half:r");
}

#[test]
fn swung_pairs_are_eighths_and_triplets_stay() {
    let notes = [
        (0, 8, 72),
        (8, 4, 74),
        (12, 4, 76),
        (16, 4, 77),
        (20, 4, 79),
        (24, 8, 72),
        (32, 8, 71),
        (40, 8, 69),
    ];
    let expected =
        "eighth:C5 eighth:D5 eighth/3:E5 eighth/3:F5 eighth/3:G5 quarter/3:C5 quarter/3:B4 quarter/3:A4";
    assert_eq!(drawn(&score("style: swing\nC", &notes)), expected);
    let straight = drawn(&score("style: bossa\nC", &notes));
    assert!(straight.starts_with("quarter/3:C5 eighth/3:D5 "), "{straight}");
}

#[test]
fn names_follow_the_chord_and_lead_where_they_go() {
    let line = [(0, 12, 70), (12, 12, 66), (24, 12, 67), (36, 12, 63)];
    assert_eq!(drawn(&score("Gm7", &line)), "quarter:Bb4 quarter:F#4 quarter:G4 quarter:Eb4");
    assert_eq!(drawn(&score("C6", &[(0, 12, 63), (12, 36, 64)])), "quarter:D#4 half.:E4");
    assert_eq!(drawn(&score("C6", &[(0, 12, 61), (12, 36, 60)])), "quarter:Db4 half.:C4");
    assert_eq!(drawn(&score("key: A\nN.C.", &[(0, 48, 61)])), "whole:C#4");
}

#[test]
fn a_pickup_lies_against_the_bar_line() {
    let line = score("3/4 C", &[(-8, 4, 67), (-4, 22, 69)]);
    assert_eq!(drawn(&line), "eighth/3:r eighth/3:G4 eighth/3:A4~ | quarter.:A4 eighth:r quarter:r");
}

/// Notes in order on a grid of twelfths over two bars, from steps of rest and length.
fn any_line() -> impl Strategy<Value = Vec<(i64, i64, u8)>> {
    let step = (0i64..14, 1i64..30, 45u8..90);
    (-12i64..20, proptest::collection::vec(step, 1..24)).prop_map(|(first, steps)| {
        let mut at = first;
        let mut line = Vec::new();
        for (rest, length, pitch) in steps {
            line.push((at + rest, length, pitch));
            at += rest + length;
        }
        line
    })
}

proptest! {
    #[test]
    fn measures_are_full_and_without_tiny_rests(line in any_line()) {
        let sheet = "style: swing\nGm7 | C7 | F6 | D7 | Gm7 | C7 | F6 | % | % | %";
        let score = score(sheet, &line);
        for measure in &staves(&score, &NotationOptions::default(), &mut Vec::new())[0].measures {
            let sum: Duration = measure.elements.iter().map(|element| element.length).sum();
            prop_assert_eq!(sum, measure.length);
            for element in &measure.elements {
                let rest = element.heads.is_empty().then_some(element.length);
                prop_assert!(rest.is_none_or(|rest| rest >= Duration::quarters(1, 12)));
                prop_assert!(element.shape.is_some() || element.length == measure.length);
            }
        }
    }
}
