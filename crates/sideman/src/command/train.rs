//! `train`: learn from music of one's own.

use anyhow::{Context, Result, ensure};
use sideman_corpus::{Piece, Split};
use sideman_improv::built_in;
use sideman_improv::classic::Settings;

use super::learn;
use crate::cli::Train;
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
    let standard = Settings::default();
    let settings = Settings {
        epochs: args.epochs.unwrap_or(standard.epochs),
        windows: args.windows.unwrap_or(standard.windows),
        threads: args.threads.unwrap_or(standard.threads),
        seed: args.chance.seed,
    };
    let split = split(&pieces, args)?;
    let lesson = learn::from_pieces(&pieces, &split, &settings, terminal)?;
    output::write(&args.out, &lesson.trained.player.to_bytes()?)?;
    terminal.note(format_args!("{} is written", args.out.display()));
    terminal.say(lesson.trained.figures)?;
    Ok(())
}

/// The split that a list gives, or one by tune.
fn split(pieces: &[Piece], args: &Train) -> Result<Split> {
    let Some(file) = &args.split else { return Ok(learn::by_tune(pieces)) };
    let list =
        String::from_utf8(output::read(file)?).with_context(|| format!("{} is not text", file.display()))?;
    Split::listed(pieces, &list).with_context(|| format!("{} does not fit this corpus", file.display()))
}
