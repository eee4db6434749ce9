//! A sum whose order depends on nothing but the number of its terms.

use std::ops::Range;

use crate::kernel::InstructionSet;
use crate::matrix::add_to;

/// Sums of consecutive shards: two neighbours come together as the halves of a binary tree over all shards would, so
/// that neither who adds nor how many do it changes a bit (pairwise summation).
#[derive(Debug, Default)]
pub(crate) struct TreeSum<'a> {
    /// What has not come together yet, in the order of shards.
    pub(crate) parts: Vec<PartialSum<'a>>,
}

/// The sum of some consecutive shards, where the first of them lies.
#[derive(Debug)]
pub(crate) struct PartialSum<'a> {
    pub(crate) shards: Range<usize>,
    pub(crate) values: &'a mut [f32],
}

impl<'a> TreeSum<'a> {
    /// Adds the shards that follow.
    pub(crate) fn push(&mut self, shards: Range<usize>, values: &'a mut [f32]) {
        self.parts.push(PartialSum { shards, values });
        while let [.., left, right] = &self.parts[..]
            && are_halves(&left.shards, &right.shards)
        {
            self.join();
        }
    }

    /// The sum of all, once all are there.
    pub(crate) fn total(mut self) -> &'a mut [f32] {
        while self.parts.len() > 1 {
            self.join();
        }
        self.parts.pop().map(|part| part.values).unwrap_or_default()
    }

    fn join(&mut self) {
        if let Some(right) = self.parts.pop()
            && let Some(left) = self.parts.last_mut()
        {
            InstructionSet::detect().wide(
                #[inline(always)]
                || add_to(left.values, right.values),
            );
            left.shards.end = right.shards.end;
        }
    }
}

/// What the sums of some consecutive shards come together to, without the others.
pub(crate) fn come_together(shards: Range<usize>) -> Vec<Range<usize>> {
    let mut sum = TreeSum::default();
    shards.for_each(|shard| sum.push(shard..shard + 1, &mut []));
    sum.parts.into_iter().map(|part| part.shards).collect()
}

fn are_halves(left: &Range<usize>, right: &Range<usize>) -> bool {
    left.len() == right.len() && left.start.is_multiple_of(2 * left.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shards of a range, each a value of its own.
    fn values(shards: Range<usize>) -> Vec<Vec<f32>> {
        shards.map(|s| vec![(s as f32 + 0.3).exp(), 1e7 / (s as f32 + 0.7)]).collect()
    }

    fn sum(shards: Range<usize>, values: &mut [Vec<f32>]) -> TreeSum<'_> {
        let mut sum = TreeSum::default();
        shards.zip(values).for_each(|(s, values)| sum.push(s..s + 1, values));
        sum
    }

    #[test]
    fn who_adds_changes_nothing() {
        for shards in 1..20 {
            let mut whole = values(0..shards);
            let whole = sum(0..shards, &mut whole).total();
            for ranks in 1..=shards {
                let owned = (0..ranks).map(|rank| rank * shards / ranks..(rank + 1) * shards / ranks);
                let mut owned: Vec<_> = owned.map(|own| (own.clone(), values(own))).collect();
                let mut together = TreeSum::default();
                for (own, values) in &mut owned {
                    let mine = sum(own.clone(), values);
                    let sent: Vec<_> = mine.parts.iter().map(|part| part.shards.clone()).collect();
                    assert_eq!(sent, come_together(own.clone()));
                    mine.parts.into_iter().for_each(|part| together.push(part.shards, part.values));
                }
                assert_eq!(together.total(), whole, "{shards} shards, {ranks} ranks");
            }
        }
    }
}
