//! Tunes dealt into parts.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::sample::Sample;

/// A part for each tune.
pub(super) struct Deal(BTreeMap<usize, usize>);

impl Deal {
    /// At random, real and generated samples spread evenly over the parts.
    pub(super) fn by_tune(samples: &[Sample], parts: usize, seed: u64) -> Self {
        let mut sizes: BTreeMap<usize, [usize; 2]> = BTreeMap::new();
        for sample in samples {
            sizes.entry(sample.tune).or_default()[usize::from(sample.generated)] += 1;
        }
        let mut tunes: Vec<(usize, [usize; 2])> = sizes.into_iter().collect();
        tunes.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let mut filled = vec![[0_usize; 2]; parts];
        let mut part_of = BTreeMap::new();
        for (tune, size) in tunes {
            let crowd = |part: &usize| {
                let [real, generated] = filled[*part];
                (real * size[0] + generated * size[1], real + generated)
            };
            let part = (0..parts).min_by_key(crowd).unwrap_or(0);
            filled[part].iter_mut().zip(size).for_each(|(sum, n)| *sum += n);
            part_of.insert(tune, part);
        }
        Self(part_of)
    }

    /// Where a sample belongs, with all others of its tune.
    pub(super) fn part_of(&self, sample: &Sample) -> usize {
        self.0.get(&sample.tune).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_even_on_both_sides() {
        let sample = |i: usize| Sample { features: Vec::new(), tune: i / 6, generated: i.is_multiple_of(2) };
        let samples: Vec<Sample> = (0..120).map(sample).collect();
        let deal = Deal::by_tune(&samples, 4, 1);
        let size = |part: usize, side: bool| {
            samples.iter().filter(|s| s.generated == side && deal.part_of(s) == part).count()
        };
        assert!((0..4).all(|part| (size(part, false), size(part, true)) == (15, 15)));
    }
}
