//! Choices that a seed fixes.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What is chosen: each has random numbers of its own, so that one does not change another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Decision {
    Bass,
    Chords,
    Drums,
    SoloTouch,
    SoloBends,
    BassTouch,
    ChordsTouch,
    DrumsTouch,
}

/// A source of choices.
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub(crate) fn new(seed: u64, choice: Decision) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(choice as u64);
        Self(random)
    }

    /// A number from 0 to below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// Whether something of this probability happens.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A number of mean 0 and deviation 1, within ±3: three uniform numbers make nearly a normal one.
    pub(crate) fn normal(&mut self) -> f64 {
        2.0 * (self.unit() + self.unit() + self.unit() - 1.5)
    }

    /// One of several, by weight; `None` of none.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[(f64, T)]) -> Option<T> {
        let total: f64 = choices.iter().map(|&(weight, _)| weight).sum();
        let mut left = self.unit() * total;
        for &(weight, choice) in choices {
            left -= weight;
            if left < 0.0 {
                return Some(choice);
            }
        }
        choices.last().map(|&(_, choice)| choice)
    }
}
