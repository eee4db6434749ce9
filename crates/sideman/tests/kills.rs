//! A program that is killed at any operation on files leaves the old file whole or the new one, never half of one, and
//! never none where one was.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(debug_assertions)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::{command, done, folder, refused, sideman};

/// The status of a program that has died at an operation on files.
const KILLED: i32 = 137;
const OLD: &[u8] = b"what was there before";

/// The files of a folder and their bytes, without temporary ones.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = entries.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path));
    named
        .filter(|(name, _)| !name.starts_with(".sideman-"))
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect()
}

fn leftovers(folder: &Path) -> usize {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_str().unwrap().starts_with(".sideman-")).count()
}

/// Kills a command at each operation on files, from the first to the last, where files of old are in its way; says how
/// many operations there are. The command writes to the folder `out`; what it keeps for a part of its run is `passing`.
fn killed_everywhere(home: &Path, ask: &[&str], passing: &[&str]) -> usize {
    killed_every(1, home, ask, passing)
}

/// The same at every so manieth operation, for a command that takes long before the first.
fn killed_every(step: usize, home: &Path, ask: &[&str], passing: &[&str]) -> usize {
    let out = home.join("out");
    let _ = fs::remove_dir_all(&out);
    done(&sideman(home, ask));
    let new = files(&out);
    assert!(!new.is_empty());
    for at in (1..).step_by(step) {
        fs::remove_dir_all(&out).unwrap();
        fs::create_dir(&out).unwrap();
        new.keys().for_each(|name| fs::write(out.join(name), OLD).unwrap());
        let ended = command(home, ask).env("SIDEMAN_DIES_AT", at.to_string()).output().unwrap();
        let there = files(&out);
        if ended.status.success() {
            assert!(there == new, "{ask:?}: {:?}", there.keys());
            return at - 1;
        }
        refused(&ended, KILLED);
        assert!(
            new.keys().all(|name| there.contains_key(name)),
            "{ask:?}, killed at {at}: {:?}",
            there.keys()
        );
        for (name, bytes) in &there {
            let whole = bytes == OLD || Some(bytes) == new.get(name) || passing.contains(&&name[..]);
            assert!(whole, "{ask:?}, killed at {at}: {name}");
        }
    }
    unreachable!("every command ends")
}

/// Where no file is in the way a killed run leaves none or a whole one, and the next run nothing of it.
#[test]
fn the_next_run_clears_up() {
    let home = folder();
    let ask = ["chart", "C6 | F7", "--out", "out/c.txt", "-q"];
    done(&sideman(home.path(), &ask));
    let out = home.path().join("out");
    let new = files(&out);
    let mut left = 0;
    for at in 1.. {
        fs::remove_dir_all(&out).unwrap();
        let ended = command(home.path(), &ask).env("SIDEMAN_DIES_AT", at.to_string()).output().unwrap();
        if ended.status.success() {
            break;
        }
        fs::create_dir_all(&out).unwrap();
        assert!(files(&out).is_empty() || files(&out) == new, "killed at {at}");
        left += leftovers(&out);
        done(&sideman(home.path(), &ask));
        assert!(files(&out) == new && leftovers(&out) == 0, "after a kill at {at}");
    }
    assert!(left >= 3, "writing, bringing to the disk and naming leave a temporary file each: {left}");
}

#[test]
fn charts_scores_and_takes_are_whole() {
    let home = folder();
    let chart = ["chart", "C6 | F7", "--out", "out/c.musicxml", "-q"];
    assert!(killed_everywhere(home.path(), &chart, &[]) >= 5);
    killed_everywhere(home.path(), &["score", "C6 | F7", "--out", "out/s.svg", "-q"], &[]);
    let take = ["improvise", "C6 | F7", "--with", "grammar", "--choruses", "1", "--only", "mid,svg", "-q"];
    assert!(killed_everywhere(home.path(), &[&take[..], &["--out", "out"]].concat(), &[]) >= 15);
    done(&sideman(home.path(), &[&take[..], &["--out", "take"]].concat()));
    let practice = ["practice", "C6", "--solo", "take/solo.mid", "--choruses", "1", "--sound", "none", "-q"];
    done(&sideman(home.path(), &["chart", "C6 | F7", "--out", "two.txt"]));
    let practice = [&["practice", "two.txt"], &practice[2..], &["--out", "out"]].concat();
    killed_everywhere(home.path(), &practice, &[]);
}

#[test]
fn corpora_are_whole() {
    let home = folder();
    let few = ["corpus", "built-in", "--filter", "style=waltz", "--filter", "tempo>150", "-q", "--out"];
    done(&sideman(home.path(), &[&few[..], &["few.sideman"]].concat()));
    killed_everywhere(home.path(), &[&few[..], &["out/few.sideman"]].concat(), &[]);
    killed_everywhere(home.path(), &["import", "few.sideman", "--out", "out/all.sideman", "-q"], &[]);
    let plot = ["measure", "few.sideman", "--against", "few.sideman", "--plot", "out/bands.svg", "-q"];
    killed_everywhere(home.path(), &plot, &[]);
}

#[test]
fn sound_is_whole() {
    let home = folder();
    let take = ["improvise", "C6", "--with", "grammar", "--choruses", "1", "--tempo", "400", "--only", "mid"];
    done(&sideman(home.path(), &[&take[..], &["--out", ".", "-q"]].concat()));
    let render = ["render", "solo.mid", "--out", "out/x.mp3", "--out", "out/x.flac", "-q"];
    assert!(killed_everywhere(home.path(), &render, &[]) >= 10);
    let home = folder();
    assert!(killed_everywhere(home.path(), &["bank", "--out", "out/own.sf2", "-q"], &[]) >= 5);
}

#[test]
fn pictures_are_whole() {
    let home = folder();
    let take =
        ["improvise", "C6", "--with", "grammar", "--choruses", "1", "--only", "mid", "--out", ".", "-q"];
    done(&sideman(home.path(), &take));
    let explain = ["explain", "solo.mid", "--chart", "C6", "--out", "out/e.svg", "-q"];
    assert!(killed_everywhere(home.path(), &explain, &[]) >= 5);
    let jam = ["jam", "--only", "mid", "--out", "out", "-q"];
    assert!(killed_every(11, home.path(), &jam, &[]) >= 15);
}

#[test]
fn models_are_whole() {
    let home = folder();
    let few = ["corpus", "built-in", "--filter", "style=waltz", "-q", "--out", "few.sideman"];
    done(&sideman(home.path(), &few));
    let train = ["train", "few.sideman", "--epochs", "1", "--threads", "1", "-q"];
    let files = ["--windows", "8", "--out", "out/m.st", "--plot", "out/loss.svg"];
    killed_everywhere(home.path(), &[&train[..], &files].concat(), &[]);
    let tiny = ["corpus", "few.sideman", "--filter", "tempo>180", "-q", "--out", "tiny.sideman"];
    done(&sideman(home.path(), &tiny));
    let line = ["train", "tiny.sideman", "--recipe", "line", "--size", "small", "--epochs", "1", "--all"];
    let line = [&line[..], &["--threads", "1", "--out", "out/p.st", "-q"]].concat();
    assert!(killed_everywhere(home.path(), &line, &["p.st.paused"]) >= 10);
}
