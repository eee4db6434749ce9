//! Which cluster follows which: an n-gram chain for each chorus.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// What followed each context, up to a length; the empty one has how often each cluster comes.
#[derive(Debug, Clone, Default)]
pub(super) struct ClusterChain {
    pub(super) followers: BTreeMap<Vec<usize>, BTreeMap<usize, u32>>,
    classes: usize,
    context: usize,
}

impl ClusterChain {
    pub(super) fn new(choruses: &[Vec<usize>], context: usize) -> Self {
        let mut followers: BTreeMap<Vec<usize>, BTreeMap<usize, u32>> = BTreeMap::new();
        for chorus in choruses {
            for (i, &label) in chorus.iter().enumerate() {
                for length in 0..=context.min(i) {
                    let known = followers.entry(chorus[i - length..i].to_vec()).or_default();
                    *known.entry(label).or_default() += 1;
                }
            }
        }
        let classes = choruses.iter().flatten().max().map_or(1, |most| most + 1);
        Self { followers, classes, context }
    }

    /// The longest end of a history that was seen.
    pub(super) fn state<'a>(&self, history: &'a [usize]) -> &'a [usize] {
        let longest = history.len().min(self.context);
        let ends = (0..=longest).rev().map(|length| &history[history.len() - length..]);
        ends.into_iter().find(|end| self.followers.contains_key(*end)).unwrap_or(&[])
    }

    /// Interpolated down to the uniform distribution, by the estimate of Witten and Bell (1991).
    fn probability(&self, history: &[usize], label: usize, context: usize) -> f64 {
        (0..=context.min(history.len())).fold(1.0 / self.classes as f64, |below, length| {
            let Some(known) = self.followers.get(&history[history.len() - length..]) else { return below };
            let (types, total) = (known.len() as f64, f64::from(known.values().sum::<u32>()));
            (f64::from(known.get(&label).copied().unwrap_or(0)) + types * below) / (total + types)
        })
    }

    /// The nats of the clusters of a chorus: by the chain, by their frequencies alone, and by the chain in a chance order.
    pub(super) fn nats(&self, labels: &[usize], seed: u64) -> [f64; 3] {
        let nats = |labels: &[usize], context: usize| -> f64 {
            (0..labels.len()).map(|i| -self.probability(&labels[..i], labels[i], context).ln()).sum()
        };
        let mut shuffled = labels.to_vec();
        shuffled.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        [nats(labels, self.context), nats(labels, 0), nats(&shuffled, self.context)]
    }
}
