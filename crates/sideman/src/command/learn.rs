//! Learning before one's eyes: what `jam`, `train` and `improvise` share.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use sideman_corpus::{HeldOutShares, Piece, Side, Split};
use sideman_improv::classic::{self, ClassicHyperparameters, Trained};
use sideman_improv::{TrainingEvent, built_in, line};

use crate::output;
use crate::plot::Curve;
use crate::terminal::Terminal;

/// The share of the tunes that a model is tested on instead of learning from them.
const HELD_OUT: HeldOutShares = HeldOutShares { validation: 0.15, test: 0.0 };

/// What learning has brought, and how it went.
pub(super) struct Lesson {
    pub(super) trained: Trained,
    pub(super) curve: Curve,
}

/// Learns from the built-in corpus.
pub(super) fn from_built_in(settings: &ClassicHyperparameters, terminal: &Terminal) -> Result<Lesson> {
    let pieces = built_in::corpus();
    let split = by_tune(&pieces);
    from_pieces(&pieces, &split, settings, terminal)
}

/// Some tunes for learning, others held out.
pub(super) fn by_tune(pieces: &[Piece]) -> Split {
    Split::by_tune(pieces, HELD_OUT)
}

/// Learns the classic recipe from one side of a split and is tested on the other. Ctrl-C stops it, and the best is
/// kept.
pub(super) fn from_pieces(
    pieces: &[Piece],
    split: &Split,
    settings: &ClassicHyperparameters,
    terminal: &Terminal,
) -> Result<Lesson> {
    let side = |side| split.pieces(pieces, side).cloned().collect::<Vec<_>>();
    let (training, validation) = (side(Side::Train), side(Side::Validation));
    let stop = Stop::on_interrupt()?;
    let mut curve = Curve::default();
    let mut progress = terminal.progress("learning", settings.epochs as u64);
    let began = Instant::now();
    let trained = classic::train(&training, &validation, settings, |event| {
        let TrainingEvent::Epoch(epoch, _) = event else { return ControlFlow::Continue(()) };
        curve.training.push(epoch.loss);
        curve.held_out.extend(epoch.held_out);
        let left = began.elapsed().as_secs_f64() * (1.0 / event.done() - 1.0);
        let held_out = epoch.held_out.map_or_else(String::new, |loss| format!("  held-out {loss:.3}"));
        let words = format!("loss {:.3}{held_out}  {left:.1} s left", epoch.loss);
        progress.at(epoch.number as u64, &words);
        if stop.asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    progress.finish();
    if stop.asked() {
        terminal.note("interrupted: the best so far is kept");
    }
    let figures = &trained.figures;
    curve.floors = vec![("unigram".into(), figures.unigram), ("bigram".into(), figures.bigram)];
    Ok(Lesson { trained, curve })
}

/// Learns the line recipe, and keeps after each epoch what is needed to go on another time. Ctrl-C stops it, and the best
/// is kept.
pub(super) fn line(
    training: &[&Piece],
    validation: &[&Piece],
    start: line::TrainingStart,
    settings: line::LineHyperparameters,
    paused: &Path,
    terminal: &Terminal,
) -> Result<line::LineModel> {
    let stop = Stop::on_interrupt()?;
    let mut progress = terminal.progress("learning", 100 * settings.epochs as u64);
    let mut unkept = None;
    let mut held_out = String::new();
    let model = line::train(training, validation, start, settings, |event| {
        match event {
            TrainingEvent::Step { epoch, of, done, loss } => {
                let words = format!("epoch {epoch}/{of}  loss {loss:.3}{held_out}");
                progress.at(100 * (epoch as u64 - 1) + (100.0 * done) as u64, &words);
            }
            TrainingEvent::Epoch(epoch, state) => {
                let best = if epoch.best { " best" } else { "" };
                held_out =
                    epoch.held_out.map_or_else(String::new, |loss| format!("  held-out {loss:.3}{best}"));
                let words = format!("epoch {}/{}  loss {:.3}{held_out}", epoch.number, epoch.of, epoch.loss);
                progress.at(100 * epoch.number as u64, &words);
                let bytes = state.map(|state| state.to_bytes().map_err(Into::into)).transpose();
                let kept =
                    bytes.and_then(|bytes| bytes.map_or(Ok(()), |bytes| output::write(paused, &bytes)));
                unkept = kept.err().or(unkept.take());
            }
        }
        if stop.asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    progress.finish();
    if let Some(error) = unkept {
        terminal.note(format_args!("the training cannot be gone on with: {error:#}"));
    }
    if stop.asked() {
        let way =
            if paused.exists() { ", and --resume goes on" } else { "; no epoch was done to go on from" };
        terminal.note(format_args!("interrupted: the best so far is kept{way}"));
    } else {
        let _ = fs::remove_file(paused);
    }
    Ok(model)
}

/// Whether the user has pressed Ctrl-C. The first time asks for an end in good order, the second ends at once.
struct Stop(Arc<AtomicBool>);

impl Stop {
    fn on_interrupt() -> Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&asked);
        ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        })
        .context("Ctrl-C could not be listened to")?;
        Ok(Self(asked))
    }

    fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
