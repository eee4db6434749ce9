//! What is typed, as what is asked of a soloist.

use std::path::PathBuf;

use anyhow::Result;
use sideman_band::Band;
use sideman_improv::classic::Length;
use sideman_improv::line::{Controls, Ending};
use sideman_session::{Request, Rules};

use crate::cli::{ImproviseArgs, LastNote, RuleArgs, WithArg};
use crate::input;
use crate::terminal::Terminal;
use crate::usage::refuse;

/// Refuses what cannot hold at once, whatever the chart is.
pub(super) fn check(args: &ImproviseArgs) -> Result<()> {
    let targets = &args.wishes.rules.target;
    let conflict = targets.iter().enumerate().find_map(|(i, (bar, note))| {
        let before = &targets[..i];
        let other = before.iter().find(|(at, asked)| at == bar && asked.class() != note.class());
        other.map(|(_, other)| format!("--target {bar}={other} and --target {bar}={note} cannot both hold"))
    });
    refuse(conflict.is_some(), conflict.unwrap_or_default())?;
    let drums = args.wishes.rules.trade.is_some_and(|turns| turns.drums);
    let drummer = matches!(args.band.players.band, Band::Trio | Band::Drums);
    refuse(drums && !drummer, "--trade with the drums needs a drummer: --band trio or drums")?;
    refuse(
        drums && args.wishes.rules.keep.is_some(),
        "--trade is with --keep or with the drums, not with both",
    )?;
    let other = args.with == WithArg::Classic && args.grammar.is_some();
    refuse(other, "--grammar is for --with grammar, not for --with classic")?;
    refuse(
        args.explain && (args.with != WithArg::Player || args.grammar.is_some()),
        "--explain is for the player; leave out --with and --grammar",
    )
}

/// Everything that is wished.
pub(super) fn read(args: &ImproviseArgs, terminal: &Terminal) -> Result<Request> {
    let (taste, wishes) = (&args.taste, &args.wishes);
    Ok(Request {
        instrument: args.instrument,
        length: length(args),
        argmax: taste.argmax,
        temperature: taste.temperature,
        top_p: taste.top_p,
        rhythm_temperature: wishes.rhythm_temperature,
        pitch_temperature: wishes.pitch_temperature,
        start: taste.start,
        candidates: usize::from(wishes.best_of),
        like: wishes.like.clone(),
        controls: Controls {
            density: wishes.density,
            register: wishes.register,
            outside: wishes.outside,
            space: wishes.space,
            phrase_length: wishes.phrase_length,
            laid_back: wishes.laid_back,
        },
        longest_copy: wishes.max_copy,
        rules: rules(&wishes.rules, terminal)?,
    })
}

fn length(args: &ImproviseArgs) -> Length {
    match (args.values, args.beats) {
        (Some(values), _) => Length::Values(values as usize),
        (_, Some(beats)) => Length::Beats(beats as usize),
        _ => Length::Choruses(usize::from(args.choruses)),
    }
}

fn rules(args: &RuleArgs, terminal: &Terminal) -> Result<Rules> {
    let lead = |file: &Option<PathBuf>| file.as_ref().map(|file| input::lead(file, terminal)).transpose();
    Ok(Rules {
        range: args.range.clone(),
        longest_rest: args.longest_rest,
        longest_phrase: args.longest_phrase.map(usize::from),
        ending: match args.end {
            LastNote::Any => Ending::Any,
            LastNote::Chord => Ending::ChordTone,
            LastNote::Guide => Ending::GuideTone,
        },
        targets: args.target.clone(),
        rhythm_of: lead(&args.rhythm_of)?,
        pitches_of: lead(&args.pitches_of)?,
        keep: lead(&args.keep)?,
        bars: args.bars.clone(),
        trade: args.trade.map(|turns| turns.bars),
    })
}
