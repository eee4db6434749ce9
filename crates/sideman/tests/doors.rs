//! What goes wrong at the doors: readers that leave, odd files, signals, options that cannot be meant.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use common::{command, done, folder, refused, sideman};

const TAKE: [&str; 8] = ["improvise", "C6 | F7", "--with", "grammar", "--choruses", "1", "--only", "mid"];

/// A small corpus in a file.
fn few(home: &Path) {
    done(&sideman(home, &["corpus", "built-in", "--filter", "style=waltz", "--out", "few.sideman", "-q"]));
}

#[test]
fn files_are_written_though_the_reader_has_left() {
    let home = folder();
    few(home.path());
    let commands: [(&[&str], &str); 4] = [
        (&["import", "few.sideman", "--out", "all.sideman"], "all.sideman"),
        (&["corpus", "few.sideman", "--report", "--out", "again.sideman"], "again.sideman"),
        (&["train", "few.sideman", "--epochs", "1", "--windows", "8", "--out", "m.st"], "m.st"),
        (&[&TAKE[..], &["--takes", "3", "--out", "takes"]].concat(), "takes/solo-3.mid"),
    ];
    for (ask, file) in commands {
        let mut child =
            command(home.path(), ask).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        assert!(child.wait().unwrap().success() && home.path().join(file).exists(), "{ask:?}");
    }
}

#[test]
fn a_full_disk_behind_the_output_is_told_and_the_files_are_there() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let home = folder();
    few(home.path());
    let mut ask = command(home.path(), &["import", "few.sideman", "--out", "all.sideman"]);
    refused(&ask.stdout(full).output().unwrap(), 1);
    assert!(home.path().join("all.sideman").exists());
}

#[test]
fn what_cannot_be_written_is_told_before_the_work() {
    let home = folder();
    fs::create_dir(home.path().join("m.st")).unwrap();
    fs::write(home.path().join("file"), "x").unwrap();
    for (out, why) in [("m.st", "folder"), ("file/m.st", "could not be written")] {
        for ask in [&["train", "missing.sideman", "--out", out][..], &["import", "file", "--out", out]] {
            assert!(refused(&sideman(home.path(), ask), 1).contains(why), "{ask:?}");
        }
    }
    assert!(refused(&sideman(home.path(), &["explain", "no.mid", "--out", "e.pdf"]), 2).contains(".svg"));
    assert!(refused(&sideman(home.path(), &[&TAKE[..], &["--out", "file"]].concat()), 1).contains("folder"));
}

#[test]
fn options_that_cannot_be_meant_are_usage() {
    let home = folder();
    let improvise = |options: &[&'static str]| [&["improvise", "C | F", "--only", "mid"], options].concat();
    let train = |options: &[&'static str]| [&["train", "--out", "m.st"], options].concat();
    let cases = [
        (train(&["--threads", "100000"]), "--threads"),
        (train(&["--epochs", "18446744073709551616"]), "--epochs"),
        (train(&["--epochs", "0", "--recipe", "line"]), "--epochs"),
        (train(&["--windows", "1000000000"]), "--windows"),
        (train(&["--size", "large"]), "--size is for --recipe line"),
        (train(&["--windows", "9", "--recipe", "line"]), "--windows is for --recipe classic"),
        (train(&["--plot", "m.st"]), "--plot and --out"),
        (train(&["--vocabulary", "90", "--recipe", "line"]), "--vocabulary is for --recipe classic"),
        (train(&["--resume"]), "--resume is for --recipe line"),
        (train(&["--from", "shipped", "--size", "large"]), "--size has no effect with --from"),
        (train(&["--from", "shipped", "--dropout", "0.2"]), "--dropout has no effect with --from"),
        (train(&["--recipe", "grammar", "--accumulate", "2"]), "--accumulate is for networks"),
        (train(&["--dropout", "0.2"]), "--dropout is for --recipe line"),
        (train(&["--recipe", "line", "--dropout", "1"]), "from 0 to 0.9"),
        (train(&["--from", "shipped", "--recipe", "classic"]), "--from is for --recipe line"),
        (improvise(&["--values", "18446744073709551616"]), "--values"),
        (improvise(&["--values", "9", "--choruses", "2"]), "--choruses"),
        (improvise(&["--range", "C4..C4"]), "higher"),
        (improvise(&["--target", "1=C", "--target", "1=D"]), "--target 1=C and --target 1=D"),
        (improvise(&["--with", "classic", "--start", "C9"]), "--start: C9 is not played by a tenor sax"),
        (["practice", "C", "--tempo", "100..60", "--faster", "10"].to_vec(), "--faster 10 does not lead"),
        (["render", "x.mid", "--out", "x.wav", "--out", "./x.wav"].to_vec(), "named twice"),
        (improvise(&["--target", "9=C"]), "--target: there is no bar 9"),
        (["chart", "C", "--tune", "Blues"].to_vec(), "--tune: there is no \"Blues\""),
        (improvise(&["--with", "grammar", "--density", "80"]), "the grammar knows no --density"),
        (improvise(&["--with", "classic", "--range", "C4..E4"]), "the classic knows no --range"),
        (improvise(&["--values", "9"]), "the player knows no --values"),
        (improvise(&["--with", "grammar", "--explain"]), "--explain"),
        (improvise(&["--sound", "none", "--play"]), "--play"),
        (["improvise", "--only", "wav", "--sound", "none"].to_vec(), "--only"),
        (["import", "m.sideman", "--out", "x", "--melody", "1"].to_vec(), "--melody"),
    ];
    for (ask, words) in cases {
        let output = sideman(home.path(), &ask);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && error.contains(words), "{ask:?}: {error}");
    }
    assert!(!home.path().join("m.st").exists() && !home.path().join("cache").exists());
}

#[test]
fn an_import_leaves_out_what_it_has_written_itself() {
    let home = folder();
    few(home.path());
    let folder = home.path().join("music");
    fs::create_dir(&folder).unwrap();
    fs::rename(home.path().join("few.sideman"), folder.join("a.sideman")).unwrap();
    let ask = ["import", "music", "--out", "music/all.sideman"];
    done(&sideman(home.path(), &ask));
    let first = fs::read(folder.join("all.sideman")).unwrap();
    let again = sideman(home.path(), &ask);
    done(&again);
    assert_eq!(fs::read(folder.join("all.sideman")).unwrap(), first);
    assert!(String::from_utf8_lossy(&again.stderr).contains("all.sideman: left out"));
}

#[cfg(unix)]
mod unix {
    use std::collections::BTreeMap;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Child, Command};
    use std::thread::sleep;
    use std::time::Duration;

    use super::*;

    const INTERRUPT: i32 = 2;
    const TERMINATE: i32 = 15;

    fn signal(child: &Child, number: i32) {
        let id = child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{number}"), &id]).status().unwrap().success());
    }

    /// Starts the program and waits until a file is there.
    fn started(home: &Path, ask: &[&str], until: impl Fn() -> bool) -> Child {
        let mut child = command(home, ask).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while !until() && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(5));
        }
        child
    }

    fn leftovers(folder: &Path) -> usize {
        let names = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_str().unwrap().starts_with(".sideman-")).count()
    }

    #[test]
    fn odd_files_are_refused_and_not_waited_for() {
        let home = folder();
        few(home.path());
        let music = home.path().join("music");
        fs::create_dir(&music).unwrap();
        fs::copy(home.path().join("few.sideman"), music.join("few.sideman")).unwrap();
        assert!(Command::new("mkfifo").arg(music.join("pipe.mid")).status().unwrap().success());
        let _socket = UnixListener::bind(music.join("socket.mid")).unwrap();
        fs::File::create(music.join("large.mid")).unwrap().set_len(3 << 30).unwrap();
        let read = sideman(home.path(), &["import", "music", "--out", "all.sideman"]);
        assert!(done(&read).contains("8 solos") || home.path().join("all.sideman").exists());
        let info = done(&sideman(home.path(), &["info", "all.sideman"]));
        assert!(info.contains("pipe.mid") && info.contains("large.mid") && info.contains("512 MB"), "{info}");
        let error = refused(&sideman(home.path(), &["info", "music/pipe.mid"]), 1);
        assert!(error.contains("no ordinary file"), "{error}");
        assert!(refused(&sideman(home.path(), &["info", "/dev/zero"]), 1).contains("no ordinary file"));
        refused(&sideman(home.path(), &["chart", "C", "--out", "music/pipe.mid"]), 1);
    }

    #[test]
    fn links_devices_and_rights_stay_what_they_are() {
        let home = folder();
        fs::write(home.path().join("own.txt"), "x").unwrap();
        fs::set_permissions(home.path().join("own.txt"), fs::Permissions::from_mode(0o600)).unwrap();
        symlink("own.txt", home.path().join("link.txt")).unwrap();
        done(&sideman(home.path(), &["chart", "C6", "--out", "link.txt"]));
        assert!(home.path().join("link.txt").is_symlink());
        let own = fs::metadata(home.path().join("own.txt")).unwrap();
        assert_eq!((own.permissions().mode() & 0o777, own.len() > 1), (0o600, true));
        done(&sideman(home.path(), &["train", "--epochs", "1", "--windows", "8", "--out", "/dev/null"]));
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let masked = format!("umask 077; {} chart C6 --out masked.txt", env!("CARGO_BIN_EXE_sideman"));
        assert!(
            Command::new("sh").args(["-c", &masked]).current_dir(home.path()).status().unwrap().success()
        );
        let mode = fs::metadata(home.path().join("masked.txt")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_signal_clears_up_and_is_not_swallowed() {
        let home = folder();
        let take = [&TAKE[..6], &["--only", "mid", "--out", ".", "-q"]].concat();
        done(&sideman(
            home.path(),
            &take.iter().map(|&o| if o == "1" { "500" } else { o }).collect::<Vec<_>>(),
        ));
        done(&sideman(home.path(), &["bank", "--out", "own.sf2", "-q"]));
        let out = home.path().join("out");
        for number in [INTERRUPT, TERMINATE] {
            let render = ["render", "solo.mid", "--soundfont", "own.sf2", "--out", "out/x.wav", "-q"];
            let mut child = started(home.path(), &render, || leftovers(&out) > 0);
            signal(&child, number);
            assert_eq!(child.wait().unwrap().signal(), Some(number));
            assert_eq!(fs::read_dir(&out).map_or(0, Iterator::count), 0);
        }
    }

    #[test]
    fn an_interrupted_training_replaces_no_model() {
        let home = folder();
        few(home.path());
        let model = home.path().join("m.st");
        fs::write(&model, "a good model").unwrap();
        let line = ["train", "few.sideman", "--recipe", "line", "--size", "small", "--out", "m.st", "-q"];
        let first = [&line[..], &["--epochs", "5000"]].concat();
        let paused = home.path().join("m.st.paused");
        for number in [INTERRUPT, TERMINATE] {
            let mut child = started(home.path(), &first, || paused.exists());
            signal(&child, number);
            assert_eq!(child.wait().unwrap().signal(), Some(number));
            assert_eq!(fs::read(&model).unwrap(), b"a good model");
            assert!(paused.exists());
            let beside = home.path().join("m.st.interrupted");
            assert!(done(&sideman(home.path(), &["info", "m.st.interrupted"])).contains("line"));
            fs::remove_file(beside).unwrap();
            fs::remove_file(&paused).unwrap();
        }
        assert_eq!(leftovers(home.path()), 0);
    }

    #[test]
    fn two_trainings_to_one_file_do_not_mix() {
        let home = folder();
        few(home.path());
        let line = ["train", "few.sideman", "--recipe", "line", "--size", "small", "--out", "m.st", "-q"];
        let paused = home.path().join("m.st.paused");
        let mut first =
            started(home.path(), &[&line[..], &["--epochs", "5000"]].concat(), || paused.exists());
        let error = refused(&sideman(home.path(), &[&line[..], &["--epochs", "1"]].concat()), 1);
        assert!(error.contains("another run writes to m.st.paused"), "{error}");
        signal(&first, INTERRUPT);
        first.wait().unwrap();
        assert_eq!(leftovers(home.path()), 0);
        done(&sideman(home.path(), &[&line[..], &["--epochs", "1", "--threads", "1"]].concat()));
    }

    #[test]
    fn two_runs_do_not_mix_their_takes() {
        let home = folder();
        let ask = |seed: &str, out: &str| {
            let files = ["--only", "mid,musicxml", "--takes", "4", "--seed", seed, "--out", out, "-q"];
            command(home.path(), &[&TAKE[..6], &files].concat()).stdout(Stdio::null()).spawn().unwrap()
        };
        let files = |out: &str| {
            let entries = fs::read_dir(home.path().join(out)).unwrap().map(|entry| entry.unwrap());
            entries.map(|e| (e.file_name(), fs::read(e.path()).unwrap())).collect::<BTreeMap<_, _>>()
        };
        let runs = [ask("1", "first"), ask("50", "second"), ask("1", "both"), ask("50", "both")];
        for mut run in runs {
            assert!(run.wait().unwrap().success());
        }
        assert_ne!(files("first"), files("second"));
        assert!([files("first"), files("second")].contains(&files("both")));
    }
}
