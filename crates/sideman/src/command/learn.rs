//! Learning before one's eyes: what `jam`, `train` and `improvise` share.

use std::fs;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use sideman_improv::Model;
use sideman_session::learn::{HeldOutPieces, Learned, Lesson, Precision, TrainingRequest, file_name};
use sideman_session::{WorkEvent, corpus};

use crate::output;
use crate::terminal::Terminal;

/// Learns and shows how it goes; `keep` may keep what an event hands out. Ctrl-C stops it, and the best is kept: then the
/// second value is true.
pub(super) fn learn(
    lesson: &Lesson<'_>,
    request: TrainingRequest,
    mut keep: impl FnMut(&WorkEvent<'_>),
    terminal: &Terminal,
) -> Result<(Learned, bool)> {
    let stop = Stop::on_interrupt()?;
    let mut gauge = terminal.gauge("learning", 0);
    let learned = lesson.learn(request, &mut |event| {
        keep(&event);
        let shown = gauge.show(&event);
        if stop.asked() { ControlFlow::Break(()) } else { shown }
    })?;
    gauge.finish();
    Ok((learned, stop.asked()))
}

/// Learns from the built-in corpus.
pub(super) fn built_in(request: TrainingRequest, terminal: &Terminal) -> Result<Learned> {
    let pieces = corpus::built_in().pieces;
    let lesson = Lesson::new(&pieces, &HeldOutPieces::ByTune)?;
    let (learned, interrupted) = learn(&lesson, request, |_| (), terminal)?;
    if interrupted {
        terminal.note("interrupted: the best so far is kept");
    }
    Ok(learned)
}

/// The classic model of the built-in corpus: from the user's cache, or learned now and kept there.
pub(super) fn classic(terminal: &Terminal) -> Result<Model> {
    let name = file_name(&corpus::built_in().pieces);
    let Some(file) = dirs::cache_dir().map(|folder| folder.join("sideman").join(name)) else {
        bail!("there is no cache folder; train a model and give it with --model");
    };
    if let Some(model) = fs::read(&file).ok().and_then(|bytes| Model::from_bytes(&bytes).ok()) {
        return Ok(model);
    }
    terminal.note("No model is given: learning from the built-in corpus, once.");
    let learned = built_in(TrainingRequest::default(), terminal)?;
    if let Err(error) = output::write(&file, &learned.to_bytes(Precision::Single)?) {
        terminal.note(format_args!("the model could not be kept for next time: {error:#}"));
    }
    Ok(learned.model)
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
