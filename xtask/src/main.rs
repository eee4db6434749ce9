//! Chores of the workspace: `cargo xtask NAME [OPTIONS]`.
#![deny(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "chores talk to the terminal")]

mod bench_peers;
mod classify;
mod excerpt;
mod gallery;
mod golden;
mod habits;
mod harmony;
mod house;
mod improvise;
mod musician;
mod mutate;
mod oracle;
mod players;
mod sanitize;
mod screenshots;
mod site;
mod solos;
mod validate;
mod wheel;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask bench-peers [--work W1,W2,W3,W4,G1,G2] [--threads 1,2] [--reps 7] [--python PATH] [--json FILE]
    times the engine's workloads, PyTorch beside them, and writes BENCHMARKS.md

cargo xtask classify REAL.sideman GENERATED.sideman [--split FILE [--side validation|train|test|all]] [--json]
    says whether a classifier tells generated solos from real ones, and what gives them away

cargo xtask improvise CORPUS.sideman --out FILE [--model FILE] [--split FILE] [--charts ALL] [--takes 10]
    [--best-of 8] [--rhythm TEMPERATURE] [--pitch TEMPERATURE] [--top-p SHARE]
    plays over the first chorus of tunes of a corpus, of the validation part of a split, for classify and validate

cargo xtask gallery [--out DIR] [--sideman PROGRAM] [--soundfont FILE] [-- OPTIONS OF improvise]
    plays one take of each style and makes a page of them, with pictures

cargo xtask golden [--check] [--sideman PROGRAM] [--out DIR]
    runs some sixty commands from fixed seeds and records digests of what they make, or holds them against the record

cargo xtask harmony CHARTS.sideman
    says what charts expect beside n-grams, which substitutions they have, and what new changes do to surprise

cargo xtask house
    says how the sources stand to the rules of the house: lines, long functions, circles, public items without a user

cargo xtask musician REAL.sideman GENERATED.sideman [--split FILE [--side validation|train|test|all]]
    [--corpus FILE] [--json]
    says what a musician hears in generated solos beside real ones; what runs the corpus knows is that of the training
    side of the split, or of another corpus

cargo xtask mutate [TIMES=10000]
    damages files of every format at random and reads them

cargo xtask oracle [FOLDER...] [--python PATH] [--node PATH] [--abc2midi PATH] [--sample 200] [--json]
    reads real files as music21, ireal-musicxml and abc2midi do, and lists by kind where sideman differs

cargo xtask players CORPUS.sideman --split FILE --out FOLDER
    learns a grammar from each player, says whose solos are whose, and plays over the held-out tunes

cargo xtask sanitize
    tests the unsafe parts of lstm under AddressSanitizer and Miri, where a nightly toolchain has them

cargo xtask screenshots [--sideman PROGRAM] [--out DIR] [VIEW...]
    makes pictures of the views of the studio at both widths, light and dark, into docs/studio (needs Node and Chromium)

cargo xtask site [--out DIR] [--test] [--sideman PROGRAM] [--chromium PROGRAM]
    makes the studio a folder of static files that needs no server (target/site); with --test, holds it against the
    program under Node and in Chromium

cargo xtask validate REAL.sideman GENERATED.sideman [--split FILE [--side validation|train|test|all]] [--json]
    says, measure by measure, whether generated solos lie where real ones do, and whether they are their own

cargo xtask wheel [--test] [--python PATH] [--out DIR] [--offline]
    builds the Python package; with --test, installs it into an environment of its own and tests it there beside mido,
    pretty_midi, symusic, partitura, music21 and PyTorch, where they can be had";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let chore = arguments.next();
    let rest: Vec<String> = arguments.collect();
    let done = match chore.as_deref() {
        Some("bench-peers") => bench_peers::run(&rest),
        Some("classify") => classify::run(&rest),
        Some("improvise") => improvise::run(&rest),
        Some("gallery") => gallery::run(&rest),
        Some("golden") => golden::run(&rest),
        Some("harmony") => harmony::run(&rest),
        Some("house") => house::run(),
        Some("musician") => musician::run(&rest),
        Some("mutate") => mutate::run(&rest),
        Some("oracle") => oracle::run(&rest),
        Some("players") => players::run(&rest),
        Some("sanitize") => sanitize::run(),
        Some("screenshots") => screenshots::run(&rest),
        Some("site") => site::run(&rest),
        Some("validate") => validate::run(&rest),
        Some("wheel") => wheel::run(&rest),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
