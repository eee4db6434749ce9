use super::*;
use proptest::prelude::*;

const TINY: &str = "(title Tiny (Blue))
(composer Nobody)
(meter 3 4)
(key -2)
(tempo 140.0)
(style waltz
    (swing 0.67)
)
(part (type chords) (roadmap (blocks (brick (name X)))))
(section (style waltz))
Gm7 / C7 | F6 |
/ | Bb\\A7 Cphryg |
(part
    (type melody)
    (instrument 73)
)
 r4 bb+8 a+8 v90 g+2. c4/3 d e f#-4 r1+2
(part (type melody))
 g4 r2+1
";

fn quarters(n: i64, d: i64) -> Duration {
    Duration::quarters(n, d)
}

#[test]
fn a_lead_sheet_is_read() {
    let tunes = read(TINY.as_bytes()).unwrap();
    let [tune] = &tunes[..] else { panic!("one melody: {tunes:?}") };
    let expected = "title: Tiny (Blue)\ncomposer: Nobody\nstyle: waltz\nkey: Bb\nmeter: 3/4\ntempo: 140\n\
        Gm7 / C7 | F6 | / | A7 Csus4(b9) |";
    assert_eq!(tune.sheet.title(), "Tiny (Blue)");
    assert_eq!(
        tune.sheet.bars()[..3],
        expected.replace("Csus4(b9)", "C").parse::<Sheet>().unwrap().bars()[..3]
    );
    let solo = tune.solo.as_ref().unwrap();
    assert_eq!(solo.instrument(), Instrument::Flute);
    let notes: Vec<_> =
        solo.notes().iter().map(|n| (n.onset.since_start(), n.duration, n.pitch().number())).collect();
    let expected = [
        (quarters(1, 1), quarters(1, 2), 82),
        (quarters(3, 2), quarters(1, 2), 81),
        (quarters(2, 1), quarters(3, 1), 79),
        (quarters(5, 1), quarters(2, 3), 60),
        (quarters(17, 3), quarters(2, 3), 62),
        (quarters(19, 3), quarters(2, 3), 64),
        (quarters(7, 1), quarters(1, 1), 54),
    ];
    assert_eq!(notes, expected);
    assert_eq!((solo.notes()[1].velocity, solo.notes()[2].velocity), (None, Some(90)));
    assert_eq!(tune.warnings, ["line 12: chord \"Bb\\\\A7\" is read as Bb/A"]);
}

#[test]
fn a_melody_needs_no_chords() {
    let tune = read(b"(meter 4 4) c1 d1 e2").unwrap().remove(0);
    assert_eq!(tune.sheet.bars().len(), 3);
    assert!(tune.sheet.chords().is_empty());
    assert_eq!(tune.solo.unwrap().notes().len(), 3);
}

#[test]
fn damage_says_where() {
    let error = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(error("(title A)\n\n(part (type chords)\nC | F"), "line 3: this parenthesis is never closed");
    assert_eq!(
        error("(title A)\nc4 h4"),
        "line 2: chord \"h4\" is not known; write a root and a quality, such as Cmaj7, Dm7, G7b9, F#m7b5 or Bb/D"
    );
    assert_eq!(error("(title A)\nc4 dx"), "line 2: \"dx\" is no note such as bb+8/3");
    assert!(matches!(read(b"Dm7 | G7"), Err(Error::NotThisFormat(_))));
}

#[test]
fn depth_costs_nothing() {
    let deep = format!("(title A) {}{} C |", "(".repeat(200_000), ")".repeat(200_000));
    assert_eq!(read(deep.as_bytes()).unwrap().len(), 1);
    assert!(read(format!("(title A) {}", "(x ".repeat(200_000)).as_bytes()).is_err());
    assert!(read(format!("(title A) {}", "c1+".repeat(200_000)).as_bytes()).is_err());
}

proptest! {
    #[test]
    fn any_damage_is_read_or_refused(at in 0usize..500, text in "[()a-gA-G0-9+/|. #\\\\é-]{0,5}") {
        let at = at.min(TINY.len());
        let _ = read(format!("{}{text}{}", &TINY[..at], &TINY[(at + 2).min(TINY.len())..]).as_bytes());
    }
}
