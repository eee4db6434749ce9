use super::*;
use proptest::prelude::*;

fn sheet(text: &str) -> Sheet {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// The chords of a sheet, bars apart.
fn bars(text: &str) -> String {
    let name = |c: &Change| c.chord.map_or("NC".into(), |c| c.to_string());
    let bar = |b: &Bar| b.changes().iter().map(name).collect::<Vec<_>>().join(" ");
    sheet(text).bars().iter().map(bar).collect::<Vec<_>>().join("|")
}

fn quarters(n: i64, d: i64) -> Duration {
    Duration::quarters(n, d)
}

#[test]
fn form_is_written_out() {
    assert_eq!(bars("C | % | F"), "C|C|F");
    assert_eq!(bars("|: C | F :| G |"), "C|F|C|F|G");
    assert_eq!(bars("|: C :|x3 G"), "C|C|C|G");
    assert_eq!(bars("C | F :| G"), "C|F|C|F|G");
    assert_eq!(bars("|: C |1. F | G :|2. A | B ||"), "C|F|G|C|A|B");
    assert_eq!(bars("|: C |1,2. F :|3. A | B"), "C|F|C|F|C|A|B");
    assert_eq!(bars("|: C |1. F :|2. G :|3. A | B"), "C|F|C|G|C|A|B");
    assert_eq!(bars("[A] |: C :|\n[B] |: F |1. G :|2. A ||\nD"), "C|C|F|G|F|A|D");
    assert_eq!(bars("C |\n\n| F |\nG ||"), "C|F|G");
    assert_eq!(bars("C | F <Fine> | G <D.C. al Fine>"), "C|F|G|C|F");
    assert_eq!(bars("C | <Segno> F | G <To Coda> | A <D.S. al Coda> ||\n<Coda> B | D"), "C|F|G|A|F|G|B|D");
    assert_eq!(bars("|: C |1. F :|2. G ||\n[B] A <D.C. al 2nd ending> | B"), "C|F|C|G|A|B|C|G");
}

#[test]
fn a_page_says_how_its_bars_follow() {
    let page: SheetPage = "title: T\n|: C :| F <Fine> | G <D.C. al Fine> ||\n[Solos] A | B".parse().unwrap();
    assert_eq!(page.order.measures().collect::<Vec<_>>(), [0, 0, 1, 2, 0, 1]);
    assert_eq!((page.order.apart[0].measures.clone(), page.bars.len()), (3..5, 5));
    let complaint = "C <Allegro> | F".parse::<Sheet>().unwrap_err().to_string();
    assert!(complaint.contains("Allegro") && complaint.contains("<Fine>"), "{complaint}");
    let long = "C :|\n".repeat(250_000);
    assert!(long.parse::<Sheet>().unwrap_err().to_string().contains("at most 20000 bars"));
}

#[test]
fn a_pickup_has_chords() {
    let sheet = sheet("meter: 3/4\npickup: / A7 D7\n[A] G | G | [B] G | C");
    assert_eq!(sheet.pickup().iter().map(|c| c.at).collect::<Vec<_>>(), [quarters(-2, 1), quarters(-1, 1)]);
    let chord = |n| sheet.chord_at(Time::after_start(quarters(n, 1))).unwrap().to_string();
    assert_eq!(
        (chord(-3), chord(-2), chord(-1), chord(0)),
        ("G".into(), "A7".into(), "D7".into(), "G".into())
    );
    let up = sheet.transposed(2);
    assert_eq!(up.to_string(), "meter: 3/4\npickup: / B7 E7\n| [A] A | % |\n| [B] A | D |\n");
    assert_eq!(up.to_string().parse(), Ok(up));
}

#[test]
fn tokens_share_the_beats() {
    let starts = |text: &str| sheet(text).bars()[0].changes().iter().map(|c| c.at).collect::<Vec<_>>();
    assert_eq!(starts("C F"), [quarters(0, 1), quarters(2, 1)]);
    assert_eq!(starts("C F G"), [quarters(0, 1), quarters(2, 1), quarters(3, 1)]);
    assert_eq!(starts("C / / G"), [quarters(0, 1), quarters(3, 1)]);
    assert_eq!(starts("3/4 C F"), [quarters(0, 1), quarters(2, 1)]);
    assert_eq!(starts("5/4 C F"), [quarters(0, 1), quarters(3, 1)]);
    assert_eq!(starts("6/8 C F"), [quarters(0, 1), quarters(3, 2)]);
    assert_eq!(starts("C@1 F@7/3"), [quarters(0, 1), quarters(4, 3)]);
    assert_eq!(starts("/ / F /"), [quarters(2, 1)]);
}

#[test]
fn headers_and_sections_are_read() {
    let sheet = sheet(
        "title: An Example\ncomposer: Somebody\nstyle: waltz\nkey: Bb\nmeter: 3/4\ntempo: 140\n[A] Bb | Eb\n[B] F7",
    );
    assert_eq!((sheet.title(), sheet.composer(), sheet.style()), ("An Example", "Somebody", "waltz"));
    assert_eq!(sheet.tempo(), Some(Tempo::bpm(140)));
    assert_eq!(sheet.end(), Time::after_start(quarters(9, 1)));
    assert_eq!(sheet.sections(), [("A", 0..2), ("B", 2..3)]);
}

#[test]
fn places_go_on_at_both_ends() {
    let sheet = sheet("C | 3/4 F");
    let place = |n| sheet.place(Time::after_start(quarters(n, 1)));
    assert_eq!(place(-1), (-1, quarters(3, 1)));
    assert_eq!(place(5), (1, quarters(1, 1)));
    assert_eq!(place(7), (2, quarters(0, 1)));
    assert_eq!(place(11), (3, quarters(1, 1)));
    assert_eq!(sheet.chord_at(Time::after_start(quarters(-1, 1))).unwrap().to_string(), "C");
    assert_eq!(sheet.next_change(Time::ZERO).unwrap().0, Time::after_start(quarters(4, 1)));
}

#[test]
fn errors_say_the_bar() {
    let error = "C | Cpetrushka".parse::<Sheet>().unwrap_err().to_string();
    assert!(error.starts_with("bar 2: chord \"Cpetrushka\" is not known"), "{error}");
    for text in ["", "|||", "%", "C@9", "C@0", "9/9 C", "C | 3/4 %", "tempo: fast\nC", "C ]"] {
        assert!(text.parse::<Sheet>().is_err(), "{text}");
    }
}

#[test]
fn choruses_and_keys() {
    let blues = sheet("F7 | Bb7").with_title("T");
    assert_eq!(blues.repeated(3).unwrap().bars().len(), 6);
    assert_eq!(blues.repeated(3).unwrap().title(), "T");
    assert!(blues.repeated(0).is_err() && blues.repeated(usize::MAX).is_err());
    assert_eq!(blues.transposed(2).chords()[1].1.unwrap().to_string(), "C7");
}

fn any_bar() -> impl Strategy<Value = Bar> {
    let chord = prop_oneof![
        Just(None),
        (-5i32..=6, 0usize..3000, proptest::option::of(-5i32..=6)).prop_map(|(root, quality, bass)| {
            let name = |f| crate::NoteName::at_fifths(f).unwrap();
            let quality = crate::Quality::all().nth(quality).unwrap();
            Some(Chord { root: name(root), quality, bass: bass.map(name).filter(|&b| b != name(root)) })
        })
    ];
    let change = (0i64..48, chord).prop_map(|(n, chord)| Change { at: Duration::quarters(n, 12), chord });
    let meter = proptest::sample::select(vec![
        Meter::COMMON,
        Meter::WALTZ,
        Meter::new(5, 4).unwrap(),
        Meter::new(6, 8).unwrap(),
    ]);
    let section = proptest::option::of("[A-Z][ -~]{0,6}");
    (meter, proptest::collection::vec(change, 0..5), section).prop_map(|(meter, changes, section)| {
        let bar = Bar::new(meter, changes);
        section.map_or(bar.clone(), |label| bar.with_section(&label))
    })
}

proptest! {
    #[test]
    fn every_sheet_is_read_back(bars in proptest::collection::vec(any_bar(), 1..12), title in ".{0,20}", micros in 1u32..3_000_000) {
        let sheet = Sheet::new(bars).unwrap().with_title(&title).with_tempo(Some(Tempo::micros_per_quarter(micros)));
        prop_assert_eq!(sheet.to_string().parse::<Sheet>().unwrap_or_else(|e| panic!("{e}\n{sheet}")), sheet);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[A-G0-9/|:%.@ \\[\\]mxb#\n]{0,60}") {
        let _ = text.parse::<Sheet>();
    }
}

#[test]
fn an_excerpt_begins_with_the_chord_that_sounds() {
    let chart = sheet("title: T\nkey: C\ntempo: 90\n[A] Dm7 | % | G7 | C6 A7");
    let excerpt = |bars: &str| chart.excerpt(bars.parse().unwrap());
    let two = excerpt("2-3").unwrap();
    assert_eq!(two.chords(), sheet("Dm7 | G7").chords());
    assert_eq!((two.title(), two.key(), two.tempo()), ("T", chart.key(), chart.tempo()));
    assert_eq!(chart.excerpt(chart.all_bars()), Some(chart.clone()));
    assert_eq!((excerpt("4-5"), excerpt("9")), (None, None));
}

#[test]
fn a_chart_that_multiplies_is_refused_before_it_is_written_out() {
    let refused = |text: &str| text.parse::<Sheet>().unwrap_err().to_string();
    let full = ["C G"; 500].join(" ");
    let repeated = format!("|: {full} :|x64 {full} :|x64 {full} :|x64 {full} :|x64");
    assert!(refused(&repeated).contains("200000 changes"));
    assert!(refused(&format!("{full} | {}", "% | ".repeat(200))).contains("200000 changes"));
    assert!(refused(&"C |".repeat(Sheet::MOST_BARS + 1)).contains("20000 bars"));
    assert!(refused(&"C :|".repeat(Sheet::MOST_BARS)).contains("20000 bars"));
}

#[test]
fn the_label_of_a_section_is_short() {
    let label = "é".repeat(Bar::LONGEST_LABEL);
    assert_eq!(sheet(&format!("[{label}] C")).bars()[0].section(), Some(label.as_str()));
    assert!(format!("[{label}é] C").parse::<Sheet>().unwrap_err().to_string().contains("100 letters"));
    assert_eq!(Bar::default().with_section(&format!("{label}é")).section(), Some(label.as_str()));
}

#[test]
fn alternatives_stand_beside_their_chords() {
    let sheet = sheet("key: C\nDm7 G7 (Db7) | C6 (Am7) (Em7b5) | % | (F)@2 (G)@7/3 C6");
    assert_eq!(sheet.chords(), "Dm7 G7 | C6 | % | C6".parse::<Sheet>().unwrap().chords());
    let others = |sheet: &Sheet, bar: usize| -> Vec<(Duration, String)> {
        let others = sheet.bars()[bar].alternatives().iter();
        others.map(|other| (other.at, other.chord.unwrap().to_string())).collect()
    };
    let told = |at: Duration, name: &str| (at, name.to_owned());
    assert_eq!(others(&sheet, 0), [told(quarters(2, 1), "Db7")]);
    assert_eq!(others(&sheet, 1), [told(quarters(0, 1), "Am7"), told(quarters(0, 1), "Em7b5")]);
    assert_eq!(others(&sheet, 2), others(&sheet, 1));
    assert_eq!(others(&sheet, 3), [told(quarters(1, 1), "F"), told(quarters(4, 3), "G")]);
    assert_eq!(others(&sheet.transposed(2), 0), [told(quarters(2, 1), "Eb7")]);
    assert_eq!(sheet.to_string().parse::<Sheet>(), Ok(sheet.clone()));
    assert!("C (petrushka)".parse::<Sheet>().is_err() && "C (D".parse::<Sheet>().is_err());
}
