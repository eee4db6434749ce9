use std::io::{Cursor, Write};

use super::*;
use proptest::prelude::*;
use sideman_music::{Bar, Change, Chord, Duration, Key, Meter, Mode, Note, NoteName, Pitch, Quality, Time};

fn quarters(n: i64, d: i64) -> Duration {
    Duration::quarters(n, d)
}

/// A score of one part with these measures.
fn score(measures: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE score-partwise PUBLIC \"-//Recordare//DTD MusicXML 3.1 Partwise//EN\" \"x.dtd\">\
        <score-partwise><movement-title>Tiny</movement-title><part-list><score-part id=\"P1\">\
        <part-name>Tenor Sax</part-name></score-part></part-list><part id=\"P1\">{measures}</part></score-partwise>"
    )
}

fn note(step: &str, duration: u32, more: &str) -> String {
    format!(
        "<note><pitch><step>{step}</step><octave>4</octave></pitch><duration>{duration}</duration>{more}</note>"
    )
}

fn harmony(step: &str, more: &str) -> String {
    format!("<harmony><root><root-step>{step}</root-step></root>{more}</harmony>")
}

const SEVENTH: &str = "<kind text=\"petrushka\">dominant</kind>";

fn tune(measures: &str) -> Tune {
    read(score(measures).as_bytes()).unwrap_or_else(|error| panic!("{error}")).remove(0)
}

/// The chords of a tune, bars apart.
fn bars(tune: &Tune) -> String {
    let name = |c: &Change| c.chord.map_or("NC".into(), |c| c.to_string());
    let bar = |b: &Bar| b.changes().iter().map(name).collect::<Vec<_>>().join(" ");
    tune.sheet.bars().iter().map(bar).collect::<Vec<_>>().join("|")
}

fn notes(tune: &Tune) -> Vec<(Duration, Duration, u8)> {
    let notes = tune.solo.as_ref().unwrap().notes().iter();
    notes.map(|n| (n.onset.since_start(), n.duration, n.pitch().number())).collect()
}

#[test]
fn a_pickup_ties_and_tuplets_are_read() {
    let tune = tune(&format!(
        "<measure number=\"0\" implicit=\"yes\"><attributes><divisions>6</divisions><key><fifths>-1</fifths></key>\
        <time><beats>4</beats><beat-type>4</beat-type></time></attributes><sound tempo=\"200\"/>{}</measure>\
        <measure number=\"1\">{}{}{}{}{}</measure><measure number=\"2\">{}<backup><duration>6</duration></backup>{}</measure>",
        note("C", 6, "<voice>1</voice>"),
        harmony("F", SEVENTH),
        harmony("D", "<kind>minor-seventh</kind><bass><bass-step>G</bass-step></bass><offset>12</offset>"),
        note("E", 2, "<voice>1</voice>"),
        note("D", 4, "<voice>1</voice>"),
        note("A", 18, "<tie type=\"start\"/><voice>1</voice>"),
        note("A", 6, "<tie type=\"stop\"/><voice>1</voice>"),
        note("F", 6, "<voice>2</voice>"),
    ));
    assert_eq!(bars(&tune), "F7 Dm7/G|");
    assert_eq!(tune.sheet.bars()[0].changes()[1].at, quarters(2, 1));
    let expected = [
        (quarters(-1, 1), quarters(1, 1), 60),
        (quarters(0, 1), quarters(1, 3), 64),
        (quarters(1, 3), quarters(2, 3), 62),
        (quarters(1, 1), quarters(4, 1), 69),
    ];
    assert_eq!(notes(&tune), expected);
    assert_eq!(tune.sheet.key().unwrap().to_string(), "F major");
    assert_eq!(tune.sheet.tempo(), Some(Tempo::bpm(200)));
    assert_eq!((tune.sheet.title(), tune.credits.instrument), ("Tiny", Some(Instrument::TenorSax)));
    assert_eq!(tune.warnings, ["1 notes of other voices are left out"]);
}

#[test]
fn measures_may_hold_nothing_but_chords() {
    let chords = ["C", "F", "G"].map(|root| harmony(root, SEVENTH));
    let tune = tune(&format!(
        "<measure number=\"1\">{}{}{}</measure><measure number=\"2\">{}{}</measure>",
        chords[0],
        chords[1],
        chords[2],
        harmony(
            "D",
            "<kind>suspended-fourth</kind><degree><degree-value>7</degree-value>\
            <degree-alter>-1</degree-alter><degree-type>add</degree-type></degree>"
        ),
        harmony("E", "<kind>none</kind>"),
    ));
    assert_eq!(tune.sheet.bars()[..], "C7 F7 G7 | D7sus4 N.C.".parse::<Sheet>().unwrap().bars()[..]);
    assert!(tune.solo.is_none());
}

#[test]
fn the_form_is_written_out() {
    let measure =
        |root: &str, more: &str| format!("<measure number=\"1\">{more}{}</measure>", harmony(root, SEVENTH));
    let right = |more: &str| format!("<barline location=\"right\">{more}</barline>");
    let back = right("<repeat direction=\"backward\"/>");
    let ending =
        |n: &str| format!("<barline location=\"left\"><ending number=\"{n}\" type=\"start\"/></barline>");
    let form = [
        measure("C", "<barline location=\"left\"><repeat direction=\"forward\"/></barline>"),
        measure("D", &format!("{}{back}", ending("1"))),
        measure("E", &ending("2")),
        measure("F", "<direction><sound tocoda=\"c\"/></direction>"),
        measure("G", "<direction><direction-type><words>D.C. al Coda</words></direction-type></direction>"),
        measure("A", "<direction><sound coda=\"c\"/></direction>"),
    ];
    assert_eq!(bars(&tune(&form.concat())), "C7|D7|C7|E7|F7|G7|C7|E7|F7|A7");
}

#[test]
fn transposing_parts_sound() {
    let tune = tune(&format!(
        "<measure number=\"1\"><attributes><key><fifths>2</fifths></key>\
        <transpose><chromatic>-2</chromatic></transpose></attributes>{}{}{}</measure>",
        harmony("D", SEVENTH),
        note("D", 2, ""),
        note("E", 2, "").replace("</step>", "</step><alter>1</alter>"),
    ));
    assert_eq!((bars(&tune).as_str(), notes(&tune)[0].2), ("C7", 60));
    let name = |note: &Note| tune.spelling.name(note.onset, note.pitch()).map(|name| name.to_string());
    let names: Vec<_> = tune.solo.as_ref().unwrap().notes().iter().map(name).collect();
    assert_eq!(names, [Some("C".into()), Some("D#".into())]);
    assert_eq!(tune.sheet.key().unwrap().to_string(), "C major");
}

#[test]
fn chords_of_transposing_parts_are_called_by_their_key() {
    let tune = tune(&format!(
        "<measure number=\"1\"><attributes><key><fifths>3</fifths></key>\
        <transpose><chromatic>-9</chromatic></transpose></attributes>{}{}</measure>\
        <measure number=\"2\"><attributes><key><fifths>6</fifths></key></attributes>{}{}</measure>",
        harmony("G", SEVENTH),
        note("A", 4, ""),
        harmony("E", SEVENTH),
        note("A", 4, ""),
    ));
    assert_eq!((bars(&tune).as_str(), tune.sheet.key().unwrap().to_string().as_str()), ("Bb7|G7", "C major"));
}

#[test]
fn a_repeated_pickup_completes_the_last_bar() {
    let tune = tune(&format!(
        "<measure number=\"0\" implicit=\"yes\">{}</measure><measure number=\"1\">{}{}</measure>\
        <measure number=\"2\">{}<barline location=\"right\"><repeat direction=\"backward\"/></barline></measure>",
        note("C", 1, ""),
        harmony("F", SEVENTH),
        note("D", 4, ""),
        note("E", 3, ""),
    ));
    let onsets: Vec<i64> = notes(&tune).iter().map(|n| n.0.in_units_of(Duration::QUARTER)).collect();
    assert_eq!((onsets, tune.sheet.bars().len()), (vec![-1, 0, 4, 7, 8, 12], 4));
}

#[test]
fn packed_and_wide_files_are_read() {
    let xml = score(&format!("<measure number=\"1\">{}</measure>", harmony("C", SEVENTH)));
    let container = "<container><rootfiles><rootfile full-path=\"a.xml\"/></rootfiles></container>";
    let packed = |files: &[(&str, &[u8])]| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let named = packed(&[
        ("b.xml", b"<x/>"),
        ("META-INF/container.xml", container.as_bytes()),
        ("a.xml", xml.as_bytes()),
    ]);
    assert_eq!(read(&named).unwrap().len(), 1);
    assert_eq!(read(&packed(&[("a.xml", xml.as_bytes())])).unwrap().len(), 1);
    assert!(matches!(read(&packed(&[("a.txt", b"x")])), Err(Error::NotThisFormat(_))));
    let wide: Vec<u8> =
        [0xFEFFu16].into_iter().chain(xml.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&wide).unwrap().len(), 1);
    let bomb = read(&packed(&[("a.xml", &vec![b' '; 30_000_000])])).unwrap_err().to_string();
    assert!(bomb.starts_with("a.xml: it unpacks to more than"), "{bomb}");
}

#[test]
fn hostile_files_are_refused() {
    let entities =
        "<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><score-partwise>&b;</score-partwise>";
    assert!(matches!(read(entities.as_bytes()), Err(Error::Unsupported { .. })));
    let deep = format!("<score-partwise>{}", "<a>".repeat(200_000));
    assert!(read(deep.as_bytes()).is_err());
    let deep =
        format!("<score-partwise>{}{}</score-partwise>", "<a>".repeat(200_000), "</a>".repeat(200_000));
    assert!(read(deep.as_bytes()).is_err());
    let error = read(&score("<measure>").as_bytes()[..120]).unwrap_err().to_string();
    assert!(matches!(read(b"<html></html>"), Err(Error::NotThisFormat(_))), "{error}");
    let damaged = score("<measure number=\"1\"></note></measure>");
    let error = read(damaged.as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("line 1, column"), "{error}");
    let times = "<barline><repeat direction=\"backward\" times=\"4000000000\"/></barline>";
    let loud = format!("<measure number=\"1\">{times}</measure>").repeat(1000);
    assert!(read(score(&loud).as_bytes()).is_err());
}

fn any_sheet() -> impl Strategy<Value = Sheet> {
    let chord =
        proptest::option::of((-5i32..=6, 0usize..3000, proptest::option::of(-5i32..=6))).prop_map(|chord| {
            let name = |f| NoteName::at_fifths(f).unwrap();
            chord.map(|(root, quality, bass)| {
                let quality = Quality::all().nth(quality).unwrap();
                Chord { root: name(root), quality, bass: bass.map(name).filter(|&b| b != name(root)) }
            })
        });
    let change = (0i64..70, 1i64..18, chord).prop_map(|(n, d, chord)| Change { at: quarters(n, d), chord });
    let meter = proptest::sample::select(vec![(4u8, 4u8), (3, 4), (5, 4), (12, 8), (6, 8), (7, 16), (1, 2)]);
    let bar = (meter, proptest::collection::vec(change, 0..5), proptest::option::of("[A-Z<&][ -~]{0,6}"));
    let bar = bar.prop_map(|((beats, unit), changes, section)| {
        let bar = Bar::new(Meter::new(beats, unit).unwrap(), changes);
        section.map_or(bar.clone(), |label| bar.with_section(&label))
    });
    let bars = proptest::collection::vec(bar, 1..10);
    (bars, "[ -~é♭]{0,20}", 1u32..3_000_000, -7i32..=7).prop_map(|(bars, title, micros, fifths)| {
        let sheet =
            Sheet::new(bars).unwrap().with_title(&title).with_composer("A & B").with_style("slow <bossa>");
        let tempo = Some(Tempo::micros_per_quarter(micros.max(30)));
        sheet.with_key(Key::from_fifths(fifths, Mode::Minor)).with_tempo(tempo)
    })
}

proptest! {
    #[test]
    fn every_sheet_is_read_back(sheet in any_sheet()) {
        let written = write(&sheet, None);
        prop_assert!(written.warnings.is_empty());
        let tune = read(written.value.as_bytes()).unwrap().remove(0);
        prop_assert_eq!(&tune.sheet, &sheet, "{}", written.value);
        prop_assert_eq!(tune.warnings, [""; 0]);
    }

    #[test]
    fn every_line_is_read_back(sheet in any_sheet(), first in -20i64..20, steps in proptest::collection::vec((0i64..20, 1i64..20, 1i64..13, 40u8..80), 1..30)) {
        let bar = sheet.bars()[0].meter().bar();
        let mut at = Time::after_start(quarters(first, 8).max(Duration::ZERO - bar));
        let mut notes = Vec::new();
        for (rest, length, parts, pitch) in steps {
            let note = Note::new(at + quarters(rest, parts), quarters(length, parts), Pitch::midi(pitch));
            if note.end() > sheet.end() {
                break;
            }
            at = note.end();
            notes.push(note);
        }
        let solo = Solo::new(Instrument::AltoSax, notes).unwrap();
        let written = write(&sheet, Some(&solo));
        let tune = read(written.value.as_bytes()).unwrap().remove(0);
        prop_assert_eq!(&tune.sheet, &sheet, "{}", written.value);
        let read = tune.solo.map_or(Vec::new(), |solo| solo.notes().to_vec());
        let sounds = |notes: &[Note]| notes.iter().map(|note| (note.onset, note.pitches)).collect::<Vec<_>>();
        prop_assert_eq!(sounds(&read), sounds(solo.notes()), "{}", written.value);
    }

    #[test]
    fn any_damage_is_read_or_refused(at in 0usize..3000, cut in 0usize..20, text in "[<>/a-z0-9\"&;=-]{0,8}") {
        let sheet: Sheet = "tempo: 100\n[A] Dm7 G7b9/F | N.C. F@5/3 | 3/4 %".replace('%', "C6").parse().unwrap();
        let mut xml = write(&sheet, None).value.into_bytes();
        let at = at.min(xml.len());
        let end = (at + cut).min(xml.len());
        xml.splice(at..end, text.bytes());
        let _ = read(&xml);
    }
}

/// A measure of one note of four quarters, with signs before it and behind.
fn whole(number: usize, step: &str, before: &str, behind: &str) -> String {
    format!("<measure number=\"{number}\">{before}{}{behind}</measure>", note(step, 4, ""))
}

fn left(more: &str) -> String {
    format!("<barline location=\"left\">{more}</barline>")
}

fn right(more: &str) -> String {
    format!("<barline location=\"right\">{more}</barline>")
}

fn said(words: &str) -> String {
    format!("<direction><direction-type><words>{words}</words></direction-type></direction>")
}

/// The letters of the notes of a score of such measures.
fn steps(measures: &[String]) -> String {
    let tune = tune(&measures.concat());
    let notes = tune.solo.as_ref().unwrap().notes();
    notes
        .iter()
        .map(|note| "C D EF G A B".as_bytes()[usize::from(note.pitch().number() % 12)] as char)
        .collect()
}

const BACK: &str = "<repeat direction=\"backward\"/>";
const FORWARD: &str = "<repeat direction=\"forward\"/>";
const DOUBLE: &str = "<bar-style>light-light</bar-style>";
const FIRST: &str = "<ending number=\"1\" type=\"start\"/>";
const SECOND: &str = "<ending number=\"2\" type=\"start\"/>";
const STOP: &str = "<ending number=\"2\" type=\"discontinue\"/>";

#[test]
fn repeats_are_read_as_players_read_them() {
    let pairs = [
        whole(1, "E", &left(FORWARD), ""),
        whole(2, "F", &left(FIRST), &right(BACK)),
        whole(3, "G", &left(SECOND), &right(STOP)),
        whole(4, "A", "", ""),
    ];
    let again = [whole(5, "B", &left(FIRST), &right(BACK)), whole(6, "C", &left(SECOND), &right(STOP))];
    assert_eq!(steps(&[&pairs[..], &again].concat()), "EFEGABAC");
    assert_eq!(steps(&[&pairs[..], &[whole(5, "B", "", &right(BACK))]].concat()), "EFEGABAB");
    let nested = [
        whole(1, "E", &left(FORWARD), &right(BACK)),
        whole(2, "F", &left(FIRST), &right(BACK)),
        whole(3, "G", &left(SECOND), ""),
    ];
    assert_eq!(steps(&nested), "EEFEG");
    let bare = [whole(1, "E", "", ""), whole(2, "F", &left(FIRST), ""), whole(3, "G", &left(SECOND), "")];
    assert_eq!(steps(&bare), "EFEG");
}

#[test]
fn codas_are_found_in_words_and_signs() {
    let sign = "<direction><direction-type><coda/></direction-type><sound coda=\"x\"/></direction>";
    let coda = [
        whole(1, "E", "", ""),
        whole(2, "F", &format!("{}{sign}", said("To Coda")), ""),
        whole(3, "G", "", &format!("{}{}", said("D.C.alCoda"), right(DOUBLE))),
        whole(4, "A", &format!("{sign}{}", left(FORWARD)), ""),
        whole(5, "B", "", &right(BACK)),
    ];
    assert_eq!(steps(&coda), "EFGEFABAB");
    let spaceless = [
        whole(1, "E", "", &said("ToCoda")),
        whole(2, "F", "", &said("D.C.alCoda")),
        whole(3, "G", &said("Coda"), ""),
    ];
    assert_eq!(steps(&spaceless), "EFEG");
}

#[test]
fn the_pickup_is_not_played_behind_an_ending_that_holds_it() {
    let pickup = format!("<measure number=\"0\" implicit=\"yes\">{}</measure>", note("G", 1, ""));
    let held =
        format!("<measure number=\"2\">{}{}{}</measure>", note("E", 3, ""), note("G", 1, ""), right(BACK));
    let measures = [pickup.clone(), whole(1, "C", "", ""), held, whole(3, "D", "", "")];
    assert_eq!((steps(&measures).as_str(), tune(&measures.concat()).sheet.bars().len()), ("GCEGCEGD", 5));
    let long = [pickup, whole(1, "C", "", &right(BACK)), whole(2, "D", "", "")];
    let onsets =
        notes(&tune(&long.concat())).iter().map(|n| n.0.in_units_of(Duration::QUARTER)).collect::<Vec<_>>();
    assert_eq!(onsets, [-1, 0, 3, 4, 8]);
}

#[test]
fn chords_over_the_pickup_are_kept() {
    let pickup = format!(
        "<measure number=\"0\" implicit=\"yes\">{}{}</measure>",
        harmony("G", SEVENTH),
        note("G", 1, "")
    );
    let tune = tune(&format!("{pickup}{}", whole(1, "C", &harmony("C", SEVENTH), "")));
    assert_eq!(tune.sheet.pickup(), [Change { at: quarters(-1, 1), chord: "G7".parse().ok() }]);
    assert_eq!(tune.warnings, [""; 0]);
    let read_back = |text: &[u8]| read(text).unwrap().remove(0).sheet;
    assert_eq!(read_back(write(&tune.sheet, None).value.as_bytes()), tune.sheet);
    assert_eq!(tune.sheet.to_string().parse::<Sheet>().unwrap(), tune.sheet);
}

#[test]
fn split_bars_are_one_and_slivers_are_cut() {
    let time = "<attributes><divisions>12</divisions><time><beats>3</beats><beat-type>4</beat-type></time></attributes>";
    let measure = |number: usize, before: &str, notes: &[(&str, u32)]| {
        let notes: String = notes.iter().map(|(step, length)| note(step, *length, "")).collect();
        format!("<measure number=\"{number}\">{before}{notes}</measure>")
    };
    let split = [
        measure(1, time, &[("C", 36)]),
        measure(2, "", &[("D", 12)]),
        measure(3, "", &[("E", 24)]),
        measure(4, "", &[("F", 36)]),
    ];
    let onsets = |measures: &[String]| {
        let tune = tune(&measures.concat());
        let onsets = notes(&tune).iter().map(|n| n.0.in_units_of(Duration::QUARTER)).collect::<Vec<_>>();
        (onsets, tune.sheet.bars().len(), tune.warnings.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(onsets(&split), (vec![0, 3, 4, 6], 3, vec![]));
    let sliver = [
        measure(1, time, &[("C", 36)]),
        measure(2, "", &[("D", 24), ("E", 15)]),
        measure(3, "", &[("F", 36)]),
    ];
    let told = vec!["bar 2: it is too full by 1/4 of a quarter note: that is cut".to_owned()];
    assert_eq!(onsets(&sliver), (vec![0, 3, 5, 6], 3, told));
}

#[test]
fn without_a_time_signature_the_measures_say_the_meter() {
    let measure = |step: &str| format!("<measure number=\"1\">{}</measure>", note(step, 5, ""));
    let tune = tune(&[measure("C"), measure("D"), measure("E")].concat());
    assert_eq!((tune.sheet.bars().len(), tune.sheet.bars()[0].meter().to_string().as_str()), (3, "5/4"));
    assert_eq!(tune.warnings, ["there is no time signature: the measures say 5/4"]);
}

#[test]
fn a_score_by_time_is_turned_round() {
    let by_time = |number: usize, step: &str| {
        let chords = format!("<part id=\"P2\">{}</part>", harmony(step, SEVENTH));
        format!("<measure number=\"{number}\"><part id=\"P1\">{}</part>{chords}</measure>", note(step, 4, ""))
    };
    let xml = format!(
        "<score-timewise><part-list><score-part id=\"P1\"><part-name>Flute</part-name></score-part>\
        <score-part id=\"P2\"><part-name>Guitar</part-name></score-part></part-list>{}{}</score-timewise>",
        by_time(1, "C"),
        by_time(2, "F")
    );
    let tune = read(xml.as_bytes()).unwrap().remove(0);
    assert_eq!((bars(&tune).as_str(), notes(&tune).len()), ("C7|F7", 2));
    assert_eq!(tune.credits.instrument, Some(sideman_music::Instrument::Flute));
}

#[test]
fn ties_that_one_side_tells_are_kept_and_others_told() {
    let tie = |kind: &str| format!("<tie type=\"{kind}\"/>");
    let measure = |step: &str, more: &str| format!("<measure number=\"1\">{}</measure>", note(step, 4, more));
    let lengths = |measures: &[String]| {
        let tune = tune(&measures.concat());
        let lengths = notes(&tune).iter().map(|n| n.1.in_units_of(Duration::QUARTER)).collect::<Vec<_>>();
        (lengths, tune.warnings.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(lengths(&[measure("C", &tie("start")), measure("C", "")]), (vec![8], vec![]));
    let notation = "<notations><tied type=\"stop\"/></notations>";
    assert_eq!(lengths(&[measure("C", &tie("start")), measure("C", notation)]), (vec![8], vec![]));
    let told = vec!["bar 1: 1 ties lead to no note".to_owned()];
    assert_eq!(lengths(&[measure("C", &tie("start")), measure("D", "")]), (vec![4, 4], told));
}
