//! Sound as a user asks for it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;

use common::{command, done, folder, refused, sideman};

const IMPROVISE: [&str; 4] = ["improvise", "C6 | F7", "--with", "grammar"];

fn starts(file: &Path, bytes: &[u8]) -> bool {
    fs::read(file).unwrap().starts_with(bytes)
}

fn holds(file: &Path, words: &str) -> bool {
    fs::read(file).unwrap().windows(words.len()).any(|bytes| bytes == words.as_bytes())
}

/// Channels, frames a second and bits of a WAV file.
fn wav_format(file: &Path) -> [u32; 3] {
    let bytes = fs::read(file).unwrap();
    let number =
        |at: usize, length: usize| (0..length).rev().fold(0, |sum, i| sum << 8 | u32::from(bytes[at + i]));
    [number(22, 2), number(24, 4), number(34, 2)]
}

#[test]
fn a_take_has_the_sound_that_is_asked_for() {
    let home = folder();
    let files = |out: &str| {
        let entries = fs::read_dir(home.path().join(out)).unwrap();
        let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
        let sound = |name: &String| [".wav", ".mp3", ".flac"].iter().any(|ending| name.ends_with(ending));
        let mut names: Vec<_> = names.filter(sound).collect();
        names.sort();
        names
    };
    let silent = [&IMPROVISE[..], &["--sound", "none", "--out", "silent"]].concat();
    done(&sideman(home.path(), &silent));
    assert!(files("silent").is_empty());
    let sound =
        ["--sound", "flac,mp3", "--rate", "48000", "--bits", "24", "--bitrate", "128", "--out", "loud"];
    done(&sideman(home.path(), &[&IMPROVISE[..], &sound].concat()));
    assert_eq!(files("loud"), ["solo.flac", "solo.mp3"]);
    for (file, words) in
        [("solo.flac", "MODEL=grammar"), ("solo.flac", "SEED=1"), ("solo.mp3", "model\0grammar")]
    {
        assert!(holds(&home.path().join("loud").join(file), words), "{words}");
    }
    let error = refused(&sideman(home.path(), &[&silent[..], &["--play"]].concat()), 2);
    assert!(error.contains("--sound none"), "{error}");
}

#[test]
fn a_midi_file_becomes_several_files_at_once() {
    let home = folder();
    done(&sideman(home.path(), &[&IMPROVISE[..], &["--sound", "none", "--out", "."]].concat()));
    let ask = [
        "render", "solo.mid", "--out", "a.wav", "--out", "b.flac", "--out", "c.mp3", "--rate", "48000",
        "--bits", "24",
    ];
    assert_eq!(done(&sideman(home.path(), &ask)).lines().collect::<Vec<_>>(), ["a.wav", "b.flac", "c.mp3"]);
    assert_eq!(wav_format(&home.path().join("a.wav")), [2, 48_000, 24]);
    assert!(starts(&home.path().join("b.flac"), b"fLaC") && starts(&home.path().join("c.mp3"), b"ID3"));
    assert!(holds(&home.path().join("b.flac"), "TITLE=solo"));
    for wish in [["--rate", "22050"], ["--bits", "8"], ["--bitrate", "100"]] {
        let error = refused(
            &sideman(home.path(), &[&["render", "solo.mid", "--out", "x.wav"][..], &wish].concat()),
            2,
        );
        assert!(error.contains("write"), "{error}");
    }
}

#[test]
fn the_soundfont_is_asked_for_or_named_by_the_environment_or_the_configuration() {
    let home = folder();
    done(&sideman(home.path(), &["bank", "--out", "own.sf2", "--quiet"]));
    let own = home.path().join("own.sf2");
    let ask = [&IMPROVISE[..], &["--sound", "wav", "--quiet"]].concat();
    done(&sideman(home.path(), &[&ask[..], &["--soundfont", own.to_str().unwrap()]].concat()));
    let refused_by = |words: &str, extra: &[&str], variable: Option<&str>| {
        let mut command = command(home.path(), &[&ask[..], extra].concat());
        command.env("XDG_CONFIG_HOME", home.path().join("configuration"));
        variable.map(|file| command.env("SIDEMAN_SOUNDFONT", file));
        let error = refused(&command.output().unwrap(), 1);
        assert!(error.contains(words), "{error}");
    };
    let folder = home.path().join("configuration/sideman");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), "soundfont = \"third.sf2\"\n").unwrap();
    refused_by("first.sf2", &["--soundfont", "first.sf2"], Some("second.sf2"));
    refused_by("second.sf2", &[], Some("second.sf2"));
    if cfg!(target_os = "linux") {
        refused_by("third.sf2", &[], None);
    }
}
