//! The heads in MusicXML, where they lie beside the project.
#![cfg(test)]

use sideman_formats::musicxml;
use sideman_formats::notation::NotationOptions;
use sideman_music::{Score, Sheet, Tempo};

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
