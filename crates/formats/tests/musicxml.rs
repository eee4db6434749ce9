//! The heads in MusicXML, where they lie beside the project.
#![cfg(test)]

use proptest::prelude::*;
use sideman_formats::musicxml;
use sideman_formats::notation::{NotationOptions, PartKey};
use sideman_music::{Duration, Instrument, Note, Part, Pitch, Player, Score, Sheet, Solo, Tempo, Time};

#[test]
fn the_heads_are_read_with_melody_and_chords() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/musicxml");
    let Ok(folder) = std::fs::read_dir(path) else { return println!("skipped: no musicxml folder") };
    let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in &files {
        let tune = musicxml::read(&std::fs::read(path).unwrap()).unwrap().remove(0);
        let solo = tune.solo.as_ref().unwrap();
        let name = path.file_name().unwrap().display();
        println!(
            "{name}: {} bars, {} chords, {} notes, first at {}, {:?} {:?} {:?}",
            tune.sheet.bars().len(),
            tune.sheet.chords().len(),
            solo.notes().len(),
            solo.notes()[0].onset.since_start(),
            tune.sheet.title(),
            tune.sheet.tempo(),
            tune.warnings
        );
        assert!(tune.sheet.chords().len() > 8 && solo.notes().len() > 30, "{name}");
        let again =
            musicxml::read(musicxml::write(&tune.sheet, Some(solo)).value.as_bytes()).unwrap().remove(0);
        assert_eq!((&again.sheet, &again.solo), (&tune.sheet, &tune.solo), "{name}");
    }
}

#[test]
fn keys_and_tempi_change_where_the_score_says() {
    let sheet: Sheet = "key: C\ntempo: 100\nC | C | F | F".parse().unwrap();
    let at = |bar| sheet.bar_start(bar);
    let keys = vec![(at(2), "F".parse().unwrap())];
    let tempos = vec![(at(1), Tempo::bpm(110)), (at(3), Tempo::bpm(120))];
    let score = Score { keys, tempos, ..Score::new(sheet.clone(), Vec::new()) };
    let xml = musicxml::write_score(&score, &NotationOptions::default()).value;
    let measures: Vec<&str> = xml.split("<measure ").skip(1).collect();
    let fifths = ["<fifths>0<", "", "<fifths>-1<", ""];
    let tempi = ["<sound tempo=\"100\"", "<sound tempo=\"110", "", "<sound tempo=\"120\""];
    for (measure, (key, tempo)) in measures.iter().zip(fifths.iter().zip(tempi)) {
        assert!(measure.contains(key) && measure.contains(tempo), "{measure}");
        assert_eq!(measure.contains("<fifths>"), !key.is_empty());
        assert_eq!(measure.contains("<sound"), !tempo.is_empty());
    }
}

#[test]
fn a_remark_is_no_title() {
    let sheet: Sheet = "Dm7 | G7".parse().unwrap();
    let options = NotationOptions { remarks: vec!["seed: 1".into()], ..NotationOptions::default() };
    let written = musicxml::write_score(&Score::new(sheet, Vec::new()), &options).value;
    assert!(written.contains("seed: 1"));
    assert_eq!(musicxml::read(written.as_bytes()).unwrap()[0].sheet.title(), "");
}

/// A note on twelfths of a quarter note.
fn note((onset, length, pitch): (i64, i64, u8)) -> Note {
    let twelfths = |n| Duration::quarters(n, 12);
    Note::new(Time::after_start(twelfths(onset)), twelfths(length), Pitch::midi(pitch))
}

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

/// A solo on a flute, written by `key` and read back.
fn read_back(sheet: &Sheet, line: &[(i64, i64, u8)], key: PartKey) -> Vec<Note> {
    let parts =
        vec![Part::new(Player::Instrument(Instrument::TenorSax), line.iter().copied().map(note).collect())];
    let score = Score::new(sheet.clone(), parts);
    let options = NotationOptions { part: key, ..NotationOptions::default() };
    let written = musicxml::write_score(&score, &options).value;
    let tune = musicxml::read(written.as_bytes()).unwrap().remove(0);
    tune.solo.map_or(Vec::new(), |solo| solo.notes().to_vec())
}

proptest! {
    #[test]
    fn every_part_sounds_the_same(line in any_line(), meter in 0usize..5) {
        let meter = ["4/4", "3/4", "5/4", "6/8", "12/8"][meter];
        let sheet: Sheet = format!("key: F\nmeter: {meter}\nGm7 | C7 | F6 | D7 | Gm7 | C7 | F6").parse().unwrap();
        let end = (sheet.end() - Time::ZERO).in_units_of(Duration::quarters(1, 12));
        let line: Vec<_> = line.into_iter().filter(|&(at, ..)| at < end).collect();
        let concert = read_back(&sheet, &line, PartKey::C);
        let onsets = |notes: &[Note]| notes.iter().map(|note| (note.onset, note.pitches)).collect::<Vec<_>>();
        let meant: Vec<Note> = line.iter().copied().map(note).collect();
        prop_assert_eq!(onsets(&concert), onsets(&meant));
        for key in PartKey::ALL {
            prop_assert_eq!(&read_back(&sheet, &line, key), &concert, "{}", key);
        }
        // What is written is legible: written again it is the same.
        let again: Vec<_> = concert.iter().map(|note| {
            let twelfths = |length: Duration| length.in_units_of(Duration::quarters(1, 12));
            (twelfths(note.onset.since_start()), twelfths(note.duration), note.pitch().number())
        }).collect();
        prop_assert_eq!(&read_back(&sheet, &again, PartKey::C), &concert);
    }

    #[test]
    fn any_notes_are_written(steps in proptest::collection::vec((-30i64..300, 1i64..99_999_999, -3i64..4000, 0u8..128), 0..20)) {
        let note = |(onset, parts, length, pitch)| Note::new(Time::after_start(Duration::quarters(onset, parts)), Duration::quarters(length, 77), Pitch::midi(pitch));
        let parts = vec![Part::new(Player::Instrument(Instrument::TenorSax), steps.into_iter().map(note).collect())];
        let score = Score::new("style: swing\nGm7 | 7/16 C7 | 5/4 F6 | %".parse().unwrap(), parts);
        let written = musicxml::write_score(&score, &NotationOptions { part: PartKey::Eb, ..NotationOptions::default() }).value;
        prop_assert!(musicxml::read(written.as_bytes()).is_ok());
    }
}

#[test]
fn a_solo_needs_no_more_than_its_notes() {
    let solo = Solo::new(Instrument::Flute, vec![note((0, 48, 72))]).unwrap();
    let written = musicxml::write(&"C".parse().unwrap(), Some(&solo)).value;
    assert_eq!(musicxml::read(written.as_bytes()).unwrap()[0].solo, Some(solo));
}
