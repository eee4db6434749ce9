use super::header::Signature;
use super::*;
use proptest::prelude::*;
use sideman_music::{Bar, Change, Duration, Tempo};

fn tune(body: &str) -> Tune {
    read(format!("X:1\nT:Tiny\nM:4/4\nL:1/8\nK:F\n{body}").as_bytes())
        .unwrap_or_else(|error| panic!("{error}"))
        .remove(0)
}

/// The chords of a tune, bars apart.
fn bars(body: &str) -> String {
    let tune = tune(body);
    let name = |c: &Change| c.chord.map_or("NC".into(), |c| c.to_string());
    let bar = |b: &Bar| b.changes().iter().map(name).collect::<Vec<_>>().join(" ");
    tune.sheet.bars().iter().map(bar).collect::<Vec<_>>().join("|")
}

/// Onset and length in twelfths of a quarter note, and pitch.
fn notes(body: &str) -> Vec<(i64, i64, u8)> {
    let grid = Duration::QUARTER / 12;
    let notes = tune(body).solo.unwrap().notes().to_vec();
    notes
        .iter()
        .map(|n| (n.onset.since_start().in_units_of(grid), n.duration.in_units_of(grid), n.pitch().number()))
        .collect()
}

#[test]
fn lengths_and_pitches_are_read() {
    assert_eq!(
        notes("C2 B,c' _B/=B3/ z3|"),
        [(0, 12, 60), (12, 6, 58), (18, 6, 84), (24, 3, 70), (27, 9, 71)]
    );
    assert_eq!(
        notes("(3ABc d>e f<g A2|"),
        [
            (0, 4, 69),
            (4, 4, 70),
            (8, 4, 72),
            (12, 9, 74),
            (21, 3, 76),
            (24, 3, 77),
            (27, 9, 79),
            (36, 12, 69)
        ]
    );
    assert_eq!(notes("^F2 F2 f4|F8-|F4 z4|"), [(0, 12, 66), (12, 12, 66), (24, 24, 77), (48, 72, 65)]);
    assert_eq!(notes("(5ABcde z6|"), [(0, 2, 69), (2, 2, 70), (5, 2, 72), (7, 2, 74), (10, 2, 76)]);
    assert_eq!(tune("[CEG]8|").solo.unwrap().notes()[0].pitches.as_slice().len(), 3);
    assert_eq!(notes("c2|: B8 :|[K:G] f8|"), [(-12, 12, 72), (0, 48, 70), (48, 48, 70), (96, 48, 78)]);
}

#[test]
fn chords_and_form_are_read() {
    assert_eq!(bars("\"Gm7\"G4 \"C7\"c4|\"^loud\"\"F6\"f8|]"), "Gm7 C7|F6");
    assert_eq!(bars("|:\"F\"f8|1\"G7\"g8:|2\"C7\"c8||"), "F|G7|F|C7");
    assert_eq!(bars("\"F\"f8::\"G7\"g8:|"), "F|F|G7|G7");
    assert_eq!(bars("|:\"F\"f8|[1,2\"G7\"g8:|[3\"C7\"c8|]"), "F|G7|F|G7|F|C7");
    assert_eq!(bars("\"F\"f8!fine!|\"G7\"g8!D.C.!|"), "F|G7|F");
    assert_eq!(bars("\"N.C.\"z8|\"Am7b5/Eb\"z4\"D7(b9)\"z4|"), "NC|Am7b5/Eb D7b9");
    assert_eq!(bars("P:A\n\"F\"Z2|[M:3/4]\"C7\"c6|"), "F||C7");
    let tune = tune("V:1\n\"F\"f8|\nV:2\nF8|F8|\nV:1\n\"C\"c8|");
    assert_eq!((tune.sheet.bars().len(), tune.solo.unwrap().notes().len()), (2, 2));
}

#[test]
fn lengths_inside_chords_count() {
    assert_eq!(notes("[A4c4][B4d4]|"), [(0, 24, 72), (24, 24, 74)]);
    assert_eq!(notes("[A3/c3/]3[Bd]/2z/[Ac]5/|"), [(0, 27, 72), (27, 3, 74), (33, 15, 72)]);
    assert_eq!(notes("[A2c2]d2 [FA]>[Gc] z2|"), [(0, 12, 72), (12, 12, 74), (24, 9, 69), (33, 3, 72)]);
    assert_eq!(notes("[F4-A4-][F4A4]|"), [(0, 48, 69)]);
}

#[test]
fn the_voice_of_an_overlay_is_left_out() {
    let body = "\"F\"f4 e4 & \"x|y\"A8|\"C7\"e8 & G4 F4:|\"F\"f8|]";
    assert_eq!(bars(body), "F|C7|F|C7|F");
    assert_eq!(notes(body)[..3], [(0, 24, 77), (24, 24, 76), (48, 48, 76)]);
    assert_eq!(
        tune(body).warnings,
        ["bar 1: the voice behind & is left out", "bar 2: the voice behind & is left out"]
    );
}

#[test]
fn words_in_quotes_are_words_and_jumps_are_jumps() {
    let body = "\"F\"f8|\"Bb\"d8|\"F\"c8\"Fine\"||\"Chorus\"\"Gm\"d8|\"End\"\"C7\"c8\"D.C.\"|]";
    assert_eq!(bars(body), "F|Bb|F|Gm|C7|F|Bb|F");
    assert_eq!(tune(body).warnings.len(), 0);
    assert_eq!(bars("\"F/a\"f8|\"D/f+\"a8|\"C#d\"g8|"), "F/A|D/F#|C#dim");
}

#[test]
fn headers_are_read() {
    let text = "%abc\nX:1\nT:One\nC:Nobody\nR:reel\nM:C|\nQ:1/2=100\nK:A dorian\nc4|\n\nX:2\nT:Two\nM:6/8\nK:Eb\n\"Eb\"e6|\n";
    let tunes = read(text.as_bytes()).unwrap();
    assert_eq!((tunes.len(), tunes[0].sheet.title(), tunes[1].sheet.title()), (2, "One", "Two"));
    assert_eq!(tunes[0].sheet.tempo(), Some(Tempo::bpm(200)));
    assert_eq!((tunes[0].sheet.composer(), tunes[0].sheet.style()), ("Nobody", "reel"));
    assert_eq!(tunes[0].sheet.key().unwrap().to_string(), "A minor");
    assert_eq!(tunes[1].solo.as_ref().unwrap().notes()[0].pitch().number(), 75);
    let alter = |key: &str| Signature::read(key).alter;
    assert_eq!(alter("D"), [1, 0, 0, 1, 0, 0, 0]);
    assert_eq!(alter("Cm"), [0, 0, -1, 0, 0, -1, -1]);
    assert_eq!(alter("A dor"), [0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(alter("none"), [0; 7]);
}

#[test]
fn damage_is_told() {
    assert!(matches!(read(b"C | F"), Err(Error::NotThisFormat(_))));
    let error = read(b"X:1\nT:Empty\nK:C\n").unwrap_err().to_string();
    assert!(error.starts_with("tune: chart length \"0 bars\""), "{error}");
    assert_eq!(tune("\"F\"f8|[M:5/3]\"C7petrushka\"c8|").warnings.len(), 2);
    assert!(read(format!("X:1\nK:C\n{}", "|:c8".repeat(30_000) + &":|".repeat(30_000)).as_bytes()).is_err());
    let _ = read(format!("X:1\nK:C\n{}", "[".repeat(100_000)).as_bytes());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(body in "[A-Ga-gzZ\\[\\](){}|:\"!,'/0-9<>^_= \n%é-]{0,120}") {
        let _ = read(format!("X:1\nM:4/4\nK:G\n{body}").as_bytes());
        let _ = read(body.as_bytes());
    }
}

#[test]
fn parts_are_played_in_the_order_of_the_header() {
    let chords = |order: &str| {
        let text = format!(
            "X:1\nT:Tiny\nP:{order}\nM:3/4\nL:1/4\nK:D\n\"Em\"e3|\nP:A\n|:\"D\"d3:|\nP:B\n\"A7\"a3|\nP:C\n\"G\"g3|"
        );
        let tune = read(text.as_bytes()).unwrap().remove(0);
        let bars = tune.sheet.bars().iter().map(|bar| bar.changes()[0].chord.unwrap().to_string());
        (bars.collect::<Vec<_>>().join("|"), tune.warnings)
    };
    assert_eq!(chords("A.B.A.C").0, "Em|D|D|A7|D|D|G");
    assert_eq!(chords("(AB)2C").0, "Em|D|D|A7|D|D|A7|G");
    assert_eq!(chords("AB2C").0, "Em|D|D|A7|A7|G");
    let (bars, warnings) = chords("ACX");
    assert_eq!(bars, "Em|D|D|G");
    assert_eq!(warnings, ["P:: there is no part X", "bar 3: this measure, reached by no pass: left out"]);
    assert_eq!(chords("").0, "Em|D|D|A7|G");
}

#[test]
fn a_key_may_have_accidentals_of_its_own() {
    let altered = |value| Signature::read(value).alter;
    assert_eq!(altered("Dphr ^F"), [0, 0, -1, 1, 0, 0, -1]);
    assert_eq!(altered("C^f^c_a"), [1, 0, 0, 1, 0, -1, 0]);
    assert_eq!(altered("G exp _b"), [0, 0, 0, 0, 0, 0, -1]);
    assert_eq!(altered("D =c clef=bass"), [0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(altered("HP"), [1, 0, 0, 1, 0, 0, 0]);
    assert_eq!(altered("none"), [0; 7]);
}

#[test]
fn a_tied_note_keeps_its_accidental() {
    assert_eq!(notes("K:C\n^F8-|F4 F4|"), [(0, 72, 66), (72, 24, 65)]);
}

#[test]
fn parts_of_semitones_are_rounded() {
    let pitches: Vec<u8> = notes("K:C\n_/e2 ^3/2f2 _22/100B2 c2|").iter().map(|note| note.2).collect();
    assert_eq!(pitches, [76, 79, 71, 72]);
}

#[test]
fn a_repeat_sign_may_stand_apart_from_its_bar_line() {
    let letters: Vec<u8> = notes("K:C\nC8| :D8|E8:|").iter().map(|note| note.2).collect();
    assert_eq!(letters, [60, 62, 64, 62, 64]);
}
