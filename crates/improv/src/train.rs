//! What every recipe's training tells and is measured by.

mod state;

use std::fmt;

pub use state::TrainingState;

use crate::ngram::NGram;

/// An epoch is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Which one, from 1.
    pub number: usize,
    /// How many there will be.
    pub of: usize,
    /// Mean training loss of the epoch, nats per value (of the classic) or note (of the line recipe).
    pub loss: f64,
    /// The same on what is held out; `None` where nothing is held out.
    pub held_out: Option<f64>,
    /// Whether the held-out loss is the best so far; these weights are kept.
    pub best: bool,
}

/// What happens while a network learns, for those who watch; they may ask it to end.
#[derive(Debug, Clone, Copy)]
pub enum TrainingEvent<'a> {
    /// A part of an epoch is done.
    Step {
        /// Which epoch, from 1.
        epoch: usize,
        /// How many there will be.
        of: usize,
        /// The share of this one that is done, from 0 to 1.
        done: f64,
        /// Mean loss so far, in the nats of [`Epoch::loss`].
        loss: f64,
    },
    /// An epoch is over. The state, where a recipe has one, is what the training can go on from another time.
    Epoch(&'a Epoch, Option<&'a TrainingState>),
    /// Once all epochs are over: the player has played a round, by which its own lines have become more like what it has
    /// learned from.
    Settling {
        /// Which round, from 1.
        round: usize,
        /// How many there will be.
        of: usize,
    },
}

impl TrainingEvent<'_> {
    /// The share of all epochs that is done, or of all rounds of settling, from 0 to 1.
    pub fn done(&self) -> f64 {
        let (epochs, of) = match *self {
            Self::Step { epoch, of, done, .. } => (epoch.saturating_sub(1) as f64 + done, of),
            Self::Epoch(epoch, _) => (epoch.number as f64, epoch.of),
            Self::Settling { round, of } => (round as f64, of),
        };
        (epochs / of.max(1) as f64).min(1.0)
    }
}

/// What was held out of training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidationSource {
    /// Other tunes, so many of them.
    Tunes(usize),
    /// The last fifth of the bars of each tune, where there are no other tunes.
    LastBars,
}

/// How a model does on held-out values, beside the floors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Mean loss of the network, nats per value.
    pub held_out: f64,
    /// The same of a unigram.
    pub unigram: f64,
    /// The same of an interpolated bigram.
    pub bigram: f64,
    /// How many values were scored.
    pub values: usize,
    /// How many of them do not occur in training.
    pub unseen: usize,
    /// How many of them count as their nearest, which the network and the floors alike are asked for.
    pub merged: usize,
    /// What they come from.
    pub from: ValidationSource,
    /// The epoch whose weights were kept.
    pub epoch: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "held-out loss {:.3} nats per value", self.held_out)?;
        write!(f, " (unigram {:.3}, interpolated bigram {:.3})", self.unigram, self.bigram)?;
        write!(f, ", best at epoch {}, on {} values, ", self.epoch, self.values)?;
        match self.merged {
            0 => write!(f, "{} of them unseen, of ", self.unseen)?,
            merged => write!(f, "{merged} of them counted as their nearest, of ")?,
        }
        match self.from {
            ValidationSource::Tunes(1) => f.write_str("1 other tune"),
            ValidationSource::Tunes(n) => write!(f, "{n} other tunes"),
            ValidationSource::LastBars => f.write_str("the last 20 % of the bars, for want of another tune"),
        }
    }
}

/// How unseen values are scored, in a network and in its floors alike: they get the probability that a new
/// value had while training was read, types / (types + values) (Witten & Bell, method C), and seen values
/// share the rest. So neither side gains or loses by what it cannot know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Novelty(f64);

impl Novelty {
    pub(crate) fn of(types: usize, values: usize) -> Self {
        Self(types as f64 / (types + values).max(1) as f64)
    }

    /// The nats of held-out values, from the nats of the seen ones among them.
    pub(crate) fn mean_nats(self, seen_nats: f64, seen: usize, unseen: usize) -> f64 {
        let nats = seen_nats - (1.0 - self.0).ln() * seen as f64 - self.0.ln() * unseen as f64;
        nats / (seen + unseen).max(1) as f64
    }
}

/// The nats that an n-gram gives the seen values (`0..classes`) of sequences, learned on others.
pub(crate) fn ngram_nats(order: usize, classes: usize, train: &[Vec<usize>], held_out: &[Vec<usize>]) -> f64 {
    let ngram = NGram::new(order, classes, train);
    let places = held_out.iter().flat_map(|s| (0..s.len()).filter(|&i| s[i] < classes).map(move |i| (s, i)));
    places.map(|(sequence, i)| -ngram.probability(sequence, i).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_epochs_count_up_to_the_whole() {
        let epoch = Epoch { number: 20, of: 100, loss: 1.0, held_out: Some(1.0), best: true };
        assert_eq!(TrainingEvent::Epoch(&epoch, None).done(), 0.2);
        assert_eq!(TrainingEvent::Step { epoch: 2, of: 4, done: 0.5, loss: 1.0 }.done(), 0.375);
    }

    #[test]
    fn seen_and_unseen_together_are_a_distribution() {
        // Three seen values, equally likely, and the unseen class.
        let novelty = Novelty::of(3, 7);
        let seen = (-novelty.mean_nats(3f64.ln(), 1, 0)).exp();
        let unseen = (-novelty.mean_nats(0.0, 0, 1)).exp();
        assert!((3.0 * seen + unseen - 1.0).abs() < 1e-12);
        assert!((unseen - 0.3).abs() < 1e-12);
    }
}
