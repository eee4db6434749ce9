//! Learning before one's eyes: what `jam`, `train` and `improvise` share.

use std::fs;
use std::ops::ControlFlow;

use anyhow::{Result, bail};
use sideman_improv::{Model, TrainingEvent};
use sideman_session::learn::{HeldOutPieces, Learned, Lesson, Precision, TrainingRequest, file_name};
use sideman_session::{WorkEvent, corpus};

use crate::cli::TrainArgs;
use crate::ranks::Ranks;
use crate::signal::PatientWork;
use crate::terminal::Terminal;
use crate::{input, output};

/// What is held out, as asked.
pub(super) fn held_out(args: &TrainArgs) -> Result<HeldOutPieces> {
    Ok(match &args.split {
        _ if args.all => HeldOutPieces::Nothing,
        Some(file) => HeldOutPieces::Listed(input::text(file)?),
        None => HeldOutPieces::ByTune,
    })
}

/// How a training ended.
pub(super) enum TrainingEnd {
    /// As it should.
    Done(Box<Learned>),
    /// Before that, after some epochs: the best so far.
    Interrupted(Box<Learned>),
    /// Before the first epoch was done: nothing is learned.
    Nothing,
}

/// Learns and shows how it goes; `keep` may keep what an event hands out. Ctrl-C or SIGTERM stops it in good order.
pub(super) fn learn(
    lesson: &Lesson<'_>,
    request: TrainingRequest,
    mut keep: impl FnMut(&WorkEvent<'_>),
    ranks: &Ranks,
    terminal: &Terminal,
) -> Result<TrainingEnd> {
    let work = PatientWork::begin();
    let mut gauge = terminal.gauge("learning", 0);
    let (mut epochs, mut stopped) = (0, false);
    let learned = lesson.learn(request, &mut |event| {
        keep(&event);
        epochs += usize::from(matches!(event, WorkEvent::Training(TrainingEvent::Epoch(..))));
        let shown = gauge.show(&event);
        stopped = ranks.any(work.is_asked_to_end());
        if stopped { ControlFlow::Break(()) } else { shown }
    });
    gauge.finish();
    Ok(match (stopped, epochs) {
        (true, 0) => TrainingEnd::Nothing,
        (true, _) => TrainingEnd::Interrupted(Box::new(learned?)),
        (false, _) => TrainingEnd::Done(Box::new(learned?)),
    })
}

/// Learns from the built-in corpus.
pub(super) fn built_in(request: TrainingRequest, terminal: &Terminal) -> Result<Learned> {
    let pieces = corpus::built_in().pieces;
    let lesson = Lesson::new(&pieces, &HeldOutPieces::ByTune)?;
    let mut gauge = terminal.gauge("learning", 0);
    let learned = lesson.learn(request, &mut |event| gauge.show(&event))?;
    gauge.finish();
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
