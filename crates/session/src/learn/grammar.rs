//! A grammar learned from solos.

use std::fmt;

use sideman_corpus::{Piece, title_key};
use sideman_improv::grammar::learn::{ChainFigures, GrammarOptions, LearnedGrammar};

use super::lesson::{HeldOutPieces, Lesson};
use crate::Error;

/// Windows for each cluster and lengths of context that are tried.
const TRIED: [(usize, usize); 9] =
    [(12, 0), (12, 1), (12, 3), (48, 0), (48, 1), (48, 3), (192, 0), (192, 1), (192, 3)];

/// A grammar, and how well it knows solos that it has not learned from.
#[derive(Debug, Clone)]
pub struct PlayersGrammar {
    /// Ready to be written.
    pub grammar: LearnedGrammar,
    /// How it was learned.
    pub options: GrammarOptions,
    /// How many solos it was learned from.
    pub solos: usize,
    /// The figures of its chain on what was held out.
    pub held_out: ChainFigures,
}

/// Learns a grammar from solos, of one performer alone where one is named. Of several numbers of clusters and
/// lengths of context those with the best likelihood on what is held out are taken.
///
/// # Errors
/// When the performer is not known, or has too few solos.
pub fn grammar(
    pieces: &[Piece],
    like: Option<&str>,
    held_out: &HeldOutPieces,
) -> Result<PlayersGrammar, Error> {
    let lesson = Lesson::new(pieces, held_out)?;
    let of = |pieces: &[&'_ Piece]| -> Vec<Piece> {
        pieces.iter().filter(|piece| like.is_none_or(|like| plays(piece, like))).map(|&p| p.clone()).collect()
    };
    let (train, validation) = (of(&lesson.training), of(&lesson.validation));
    if train.is_empty() {
        let like = like.unwrap_or_default();
        return Err(Error::unmet("like", format!("nobody called {like:?} plays here; {}", known(pieces))));
    }
    let mut best: Option<(f64, PlayersGrammar)> = None;
    for (windows_a_cluster, context) in TRIED {
        let options = GrammarOptions { context, windows_a_cluster, ..GrammarOptions::default() };
        let Ok(grammar) = LearnedGrammar::learn(&train, options) else { continue };
        let held_out = grammar.figures(&validation, 1);
        let nats = held_out.mean().1[0];
        if best.as_ref().is_none_or(|(least, _)| nats < *least) {
            best = Some((nats, PlayersGrammar { grammar, options, solos: train.len(), held_out }));
        }
    }
    best.map(|(_, learned)| learned).ok_or(Error::Improv(sideman_improv::Error::TooLittle("these solos")))
}

/// Whether a piece is played by someone whose name holds another.
fn plays(piece: &Piece, like: &str) -> bool {
    let (name, like) = (title_key(&piece.credits.performer), title_key(like));
    !like.is_empty() && name.contains(&like)
}

fn known(pieces: &[Piece]) -> String {
    let mut names: Vec<&str> = pieces.iter().map(|piece| piece.credits.performer.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    format!("these do: {}", names.join(", "))
}

impl fmt::Display for PlayersGrammar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (clusters, context) = (self.grammar.clusters(), self.options.context);
        writeln!(f, "{} solos, {clusters} clusters of windows, contexts of {context}", self.solos)?;
        match self.held_out.mean() {
            (0, _) => f.write_str("nothing was held out, so there are no figures"),
            (windows, [chain, unigram, shuffled]) => write!(
                f,
                "nats per window on {windows} held-out windows: chain {chain:.3}, clusters alone {unigram:.3}, \
                 windows in chance order {shuffled:.3}"
            ),
        }
    }
}
