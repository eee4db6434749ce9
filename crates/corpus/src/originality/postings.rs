//! Where the runs of one kind stand, found by their hash.

use super::runs::{IndexedSolo, RunKind};

/// Hash and place of runs, by hash, then by place.
#[derive(Debug)]
pub(super) struct Postings(Vec<(u32, u32)>);

/// How many runs agree one after the other, and the place of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct SharedRun {
    pub(super) length: usize,
    pub(super) place: u32,
}

/// The most pairs of a run and a place that it agrees with; the 450 solos of the Weimar Jazz Database have a hundredth
/// of them among each other.
const MOST_PAIRS: usize = 1 << 25;

/// How many bits of a hash tell whether it may be asked for.
const SIEVE_BITS: u32 = 16;

impl Postings {
    /// Those of every run.
    pub(super) fn all(solos: &[IndexedSolo], kind: RunKind) -> Self {
        let all = Self::kept(solos, kind, |_| true);
        let counts: Vec<(usize, usize)> = all.groups().map(|places| (places.len(), places.len())).collect();
        all.thinned(&counts, MOST_PAIRS)
    }

    /// Those of the runs of some lines, and of a few others: one pass over all hashes, so that nothing is sorted but
    /// what may agree.
    pub(super) fn for_lines(
        solos: &[IndexedSolo],
        kind: RunKind,
        lines: impl Iterator<Item = u32> + Clone,
    ) -> Self {
        let slot = |hash: u32| (hash & ((1 << SIEVE_BITS) - 1)) as usize;
        let mut sieve = vec![false; 1 << SIEVE_BITS];
        lines.clone().for_each(|hash| sieve[slot(hash)] = true);
        let asked = Self::sorted(lines.map(|hash| (hash, 0)).collect());
        let kept = Self::kept(solos, kind, |hash| sieve[slot(hash)]);
        let times = |hash: u32| asked.places(hash).count();
        let counts: Vec<_> = kept.groups().map(|places| (times(places[0].0), places.len())).collect();
        kept.thinned(&counts, MOST_PAIRS)
    }

    fn kept(solos: &[IndexedSolo], kind: RunKind, keep: impl Fn(u32) -> bool) -> Self {
        let mut entries = Vec::new();
        for solo in solos {
            let placed = solo.hashes[kind as usize].iter().copied().zip(solo.first..);
            entries.extend(placed.filter(|&(hash, _)| keep(hash)));
        }
        Self::sorted(entries)
    }

    fn sorted(mut entries: Vec<(u32, u32)>) -> Self {
        entries.sort_unstable();
        Self(entries)
    }

    /// The places of each hash.
    fn groups(&self) -> impl Iterator<Item = &[(u32, u32)]> {
        self.0.chunk_by(|a, b| a.0 == b.0)
    }

    /// The same, or the first places of each hash alone where there would be more pairs than so many; of each hash,
    /// `counts` says how often it is asked for and how many places it has.
    fn thinned(self, counts: &[(usize, usize)], most_pairs: usize) -> Self {
        let pairs =
            |most: usize| counts.iter().map(|&(asked, places)| asked * places.min(most)).sum::<usize>();
        let widest = counts.iter().map(|&(_, places)| places).max().unwrap_or(0);
        let most =
            std::iter::successors(Some(widest), |most| Some(most / 2)).find(|&m| pairs(m) <= most_pairs);
        match most.filter(|&most| most < widest) {
            None => self,
            Some(most) => Self(self.groups().flat_map(|g| &g[..g.len().min(most)]).copied().collect()),
        }
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
        let start = self.0.partition_point(|&(h, _)| h < hash);
        self.0[start..].iter().take_while(move |&&(h, _)| h == hash).map(|&(_, place)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_run_without_end_the_first_places_are_kept() {
        let all = || Postings((0..10).map(|place| (1, place)).chain([(2, 10), (2, 11)]).collect());
        let counts = [(10, 10), (2, 2)];
        let kept = |most| all().thinned(&counts, most).0.iter().map(|&(_, place)| place).collect::<Vec<_>>();
        assert_eq!(kept(104), Vec::from_iter(0..12));
        assert_eq!(kept(103), [0, 1, 2, 3, 4, 10, 11]);
        assert_eq!(kept(30), [0, 1, 10, 11]);
    }
}
