//! The heads in MusicXML, where they lie beside the project.
#![cfg(test)]

use sideman_formats::musicxml;

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
