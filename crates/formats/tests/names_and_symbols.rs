//! Names and symbols of the odd files that lie beside the project.
#![cfg(test)]

use sideman_formats::Tune;
use sideman_formats::chart::{self, Format};
use sideman_music::{Duration, Sheet};

/// The first tune of an odd file; `None`, with a word, where it is absent.
fn wild(name: &str) -> Option<Tune> {
    let path = format!("{}/../../../shared/wild/{name}", env!("CARGO_MANIFEST_DIR"));
    let Ok(bytes) = std::fs::read(&path) else {
        println!("skipped: no {path}");
        return None;
    };
    Some(sideman_formats::read(&bytes, name).unwrap().remove(0))
}

/// The chords of a sheet, bars apart.
fn bars(sheet: &Sheet) -> String {
    let bar = |bar: &sideman_music::Bar| {
        let names = bar.changes().iter().map(|change| change.chord.map_or("N.C.".into(), |c| c.to_string()));
        names.collect::<Vec<_>>().join(" ")
    };
    sheet.bars().iter().map(bar).collect::<Vec<_>>().join(" | ")
}

/// Onset and length in sixteenths, and pitch.
fn notes(tune: &Tune) -> Vec<(i64, i64, u8)> {
    let sixteenths = |long: Duration| long.in_units_of(Duration::QUARTER / 4);
    let notes = tune.solo.as_ref().unwrap().notes().iter();
    notes
        .map(|note| (sixteenths(note.onset.since_start()), sixteenths(note.duration), note.pitch().number()))
        .collect()
}

#[test]
fn a_chart_keeps_its_names_in_every_format() {
    let Some(tune) = wild("chart-sharps-become-flats.chart") else { return };
    let expected = "E B7/D# | C#m G#m7 | A#m7b5 D#7 | G#m7 G#dim7 | A E/G# | F#7/A# B7";
    let sheet = tune.sheet.transposed(0);
    assert_eq!(bars(&sheet), expected);
    for format in [Format::Text, Format::Ireal, Format::MusicXml, Format::Midi] {
        let written = chart::write(&sheet, format).value;
        assert_eq!(bars(&sideman_formats::read(&written, "").unwrap()[0].sheet), expected, "{format:?}");
    }
}

#[test]
fn a_part_is_named_after_its_own_key() {
    let Some(tune) = wild("part-names-against-the-key.chart") else { return };
    let part = |part: &str| {
        let key: sideman_formats::notation::PartKey = part.parse().unwrap();
        let sheet = tune.sheet.transposed(key.semitones());
        format!("{}: {}", sheet.key().unwrap(), bars(&sheet))
    };
    assert_eq!(part("Bb"), "B major: G#m7 | C#7 | C#m7 F#7 | B | D#m7b5 G#7 | C#m7");
    assert_eq!(part("Eb"), "F# major: D#m7 | G#7 | G#m7 C#7 | F# | A#m7b5 D#7 | G#m7");
}

#[test]
fn symbols_of_other_dialects_are_read() {
    let Some(seventh) = wild("chord-7M-is-major-seventh.chart") else { return };
    assert_eq!(bars(&seventh.sheet), "Fmaj7 | G7 | Gm7 | C7 | Am7 | D7b9 | Bbmaj7 | Ebmaj7");
    let Some(refused) = wild("chord-symbols-refused.chart") else { return };
    assert_eq!(bars(&refused.sheet), "Cm7 | Fm7 | C9 | G7add13 | Am7add11 | Cmmaj7 | C7alt | C7");
    assert_eq!(refused.warnings.len(), 1, "{:?}", refused.warnings);
    let Some(polychord) = wild("improvisor-polychord.ls") else { return };
    assert_eq!(bars(&polychord.sheet), "C | Ab/Bb | D/F | C");
    assert_eq!(polychord.warnings.len(), 2);
    let Some(folk) = wild("abc-bass-with-plus-for-sharp.abc") else { return };
    assert_eq!(bars(&folk.sheet), "D | D/F# | A/C# | Gdim | D");
}

#[test]
fn abc_is_read_to_the_letter() {
    let Some(words) = wild("abc-words-read-as-chords.abc") else { return };
    assert_eq!(bars(&words.sheet), "G | D7 | G | C | D7 | G | D7 | G");
    let Some(stops) = wild("abc-lengths-inside-chords.abc") else { return };
    let expected = [(0, 8, 64), (8, 8, 65), (16, 6, 71), (22, 2, 72), (24, 8, 71), (32, 8, 64), (40, 8, 67)];
    assert_eq!((notes(&stops), stops.sheet.bars().len()), (expected.to_vec(), 3));
    let Some(overlay) = wild("abc-overlay.abc") else { return };
    let expected = [(0, 4, 72), (4, 4, 74), (8, 4, 76), (12, 4, 77), (16, 16, 79), (32, 16, 76)];
    assert_eq!((notes(&overlay), overlay.sheet.bars().len()), (expected.to_vec(), 3));
    assert!(overlay.warnings.iter().any(|warning| warning.words.contains('&')));
}

#[test]
fn a_playlist_says_names_and_keys_as_they_are() {
    let Some(names) = wild("ireal-names-turned-round.ireal") else { return };
    assert_eq!((names.sheet.title(), names.sheet.composer()), ("The Gentle Study", "Jane Doe"));
    let Some(moved) = wild("ireal-key-of-the-player.ireal") else { return };
    assert_eq!(moved.sheet.key().unwrap().to_string(), "Eb major");
    assert_eq!(bars(&moved.sheet), "Ebmaj7 | Cm7 | Fm7 | Bb7");
}
