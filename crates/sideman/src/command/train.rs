//! `train`: learn from music of one's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sideman_corpus::{Piece, Side, Split};
use sideman_improv::line::{self, TrainingStart};
use sideman_improv::{TrainingState, built_in, classic, fingerprint};
use sideman_lstm::Precision;

use super::{evaluate, explain, learn};
use crate::cli::{Recipe, Size, Train};
use crate::terminal::Terminal;
use crate::{output, source};

pub(super) fn run(args: &Train, terminal: &Terminal) -> Result<()> {
    let pieces = match args.corpus.is_empty() {
        true => built_in::corpus(),
        false => source::corpus(&args.corpus, terminal)?.pieces,
    };
    ensure!(
        pieces.iter().any(|p| p.solo.is_some()),
        "there is no melody to learn from; give files with a solo in them"
    );
    match args.recipe {
        Recipe::Classic if args.from.is_none() => classic(args, &pieces, terminal),
        _ => line(args, &pieces, terminal),
    }
}

fn classic(args: &Train, pieces: &[Piece], terminal: &Terminal) -> Result<()> {
    ensure!(!args.resume, "--resume is for --recipe line; the classic takes a second");
    ensure!(
        !args.all && !args.half && args.remark.is_empty(),
        "--all, --half and --remark are for --recipe line"
    );
    let standard = classic::ClassicHyperparameters::default();
    let settings = classic::ClassicHyperparameters {
        epochs: args.epochs.unwrap_or(standard.epochs),
        windows: args.windows.unwrap_or(standard.windows),
        threads: args.threads.unwrap_or(standard.threads),
        seed: args.chance.seed,
    };
    let split = split(pieces, args)?;
    let lesson = learn::from_pieces(pieces, &split, &settings, terminal)?;
    output::write(&args.out, &lesson.trained.player.to_bytes()?)?;
    terminal.note(format_args!("{} is written", args.out.display()));
    terminal.say(lesson.trained.figures)?;
    Ok(())
}

fn line(args: &Train, pieces: &[Piece], terminal: &Terminal) -> Result<()> {
    let split = split(pieces, args)?;
    let (training, validation): (Vec<&Piece>, Vec<&Piece>) = match args.all {
        true => (pieces.iter().collect(), Vec::new()),
        false => {
            (split.pieces(pieces, Side::Train).collect(), split.pieces(pieces, Side::Validation).collect())
        }
    };
    let paused = with_ending(&args.out, ".paused");
    let start = start(args, &paused)?;
    let mut model = learn::line(&training, &validation, start, settings(args), &paused, terminal)?;
    model.remarks = remarks(args, &training, &validation);
    let precision = if args.half { Precision::Half } else { Precision::Single };
    output::write(&args.out, &model.to_bytes(precision)?)?;
    terminal.note(format_args!("{} is written", args.out.display()));
    if validation.is_empty() {
        return Ok(terminal.say("nothing was held out, so there are no figures")?);
    }
    Ok(terminal.say(evaluate::table(&model.evaluate(&validation, &training)))?)
}

fn start(args: &Train, paused: &Path) -> Result<TrainingStart> {
    if args.resume {
        let hint = || format!("{} is no interrupted training; leave --resume out", paused.display());
        let bytes = output::read(paused).with_context(hint)?;
        return Ok(TrainingStart::Resumed(Box::new(TrainingState::from_bytes(&bytes).with_context(hint)?)));
    }
    match &args.from {
        None => Ok(TrainingStart::Fresh),
        Some(file) => {
            let file = Some(file.as_path()).filter(|f| f.as_os_str() != "shipped");
            Ok(TrainingStart::From(Box::new(explain::player(file)?)))
        }
    }
}

fn settings(args: &Train) -> line::LineHyperparameters {
    let standard = if args.from.is_some() {
        line::LineHyperparameters::adapting()
    } else {
        line::LineHyperparameters::default()
    };
    line::LineHyperparameters {
        size: match args.size {
            Size::Small => line::NetworkSize::Small,
            Size::Base => line::NetworkSize::Base,
            Size::Large => line::NetworkSize::Large,
        },
        epochs: args.epochs.unwrap_or(standard.epochs),
        threads: args.threads.unwrap_or(standard.threads),
        seed: args.chance.seed,
        ..standard
    }
}

/// What the model says of itself.
fn remarks(args: &Train, training: &[&Piece], validation: &[&Piece]) -> BTreeMap<String, String> {
    let corpus = format!("{:016x}", fingerprint(training.iter().copied()));
    let own = [
        ("corpus".to_owned(), corpus.clone()),
        ("model".to_owned(), format!("line, corpus {corpus}, seed {}", args.chance.seed)),
        ("solos".to_owned(), format!("{} learned from, {} held out", training.len(), validation.len())),
    ];
    own.into_iter().chain(args.remark.iter().cloned()).collect()
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The split that a list gives, or one by tune.
fn split(pieces: &[Piece], args: &Train) -> Result<Split> {
    args.split.as_deref().map_or_else(|| Ok(learn::by_tune(pieces)), |file| listed(pieces, file))
}

/// The split that a list gives.
pub(super) fn listed(pieces: &[Piece], file: &Path) -> Result<Split> {
    let list =
        String::from_utf8(output::read(file)?).with_context(|| format!("{} is not text", file.display()))?;
    Split::listed(pieces, &list).with_context(|| format!("{} does not fit this corpus", file.display()))
}
