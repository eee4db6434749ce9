//! Grammars learned from players: the order of windows, whose solo is whose, contour, and what is quoted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use sideman_corpus::{Catalogue, Credits, HeldOutShares, Library, Piece, Side, Split, tunes};
use sideman_improv::built_in;
use sideman_improv::grammar::Grammar;
use sideman_improv::grammar::learn::{GrammarOptions, LearnedGrammar, NoteFigures, WindowForm};
use sideman_music::Instrument;

use crate::{harmony::interval, solos};

const PLAYERS: usize = 6;
const SOLOS: usize = 50;
/// Solos over each held-out chart, for other chores to judge.
const TAKES: u64 = 3;
/// What is tried on a part of the tunes that are learned from.
const CHOSEN_BY: HeldOutShares = HeldOutShares { validation: 0.15, test: 0.0 };
const WINDOWS: [u8; 3] = [4, 8, 2];
const CLUSTERS: [usize; 3] = [12, 48, 192];
const CONTEXTS: [usize; 3] = [0, 1, 3];

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
    let chosen = chosen(&train)?;
    chain(&train, &held_out, chosen)?;
    let written = |piece: &Piece| Ok(built_in::grammar(piece.sheet.style()));
    record(&format!("{out}/grammar-written.sideman"), &held_out, &written)?;
    for (name, form) in [
        ("slopes", WindowForm::Slopes),
        ("categories", WindowForm::Categories),
        ("literal", WindowForm::Literal),
    ] {
        let grammar = learn(&train, GrammarOptions { form, ..chosen })?.grammar();
        let grammar = grammar.map_err(|error| error.to_string())?;
        record(&format!("{out}/grammar-{name}.sideman"), &held_out, &|_| Ok(grammar.clone()))?;
    }
    attribution(&train, &held_out)
}

/// Writes solos over the first choruses of pieces, each by a grammar for it.
fn record(
    file: &str,
    pieces: &[Piece],
    grammar: &dyn Fn(&Piece) -> Result<Grammar, String>,
) -> Result<(), String> {
    let takes = pieces.iter().flat_map(|piece| (0..TAKES).map(move |take| (piece, take)));
    let played = takes.map(|(piece, take)| over_first_chorus(&grammar(piece)?, piece, take));
    let library = Library { pieces: played.collect::<Result<_, String>>()?, files: Vec::new() };
    fs::write(file, library.to_bytes()).map_err(|error| format!("{file}: {error}"))?;
    println!("{file}: {} solos over the held-out tunes", library.pieces.len());
    Ok(())
}

fn learn<'a>(
    pieces: impl IntoIterator<Item = &'a Piece>,
    options: GrammarOptions,
) -> Result<LearnedGrammar, String> {
    LearnedGrammar::learn(pieces, options).map_err(|error| error.to_string())
}

/// The length of windows, number of clusters and length of context that do best on a part of the tunes to learn from.
fn chosen(pieces: &[Piece]) -> Result<GrammarOptions, String> {
    let split = Split::by_tune(&Catalogue::of(pieces), CHOSEN_BY);
    let mut best = (f64::INFINITY, GrammarOptions::default());
    println!("nats per quarter note on a part of the tunes to learn from");
    for window in WINDOWS {
        for windows_a_cluster in CLUSTERS {
            let options = GrammarOptions { window, windows_a_cluster, ..GrammarOptions::default() };
            let mut learned = learn(split.pieces(pieces, Side::Train), options)?;
            for context in CONTEXTS {
                learned = learned.with_context(context);
                let nats = learned.figures(split.pieces(pieces, Side::Validation), 1).per_quarter();
                let clusters = learned.clusters();
                println!("windows of {window}, {clusters:4} clusters, context {context}: {nats:.4}");
                if nats < best.0 {
                    best = (nats, learned.options());
                }
            }
        }
    }
    Ok(best.1)
}

/// The chain that was chosen beside each window alone and a chance order, on tunes that played no part in that.
fn chain(train: &[Piece], held_out: &[Piece], options: GrammarOptions) -> Result<(), String> {
    let learned = learn(train, options)?;
    let figures = learned.figures(held_out, 1);
    let (windows, [chain, alone, shuffled]) = figures.mean();
    let less = |i: usize| -> Vec<(f64, f64)> {
        figures.choruses.iter().map(|(n, nats)| (nats[i] - nats[0], *n as f64)).collect()
    };
    let ([a, b], [c, d]) = (interval(&less(1)), interval(&less(2)));
    println!(
        "chosen: windows of {}, {} clusters, context {}; {windows} windows in {} choruses, nats a window, 95 % over \
         choruses, paired: chain {chain:.3}, each alone {alone:.3} ({a:+.3} to {b:+.3}), chance order {shuffled:.3} \
         ({c:+.3} to {d:+.3})",
        options.window,
        learned.clusters(),
        options.context,
        figures.choruses.len()
    );
    let NoteFigures { notes, rhythm, pitch, joint } = learned.note_figures(held_out);
    println!(
        "at most {joint:.3} nats for each of {notes} notes: {rhythm:.3} for when it begins and ends, {pitch:.3} for its pitch"
    );
    Ok(())
}

/// The players with the most solos, the names in order where they have as many.
fn players(pieces: &[Piece]) -> Vec<(&str, Vec<&Piece>)> {
    let mut by_performer: BTreeMap<&str, Vec<&Piece>> = BTreeMap::new();
    pieces.iter().for_each(|piece| by_performer.entry(&piece.credits.performer).or_default().push(piece));
    let mut players: Vec<(&str, Vec<&Piece>)> = by_performer.into_iter().collect();
    players.sort_by_key(|(name, solos)| (std::cmp::Reverse(solos.len()), name.to_owned()));
    players.truncate(PLAYERS);
    players
}

/// The name of the grammar that a solo is likeliest from.
fn whose<'a>(grammars: &[(&'a str, LearnedGrammar)], piece: &Piece) -> Option<&'a str> {
    let likely = grammars.iter().map(|(name, grammar)| (*name, grammar.log_likelihood(piece)));
    likely.max_by(|a, b| a.1.total_cmp(&b.1)).map(|best| best.0)
}

/// Whose solo is likeliest whose: of generated solos, and of real ones, each by grammars that do not know its tune.
fn attribution(train: &[Piece], held_out: &[Piece]) -> Result<(), String> {
    let players = players(train);
    let grammars = |knows: &dyn Fn(&Piece) -> bool| {
        let grammar = |(name, solos): &(_, Vec<&Piece>)| {
            let known = solos.iter().copied().filter(|piece| knows(piece));
            Ok((*name, learn(known, GrammarOptions::default())?))
        };
        players.iter().map(grammar).collect::<Result<Vec<_>, String>>()
    };
    let whole = grammars(&|_| true)?;
    let (mut right, mut all) = (0, 0);
    for (name, grammar) in &whole {
        let ready = grammar.grammar().map_err(|error| error.to_string())?;
        let solos = (0..SOLOS)
            .map(|i| over_first_chorus(&ready, &held_out[i % held_out.len()], i as u64))
            .collect::<Result<Vec<_>, _>>()?;
        let own = solos.iter().filter(|piece| whose(&whole, piece) == Some(*name)).count();
        println!("{name}: {own} of {} generated solos are likeliest from that grammar", solos.len());
        (right, all) = (right + own, all + solos.len());
    }
    println!("generated: {right} of {all}");
    let titles: BTreeMap<&str, String> = train.iter().map(|p| p.id.as_str()).zip(tunes(train)).collect();
    let of_players: Vec<(&str, &Piece)> =
        players.iter().flat_map(|(name, solos)| solos.iter().map(|piece| (*name, *piece))).collect();
    let different: BTreeSet<&String> =
        of_players.iter().map(|(_, piece)| &titles[piece.id.as_str()]).collect();
    let mut own = Vec::new();
    for tune in different {
        let others = grammars(&|piece| &titles[piece.id.as_str()] != tune)?;
        let real = of_players.iter().filter(|(_, piece)| &titles[piece.id.as_str()] == tune);
        own.extend(
            real.map(|(name, piece)| (f64::from(u8::from(whose(&others, piece) == Some(*name))), 1.0)),
        );
    }
    let ([low, high], right) = (interval(&own), own.iter().filter(|own| own.0 > 0.0).count());
    let most = players[0].1.len();
    println!(
        "real, their tunes not learned from: {right} of {} ({:.1} to {:.1} %); chance is one in {PLAYERS}, always the \
         player with the most solos {most}",
        own.len(),
        100.0 * low,
        100.0 * high
    );
    Ok(())
}

/// A solo of a grammar over the first chorus of a piece.
fn over_first_chorus(grammar: &Grammar, piece: &Piece, seed: u64) -> Result<Piece, String> {
    let choruses = &piece.credits.choruses;
    let end =
        choruses.iter().map(|&bar| bar as usize).find(|&bar| bar > 0).unwrap_or(piece.sheet.bars().len());
    let sheet =
        piece.sheet.with_bars(piece.sheet.bars()[..end].to_vec()).map_err(|error| error.to_string())?;
    let instrument = piece.credits.instrument.unwrap_or(Instrument::TenorSax);
    let solo = grammar.improvise(&sheet, instrument, seed).map_err(|error| error.to_string())?;
    let id = format!("{}-{seed}", piece.id);
    let credits = Credits { choruses: Vec::new(), id: id.clone(), ..piece.credits.clone() };
    Ok(Piece { id, sheet, solo: Some(solo), credits })
}
