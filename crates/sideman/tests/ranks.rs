//! Work of several processes under `mpirun`: the same whatever their number, also after one was killed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use common::{command, done, folder, refused, sideman};

/// A small network, on some pieces of the built-in corpus.
const TRAIN: &str = "train some.sideman --recipe line --size small --epochs 2 --threads 1 --shards 4 --accumulate 2 --quiet --out";

fn training(out: &str) -> Vec<&str> {
    TRAIN.split(' ').chain([out]).collect()
}

/// Runs the program as so many ranks, which may be more than there are cores.
fn ranks(home: &Path, ranks: usize, arguments: &[&str]) -> Command {
    let program = command(home, arguments);
    let mut launcher = Command::new("mpirun");
    launcher.args(["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n"]);
    launcher.arg(ranks.to_string()).arg(program.get_program()).args(program.get_args());
    launcher.current_dir(home);
    program.get_envs().for_each(|(name, value)| {
        launcher.env(name, value.unwrap());
    });
    launcher
}

/// The processes that a launcher has started, in the order of their ranks.
fn started(launcher: &Child) -> Vec<String> {
    let id = launcher.id();
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    children.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn the_number_of_processes_changes_no_bit_even_after_one_was_killed() {
    let home = folder();
    let home = home.path();
    let file = |name: &str| fs::read(home.join(name)).unwrap();
    let some = ["corpus", "built-in", "--filter", "style=waltz", "--out", "some.sideman"];
    done(&sideman(home, &some));
    done(&sideman(home, &training("alone.safetensors")));
    let alone = file("alone.safetensors");
    for (count, name) in [(1, "one"), (2, "two")] {
        done(&ranks(home, count, &training(name)).output().unwrap());
        assert!(file(name) == alone, "{count} ranks");
    }

    let paused = home.join("killed.paused");
    let mut launcher = ranks(home, 2, &training("killed"));
    let mut launcher = launcher.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !paused.exists() {
        assert!(launcher.try_wait().unwrap().is_none(), "it ended before it was killed");
        sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-9", &started(&launcher)[1]]).status().unwrap().success());
    let ended = launcher.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && words.contains("rank 1"), "{words}");
    assert!(!home.join("killed").exists() && paused.exists());
    let resumed: Vec<&str> = training("killed").into_iter().chain(["--resume"]).collect();
    done(&ranks(home, 4, &resumed).output().unwrap());
    assert!(file("killed") == alone && !paused.exists());
}

#[test]
fn the_number_of_processes_changes_no_figure() {
    let home = folder();
    let home = home.path();
    done(&sideman(home, &["corpus", "built-in", "--filter", "style=waltz", "--out", "some.sideman"]));
    let table = ("--floor built-in", "nats per note", &[2][..]);
    for (asked, word, counts) in [table, ("--json", "joint_nats", &[1, 2, 4])] {
        let asked = format!("evaluate --quiet --corpus some.sideman {asked}");
        let asked: Vec<&str> = asked.split(' ').collect();
        let alone = done(&sideman(home, &asked));
        assert!(alone.contains(word), "{alone}");
        for &count in counts {
            assert_eq!(done(&ranks(home, count, &asked).output().unwrap()), alone, "{count} ranks");
        }
    }
}

#[test]
fn a_rank_that_fails_ends_the_others() {
    let home = folder();
    let asked = "train --recipe line --shards 1 --quiet --out m.safetensors";
    let ended = ranks(home.path(), 2, &asked.split(' ').collect::<Vec<_>>()).output().unwrap();
    let words = refused(&ended, 1);
    assert!(words.contains("2 ranks and 1 shards"), "{words}");
    assert!(!home.path().join("m.safetensors").exists());
}
