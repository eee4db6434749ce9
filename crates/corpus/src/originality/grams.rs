//! Runs of one length, found by their hash.

use std::collections::BTreeMap;

/// Hash and place of every run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Grams {
    /// By hash, then by place.
    entries: Vec<(u32, u32)>,
}

/// How many runs agree one after the other, and the place of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct SharedRun {
    pub(super) length: usize,
    pub(super) place: u32,
}

impl Grams {
    /// Adds the runs of a line whose first note has a place; [`Grams::sort`] must follow.
    pub(super) fn push(&mut self, first: u32, hashes: &[u32]) {
        self.entries.extend(hashes.iter().zip(first..).map(|(&hash, place)| (hash, place)));
    }

    pub(super) fn sort(&mut self) {
        self.entries.sort_unstable();
    }

    /// The hash at each place.
    pub(super) fn in_order(&self) -> BTreeMap<u32, u32> {
        self.entries.iter().map(|&(hash, place)| (place, hash)).collect()
    }

    /// For each run of a line the longest sequence of runs, from it on, that stands at allowed places one
    /// after the other; the earliest of equally long ones.
    pub(super) fn runs(&self, line: &[u32], allowed: impl Fn(u32) -> bool) -> Vec<SharedRun> {
        let mut runs = vec![SharedRun::default(); line.len()];
        let mut following: Vec<SharedRun> = Vec::new();
        for (best, &hash) in runs.iter_mut().zip(line).rev() {
            following = self.extended(hash, &following, &allowed);
            for run in &following {
                if run.length > best.length {
                    *best = *run;
                }
            }
        }
        runs
    }

    /// The runs with a hash, each with those that follow it, by place.
    fn extended(&self, hash: u32, following: &[SharedRun], allowed: &impl Fn(u32) -> bool) -> Vec<SharedRun> {
        let mut rest = following.iter().peekable();
        let places = self.places(hash).filter(|&place| allowed(place));
        places
            .map(|place| {
                while rest.next_if(|run| run.place <= place).is_some() {}
                let after = rest.peek().filter(|run| run.place == place + 1).map_or(0, |run| run.length);
                SharedRun { length: after + 1, place }
            })
            .collect()
    }

    fn places(&self, hash: u32) -> impl Iterator<Item = u32> {
        let start = self.entries.partition_point(|&(h, _)| h < hash);
        self.entries[start..].iter().take_while(move |&&(h, _)| h == hash).map(|&(_, place)| place)
    }
}
