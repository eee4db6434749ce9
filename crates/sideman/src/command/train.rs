//! `train`: learn from music of one's own.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sideman_improv::TrainingEvent;
use sideman_improv::line::{NetworkSize, TrainingStart};
use sideman_session::learn::{
    self as lessons, Learned, Lesson, Precision, Processor, Recipe, TrainingRequest,
};
use sideman_session::plot::loss_curve;
use sideman_session::{WorkEvent, corpus};

use super::learn::{self, TrainingEnd};
use super::patterns;
use crate::cli::{RecipeArg, SizeArg, TrainArgs};
use crate::ranks::Ranks;
use crate::terminal::Terminal;
use crate::usage::refuse;
use crate::{input, output};

/// Room for a player and for what its training can go on from, in bytes.
const PLAYER: u64 = 1 << 26;

/// Whether ranks can share the work.
pub(super) fn is_shared(args: &TrainArgs) -> bool {
    args.recipe == Some(RecipeArg::Line) || args.recipe.is_none() && args.from.is_some()
}

pub(super) fn run(args: &TrainArgs, ranks: &Ranks, terminal: &Terminal) -> Result<()> {
    if let Some(done) = patterns::run(args, terminal) {
        return done;
    }
    check(args)?;
    if ranks.is_first() {
        try_writing(args)?;
    }
    let volumes = input::volumes(&args.corpus)?.filter(|_| !is_classic(args));
    let pieces = match &volumes {
        Some(_) => Vec::new(),
        None if args.corpus.is_empty() => corpus::built_in().pieces,
        None => input::corpus(&args.corpus, terminal)?.pieces,
    };
    let held_out = learn::held_out(args)?;
    let lesson = match &volumes {
        Some(volumes) => Lesson::in_volumes(volumes, &held_out),
        None => Lesson::new(&pieces, &held_out),
    };
    let lesson = match &args.split {
        Some(file) => lesson.with_context(|| format!("{} does not fit this corpus", file.display()))?,
        None => lesson?,
    };
    let paused = paused(args);
    let claim = (ranks.is_first() && !is_classic(args)).then(|| output::Claim::new(&paused)).transpose()?;
    let request = request(args, &paused, terminal)?;
    let mut unkept = None;
    let keep = |event: &WorkEvent<'_>| {
        if ranks.is_first()
            && let WorkEvent::Training(TrainingEvent::Epoch(_, Some(state))) = event
        {
            let kept = state.to_bytes().map_err(Into::into).and_then(|bytes| output::write(&paused, &bytes));
            unkept = kept.err().or(unkept.take());
        }
    };
    let end = learn::learn(&lesson, request, keep, ranks, terminal)?;
    if !ranks.is_first() {
        return Ok(());
    }
    if let Some(error) = unkept {
        terminal.note(format_args!("the training cannot be gone on with: {error:#}"));
    }
    match end {
        TrainingEnd::Done(learned) => {
            write(args, &learned, Path::to_owned, terminal)?;
            if !is_classic(args) {
                output::remove(&paused);
            }
            drop(claim);
            Ok(terminal.say(lesson.outcome(&learned)?)?)
        }
        TrainingEnd::Interrupted(learned) => {
            write(args, &learned, beside, terminal)?;
            let way = if is_classic(args) { "" } else { ", and --resume goes on" };
            terminal.note(format_args!("interrupted: the best so far is kept{way}"));
            Ok(terminal.say(lesson.outcome(&learned)?)?)
        }
        TrainingEnd::Nothing => {
            terminal.note("interrupted before an epoch was done: nothing is learned, and nothing written");
            Ok(())
        }
    }
}

/// Refuses what does not go together.
fn check(args: &TrainArgs) -> Result<()> {
    let classic = is_classic(args);
    refuse(args.like.is_some(), "--like is for --recipe grammar")?;
    refuse(args.from.is_some() && args.recipe == Some(RecipeArg::Classic), "--from is for --recipe line")?;
    refuse(classic && args.resume, "--resume is for --recipe line; the classic takes a second")?;
    for name in args.all.then_some("all").into_iter().chain(args.of_line()) {
        refuse(classic, format!("--{name} is for --recipe line"))?;
    }
    refuse(!classic && args.windows.is_some(), "--windows is for --recipe classic")?;
    refuse(!classic && args.vocabulary.is_some(), "--vocabulary is for --recipe classic")?;
    for (given, name) in [(args.size.is_some(), "size"), (args.dropout.is_some(), "dropout")] {
        let why = format!("--{name} has no effect with --from; a player keeps the {name} that it has");
        refuse(args.from.is_some() && given, why)?;
    }
    refuse(args.plot.as_ref() == Some(&args.out), "--plot and --out name one file")
}

/// Refuses what cannot be written, before anything is learned.
fn try_writing(args: &TrainArgs) -> Result<()> {
    output::tried(&args.out, if is_classic(args) { output::LITTLE } else { PLAYER })?;
    args.plot.iter().try_for_each(|plot| output::picture_tried(plot))
}

/// Writes the model and the picture of its training, each to what `place` makes of its name.
fn write(
    args: &TrainArgs,
    learned: &Learned,
    place: impl Fn(&Path) -> PathBuf,
    terminal: &Terminal,
) -> Result<()> {
    let precision = if args.half { Precision::Half } else { Precision::Single };
    let out = place(&args.out);
    output::write(&out, &learned.to_bytes(precision)?)?;
    terminal.note(format_args!("{} is written", out.display()));
    if let Some(file) = &args.plot {
        output::write(&place(file), loss_curve(&learned.curve)?.as_bytes())?;
    }
    Ok(())
}

/// Where a file goes that may be worse than one that is there.
fn beside(path: &Path) -> PathBuf {
    if path.is_file() { with_ending(path, ".interrupted") } else { path.to_owned() }
}

/// Where a training keeps what it can go on from.
fn paused(args: &TrainArgs) -> PathBuf {
    let path = if output::is_device(&args.out) { Path::new("sideman") } else { &args.out };
    with_ending(path, ".paused")
}

fn is_classic(args: &TrainArgs) -> bool {
    args.recipe.unwrap_or(RecipeArg::Classic) == RecipeArg::Classic && args.from.is_none()
}

fn request(args: &TrainArgs, paused: &Path, terminal: &Terminal) -> Result<TrainingRequest> {
    let recipe = if is_classic(args) {
        let count = |count: Option<u32>| count.map(|count| count as usize);
        Recipe::Classic { windows: count(args.windows), vocabulary: count(args.vocabulary) }
    } else {
        let size = match args.size.unwrap_or(SizeArg::Base) {
            SizeArg::Small => NetworkSize::Small,
            SizeArg::Base => NetworkSize::Base,
            SizeArg::Large => NetworkSize::Large,
        };
        let (start, remarks) = (start(args, paused, terminal)?, args.remark.clone());
        Recipe::Line { size, dropout: args.dropout, start, remarks }
    };
    let epochs = args.epochs.map(|epochs| epochs as usize);
    let count = |count: Option<u16>| count.map_or(1, usize::from);
    let (shards, accumulate) = (count(args.shards), count(args.accumulate));
    let processor = processor(args);
    Ok(TrainingRequest { recipe, epochs, processor, shards, accumulate, seed: args.chance.seed })
}

fn processor(args: &TrainArgs) -> Option<Processor> {
    #[cfg(feature = "cuda")]
    if let Some(number) = args.gpu {
        return Some(Processor::Gpu(number.into()));
    }
    args.threads.map(|threads| Processor::Cpu(threads.into()))
}

fn start(args: &TrainArgs, paused: &Path, terminal: &Terminal) -> Result<TrainingStart> {
    if args.resume {
        let hint = || format!("{} is no interrupted training; leave --resume out", paused.display());
        let bytes = input::bytes(paused).with_context(hint)?;
        return lessons::resumed(&bytes).with_context(hint);
    }
    match &args.from {
        None => Ok(TrainingStart::Fresh),
        Some(file) => {
            let file = Some(file.as_path()).filter(|file| file.as_os_str() != "shipped");
            Ok(TrainingStart::From(Box::new(input::player(file, terminal)?)))
        }
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
