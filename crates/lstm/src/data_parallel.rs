//! Data parallelism: several processes share the lanes of a batch, and sum their gradients.

use std::mem;
use std::ops::Range;

use crate::communicator::{Communicator, RankParts};
use crate::device::{Device, Losses, Objective, add};
use crate::tree_sum::{PartialSum, TreeSum, come_together};
use crate::{Batch, Error, Network, State};

/// A device that cuts every batch into shards of its lanes, of which each rank of a communicator computes its share.
///
/// The gradients of the shards are summed along a binary tree: the number of shards decides the bits of a result, the
/// number of ranks does not. Each shard has dropout of its own, and means are those of the whole batch. A rank keeps the
/// gradients of each of its shards, added from batch to batch, until they are to be complete: however many batches come
/// together, their gradients are sent once. Losses, a few numbers, are sent for each batch.
///
/// The sum is an all-reduce of two halves: each rank is sent its chunk of what the others' shards have come together
/// to, adds that up in the order of the tree, and sends the chunk to all. Where ranks own whole branches (as 1, 2 and 4
/// of 4 shards do) each sends and receives `2 (ranks - 1) / ranks` times the parameters, which is the least that an
/// all-reduce needs (Patarasu and Yuan 2009); elsewhere the first half is as many times larger as a rank has
/// branches.
#[derive(Debug)]
pub struct DataParallel<D> {
    device: D,
    shards: usize,
    communicator: Box<dyn Communicator>,
    /// Of each shard of this rank its gradient since the last sum over shards: zeros, where there was none since.
    kept: Vec<Vec<f32>>,
    /// Whether there was one.
    incomplete: bool,
    /// What other ranks have sent in the last sum; its memory serves the next.
    received: Vec<Vec<f32>>,
}

impl<D: Device> DataParallel<D> {
    /// Cuts batches into `shards` for a device on each rank.
    ///
    /// # Errors
    /// [`Error::Communicator`] if there are fewer shards than ranks.
    pub fn new(device: D, shards: usize, communicator: Box<dyn Communicator>) -> Result<Self, Error> {
        let ranks = communicator.size();
        if shards < ranks {
            return Err(Error::Communicator(format!(
                "there are {ranks} ranks and {shards} shards; cut batches into {ranks} shards or more"
            )));
        }
        Ok(Self { device, shards, communicator, kept: vec![], incomplete: false, received: vec![] })
    }

    /// The shards of a rank.
    fn own(&self, rank: usize) -> Range<usize> {
        share(self.shards, rank, self.communicator.size())
    }

    /// Calls `compute` for every shard of this rank, with its lanes and their state, and sums the losses of all ranks.
    fn sharded(
        &mut self,
        batch: &Batch,
        state: &mut State,
        mut compute: impl FnMut(&mut D, usize, &Batch, &mut State) -> Result<Losses, Error>,
    ) -> Result<Losses, Error> {
        if batch.lanes < self.shards {
            let (lanes, shards) = (batch.lanes, self.shards);
            return Err(Error::data(format!("{lanes} lanes cannot be cut into {shards} shards")));
        }
        let mut losses = vec![];
        for shard in self.own(self.communicator.rank()) {
            let lanes = share(batch.lanes, shard, self.shards);
            let mut part = state.part(&lanes);
            losses.push(compute(&mut self.device, shard, &batch.part(&lanes), &mut part)?);
            state.put(&lanes, &part);
        }
        self.total(&losses, batch.targets.len())
    }

    /// The losses of all shards, added in their order, from those of this rank.
    fn total(&mut self, own: &[Losses], heads: usize) -> Result<Losses, Error> {
        let values = |l: &Losses| {
            (0..heads).map(|h| [l.nats[h], l.smoothed[h], l.counted[h] as f64]).collect::<Vec<_>>()
        };
        let own: Vec<f64> = own.iter().flat_map(values).flatten().collect();
        let mut all = vec![0.0; self.shards * heads * 3];
        let counts: Vec<usize> =
            (0..self.communicator.size()).map(|rank| self.own(rank).len() * heads * 3).collect();
        let from = RankParts { values: &mut all[..], counts: &counts };
        self.communicator.all_gather_doubles(&own, from)?;
        let mut total = Losses::default();
        for shard in all.chunks(heads * 3) {
            total.add(&Losses {
                nats: shard.iter().step_by(3).copied().collect(),
                smoothed: shard.iter().skip(1).step_by(3).copied().collect(),
                counted: shard.iter().skip(2).step_by(3).map(|&count| count as usize).collect(),
            });
        }
        Ok(total)
    }

    /// The sum of the gradients of the shards of all ranks, where the first of this rank's, which are `kept`, has been.
    fn all_reduce<'a>(&mut self, kept: &'a mut [Vec<f32>]) -> Result<&'a mut [f32], Error> {
        let (rank, ranks) = (self.communicator.rank(), self.communicator.size());
        let length = kept.first().map_or(0, Vec::len);
        let mut own = TreeSum::default();
        self.own(rank).zip(kept).for_each(|(shard, values)| own.push(shard..shard + 1, values));
        if ranks == 1 {
            return Ok(own.total());
        }
        let branches: Vec<_> = (0..ranks).map(|rank| come_together(self.own(rank))).collect();
        let lengths: Vec<usize> = (0..ranks).map(|rank| share(length, rank, ranks).len()).collect();
        self.exchange(&own.parts, &branches, &lengths)?;
        let mut chunks: Vec<_> =
            self.received.iter_mut().map(|from| from.chunks_mut(lengths[rank].max(1))).collect();
        let mut sum = TreeSum::default();
        for branches in branches {
            for (shards, chunks) in branches.into_iter().zip(&mut chunks) {
                sum.push(shards, chunks.next().unwrap_or_default());
            }
        }
        let whole = own.parts.into_iter().next().map_or(&mut [][..], |first| first.values);
        self.communicator.all_gather(sum.total(), RankParts { values: &mut *whole, counts: &lengths })?;
        Ok(whole)
    }

    /// Sends each rank its chunk of every own branch. What comes back is, for the first branch of every rank that has
    /// one, for the second and so on, the chunk of this rank.
    fn exchange(
        &mut self,
        own: &[PartialSum<'_>],
        branches: &[Vec<Range<usize>>],
        lengths: &[usize],
    ) -> Result<(), Error> {
        let mine = lengths[self.communicator.rank()];
        self.received.resize_with(branches.iter().map(Vec::len).max().unwrap_or(0), Vec::new);
        for (branch, received) in self.received.iter_mut().enumerate() {
            let nothing = vec![0; lengths.len()];
            let to = match own.get(branch) {
                Some(part) => RankParts { values: &*part.values, counts: lengths },
                None => RankParts { values: &[][..], counts: &nothing },
            };
            let count = |theirs: &Vec<_>| if branch < theirs.len() { mine } else { 0 };
            let counts: Vec<usize> = branches.iter().map(count).collect();
            received.resize(counts.iter().sum(), 0.0);
            self.communicator.all_to_all(to, RankParts { values: received, counts: &counts })?;
        }
        Ok(())
    }
}

impl<D: Device> Device for DataParallel<D> {
    /// As of any device, but `state` moves on in the lanes of this rank alone, and all of the gradient is kept back.
    fn gradient(
        &mut self,
        network: &Network,
        batch: &Batch,
        state: &mut State,
        objective: &Objective,
        gradient: &mut [f32],
    ) -> Result<Losses, Error> {
        let own = self.own(self.communicator.rank());
        let mut kept = mem::take(&mut self.kept);
        kept.resize_with(own.len(), Vec::new);
        if !self.incomplete {
            kept.iter_mut().for_each(|zeros| zeros.resize(gradient.len(), 0.0));
        }
        let losses = self.sharded(batch, state, |device, shard, batch, state| {
            let objective = Objective { seed: shard_seed(objective.seed, shard), ..*objective };
            device.gradient(network, batch, state, &objective, &mut kept[shard - own.start])
        });
        self.kept = kept;
        self.incomplete = true;
        losses
    }

    fn complete(&mut self, gradient: &mut [f32]) -> Result<(), Error> {
        if !mem::take(&mut self.incomplete) {
            return Ok(());
        }
        let mut kept = mem::take(&mut self.kept);
        if kept.iter().any(|kept| kept.len() != gradient.len()) {
            return Err(Error::data("the gradient has another length than those that are to complete it"));
        }
        let whole = self.all_reduce(&mut kept)?;
        self.device.share(vec![gradient, whole], &add);
        self.device.share(kept.iter_mut().map(|kept| &mut kept[..]).collect(), &clear);
        self.kept = kept;
        Ok(())
    }

    /// As of any device, but `state` moves on in the lanes of this rank alone.
    fn losses(&mut self, network: &Network, batch: &Batch, state: &mut State) -> Result<Losses, Error> {
        self.sharded(batch, state, |device, _, batch, state| device.losses(network, batch, state))
    }

    fn share(&mut self, buffers: Vec<&mut [f32]>, work: &(dyn Fn(Vec<&mut [f32]>) + Sync)) {
        self.device.share(buffers, work);
    }

    fn sum_of_squares(&mut self, values: &[f32]) -> f64 {
        self.device.sum_of_squares(values)
    }
}

/// Share `i` of `count` things among `shares`.
fn share(count: usize, i: usize, shares: usize) -> Range<usize> {
    i * count / shares..(i + 1) * count / shares
}

/// The seed of a shard's dropout in the step with this seed.
fn shard_seed(seed: u64, shard: usize) -> u64 {
    seed ^ (shard as u64) << 48
}

fn clear(pieces: Vec<&mut [f32]>) {
    pieces.into_iter().for_each(|piece| piece.fill(0.0));
}
