//! A corpus in volumes, read where it lies: `cargo bench -p sideman-session --bench volumes -- CORPUS`, of a file that
//! `import` has written of more than 256 files.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that cannot go on should stop")]
#![allow(clippy::print_stdout, reason = "what it finds is for the terminal")]

use std::fs::File;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use sideman_corpus::Dataset;
use sideman_corpus::library::Volumes;
use sideman_improv::TrainingEvent;
use sideman_improv::line::{NetworkSize, TrainingStart};
use sideman_session::WorkEvent;
use sideman_session::learn::{HeldOutPieces, Lesson, Recipe, TrainingRequest};

fn main() {
    let file = std::env::args().skip(1).find(|argument| argument != "--bench").expect("a corpus in volumes");
    let opened = || Volumes::open(File::open(&file).unwrap()).unwrap();
    let volumes = opened();
    println!("{} pieces in {} volumes", volumes.pieces(), volumes.volumes());
    println!("opened in {:.2} ms, median of nine", median(9, || drop(opened())));
    println!("its catalogue in {:.0} ms, median of five", median(5, || drop(volumes.catalogue().unwrap())));
    let middle = volumes.volumes() / 2;
    println!("a volume in {:.1} ms, median of nine", median(9, || drop(volumes.volume(middle).unwrap())));
    let all = timed(|| (0..volumes.volumes()).for_each(|volume| drop(volumes.volume(volume).unwrap())));
    println!("all volumes in {:.1} s", all.as_secs_f64());
    println!("the first step of a training {:.2} s behind the opening", first_step(&opened()).as_secs_f64());
    peak().iter().for_each(|peak| println!("at most {peak} of memory"));
}

/// Until the first update of a base network is made.
fn first_step(volumes: &Volumes<File>) -> Duration {
    let begun = Instant::now();
    let mut taken = None;
    let lesson = Lesson::in_volumes(volumes, &HeldOutPieces::ByTune).unwrap();
    let (size, start) = (NetworkSize::Base, TrainingStart::Fresh);
    let recipe = Recipe::Line { size, dropout: None, start, remarks: Vec::new() };
    let request = TrainingRequest { recipe, ..TrainingRequest::default() };
    let learned = lesson.learn(request, &mut |event| {
        if let WorkEvent::Training(TrainingEvent::Step { .. }) = event {
            taken.get_or_insert(begun.elapsed());
        }
        ControlFlow::Break(())
    });
    drop(learned);
    taken.unwrap()
}

fn timed(mut work: impl FnMut()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// In milliseconds.
fn median(times: usize, mut work: impl FnMut()) -> f64 {
    let mut taken: Vec<f64> = (0..times).map(|_| timed(&mut work).as_secs_f64() * 1e3).collect();
    taken.sort_by(f64::total_cmp);
    taken[times / 2]
}

/// The most memory that this process has had, where the system says so.
fn peak() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| Some(line.strip_prefix("VmHWM:")?.trim().to_owned()))
}
