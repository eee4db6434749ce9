//! A grammar learned from solos, after J. Gillick, K. Tang and R. M. Keller, "Machine Learning of Jazz Grammars"
//! (Computer Music Journal 34:3, 2010).
//!
//! Solos are cut into windows of four beats; each is abstracted to categories, durations and slopes. Windows that are
//! alike fall into one cluster (k-means over seven weighted features), a chain says which cluster follows which within a
//! chorus, and each cluster yields one of its windows. All of it is written as rules: a cluster is a symbol, a state of
//! the chain is a symbol, and the chain gives up its farthest cluster by a rule that makes no note.

mod chain;
mod clusters;
mod density;
mod options;
mod text;
mod window;

use sideman_corpus::Piece;

use super::rules::Grammar;
use crate::Error;
use chain::ClusterChain;
use clusters::Clusters;
use density::{WindowDensity, rhythm};
pub use options::{GrammarOptions, WindowForm};
use window::{AbstractWindow, pitch_choices, windows};

/// A grammar with the chain that it was made of.
#[derive(Debug, Clone)]
pub struct LearnedGrammar {
    text: String,
    clusters: Clusters,
    chain: ClusterChain,
    density: WindowDensity,
    choruses: Vec<Vec<AbstractWindow>>,
    labels: Vec<Vec<usize>>,
    options: GrammarOptions,
}

/// Nats per window on solos, of categories, directions and durations.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChainFigures {
    /// For each chorus: its windows, and their nats by the chain, each by itself, and by the chain where the windows of the
    /// chorus stand in a chance order.
    pub choruses: Vec<(usize, [f64; 3])>,
    /// The length of a window in quarter notes.
    pub window: u8,
}

impl LearnedGrammar {
    /// Learns from the solos of some pieces; their order plays no part.
    ///
    /// # Errors
    /// When they have fewer windows with a note than two clusters need.
    pub fn learn<'a>(
        pieces: impl IntoIterator<Item = &'a Piece>,
        options: GrammarOptions,
    ) -> Result<Self, Error> {
        let mut choruses: Vec<Vec<AbstractWindow>> =
            pieces.into_iter().flat_map(|piece| windows(piece, options.window.into())).collect();
        choruses.sort();
        let all: Vec<&AbstractWindow> = choruses.iter().flatten().collect();
        if all.len() < 2 * options.windows_a_cluster.max(1) {
            return Err(Error::TooLittle("these solos"));
        }
        let clusters = Clusters::new(&all, (all.len() / options.windows_a_cluster.max(1)).max(1));
        let labels: Vec<Vec<usize>> =
            choruses.iter().map(|chorus| chorus.iter().map(|window| clusters.of(window)).collect()).collect();
        let density = WindowDensity::new(&all, options.window.into());
        let chain = ClusterChain::new(&labels, options.context);
        let text = text::written(&choruses, &labels, &chain, &options);
        Ok(Self { text, clusters, chain, density, choruses, labels, options })
    }

    /// The same clusters with a chain of another length.
    #[must_use]
    pub fn with_context(self, context: usize) -> Self {
        let options = GrammarOptions { context, ..self.options };
        let chain = ClusterChain::new(&self.labels, context);
        let text = text::written(&self.choruses, &self.labels, &chain, &options);
        Self { text, chain, options, ..self }
    }

    /// How it was learned.
    pub const fn options(&self) -> GrammarOptions {
        self.options
    }

    /// The grammar as text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The grammar, ready to improvise.
    ///
    /// # Errors
    /// Never for what was learned.
    pub fn grammar(&self) -> Result<Grammar, super::Error> {
        self.text.parse()
    }

    /// How many clusters it has.
    pub fn clusters(&self) -> usize {
        self.clusters.count()
    }

    /// The objective of the clustering after each round: the sum of squared distances to the centroids.
    pub fn objective(&self) -> &[f64] {
        self.clusters.objective()
    }

    /// How likely the windows of solos are, by the chain and by what it is beside.
    pub fn figures<'a>(&self, pieces: impl IntoIterator<Item = &'a Piece>, seed: u64) -> ChainFigures {
        let choruses = pieces.into_iter().flat_map(|piece| windows(piece, self.options.window.into()));
        let of = |chorus: Vec<AbstractWindow>| (chorus.len(), self.nats(&chorus, seed));
        ChainFigures { choruses: choruses.map(of).collect(), window: self.options.window }
    }

    /// The log likelihood of the windows of a solo in nats: what tells whose grammar it is likelier from.
    pub fn log_likelihood(&self, piece: &Piece) -> f64 {
        let choruses = windows(piece, self.options.window.into());
        choruses.iter().map(|chorus| -self.nats(chorus, 0)[0]).sum()
    }

    /// How likely the notes of solos are.
    pub fn note_figures<'a>(&self, pieces: impl IntoIterator<Item = &'a Piece>) -> NoteFigures {
        let quarters = i64::from(self.options.window);
        let known: Vec<AbstractWindow> = self.choruses.iter().flatten().map(rhythm).collect();
        let rhythms = WindowDensity::new(&known.iter().collect::<Vec<_>>(), quarters);
        let (mut notes, mut rhythm_nats, mut joint) = (0, 0.0, 0.0);
        for piece in pieces {
            let (count, pitch_nats) = pitch_choices(piece, quarters);
            let choruses = windows(piece, quarters);
            notes += count;
            joint += pitch_nats + choruses.iter().map(|chorus| self.nats(chorus, 0)[0]).sum::<f64>();
            let all = choruses.iter().flatten();
            rhythm_nats -= all.map(|window| rhythms.log_probability(&rhythm(window))).sum::<f64>();
        }
        let per_note = |nats: f64| nats / notes.max(1) as f64;
        let (rhythm, joint) = (per_note(rhythm_nats), per_note(joint));
        NoteFigures { notes, rhythm, pitch: joint - rhythm, joint }
    }

    /// The nats of a chorus in order, window by window alone, and in a chance order. A window has one cluster, so that after
    /// others it is as much likelier than alone as its cluster is.
    fn nats(&self, chorus: &[AbstractWindow], seed: u64) -> [f64; 3] {
        let labels: Vec<usize> = chorus.iter().map(|window| self.clusters.of(window)).collect();
        let alone: f64 = chorus.iter().map(|window| -self.density.log_probability(window)).sum();
        let [chain, clusters, shuffled] = self.chain.nats(&labels, seed);
        [chain, clusters, shuffled].map(|nats| alone + nats - clusters)
    }
}

/// Nats per note of a learned grammar on solos, an upper bound: of all derivations of a solo one is counted, that by windows
/// from the beginning of each chorus, each as likely as [`ChainFigures`] has it; a pitch is any that category and direction
/// leave within an octave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoteFigures {
    /// Notes that begin in windows.
    pub notes: usize,
    /// Of when notes begin and end: windows with all that sounds alike.
    pub rhythm: f64,
    /// Of pitches, given that.
    pub pitch: f64,
    /// Both together: the full joint of time, pitch and hold.
    pub joint: f64,
}

impl ChainFigures {
    /// Windows in all, and nats per window of the chain, the frequencies, and the chain in chance order.
    pub fn mean(&self) -> (usize, [f64; 3]) {
        let windows = self.choruses.iter().map(|chorus| chorus.0).sum::<usize>();
        let sum = |i: usize| self.choruses.iter().map(|chorus| chorus.1[i]).sum::<f64>();
        (windows, [0, 1, 2].map(|i| sum(i) / windows.max(1) as f64))
    }

    /// The nats of the chain per quarter note, by which windows of several lengths are compared.
    pub fn per_quarter(&self) -> f64 {
        self.mean().1[0] / f64::from(self.window.max(1))
    }
}

#[cfg(test)]
mod tests;
