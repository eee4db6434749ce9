//! Practice takes, as a player asks for them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;

use common::{done, folder, refused, sideman};
use sideman_formats::{midi, musicxml};
use sideman_music::{Duration, Performance, Sheet, Time, Track};

/// Four bars with a melody of their chords' roots and fifths, as ABC.
const TUNE: &str =
    "X:1\nT:Four bars\nM:4/4\nL:1/4\nK:C\n\"Dm7\"D A D A|\"G7\"G D G D|\"Cmaj7\"C G C G|\"A7\"A E A E|\n";
const CHART: &str = "key: C\ntempo: 120\nDm7 | G7 | Cmaj7 | A7";

/// The take of a call over the four bars.
fn take(home: &Path, options: &[&str]) -> Performance {
    fs::write(home.join("tune.abc"), TUNE).unwrap();
    let call = ["practice", CHART, "--solo", "tune.abc", "--out", "take.mid", "--quiet"];
    done(&sideman(home, &[&call[..], options].concat()));
    performance(&home.join("take.mid"))
}

fn performance(path: &Path) -> Performance {
    midi::read(&fs::read(path).unwrap()).unwrap().value
}

/// The bar, counted from the first chorus after the count-in, of each note of a track, each once.
fn bars(track: &Track) -> Vec<i64> {
    let mut bars: Vec<i64> = track
        .notes()
        .map(|(at, ..)| (at.since_start() + Duration::QUARTER / 8).in_units_of(Duration::WHOLE * 2))
        .collect();
    bars.dedup();
    bars
}

fn markers(take: &Performance) -> Vec<&str> {
    let words = take.texts.iter().map(|(_, text)| &text.words[..]);
    words.filter(|words| words.starts_with("Chorus") || ["You", "Solo"].contains(words)).collect()
}

fn track<'a>(take: &'a Performance, name: &str) -> &'a Track {
    take.tracks.iter().find(|track| track.name == name).unwrap()
}

#[test]
fn each_chorus_has_the_tempo_and_the_key_that_were_asked_for() {
    let home = folder();
    let played = take(home.path(), &["--keys", "C F Bb", "--tempo", "100..140"]);
    let start = |chorus: i64| Time::ZERO + Duration::WHOLE * (2 + 4 * chorus);
    let expected = ["Chorus 1, 100 bpm, in C", "Chorus 2, 120 bpm, in F", "Chorus 3, 140 bpm, in Bb"];
    assert_eq!(markers(&played), expected);
    for (chorus, (bpm, key)) in [(100, "C"), (120, "F"), (140, "Bb")].into_iter().enumerate() {
        let at = start(chorus as i64);
        assert_eq!(played.tempos.at(at).to_bpm(), bpm);
        let sounding = played.keys.iter().rfind(|(from, _)| *from <= at).unwrap().1;
        assert_eq!(sounding, key.parse().unwrap());
    }
    let chords: Vec<String> = played.chords.iter().map(|(_, chord)| chord.unwrap().to_string()).collect();
    assert_eq!(chords[4..8], ["Gm7", "C7", "Fmaj7", "D7"]);
    let classes = |chorus: i64| {
        let notes = played.tracks[0].notes();
        let inside = notes.filter(move |(at, ..)| *at >= start(chorus) && *at < start(chorus + 1));
        inside.map(|(_, _, pitch, _)| pitch.class()).collect::<Vec<_>>()
    };
    let fourth_up: Vec<_> = classes(0).iter().map(|class| class.transposed(5)).collect();
    assert_eq!(classes(0).len(), 16);
    assert_eq!(classes(1), fourth_up);
}

#[test]
fn bars_are_looped_and_faster_every_time() {
    let home = folder();
    let played =
        take(home.path(), &["--loop", "2-3", "--tempo", "90..100", "--faster", "4", "--no-count-in"]);
    let expected = [
        "Chorus 1, 90 bpm, in C",
        "Chorus 2, 94 bpm, in C",
        "Chorus 3, 98 bpm, in C",
        "Chorus 4, 100 bpm, in C",
    ];
    assert_eq!(markers(&played), expected);
    assert_eq!(played.tracks[0].notes().count(), 4 * 8);
    let chords: Vec<String> = played.chords.iter().map(|(_, chord)| chord.unwrap().to_string()).collect();
    assert_eq!(chords[..4], ["G7", "Cmaj7", "G7", "Cmaj7"]);
}

#[test]
fn muted_parts_are_silent_and_stay_in_the_score() {
    let home = folder();
    let muted =
        take(home.path(), &["--mute", "bass", "--mute", "solo", "--mute", "drums", "--choruses", "1"]);
    for (name, notes) in [("voice", 0), ("bass", 0), ("drums", 6)] {
        assert_eq!(track(&muted, name).notes().count(), notes, "{name}");
    }
    assert!(track(&muted, "piano").notes().count() > 4);
    let call =
        ["practice", CHART, "--solo", "tune.abc", "--mute", "bass", "--keys", "C F", "--out", "x.musicxml"];
    done(&sideman(home.path(), &call));
    let xml = fs::read_to_string(home.path().join("x.musicxml")).unwrap();
    let parts: Vec<&str> =
        xml.split("<part-name>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert_eq!(parts, ["voice", "bass"]);
    assert!(xml.contains("<fifths>-1</fifths>"));
    let read = musicxml::read(xml.as_bytes()).unwrap().remove(0);
    assert_eq!(read.solo.unwrap().notes().len(), 32);
}

#[test]
fn soloist_and_player_take_turns() {
    let home = folder();
    let played = take(home.path(), &["--trade", "2", "--choruses", "2"]);
    let expected = ["Chorus 1, 120 bpm, in C", "Solo", "You", "Chorus 2, 120 bpm, in C", "You", "Solo"];
    assert_eq!(markers(&played), expected);
    let two_bars = Duration::WHOLE * 2;
    let turns = track(&played, "voice")
        .notes()
        .map(|(at, ..)| (at.since_start() - at.since_start() % two_bars).in_units_of(two_bars));
    let mut turns: Vec<i64> = turns.collect();
    turns.dedup();
    assert_eq!(turns, [1, 4]);
}

#[test]
fn a_take_is_a_folder_of_files_the_same_for_the_same_seed() {
    let home = folder();
    done(&sideman(home.path(), &["train", "--epochs", "1", "--out", "m.safetensors", "--quiet"]));
    let call =
        ["practice", CHART, "--model", "m.safetensors", "--instrument", "alto", "--choruses", "2", "--quiet"];
    let words = done(&sideman(home.path(), &[&call[..], &["--out", "a"]].concat()));
    assert_eq!(words.lines().count(), 4);
    done(&sideman(home.path(), &[&call[..], &["--out", "b"]].concat()));
    for file in ["practice.mid", "practice.musicxml", "practice.wav", "practice.mp3"] {
        let bytes = |folder: &str| fs::read(home.path().join(folder).join(file)).unwrap();
        assert!(bytes("a") == bytes("b"), "{file}");
        assert!(bytes("a").len() > 1000, "{file}");
    }
    let first = performance(&home.path().join("a/practice.mid"));
    done(&sideman(home.path(), &[&call[..], &["--seed", "2", "--out", "c.mid"]].concat()));
    assert!(first != performance(&home.path().join("c.mid")));
    let same = [&call[..], &["--same", "--keys", "C D", "--no-count-in", "--out", "d.mid"]].concat();
    done(&sideman(home.path(), &same));
    let range = 49..=81;
    let same = performance(&home.path().join("d.mid"));
    let pitches: Vec<u8> = same.tracks[0].notes().map(|(_, _, pitch, _)| pitch.number()).collect();
    assert!(!pitches.is_empty() && pitches.iter().all(|pitch| range.contains(pitch)));
    assert_eq!(pitches.len() % 2, 0);
    let (c, d) = pitches.split_at(pitches.len() / 2);
    assert!(c.iter().zip(d).all(|(c, d)| (c + 2) % 12 == d % 12), "{c:?} {d:?}");
}

#[test]
fn what_a_take_was_made_from_begins_with_its_first_chorus() {
    let home = folder();
    let counted = take(home.path(), &["--choruses", "1"]);
    fs::rename(home.path().join("take.mid"), home.path().join("counted.mid")).unwrap();
    let call =
        ["practice", CHART, "--solo", "counted.mid", "--choruses", "1", "--out", "again.mid", "--quiet"];
    done(&sideman(home.path(), &call));
    let again = performance(&home.path().join("again.mid"));
    let pitches = |take: &Performance| take.tracks[0].notes().map(|note| note.2).collect::<Vec<_>>();
    assert_eq!(bars(&counted.tracks[0]), bars(&again.tracks[0]));
    assert_eq!(pitches(&counted), pitches(&again));
}

#[test]
fn nonsense_is_answered_with_the_way_out() {
    let home = folder();
    fs::write(home.path().join("chart.txt"), CHART).unwrap();
    let long: Sheet = CHART.parse().unwrap();
    fs::write(home.path().join("long.txt"), long.repeated(100).unwrap().to_string()).unwrap();
    let cases: [(&[&str], i32, &str); 9] = [
        (&["--loop", "3-7"], 2, "bars 1 to 4"),
        (&["--loop", "7-3"], 2, "5-8"),
        (&["--keys", "C H"], 2, "fourths"),
        (&["--tempo", "fast"], 2, "100..160"),
        (&["--faster", "0"], 2, "-5"),
        (&["--style", "polka"], 2, "bossa"),
        (&["--solo", "missing.mid"], 1, "missing.mid"),
        (&["--solo", "chart.txt"], 1, "no melody"),
        (&["--out", "take.ogg"], 2, ".musicxml"),
    ];
    for (options, code, way_out) in cases {
        let error = refused(&sideman(home.path(), &[&["practice", CHART], options].concat()), code);
        assert!(error.contains(way_out), "{error}");
    }
    let error = refused(&sideman(home.path(), &["practice", "long.txt", "--choruses", "500"]), 2);
    assert!(error.contains("49 at most"), "{error}");
    assert!(!home.path().join("output").exists());
}
