//! What every recipe's training tells and is measured by.

use std::fmt;
use std::time::Duration;

use crate::ngram::NGram;

/// An epoch is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Which one, from 1.
    pub number: usize,
    /// How many there will be.
    pub of: usize,
    /// Mean loss over the epoch's windows, nats per value.
    pub loss: f64,
    /// Mean loss on the held-out values, nats per value; `None` where nothing is held out.
    pub held_out: Option<f64>,
    /// Whether the held-out loss is the best so far; these weights are kept.
    pub best: bool,
}

impl Epoch {
    /// The time left, when the epochs so far took `elapsed`.
    pub fn time_left(&self, elapsed: Duration) -> Duration {
        let left = self.of.saturating_sub(self.number) as f64 / self.number.max(1) as f64;
        Duration::try_from_secs_f64(elapsed.as_secs_f64() * left).unwrap_or(Duration::MAX)
    }
}

/// What was held out of training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldOut {
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
    /// What they come from.
    pub from: HeldOut,
    /// The epoch whose weights were kept.
    pub epoch: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "held-out loss {:.3} nats per value", self.held_out)?;
        write!(f, " (unigram {:.3}, interpolated bigram {:.3})", self.unigram, self.bigram)?;
        write!(
            f,
            ", best at epoch {}, on {} values, {} of them unseen, of ",
            self.epoch, self.values, self.unseen
        )?;
        match self.from {
            HeldOut::Tunes(1) => f.write_str("1 other tune"),
            HeldOut::Tunes(n) => write!(f, "{n} other tunes"),
            HeldOut::LastBars => f.write_str("the last 20 % of the bars, for want of another tune"),
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
    fn time_left_follows_the_pace() {
        let epoch = Epoch { number: 20, of: 100, loss: 1.0, held_out: Some(1.0), best: true };
        assert_eq!(epoch.time_left(Duration::from_secs(3)), Duration::from_secs(12));
        assert_eq!(Epoch { number: 100, ..epoch }.time_left(Duration::from_secs(3)), Duration::ZERO);
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
