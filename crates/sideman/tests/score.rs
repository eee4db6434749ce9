//! Scores: what the players improvise, written and read back.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;
use std::fs;

use common::{done, folder, refused, sideman};
use sideman_formats::musicxml;
use sideman_formats::notation::{NotationOptions, PartKey};
use sideman_improv::built_in;
use sideman_music::{Duration, Instrument, Part, Pitches, Player, Score, Sheet, Solo, Time};

const CHART: &str = "title: Over the Bar\nkey: F\nstyle: swing\ntempo: 160\n[A] Gm7 | C7b9 | Fmaj7 | D7 | [B] 3/4 Bbmaj7/D | N.C. |";

fn score(sheet: &Sheet, solo: &Solo) -> Score {
    let player = Player::Instrument(solo.instrument());
    let parts = vec![Part::new(player, solo.notes().to_vec())];
    Score::new(sheet.clone(), parts)
}

/// Where notes begin, in twelfths of a quarter note, and what they are.
fn sounds(solo: &Solo) -> Vec<(i64, Pitches)> {
    let twelfths = |time: Time| time.since_start().in_units_of(Duration::quarters(1, 12));
    solo.notes().iter().map(|note| (twelfths(note.onset), note.pitches)).collect()
}

/// The same with every place two thirds into a beat at its half: what a swing mark makes of it.
fn evened(sounds: Vec<(i64, Pitches)>) -> Vec<(i64, Pitches)> {
    sounds
        .into_iter()
        .map(|(at, pitches)| (if at.rem_euclid(12) == 8 { at - 2 } else { at }, pitches))
        .collect()
}

#[test]
fn improvised_solos_are_read_back_from_every_part() {
    let instruments =
        [Instrument::TenorSax, Instrument::Trumpet, Instrument::AltoSax, Instrument::BaritoneSax];
    for (i, style) in ["swing", "bossa", "ballad", "blues"].into_iter().enumerate() {
        for meter in ["4/4", "3/4", "5/4"] {
            let text = format!(
                "style: {style}\nkey: Eb\nmeter: {meter}\nEbmaj7 | C7b9 | Fm7 | Bb7 | Gm7b5 | C7 | Fm7 Bb7 | Eb6"
            );
            let sheet: Sheet = text.parse().unwrap();
            let solo = built_in::grammar(style).improvise(&sheet, instruments[i], 7).unwrap();
            for part in PartKey::ALL {
                let written = musicxml::write_score(
                    &score(&sheet, &solo),
                    &NotationOptions { part, ..NotationOptions::default() },
                );
                let read = musicxml::read(written.value.as_bytes()).unwrap().remove(0);
                let (read, meant) = (sounds(&read.solo.unwrap()), sounds(&solo));
                match style {
                    "bossa" => assert_eq!(read, meant, "{style} {meter} {part}"),
                    _ => assert_eq!(evened(read), evened(meant), "{style} {meter} {part}"),
                }
            }
        }
    }
}

#[test]
fn a_take_has_a_score_and_only_what_is_asked_for() {
    let home = folder();
    let names = |out: &str| -> BTreeSet<String> {
        let files = fs::read_dir(home.path().join(out)).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    };
    let ask = ["improvise", CHART, "--with", "grammar", "--sound", "none", "--choruses", "1", "--quiet"];
    done(&sideman(home.path(), &[&ask[..], &["--out", "all"]].concat()));
    let all = ["score.pdf", "score.svg", "solo.mid", "solo.musicxml", "solo.svg"];
    assert_eq!(names("all"), all.map(str::to_owned).into());
    done(&sideman(
        home.path(),
        &[&ask[..], &["--out", "some", "--only", "mid,pdf", "--part", "Bb"]].concat(),
    ));
    assert_eq!(names("some"), ["score.pdf", "solo.mid"].map(str::to_owned).into());
    let page = fs::read_to_string(home.path().join("all/score.svg")).unwrap();
    for words in ["Over the Bar", "tenor sax, in C", "Swing", "= 160", "Chorus 1", ">A<", "seed: 1"] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn any_music_becomes_a_score() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    done(&sideman(
        home.path(),
        &["improvise", CHART, "--with", "grammar", "--sound", "none", "--out", ".", "--quiet"],
    ));
    let notes = |name: &str| {
        let tune = musicxml::read(&fs::read(path(name)).unwrap()).unwrap().remove(0);
        let pitches = |solo: &Solo| solo.notes().iter().map(|note| note.pitches).collect::<Vec<_>>();
        (tune.sheet.bars().len(), tune.solo.as_ref().map(pitches).unwrap())
    };
    let asks = [
        ["score", "solo.mid", "--part", "bass", "--out", "a.musicxml"],
        ["score", "solo.musicxml", "--part", "Eb", "--out", "b.musicxml"],
        ["score", "solo.musicxml", "--part", "F", "--out", "c.pdf"],
        ["score", CHART, "--part", "C", "--out", "d.svg"],
    ];
    asks.iter().for_each(|ask| drop(done(&sideman(home.path(), ask))));
    assert_eq!(notes("a.musicxml"), notes("solo.musicxml"));
    assert_eq!(notes("b.musicxml"), notes("solo.musicxml"));
    assert!(fs::read(path("c.pdf")).unwrap().starts_with(b"%PDF"));
    assert!(fs::read_to_string(path("d.svg")).unwrap().contains("N.C."));
    let error = refused(&sideman(home.path(), &["score", CHART, "--out", "x.png"]), 2);
    assert!(error.contains(".svg, .pdf or .musicxml"), "{error}");
    let error = refused(&sideman(home.path(), &["score", CHART, "--part", "G", "--out", "x.svg"]), 2);
    assert!(error.contains("C, Bb, Eb, F or bass"), "{error}");
}
