//! Music in: charts, corpora, and how solos measure.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;

use common::{command, done, folder, refused, sideman};

#[test]
fn the_form_of_a_chart_is_shown_with_its_signs() {
    let home = folder();
    let chart = "title: A Form\n[A] |: Dm7 |1. G7 :|2. Cmaj7 <Fine> ||\n[B] Fm7 | Bb7 <D.C. al Fine>";
    fs::write(home.path().join("chart.txt"), chart).unwrap();
    let shown = done(&sideman(home.path(), &["chart", "chart.txt", "--form"]));
    let lines: Vec<String> =
        shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "title: A Form",
        "measures 1–2 bars 1–2 from the beginning",
        "measures 1 bars 3 repeat sign, 2nd time",
        "measures 3–5 bars 4–6 2nd ending",
        "measures 1 bars 7 da capo",
        "measures 3 bars 8 2nd ending",
        "form: A 2 · A 2 · B 2 · A 2 (8 bars)",
    ];
    assert_eq!(lines[..expected.len()], expected);
}

#[test]
fn a_chart_comes_back_from_every_format() {
    let home = folder();
    let chart = "title: Round Trip\ncomposer: sideman\nstyle: swing\nkey: F\ntempo: 160\n[A] Gm7 C7 | Fmaj7 | Bb7 | F6";
    fs::write(home.path().join("chart.txt"), chart).unwrap();
    let bars = |text: String| text.lines().filter(|line| line.starts_with('|')).collect::<Vec<_>>().join(" ");
    let shown = bars(done(&sideman(home.path(), &["chart", "chart.txt"])));
    assert!(shown.contains("Gm7 C7") && shown.contains("[A]"), "{shown}");
    for name in ["c.txt", "c.musicxml", "c.mid", "c.ireal"] {
        done(&sideman(home.path(), &["chart", "chart.txt", "--out", name, "--quiet"]));
        assert_eq!(bars(done(&sideman(home.path(), &["chart", name]))), shown, "{name}");
    }
    let trumpet = done(&sideman(home.path(), &["chart", "chart.txt", "--part", "Bb"]));
    assert!(trumpet.contains("Am7 D7") && trumpet.contains("key: G major"), "{trumpet}");
    assert!(
        refused(&sideman(home.path(), &["chart", "chart.txt", "--out", "c.doc"]), 2).contains(".musicxml")
    );
}

#[test]
fn a_corpus_is_gathered_looked_into_filtered_and_learned_from() {
    let home = folder();
    done(&sideman(home.path(), &["corpus", "built-in", "--out", "songs", "--quiet"]));
    fs::write(home.path().join("songs/broken.mid"), b"MThd").unwrap();
    fs::write(home.path().join("songs/note.md"), "no music").unwrap();
    let json = done(&sideman(home.path(), &["import", "songs", "--out", "all.sideman", "--json", "--quiet"]));
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let number = |key: &str| report[key].as_u64().unwrap();
    assert_eq!(number("skipped"), 2);
    assert_eq!(number("files"), number("taken") + 2);
    assert!(number("solos") > 100 && number("sheets") > 100 && number("notes") > 10_000);
    let built_in = done(&sideman(home.path(), &["corpus", "built-in"]));
    assert!(done(&sideman(home.path(), &["info", "all.sideman"])).contains("broken.mid"));

    let filter = ["corpus", "built-in", "--filter", "style=waltz", "--out", "waltzes.sideman"];
    done(&sideman(home.path(), &filter));
    let waltzes = done(&sideman(home.path(), &["info", "waltzes.sideman"]));
    assert!(waltzes.contains("waltz") && waltzes.len() < built_in.len(), "{waltzes}");
    assert!(
        refused(&sideman(home.path(), &["corpus", "built-in", "--filter", "style=polka"]), 1)
            .contains("filter")
    );
    let words = done(&sideman(
        home.path(),
        &["train", "waltzes.sideman", "--epochs", "2", "--out", "m.safetensors", "--quiet"],
    ));
    assert!(words.contains("nats per value"), "{words}");
}

#[test]
fn solos_are_measured_beside_a_reference() {
    let home = folder();
    done(&sideman(
        home.path(),
        &["corpus", "built-in", "--filter", "style=waltz", "--out", "waltzes.sideman"],
    ));
    let ask =
        ["measure", "waltzes.sideman", "--against", "built-in", "--json", "--quiet", "--plot", "bands.svg"];
    let report: serde_json::Value = serde_json::from_str(&done(&sideman(home.path(), &ask))).unwrap();
    assert!(report["rows"].as_array().unwrap().len() > 10);
    assert!(fs::read_to_string(home.path().join("bands.svg")).unwrap().starts_with("<svg"));
    let report = done(&sideman(home.path(), &["corpus", "built-in", "--report"]));
    assert!(report.contains("chord tones") && report.contains("rhythms"), "{report}");
}

#[test]
fn a_copy_is_found_out() {
    let home = folder();
    done(&sideman(
        home.path(),
        &["corpus", "built-in", "--filter", "style=waltz", "--out", "waltzes.sideman"],
    ));
    let words = done(&sideman(
        home.path(),
        &["originality", "waltzes.sideman", "--corpus", "built-in", "--json", "--quiet"],
    ));
    let certificates: serde_json::Value = serde_json::from_str(&words).unwrap();
    assert!(certificates.as_array().unwrap().iter().all(|c| c["passes"] == false), "{words}");
}

#[test]
fn the_bank_is_a_soundfont() {
    let home = folder();
    done(&sideman(home.path(), &["bank", "--out", "bank.sf2"]));
    let bytes = fs::read(home.path().join("bank.sf2")).unwrap();
    assert!(bytes.starts_with(b"RIFF") && &bytes[8..12] == b"sfbk");
}

#[test]
fn the_grammar_plays_too() {
    let home = folder();
    let ask = ["improvise", "Dm7 | G7 | Cmaj7 | %", "--with", "grammar", "--choruses", "2", "--quiet"];
    done(&sideman(home.path(), &ask));
    assert!(home.path().join("output/solo.mp3").exists());
    fs::write(home.path().join("bad.grammar"), "Solo(Y) -> nonsense(").unwrap();
    let error = refused(&sideman(home.path(), &["improvise", "--grammar", "bad.grammar"]), 1);
    assert!(error.contains("bad.grammar") && error.contains("line 1"), "{error}");
}

/// Copies of a few songs in folders: more files than one volume holds.
fn many_files(home: &Path) -> usize {
    let filter = ["--filter", "style=waltz"];
    done(&sideman(home, &[&["corpus", "built-in", "--out", "songs/0", "--quiet"][..], &filter].concat()));
    let songs: Vec<_> =
        fs::read_dir(home.join("songs/0")).unwrap().map(|song| song.unwrap().path()).collect();
    let copies = 300 / songs.len();
    for copy in 1..copies {
        let folder = home.join(format!("songs/{copy}"));
        fs::create_dir(&folder).unwrap();
        for song in &songs {
            fs::copy(song, folder.join(song.file_name().unwrap())).unwrap();
        }
    }
    fs::write(home.join("songs/0/broken.mid"), b"MThd").unwrap();
    songs.len() * copies + 1
}

#[cfg(debug_assertions)]
#[test]
fn an_import_of_many_files_goes_on_after_a_kill_to_the_same_bytes_and_is_learned_from() {
    let home = folder();
    let home = home.path();
    let files = many_files(home);
    let import = |out: &str, more: &[&str]| {
        let ask = [&["import", "songs", "--json", "--out", out], more].concat();
        command(home, &ask)
    };
    assert!(
        refused(&import("none.sideman", &["--resume"]).output().unwrap(), 1).contains("leave --resume out")
    );
    let whole = done(&import("whole.sideman", &["--quiet"]).output().unwrap());
    let report: serde_json::Value = serde_json::from_str(&whole).unwrap();
    assert_eq!((report["files"].as_u64(), report["skipped"].as_u64()), (Some(files as u64), Some(1)));
    let bytes = |name: &str| fs::read(home.join(name)).unwrap();
    let mut taken = 0;
    for dies_at in [4, 5, 6, 7, 9] {
        let killed =
            import("killed.sideman", &["--quiet"]).env("SIDEMAN_DIES_AT", dies_at.to_string()).output();
        refused(&killed.unwrap(), 137);
        assert!(home.join("killed.sideman.paused").exists() && !home.join("killed.sideman").exists());
        let resumed = import("killed.sideman", &["--resume"]).output().unwrap();
        assert_eq!(done(&resumed), whole);
        taken +=
            usize::from(String::from_utf8_lossy(&resumed.stderr).contains("256 files are taken already"));
        assert!(bytes("killed.sideman") == bytes("whole.sideman"), "killed at {dies_at}");
        assert!(!home.join("killed.sideman.paused").exists());
        fs::remove_file(home.join("killed.sideman")).unwrap();
    }
    assert!(taken > 0, "some are killed behind the first volume");
    let corpus = done(&sideman(home, &["corpus", "whole.sideman"]));
    assert!(corpus.contains(&format!("{} solos", files - 1)), "{corpus}");
    let train = "train whole.sideman --recipe line --size small --epochs 1 --quiet --out m.safetensors";
    let learned = done(&sideman(home, &train.split(' ').collect::<Vec<_>>()));
    assert!(learned.contains("held out: "), "{learned}");
    fs::write(home.join("split.json"), r#"{"train": [{"id": "mine"}]}"#).unwrap();
    let error =
        refused(&sideman(home, &[train, "--split split.json"].join(" ").split(' ').collect::<Vec<_>>()), 1);
    assert!(error.contains("split.json") && error.contains("names mine"), "{error}");
}
