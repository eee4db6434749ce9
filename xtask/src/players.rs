//! Grammars learned from players: the order of windows, whose solo is whose, contour, and what is quoted.

use std::collections::BTreeMap;
use std::fs;

use sideman_corpus::{Credits, Library, Piece, Side};
use sideman_improv::grammar::learn::{GrammarOptions, LearnedGrammar, WindowForm};
use sideman_music::Instrument;

use crate::{harmony::interval, solos};

const PLAYERS: usize = 6;
const SOLOS: usize = 50;

/// `CORPUS.sideman --split FILE --out FOLDER`
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [corpus, "--split", split, "--out", out] =
        &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..]
    else {
        return Err("write CORPUS.sideman --split FILE --out FOLDER".into());
    };
    let pieces = solos::pieces(corpus)?;
    let split = solos::listed(&pieces, split)?;
    let [train, held_out] = [Side::Train, Side::Validation]
        .map(|side| split.pieces(&pieces, side).cloned().collect::<Vec<Piece>>());
    attribution(&train, &held_out)?;
    chain(&train, &held_out)?;
    for (name, form) in [
        ("slopes", WindowForm::Slopes),
        ("categories", WindowForm::Categories),
        ("literal", WindowForm::Literal),
    ] {
        let options = GrammarOptions { form, windows_a_cluster: 48, context: 1, ..GrammarOptions::default() };
        let learned = LearnedGrammar::learn(&train, options).map_err(|error| error.to_string())?;
        let made = held_out
            .iter()
            .enumerate()
            .map(|(i, piece)| over_first_chorus(&learned, piece, i as u64))
            .collect::<Result<Vec<_>, _>>()?;
        let file = format!("{out}/grammar-{name}.sideman");
        let library = Library { pieces: made, files: Vec::new() };
        fs::write(&file, library.to_bytes()).map_err(|error| format!("{file}: {error}"))?;
        println!("{file}: {} solos over the held-out tunes", library.pieces.len());
    }
    Ok(())
}

/// The chain beside the clusters' frequencies and a chance order, for each length of context.
fn chain(train: &[Piece], held_out: &[Piece]) -> Result<(), String> {
    println!("nats per window on held-out choruses, 95 % over choruses; against the chain, paired");
    for windows_a_cluster in [12, 48, 192] {
        for context in [0, 1, 3] {
            let options = GrammarOptions { context, windows_a_cluster, ..GrammarOptions::default() };
            let learned = LearnedGrammar::learn(train, options).map_err(|error| error.to_string())?;
            let figures = learned.figures(held_out, 1);
            let (windows, [chain, unigram, shuffled]) = figures.mean();
            let less = |i: usize| -> Vec<(f64, f64)> {
                figures.choruses.iter().map(|(n, nats)| (nats[i] - nats[0], *n as f64)).collect()
            };
            let ([a, b], [c, d]) = (interval(&less(1)), interval(&less(2)));
            println!(
                "{:4} clusters, context {context}: {windows} windows in {} choruses: chain {chain:.3}, clusters alone \
                 {unigram:.3} ({a:+.3} to {b:+.3}), chance order {shuffled:.3} ({c:+.3} to {d:+.3})",
                learned.clusters(),
                figures.choruses.len()
            );
        }
    }
    Ok(())
}

/// Whose solo is likeliest whose: of generated solos, and of real ones that were held out.
fn attribution(train: &[Piece], held_out: &[Piece]) -> Result<(), String> {
    let mut by_performer: BTreeMap<&str, Vec<&Piece>> = BTreeMap::new();
    train.iter().for_each(|piece| by_performer.entry(&piece.credits.performer).or_default().push(piece));
    let mut players: Vec<(&str, Vec<&Piece>)> = by_performer.into_iter().collect();
    players.sort_by_key(|(name, solos)| (std::cmp::Reverse(solos.len()), name.to_owned()));
    players.truncate(PLAYERS);
    let learn = |solos: &Vec<&Piece>| LearnedGrammar::learn(solos.iter().copied(), GrammarOptions::default());
    let grammars = players
        .iter()
        .map(|(name, solos)| learn(solos).map(|grammar| (*name, grammar)).map_err(|error| error.to_string()))
        .collect::<Result<Vec<_>, _>>()?;
    let whose = |piece: &Piece| {
        let likely = grammars.iter().map(|(name, grammar)| (*name, grammar.log_likelihood(piece)));
        likely.max_by(|a, b| a.1.total_cmp(&b.1)).map(|best| best.0)
    };
    let (mut right, mut all) = (0, 0);
    for (name, grammar) in &grammars {
        let solos = (0..SOLOS)
            .map(|i| over_first_chorus(grammar, &held_out[i % held_out.len()], i as u64))
            .collect::<Result<Vec<_>, _>>()?;
        let own = solos.iter().filter(|piece| whose(piece) == Some(*name)).count();
        println!("{name}: {own} of {} generated solos are likeliest from that grammar", solos.len());
        (right, all) = (right + own, all + solos.len());
    }
    println!("generated: {right} of {all}");
    let real: Vec<&Piece> = held_out
        .iter()
        .filter(|piece| players.iter().any(|(name, _)| *name == piece.credits.performer))
        .collect();
    let own = real.iter().filter(|piece| whose(piece) == Some(piece.credits.performer.as_str())).count();
    println!("real, held out: {own} of {}; chance is one in {}", real.len(), grammars.len());
    Ok(())
}

/// A solo of a grammar over the first chorus of a piece.
fn over_first_chorus(learned: &LearnedGrammar, piece: &Piece, seed: u64) -> Result<Piece, String> {
    let choruses = &piece.credits.choruses;
    let end =
        choruses.iter().map(|&bar| bar as usize).find(|&bar| bar > 0).unwrap_or(piece.sheet.bars().len());
    let sheet =
        piece.sheet.with_bars(piece.sheet.bars()[..end].to_vec()).map_err(|error| error.to_string())?;
    let grammar = learned.grammar().map_err(|error| error.to_string())?;
    let instrument = piece.credits.instrument.unwrap_or(Instrument::TenorSax);
    let solo = grammar.improvise(&sheet, instrument, seed).map_err(|error| error.to_string())?;
    let id = format!("{}-{seed}", piece.id);
    let credits = Credits { choruses: Vec::new(), id: id.clone(), ..piece.credits.clone() };
    Ok(Piece { id, sheet, solo: Some(solo), credits })
}
