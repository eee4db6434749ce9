//! Files whose order of play other programs and people know, where they lie beside the project.
#![cfg(test)]

use sideman_formats::{Tune, read};
use sideman_music::{Bar, Duration, Note};

/// The first tune of a file; `None`, with a word, where there is none.
fn tune(name: &str) -> Option<Tune> {
    let path = format!("{}/../../../shared/wild/{name}", env!("CARGO_MANIFEST_DIR"));
    let Ok(bytes) = std::fs::read(&path) else {
        println!("skipped: no {name}");
        return None;
    };
    Some(read(&bytes, name).unwrap_or_else(|error| panic!("{name}: {error}")).remove(0))
}

/// The chords of bars, bars apart.
fn chords(bars: &[Bar]) -> String {
    let bar = |bar: &Bar| {
        let names = bar.changes().iter().map(|c| c.chord.map_or("NC".into(), |c| c.to_string()));
        names.collect::<Vec<_>>().join(" ")
    };
    bars.iter().map(bar).collect::<Vec<_>>().join("|")
}

/// The letters of the notes of a line.
fn letters(tune: &Tune) -> String {
    let notes = tune.solo.as_ref().map_or(&[][..], |solo| solo.notes());
    notes
        .iter()
        .map(|note| "CcDdEFfGgAaB".as_bytes()[usize::from(note.pitch().number() % 12)] as char)
        .collect()
}

fn has_chords(name: &str, expected: &str) {
    let Some(tune) = tune(name) else { return };
    assert_eq!(chords(tune.sheet.bars()), expected, "{name}: {:?}", tune.warnings);
}

fn has_notes(name: &str, bars: usize, expected: &str) {
    let Some(tune) = tune(name) else { return };
    assert_eq!(
        (letters(&tune).as_str(), tune.sheet.bars().len()),
        (expected, bars),
        "{name}: {:?}",
        tune.warnings
    );
}

#[test]
fn ireal_charts_are_played_in_order() {
    let a = "Cmaj7|Am7|Dm7|G7";
    has_chords(
        "ireal-jump-before-last-bar.ireal",
        &format!("{a}|Em7|A7|{a}|C6|C6|Fmaj7|Fm7|Em7|A7|Dm7|Dm7|Dm7|G7|{a}|C6|C6"),
    );
    has_chords("ireal-one-coda-sign.ireal", "C6|Am7|Dm7|G7|F6|Fdim7|C6|G7");
    has_chords(
        "ireal-repeat-begins-at-second-ending.ireal",
        "Gm7|C7|Fmaj7|D7|Gm7|C7|Fmaj7|Bbmaj7|Eb7|F6|F6|Bbmaj7|Eb7|F6|F6|Am7|D7|Gm7|C7",
    );
    has_chords("ireal-repeat-sign-beside-chord.ireal", "Bb|Bb|Bb|F7|F7|F7 F7|F7 F7|Bb");
    has_chords(
        "ireal-third-ending-goes-on.ireal",
        "C6|Dm7 G7|Em7|A7|C6|Dm7 G7|Cm7|F7|Bbmaj7|Eb7|Dm7|G7|C6|Dm7 G7|Bb7|A7|D7|Fm6|C6|C6",
    );
    let a = "Fmaj7|Dm7|Gm7";
    has_chords(
        "ireal-to-coda-in-first-ending.ireal",
        &format!("{a}|C7|{a}|Bbm7|Abmaj7|Fm7|Bbm7|Eb7|{a}|C7|Am7|D7|F6|F6"),
    );
    if let Some(tune) = tune("ireal-section-begins-with-percent.ireal") {
        let text = tune.sheet.to_string();
        assert_eq!(text.matches("[B] G7 | C7 | F6 | %").count(), 2, "{text}");
    }
    if let Some(tune) = tune("ireal-solos-behind-the-fine.ireal") {
        assert_eq!(tune.sheet.bars().len(), 16);
        assert_eq!(tune.form.apart[0].title(), "Head and solos: solos");
        let a = "Fm7|G7 C7b9|Fm7|Fm7";
        assert_eq!(chords(tune.form.apart[0].bars()), format!("{a}|{a}|Bbm7|G7b9|Gm7b5|C7b9|{a}"));
    }
}

#[test]
fn scores_are_played_in_order() {
    has_notes("musicxml-aaba-nested-repeat.musicxml", 10, "GAGACDGABE");
    has_notes("musicxml-bar-split-by-double-bar.musicxml", 4, "DGABAGDBAGG");
    has_notes("musicxml-coda-sign-at-to-coda.musicxml", 6, "CDECDA");
    has_notes("musicxml-endings-without-repeat-sign.musicxml", 8, "CDECDFGA");
    has_notes("musicxml-jump-words-without-spaces.musicxml", 6, "CDECDF");
    has_notes("musicxml-last-repeat-after-second-ending.musicxml", 8, "CDCEFGFG");
    has_notes("musicxml-no-time-signature.musicxml", 4, "CDEFEDCBA");
    has_notes("musicxml-pickup-played-twice.musicxml", 4, "CDFGCDFF");
    has_notes("musicxml-repeat-in-the-coda.musicxml", 10, "CDECDFGFGA");
    has_notes("musicxml-second-pair-of-endings.musicxml", 9, "CDCEFGFAB");
}

#[test]
fn bars_of_scores_keep_their_length() {
    let quarters = |note: &Note| note.onset.since_start().in_units_of(Duration::QUARTER);
    if let Some(tune) = tune("musicxml-bar-too-full-by-a-sliver.musicxml") {
        let onsets: Vec<i64> = tune.solo.unwrap().notes().iter().map(quarters).collect();
        assert_eq!((tune.sheet.bars().len(), onsets.last()), (3, Some(&8)));
        assert!(tune.sheet.bars().iter().all(|bar| bar.meter().beats() == 4));
    }
    if let Some(tune) = tune("musicxml-chord-over-pickup.musicxml") {
        let change = tune.sheet.pickup()[0];
        assert_eq!((change.at, change.chord), (Duration::ZERO - Duration::QUARTER, "C7".parse().ok()));
        assert!(tune.warnings.is_empty(), "{:?}", tune.warnings);
    }
    if let Some(tune) = tune("musicxml-no-time-signature.musicxml") {
        assert!(tune.sheet.bars().iter().all(|bar| bar.meter().beats() == 3));
    }
}

#[test]
fn parts_of_abc_are_played_in_order() {
    has_chords("abc-order-of-parts.abc", "C|G7|C|F|C");
    has_notes("abc-order-of-parts.abc", 5, "CDEFGABCCDEFFEDCCDEF");
}
