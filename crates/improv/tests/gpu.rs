//! The line recipe on a GPU beside the processor; without a GPU nothing is tested, and the test says so.
#![cfg(feature = "cuda")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may fail loudly, and one that is not run says so"
)]

use std::ops::ControlFlow;
use std::time::Instant;

use sideman_corpus::{Library, Piece, Side, Split};
use sideman_improv::line::{LineHyperparameters, NetworkSize, TrainingStart, train};
use sideman_improv::{TrainingEvent, built_in};
use sideman_lstm::Processor;

/// The held-out losses of all epochs.
fn losses(training: &[&Piece], validation: &[&Piece], settings: LineHyperparameters) -> Vec<f64> {
    let (mut losses, begin) = (vec![], Instant::now());
    let trained = train(training, validation, TrainingStart::Fresh, settings, |event| {
        if let TrainingEvent::Epoch(epoch, _) = event {
            losses.extend(epoch.held_out);
            eprintln!("{epoch:?} after {:.1} s", begin.elapsed().as_secs_f64());
        }
        ControlFlow::Continue(())
    });
    trained.unwrap();
    losses
}

fn there() -> bool {
    let opened = Processor::Gpu(0).open();
    if let Err(e) = &opened {
        assert!(std::env::var_os("SIDEMAN_GPU").is_none(), "{e}");
        eprintln!("not tested: {e}");
    }
    opened.is_ok()
}

#[test]
fn a_gpu_learns_what_the_processor_learns() {
    if !there() {
        return;
    }
    let pieces: Vec<Piece> = built_in::corpus().into_iter().take(12).collect();
    let (training, validation): (Vec<_>, Vec<_>) =
        pieces.iter().partition(|piece| piece.sheet.title() != pieces[0].sheet.title());
    let on = |processor| {
        let settings =
            LineHyperparameters { size: NetworkSize::Small, epochs: 4, processor, ..Default::default() };
        losses(&training, &validation, settings)
    };
    let (ours, theirs) = (on(Processor::Gpu(0)), on(Processor::Cpu(0)));
    assert_eq!(ours.len(), 4);
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert!((ours - theirs).abs() < 0.01 * theirs, "{ours} {theirs}");
    }
}

/// With the files of a corpus and of a split in `SIDEMAN_CORPUS` and `SIDEMAN_SPLIT`: how long the base recipe takes.
#[test]
#[ignore = "takes minutes and files"]
fn the_base_recipe() {
    let [corpus, split] =
        ["SIDEMAN_CORPUS", "SIDEMAN_SPLIT"].map(|name| std::fs::read(std::env::var(name).unwrap()));
    let pieces = Library::from_bytes(&corpus.unwrap()).unwrap().pieces;
    let split = Split::listed(&pieces, &String::from_utf8(split.unwrap()).unwrap()).unwrap();
    let side = |side| split.pieces(&pieces, side).collect::<Vec<_>>();
    let settings = LineHyperparameters { processor: Processor::Gpu(0), ..Default::default() };
    losses(&side(Side::Train), &side(Side::Validation), settings);
}
