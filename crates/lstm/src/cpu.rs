//! The processor as a device: a pool of threads over packed weights and a tape of activations.

use crate::Error;
use crate::aligned::Aligned;
use crate::batch::Batch;
use crate::device::{Device, Losses, Objective, Reduction};
use crate::kernel::{InstructionSet, Mask, SQUARES, SoftmaxLoss, drop_out};
use crate::layer::{Extent, Tape};
use crate::network::Network;
use crate::packed::{Precision, Purpose};
use crate::packed_network::PackedNetwork;
use crate::products::Workspace;
use crate::state::State;
use crate::threads::cut;

/// Losses and gradients on this processor. The number of threads does not change a result.
#[derive(Debug)]
pub struct Cpu {
    workspace: Workspace,
    packed: Option<PackedNetwork>,
    tapes: Vec<Tape>,
    buffers: Buffers,
}

/// Rows of activations and their gradients; R rows, padded widths.
#[derive(Debug, Default)]
struct Buffers {
    /// The first layer's input after dropout; empty without dropout.
    input: Aligned,
    /// Each layer's output after dropout; empty without dropout.
    dropped: Vec<Aligned>,
    /// Each context's output, before and after dropout.
    contexts: Vec<Aligned>,
    contexts_dropped: Vec<Aligned>,
    /// Each context's gradient.
    dcontexts: Vec<Aligned>,
    /// Each head's logits, then their gradient.
    heads: Vec<Aligned>,
    /// The gradient of a layer's output, and of the one below.
    dh: Aligned,
    dh_below: Aligned,
}

impl Cpu {
    /// A pool of `threads` (zero: one for each processor) with the processor's fastest instruction set.
    pub fn new(threads: usize) -> Cpu {
        Cpu::on(InstructionSet::detect(), threads)
    }

    /// A pool of `threads` with a given instruction set, to compare them.
    pub fn on(isa: InstructionSet, threads: usize) -> Cpu {
        Cpu {
            workspace: Workspace::new(isa, threads),
            packed: None,
            tapes: vec![],
            buffers: Buffers::default(),
        }
    }

    /// Copies a buffer to another of its length.
    #[cfg(feature = "cuda")]
    pub(crate) fn copy(&mut self, from: &[f32], to: &mut [f32]) {
        let pieces = |first: usize, to: &mut [f32]| to.copy_from_slice(&from[first..first + to.len()]);
        self.workspace.pool.each_rows(to, (1, 64), pieces);
    }

    /// Checks and packs; gives back the packed weights so that other fields stay free to borrow.
    fn ready(
        &mut self,
        network: &Network,
        batch: &Batch,
        state: &State,
        purpose: Purpose,
    ) -> Result<PackedNetwork, Error> {
        batch.check(network.shape())?;
        state.check(network.shape(), batch.lanes)?;
        let fits = |packed: &PackedNetwork| packed.shape == *network.shape();
        let mut packed =
            self.packed.take().filter(fits).unwrap_or_else(|| PackedNetwork::new(network, Precision::Single));
        packed.refresh(network, self.workspace.isa, &mut self.workspace.pool, purpose);
        self.tapes.resize_with(packed.layers.len(), Tape::default);
        Ok(packed)
    }

    /// Everything up to the heads' sources; `seed` turns dropout on.
    fn forward(
        &mut self,
        packed: &PackedNetwork,
        network: &Network,
        batch: &Batch,
        state: &mut State,
        seed: Option<u64>,
    ) {
        let extent = Extent { steps: batch.steps, lanes: batch.lanes };
        let dropout = network.shape().dropout;
        let Cpu { workspace, tapes, buffers, .. } = self;
        buffers.dropped.resize_with(tapes.len(), Aligned::default);
        buffers.input.fit(0);
        if let Some(mask) = mask(seed, INPUT, dropout.input)
            && let Some(features) = &packed.layers[0].features
        {
            let (isa, width) = (workspace.isa, features.input_width());
            buffers.input.fit(extent.rows() * width);
            workspace.pool.each_rows(&mut buffers.input, (width, 1), |row, input| {
                features.embed(network, &batch.columns, row, input);
                mask.apply(isa, row * width, input);
            });
        }
        for (l, layer) in packed.layers.iter().enumerate() {
            let (below, rest) = tapes.split_at_mut(l);
            let (dropped_below, dropped) = buffers.dropped.split_at_mut(l);
            let below = below.last().map_or(&buffers.input[..], |tape| tape.output(extent));
            let below = dropped_below.last().filter(|d| !d.is_empty()).map_or(below, |d| &d[..]);
            layer.forward(workspace, extent, &batch.columns, below, state, &mut rest[0]);
            rest[0].leave(l, state);
            let share = if l + 1 == packed.layers.len() { dropout.output } else { dropout.hidden };
            drop_rows(workspace, mask(seed, l, share), rest[0].output(extent), &mut dropped[0]);
        }
        let top = top(tapes, &buffers.dropped, extent);
        buffers.contexts.resize_with(packed.contexts.len(), Aligned::default);
        buffers.contexts_dropped.resize_with(packed.contexts.len(), Aligned::default);
        for (c, context) in packed.contexts.iter().enumerate() {
            buffers.contexts[c].fit(extent.rows() * context.width());
            context.forward_rows(workspace, &batch.columns, top, &mut buffers.contexts[c]);
            let mask = mask(seed, packed.layers.len() + c, dropout.output);
            drop_rows(workspace, mask, &buffers.contexts[c], &mut buffers.contexts_dropped[c]);
        }
    }

    /// Losses of every head; leaves the gradients of their logits in the buffers.
    fn head_losses(&mut self, packed: &PackedNetwork, batch: &Batch, objective: &Objective) -> Losses {
        let extent = Extent { steps: batch.steps, lanes: batch.lanes };
        let Cpu { workspace, tapes, buffers, .. } = self;
        let mut losses = Losses::default();
        buffers.heads.resize_with(packed.heads.len(), Aligned::default);
        for (i, head) in packed.heads.iter().enumerate() {
            let scale = match objective.reduction {
                Reduction::Mean => 1.0 / batch.mean_over(i).max(1) as f32,
                Reduction::Sum(factor) => factor,
            };
            buffers.heads[i].fit(extent.rows() * head.width());
            let source = match head.source {
                None => top(tapes, &buffers.dropped, extent),
                Some(c) => either(&buffers.contexts[c], &buffers.contexts_dropped[c]),
            };
            let rows =
                head.losses(workspace, batch, source, (objective.smoothing, scale), &mut buffers.heads[i]);
            let sum = |of: fn(&SoftmaxLoss) -> f32| rows.iter().map(|r| f64::from(of(r))).sum();
            losses.nats.push(sum(|r| r.nats));
            losses.smoothed.push(sum(|r| r.smoothed));
            losses.counted.push(batch.counted(i));
        }
        losses
    }

    fn backward(
        &mut self,
        packed: &PackedNetwork,
        network: &Network,
        batch: &Batch,
        seed: u64,
        gradient: &mut [f32],
    ) {
        let extent = Extent { steps: batch.steps, lanes: batch.lanes };
        let dropout = network.shape().dropout;
        self.heads_backward(packed, network, batch, seed, gradient);
        let Cpu { workspace, tapes, buffers, .. } = self;
        for (l, layer) in packed.layers.iter().enumerate().rev() {
            let share = if l + 1 == packed.layers.len() { dropout.output } else { dropout.hidden };
            undrop_rows(workspace, mask(Some(seed), l, share), &mut buffers.dh);
            let (below, rest) = tapes.split_at_mut(l);
            layer.backward(workspace, extent, &mut rest[0], &mut buffers.dh);
            let output = below.last().map_or(&buffers.input[..], |tape| tape.output(extent));
            let output = if l > 0 { either(output, &buffers.dropped[l - 1]) } else { output };
            layer.weight_gradients(workspace, network, &batch.columns, output, &rest[0], gradient);
            if !output.is_empty() {
                layer.input_gradient(workspace, extent, &rest[0], &mut buffers.dh_below);
                std::mem::swap(&mut buffers.dh, &mut buffers.dh_below);
            }
        }
        if let Some(mask) = mask(Some(seed), INPUT, dropout.input)
            && let Some(features) = &packed.layers[0].features
        {
            undrop_rows(workspace, Some(mask), &mut buffers.dh);
            features.embed_backward(network, &batch.columns, &buffers.dh, gradient);
        }
    }

    /// From the logits' gradients to that of the last layer's output, in `dh`.
    fn heads_backward(
        &mut self,
        packed: &PackedNetwork,
        network: &Network,
        batch: &Batch,
        seed: u64,
        gradient: &mut [f32],
    ) {
        let extent = Extent { steps: batch.steps, lanes: batch.lanes };
        let Cpu { workspace, tapes, buffers, .. } = self;
        let Buffers { dropped, contexts, contexts_dropped, dcontexts, heads, dh, .. } = buffers;
        let top = top(tapes, dropped, extent);
        dh.zero(top.len());
        dcontexts.resize_with(contexts.len(), Aligned::default);
        dcontexts.iter_mut().zip(contexts.iter()).for_each(|(d, c)| d.zero(c.len()));
        for (head, d) in packed.heads.iter().zip(heads) {
            let (source, to) = match head.source {
                None => (top, &mut *dh),
                Some(c) => (either(&contexts[c], &contexts_dropped[c]), &mut dcontexts[c]),
            };
            head.backward(workspace, network, source, d, to, gradient);
        }
        for (c, context) in packed.contexts.iter().enumerate() {
            let mask = mask(Some(seed), packed.layers.len() + c, network.shape().dropout.output);
            undrop_rows(workspace, mask, &mut dcontexts[c]);
            let rows = (top, &contexts[c][..]);
            context.backward(workspace, network, &batch.columns, rows, (&mut dcontexts[c], dh), gradient);
        }
    }
}

impl Device for Cpu {
    fn gradient(
        &mut self,
        network: &Network,
        batch: &Batch,
        state: &mut State,
        objective: &Objective,
        gradient: &mut [f32],
    ) -> Result<Losses, Error> {
        if gradient.len() != network.parameters().len() {
            return Err(Error::data("the gradient has another length than the parameters"));
        }
        let packed = self.ready(network, batch, state, Purpose::Training)?;
        self.forward(&packed, network, batch, state, Some(objective.seed));
        let losses = self.head_losses(&packed, batch, objective);
        self.backward(&packed, network, batch, objective.seed, gradient);
        self.packed = Some(packed);
        Ok(losses)
    }

    fn losses(&mut self, network: &Network, batch: &Batch, state: &mut State) -> Result<Losses, Error> {
        let packed = self.ready(network, batch, state, Purpose::Evaluation)?;
        self.forward(&packed, network, batch, state, None);
        let losses = self.head_losses(&packed, batch, &Objective::default());
        self.packed = Some(packed);
        Ok(losses)
    }

    fn share(&mut self, buffers: Vec<&mut [f32]>, work: &(dyn Fn(Vec<&mut [f32]>) + Sync)) {
        let length = buffers.first().map_or(0, |buffer| buffer.len());
        let ranges = self.workspace.pool.ranges(length, 64);
        let mut pieces: Vec<Vec<&mut [f32]>> = ranges.iter().map(|_| vec![]).collect();
        for buffer in buffers {
            let cut = cut(buffer, 1, &ranges).into_iter().zip(&mut pieces);
            cut.for_each(|((_, part), piece)| piece.push(part));
        }
        self.workspace.pool.each(pieces, work);
    }

    fn sum_of_squares(&mut self, values: &[f32]) -> f64 {
        let Workspace { isa, pool, .. } = &mut self.workspace;
        let mut sums = vec![0.0; values.len().div_ceil(SQUARES)];
        let share = sums.len().div_ceil(pool.size()).max(1);
        let pieces = sums.chunks_mut(share).zip(values.chunks(share * SQUARES)).collect();
        let isa = *isa;
        pool.each(pieces, |(sums, values): (&mut [f64], &[f32])| {
            sums.iter_mut().zip(isa.squares(values)).for_each(|(to, sum)| *to = sum);
        });
        sums.iter().sum()
    }
}

/// The place of the first layer's input among the buffers that dropout thins out.
pub(crate) const INPUT: usize = usize::MAX >> 1;

/// What contexts and plain heads read: the last layer's output, after dropout if there is any.
fn top<'a>(tapes: &'a [Tape], dropped: &'a [Aligned], extent: Extent) -> &'a [f32] {
    match (tapes.last(), dropped.last()) {
        (Some(tape), Some(dropped)) => either(tape.output(extent), dropped),
        _ => &[],
    }
}

fn either<'a>(plain: &'a [f32], dropped: &'a [f32]) -> &'a [f32] {
    if dropped.is_empty() { plain } else { dropped }
}

/// The mask of the `place`-th buffer that dropout thins out in the step with this seed.
pub(crate) fn mask(seed: Option<u64>, place: usize, thousandths: u16) -> Option<Mask> {
    let seed = seed.filter(|_| thousandths > 0)?;
    // SplitMix64 (Steele et al. 2014), so that near seeds and places have unlike keys.
    let mut z = seed.wrapping_add((place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Some(Mask::new((z >> 32) as u32, thousandths))
}

fn drop_rows(workspace: &mut Workspace, mask: Option<Mask>, from: &[f32], to: &mut Aligned) {
    let Some(mask) = mask else { return to.fit(0) };
    to.fit(from.len());
    let isa = workspace.isa;
    workspace.pool.each_rows(to, (1, 64), |first, to| drop_out(isa, mask, first, &from[first..], to));
}

fn undrop_rows(workspace: &mut Workspace, mask: Option<Mask>, d: &mut [f32]) {
    let Some(mask) = mask else { return };
    let isa = workspace.isa;
    workspace.pool.each_rows(d, (1, 64), |first, d| mask.apply(isa, first, d));
}
