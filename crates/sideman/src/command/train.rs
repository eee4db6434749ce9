//! `train`: learn from music of one's own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sideman_improv::TrainingEvent;
use sideman_improv::line::{NetworkSize, TrainingStart};
use sideman_session::learn::{self as lessons, HeldOutPieces, Lesson, Precision, Recipe, TrainingRequest};
use sideman_session::plot::loss_curve;
use sideman_session::{WorkEvent, corpus};

use super::learn;
use crate::cli::{RecipeArg, SizeArg, TrainArgs};
use crate::terminal::Terminal;
use crate::{input, output};

pub(super) fn run(args: &TrainArgs, terminal: &Terminal) -> Result<()> {
    let pieces = match args.corpus.is_empty() {
        true => corpus::built_in().pieces,
        false => input::corpus(&args.corpus, terminal)?.pieces,
    };
    let held_out = held_out(args)?;
    let lesson = Lesson::new(&pieces, &held_out);
    let lesson = match &args.split {
        Some(file) => lesson.with_context(|| format!("{} does not fit this corpus", file.display()))?,
        None => lesson?,
    };
    let paused = with_ending(&args.out, ".paused");
    let request = request(args, &paused, terminal)?;
    let mut unkept = None;
    let keep = |event: &WorkEvent<'_>| {
        if let WorkEvent::Training(TrainingEvent::Epoch(_, Some(state))) = event {
            let kept = state.to_bytes().map_err(Into::into).and_then(|bytes| output::write(&paused, &bytes));
            unkept = kept.err().or(unkept.take());
        }
    };
    let (learned, interrupted) = learn::learn(&lesson, request, keep, terminal)?;
    if let Some(error) = unkept {
        terminal.note(format_args!("the training cannot be gone on with: {error:#}"));
    }
    end(args, interrupted, &paused, terminal);
    let precision = if args.half { Precision::Half } else { Precision::Single };
    output::write(&args.out, &learned.to_bytes(precision)?)?;
    terminal.note(format_args!("{} is written", args.out.display()));
    if let Some(file) = &args.plot {
        output::write(file, loss_curve(&learned.curve)?.as_bytes())?;
    }
    Ok(terminal.say(lesson.outcome(&learned))?)
}

/// Says how the training ended, and what becomes of what it could go on from.
fn end(args: &TrainArgs, interrupted: bool, paused: &Path, terminal: &Terminal) {
    match (interrupted, is_classic(args)) {
        (true, true) => terminal.note("interrupted: the best so far is kept"),
        (true, false) => {
            let way =
                if paused.exists() { ", and --resume goes on" } else { "; no epoch was done to go on from" };
            terminal.note(format_args!("interrupted: the best so far is kept{way}"));
        }
        (false, true) => {}
        (false, false) => drop(fs::remove_file(paused)),
    }
}

fn is_classic(args: &TrainArgs) -> bool {
    args.recipe == RecipeArg::Classic && args.from.is_none()
}

fn held_out(args: &TrainArgs) -> Result<HeldOutPieces> {
    Ok(match &args.split {
        _ if args.all => HeldOutPieces::Nothing,
        Some(file) => HeldOutPieces::Listed(input::text(file)?),
        None => HeldOutPieces::ByTune,
    })
}

fn request(args: &TrainArgs, paused: &Path, terminal: &Terminal) -> Result<TrainingRequest> {
    let recipe = if is_classic(args) {
        ensure!(!args.resume, "--resume is for --recipe line; the classic takes a second");
        ensure!(
            !args.all && !args.half && args.remark.is_empty(),
            "--all, --half and --remark are for --recipe line"
        );
        Recipe::Classic { windows: args.windows }
    } else {
        let size = match args.size {
            SizeArg::Small => NetworkSize::Small,
            SizeArg::Base => NetworkSize::Base,
            SizeArg::Large => NetworkSize::Large,
        };
        Recipe::Line { size, start: start(args, paused, terminal)?, remarks: args.remark.clone() }
    };
    let (epochs, threads, seed) = (args.epochs, args.threads, args.chance.seed);
    Ok(TrainingRequest { recipe, epochs, threads, seed })
}

fn start(args: &TrainArgs, paused: &Path, terminal: &Terminal) -> Result<TrainingStart> {
    if args.resume {
        let hint = || format!("{} is no interrupted training; leave --resume out", paused.display());
        let bytes = output::read(paused).with_context(hint)?;
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
