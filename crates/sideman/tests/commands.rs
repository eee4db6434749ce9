//! The commands as a user types them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use common::{command, done, folder, refused, sideman};
use sideman_formats::midi;
use sideman_music::{Duration, Performance};

fn performance(path: &Path) -> Performance {
    midi::read(&fs::read(path).unwrap()).unwrap().value
}

#[test]
fn jam_learns_and_plays() {
    let home = folder();
    let words = done(&sideman(home.path(), &["jam", "--seed", "3", "--quiet"]));
    assert!(words.contains("held-out"), "{words}");
    let names = [
        "solo.mid",
        "solo.wav",
        "solo.mp3",
        "solo.svg",
        "solo.musicxml",
        "score.svg",
        "score.pdf",
        "classic.mid",
        "classic.wav",
        "classic.mp3",
        "classic.svg",
        "classic.musicxml",
        "classic-score.svg",
        "classic-score.pdf",
        "training.svg",
        "model.safetensors",
    ];
    for name in names {
        assert!(fs::metadata(home.path().join("output").join(name)).unwrap().len() > 500, "{name}");
    }
    assert_eq!(fs::read_dir(home.path().join("output")).unwrap().count(), names.len());
    let take = performance(&home.path().join("output/solo.mid"));
    assert!(take.tracks.len() >= 4 && take.tracks[0].notes().count() > 20);
}

#[test]
fn one_seed_gives_one_solo() {
    let home = folder();
    let model = home.path().join("m.safetensors");
    done(&sideman(home.path(), &["train", "--epochs", "3", "--out", "m.safetensors", "--quiet"]));
    let solo = |seed: &str, out: &str| {
        let model = model.to_str().unwrap();
        done(&sideman(
            home.path(),
            &["improvise", "--model", model, "--seed", seed, "--out", out, "--quiet"],
        ));
        fs::read(home.path().join(out).join("solo.mid")).unwrap()
    };
    let first = solo("1", "a");
    assert!(first == solo("1", "b"));
    assert!(first != solo("2", "c"));
}

#[test]
fn training_ends_with_the_held_out_loss_and_its_floors() {
    let home = folder();
    let words = done(&sideman(home.path(), &["train", "--epochs", "2", "--out", "m.safetensors"]));
    let last = words.lines().last().unwrap();
    for part in ["held-out", "nats per value", "unigram", "bigram"] {
        assert!(last.contains(part), "{last}");
    }
    let table = done(&sideman(home.path(), &["info", "m.safetensors"]));
    assert!(table.contains("classic") && table.contains("parameters"), "{table}");
}

#[test]
fn a_chart_is_played_as_asked() {
    let home = folder();
    done(&sideman(home.path(), &["train", "--epochs", "2", "--out", "m.safetensors"]));
    let ask = [
        "improvise",
        "meter: 3/4\nDm7 | G7 | Cmaj7 | %",
        "--model",
        "m.safetensors",
        "--choruses",
        "3",
        "--tempo",
        "200",
    ];
    let more = ["--key", "D", "--instrument", "trumpet", "--takes", "2", "--out", "takes"];
    done(&sideman(home.path(), &[&ask[..], &more[..]].concat()));
    for name in ["solo-1", "solo-2"] {
        let take = performance(&home.path().join(format!("takes/{name}.mid")));
        assert_eq!(take.tracks[0].name, "trumpet");
        assert!(take.tracks[0].notes().all(|(_, _, pitch, _)| (52..=82).contains(&pitch.number())));
        assert_eq!(take.tempos.changes()[0].1.to_bpm(), 200);
        assert!(take.end().since_start() >= Duration::QUARTER * 36);
    }
}

#[test]
fn any_midi_file_becomes_sound() {
    let home = folder();
    done(&sideman(home.path(), &["corpus", "built-in", "--out", "corpus", "--quiet"]));
    let mut pieces: Vec<_> =
        fs::read_dir(home.path().join("corpus")).unwrap().map(|e| e.unwrap().path()).collect();
    pieces.sort();
    let first = pieces[0].to_str().unwrap();
    for sound in ["x.wav", "x.mp3"] {
        done(&sideman(home.path(), &["render", first, "--out", sound, "--quiet"]));
        assert!(fs::metadata(home.path().join(sound)).unwrap().len() > 10_000);
    }
    let error = refused(&sideman(home.path(), &["render", first, "--out", "x.ogg"]), 2);
    assert!(error.contains(".wav, .mp3 or .flac"), "{error}");
    assert!(!home.path().join("x.ogg").exists());
}

#[test]
fn errors_say_what_where_and_what_next() {
    let home = folder();
    let error = refused(&sideman(home.path(), &["improvise", "C | petrushka"]), 1);
    assert!(error.contains("bar 2") && error.contains("Cmaj7"), "{error}");
    let error = refused(&sideman(home.path(), &["improvise", "missing.txt"]), 1);
    assert!(error.contains("missing.txt"), "{error}");
    fs::write(home.path().join("broken.mid"), b"MThd nonsense").unwrap();
    for command in
        [&["render", "broken.mid", "--out", "x.wav"][..], &["train", "broken.mid", "--out", "m.safetensors"]]
    {
        let error = refused(&sideman(home.path(), command), 1);
        assert!(error.contains("broken.mid"), "{error}");
    }
    let error = refused(&sideman(home.path(), &["info", "broken.mid"]), 1);
    assert!(error.contains("broken.mid"), "{error}");
    refused(&sideman(home.path(), &["improvise", "--temperature", "-1"]), 2);
    refused(&sideman(home.path(), &["improvise", "--instrument", "kazoo"]), 2);
    refused(&sideman(home.path(), &["dance"]), 2);
}

#[test]
fn a_reader_may_leave() {
    let home = folder();
    let mut child = command(home.path(), &["train", "--epochs", "1", "--out", "m.safetensors"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
