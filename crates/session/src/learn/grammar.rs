//! A grammar learned from solos.

use std::fmt;

use sideman_corpus::{Piece, title_key};
use sideman_improv::grammar::learn::{ChainFigures, GrammarOptions, LearnedGrammar};

use super::lesson::{HeldOutPieces, Lesson};
use crate::Error;

/// Quarter notes of a window, windows for each cluster, and clusters before the next that are tried.
const WINDOWS: [u8; 3] = [4, 2, 8];
const CLUSTERS: [usize; 3] = [12, 48, 192];
const CONTEXTS: [usize; 3] = [3, 0, 1];

/// A grammar, and how well it knows solos that it has not learned from.
#[derive(Debug, Clone)]
pub struct PlayersGrammar {
    /// Ready to be written.
    pub grammar: LearnedGrammar,
    /// How many solos it was learned from.
    pub solos: usize,
    /// The figures of its chain on what was held out.
    pub held_out: ChainFigures,
}

/// Learns a grammar from solos, of one performer alone where one is named. Of several lengths of windows, numbers of
/// clusters and lengths of context those with the best likelihood on what is held out are taken.
///
/// # Errors
/// When the performer is not known, or has too few solos.
pub fn grammar(
    pieces: &[Piece],
    like: Option<&str>,
    held_out: &HeldOutPieces,
) -> Result<PlayersGrammar, Error> {
    let lesson = Lesson::new(pieces, held_out)?;
    let [train, validation] = lesson.sides()?.map(|side| -> Vec<Piece> {
        side.into_iter().filter(|piece| like.is_none_or(|like| plays(piece, like))).collect()
    });
    if train.is_empty() {
        let like = like.unwrap_or_default();
        return Err(Error::unmet("like", format!("nobody called {like:?} plays here; {}", known(pieces))));
    }
    let solos = train.len();
    let learned = tried().filter_map(|options| LearnedGrammar::learn(&train, options).ok());
    let chained = learned.flat_map(|grammar| CONTEXTS.map(|context| grammar.clone().with_context(context)));
    let figured = chained.map(|grammar| {
        let held_out = grammar.figures(&validation, 1);
        PlayersGrammar { grammar, solos, held_out }
    });
    let best = figured.min_by(|a, b| a.held_out.per_quarter().total_cmp(&b.held_out.per_quarter()));
    best.ok_or(Error::Improv(sideman_improv::Error::TooLittle("these solos")))
}

/// The clusterings that are tried, the paper's own first: it is kept where nothing is held out.
fn tried() -> impl Iterator<Item = GrammarOptions> {
    let of = |window: u8| {
        CLUSTERS.map(|windows_a_cluster| GrammarOptions { window, windows_a_cluster, ..Default::default() })
    };
    WINDOWS.into_iter().flat_map(of)
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
        let (clusters, GrammarOptions { window, context, .. }) =
            (self.grammar.clusters(), self.grammar.options());
        writeln!(
            f,
            "{} solos, {clusters} clusters of windows of {} quarter notes, contexts of {context}",
            self.solos, window
        )?;
        match self.held_out.mean() {
            (0, _) => f.write_str("nothing was held out, so there are no figures"),
            (windows, [chain, unigram, shuffled]) => write!(
                f,
                "nats per window on {windows} held-out windows: chain {chain:.3}, each alone {unigram:.3}, \
                 in chance order {shuffled:.3}"
            ),
        }
    }
}
