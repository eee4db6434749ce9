use sideman_music::{Duration, Instrument, Note, Part, Pitch, Player, Time};

use super::drawing::HEIGHT;
use super::*;
use crate::notation::PartKey;

fn score(sheet: &str, notes: &[(i64, i64, u8)]) -> Score {
    let twelfths = |n| Duration::quarters(n, 12);
    let note = |&(at, length, pitch)| {
        Note::new(Time::after_start(twelfths(at)), twelfths(length), Pitch::midi(pitch))
    };
    let player = Player::Instrument(Instrument::TenorSax);
    let parts = vec![Part::new(player, notes.iter().map(note).collect())];
    Score { marks: vec![(Time::ZERO, "Chorus 1".into())], ..Score::new(sheet.parse().unwrap(), parts) }
}

const SHEET: &str = "title: Tiny & Small\ncomposer: Nobody\nstyle: swing\nkey: Bb\ntempo: 140\n\
    [A] Bbmaj7 G7b9 | Cm7 F7 | Dm7b5 | N.C. | [B] 3/4 Ebmaj7/G | %";

#[test]
fn what_is_written_is_on_the_page() {
    let notes = [(0, 6, 62), (6, 6, 65), (12, 4, 70), (16, 4, 69), (20, 4, 67), (24, 30, 84), (60, 12, 45)];
    let options = NotationOptions { part: PartKey::Bb, remarks: vec!["original: no run of seven".into()] };
    let svg = svg(&score(SHEET, &notes), &options, Paper::A4).value;
    for words in [
        "Tiny &amp; Small",
        "Nobody",
        "original: no run of seven",
        ">A<",
        "Chorus 1",
        "= 140",
        "maj7",
        "N.C.",
    ] {
        assert!(svg.contains(words), "{words}");
    }
    assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
}

#[test]
fn every_note_and_bar_has_an_id() {
    let notes = [(0, 6, 62), (6, 60, 65), (66, 4, 70), (96, 48, 69)];
    for paper in [Paper::A4, Paper::Narrow] {
        let svg = svg(&score(SHEET, &notes), &NotationOptions::default(), paper).value;
        for i in 0..notes.len() {
            assert_eq!(svg.matches(&format!("id=\"n{i}\"")).count(), 1, "note {i}");
        }
        for i in 0..6 {
            assert_eq!(svg.matches(&format!("id=\"b{i}\"")).count(), 1, "bar {i}");
        }
        assert!(svg.matches("data-note=\"1\"").count() > 1, "tied notes belong to one");
    }
}

#[test]
fn what_sounds_together_stands_in_one_column() {
    let mut both = score(SHEET, &[(0, 12, 62), (48, 48, 65)]);
    let other = |at: i64, pitch: u8| {
        Note::new(Time::after_start(Duration::quarters(at, 1)), Duration::quarters(1, 1), Pitch::midi(pitch))
    };
    let alone = svg(&both, &NotationOptions::default(), Paper::A4).value;
    both.parts.push(Part::new(Player::Instrument(Instrument::Piano), vec![other(0, 60), other(5, 64)]));
    let together = svg(&both, &NotationOptions::default(), Paper::A4).value;
    assert!(together.contains("tenor sax, in C, sounds an octave lower; piano, in C"));
    for id in ["n0", "n1", "b0", "b5"] {
        assert_eq!(together.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
    let lines = |svg: &str| svg.matches("<path").count() + svg.matches("<line").count();
    assert!(lines(&together) > lines(&alone));
    assert_eq!(together.matches("maj7").count(), alone.matches("maj7").count());
}

#[test]
fn a_long_solo_has_pages() {
    let notes: Vec<_> = (0..64 * 8).map(|i| (6 * i, 6, 58 + (i * 7 % 24) as u8)).collect();
    let sheet = format!("title: Long\nC7{}", " | F7".repeat(63));
    let pages = pages(&score(&sheet, &notes), &NotationOptions::default(), Paper::A4).value;
    assert!((2..6).contains(&pages.len()), "{}", pages.len());
    for page in &pages {
        for item in &page.0 {
            if let drawing::DrawnItem::Line { from, to, .. } = item {
                assert!(
                    from.x >= 0.0 && to.x <= Paper::A4.width() && from.y >= 0.0 && to.y <= HEIGHT,
                    "{item:?}"
                );
            }
        }
    }
    let document = pdf(&score(&sheet, &notes), &NotationOptions::default()).value;
    assert!(document.ends_with(b"%%EOF") || document.ends_with(b"%%EOF\n"));
}

#[test]
fn anything_is_engraved() {
    use proptest::prelude::*;
    proptest!(|(steps in proptest::collection::vec((-60i64..300, 1i64..40, 0u8..128), 0..40), meter in 0usize..5)| {
        let meter = ["4/4", "3/4", "5/4", "12/8", "7/16"][meter];
        let sheet = format!("meter: {meter}\n[A] C | F | 3/4 G7 Db7 | %");
        let narrow = if steps.len() % 2 == 0 { Paper::A4 } else { Paper::Narrow };
        let drawn = svg(&score(&sheet, &steps), &NotationOptions::default(), narrow).value;
        prop_assert!(!drawn.contains("NaN") && !drawn.contains("inf"));
    });
}
