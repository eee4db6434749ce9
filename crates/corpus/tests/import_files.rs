//! Melodies and chords out of the MIDI files at hand, and out of damaged ones.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "what all the tests here share")]

#[expect(dead_code, reason = "the arrangements need all of it")]
mod band;

use proptest::prelude::*;
use sideman_corpus::import::{self, BarsReport, Error, Import, ImportOptions, ImportReport};
use sideman_formats::midi;
use sideman_music::{Duration, Event, Meter, Performance, Pitch, Time, Track};

/// The import of a file of the shared data; `None`, with a word, where it is absent.
fn import(name: &str) -> Option<Import> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/midi").join(name);
    let Ok(bytes) = std::fs::read(&file) else {
        println!("skipped: no {}", file.display());
        return None;
    };
    Some(import::midi(&bytes, name, &ImportOptions::default()).unwrap())
}

/// Double stops, and behind them eight bars of one voice whose low notes a left hand could play.
#[test]
fn the_low_notes_of_a_single_line_are_melody() {
    let name = "midi-low-notes-of-a-single-line.mid";
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/wild").join(name);
    let Ok(bytes) = std::fs::read(&file) else { return println!("skipped: no {}", file.display()) };
    let piece = import::midi(&bytes, name, &ImportOptions::default()).unwrap().pieces.remove(0);
    let start = piece.sheet.bar_start(8);
    let notes = piece.solo.as_ref().unwrap().notes().iter().filter(|note| note.onset >= start);
    let line: Vec<u8> = notes.map(|note| note.pitch().number()).collect();
    let two_bars = [69, 74, 72, 69, 74, 72, 69, 67, 72, 76, 72, 67, 72, 76];
    assert_eq!(line, two_bars.repeat(4));
}

fn bars_with_chords(report: &ImportReport) -> f64 {
    let BarsReport { first, last, .. } = report.bars.unwrap();
    report.harmony.as_ref().unwrap().bars as f64 / (last - first + 1) as f64
}

#[test]
fn every_file_gives_a_melody_and_chords() {
    const FILES: [&str; 13] = [
        "230_bpm_multitrack.mid",
        "6354774_Macabre_Waltz.mid",
        "Les_Yeux_Revolvers.mid",
        "Oscar-Peterson-1.mid",
        "TheEntertainer.mid",
        "alice.mid",
        "bach_format0.mid",
        "english1.mid",
        "example.mid",
        "k525short.mid",
        "primer.mid",
        "test03.mid",
        "test09.mid",
    ];
    for name in FILES {
        let Some(Import { pieces, report }) = import(name) else { return };
        println!("{report}");
        let solo = pieces[0].solo.as_ref().unwrap();
        assert!(!solo.notes().is_empty() && bars_with_chords(&report) >= 0.9);
        assert!(
            solo.notes().iter().all(|note| note.onset >= Time::ZERO && note.end() <= pieces[0].sheet.end())
        );
    }
}

#[test]
fn a_note_just_before_the_last_bar_line_stays_before_it() {
    let at = |twenty_fourths: i64| Time::after_start(Duration::quarters(twenty_fourths, 24));
    let places = (0..12).map(|i| i * 12).chain([191]);
    let note = |place| {
        let event = Event::Note { pitch: Pitch::midi(64), velocity: 80, duration: Duration::quarters(1, 24) };
        (at(place), event)
    };
    let track = Track { name: "Sax".into(), channel: 0, events: places.map(note).collect() };
    let song = Performance { tracks: vec![track], ..Performance::default() };
    let piece = import::performance(&song, "song", &ImportOptions::default()).unwrap().pieces.remove(0);
    let last = *piece.solo.as_ref().unwrap().notes().last().unwrap();
    assert_eq!((last.onset, last.end()), (at(190), at(192)));
    assert_eq!(last.onset + last.delay.unwrap(), at(191));
}

#[test]
fn a_two_handed_piano_gives_its_melody() {
    let Some(Import { report, .. }) = import("alice.mid") else { return };
    let melody = report.melody.as_ref().unwrap();
    assert!(melody.split && melody.notes >= 300, "{report}");
    assert!(bars_with_chords(&report) >= 0.9 && report.meters == ["3/4"], "{report}");
}

#[test]
fn a_piano_trio_gives_the_right_hand() {
    let Some(Import { report, .. }) = import("Oscar-Peterson-1.mid") else { return };
    assert_eq!(report.melody.as_ref().unwrap().part, 3, "{report}");
}

/// An arrangement as a MIDI file.
fn file() -> Vec<u8> {
    use band::Accompaniment::{Bass, Comping, Drums};
    let chart = band::CHARTS[0];
    let accompaniment = &[Comping, Bass, Drums];
    let arrangement = band::Arrangement { accompaniment, program: 66, place: 0, named: true, chart, seed: 1 };
    midi::write(&band::arrange(&arrangement).0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn damaged_files_are_imported_or_refused(changes in prop::collection::vec((0_usize..6000, prop::num::u8::ANY), 1..40)) {
        let mut bytes = file();
        let length = bytes.len();
        changes.into_iter().for_each(|(at, byte)| bytes[at % length] = byte);
        let _ = import::midi(&bytes, "damaged.mid", &ImportOptions::default());
    }
}

#[test]
fn bars_and_notes_without_end_are_survived() {
    let note = |quarters: i64, length: i64| {
        let duration = Duration::quarters(length, 1);
        (
            Time::after_start(Duration::quarters(quarters, 1)),
            Event::Note { pitch: Pitch::midi(60), velocity: 9, duration },
        )
    };
    let song = |meter: Meter, events| Performance {
        meters: vec![(Time::ZERO, meter)],
        tracks: vec![Track { name: "Melody".into(), channel: 0, events }],
        ..Performance::default()
    };
    let far = song(Meter::new(1, 64).unwrap(), vec![note(0, 1), note(1 << 30, 1)]);
    assert!(import::performance(&far, "far.mid", &ImportOptions::default()).is_ok());
    let drones = song(Meter::COMMON, (0..20_000).map(|i| note(i / 100, 1 << 30)).collect());
    assert!(import::performance(&drones, "drones.mid", &ImportOptions::default()).is_ok());
    let empty = midi::write(&Performance::default());
    let complaint = import::midi(&empty, "empty.mid", &ImportOptions::default()).unwrap_err();
    assert!(matches!(complaint, Error::NoMelody { .. }));
}
