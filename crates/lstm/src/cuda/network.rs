//! A whole network on a GPU: forward, losses, backward.

use super::address::Address;
use super::buffer::DeviceBuffer;
use super::gpu::{CudaKernel, Gpu};
use super::heads::{DeviceContext, DeviceHead};
use super::inputs::{DeviceColumns, DeviceInput};
use super::recurrent::Recurrent;
use crate::batch::FeatureColumn;
use crate::cpu::{INPUT, mask};
use crate::device::Reduction;
use crate::kernel::Mask;
use crate::layer::Extent;
use crate::matrix::padded;
use crate::{Batch, Error, Losses, Network, Objective, Shape, State};

/// A network's parameters on a GPU, their gradient, and all that lies between.
#[derive(Debug)]
pub(super) struct DeviceNetwork {
    pub(super) shape: Shape,
    parameters: DeviceBuffer,
    gradient: DeviceBuffer,
    columns: DeviceColumns,
    input: DeviceInput,
    layers: Vec<Recurrent>,
    contexts: Vec<DeviceContext>,
    pub(super) heads: Vec<DeviceHead>,
    x: DeviceBuffer,
    /// Outputs of the layers and the contexts after dropout.
    dropped: Vec<DeviceBuffer>,
    contexts_dropped: Vec<DeviceBuffer>,
    dcontexts: Vec<DeviceBuffer>,
    /// The gradient of a layer's output, and of the one below.
    dh: [DeviceBuffer; 2],
}

impl DeviceNetwork {
    pub(super) fn new(gpu: &Gpu, network: &Network) -> Result<DeviceNetwork, Error> {
        let (shape, layout) = (network.shape(), &network.layout);
        let layers = Recurrent::all(gpu, shape, layout)?;
        let contexts = (0..shape.contexts.len()).map(|c| DeviceContext::new(gpu, shape, layout, c));
        let heads = (0..shape.heads.len()).map(|h| DeviceHead::new(gpu, shape, layout, h));
        let buffers =
            |count: usize| (0..count).map(|_| DeviceBuffer::default()).collect::<Vec<DeviceBuffer>>();
        Ok(DeviceNetwork {
            shape: shape.clone(),
            parameters: DeviceBuffer::default(),
            gradient: DeviceBuffer::default(),
            columns: DeviceColumns::default(),
            input: DeviceInput::new(gpu, shape, layout, &shape.input)?,
            dropped: buffers(layers.len()),
            layers,
            contexts: contexts.collect::<Result<_, _>>()?,
            heads: heads.collect::<Result<_, _>>()?,
            x: DeviceBuffer::default(),
            contexts_dropped: buffers(shape.contexts.len()),
            dcontexts: buffers(shape.contexts.len()),
            dh: Default::default(),
        })
    }

    /// Copies the parameters, which are to stay until the GPU has been waited for.
    pub(super) fn refresh(&mut self, gpu: &Gpu, parameters: &[f32]) -> Result<(), Error> {
        let parameters = self.parameters.put(gpu, parameters)?;
        self.layers.iter_mut().try_for_each(|layers| layers.refresh(gpu, parameters))
    }

    pub(super) fn put_columns(&mut self, gpu: &Gpu, columns: &[FeatureColumn]) -> Result<(), Error> {
        self.columns.put(gpu, columns)
    }

    pub(super) fn put_state(&mut self, gpu: &Gpu, state: &State) -> Result<(), Error> {
        self.layers.iter_mut().try_for_each(|layers| layers.put_state(gpu, state))
    }

    pub(super) fn get_state(&self, gpu: &Gpu, state: &mut State) -> Result<(), Error> {
        self.layers.iter().try_for_each(|layers| layers.get_state(gpu, state))
    }

    /// Makes the state after the last step that before the next one.
    pub(super) fn go_on(&mut self) {
        self.layers.iter_mut().for_each(Recurrent::go_on);
    }

    /// The LSTM layers, from columns and state; `seed` turns dropout on.
    pub(super) fn layers(
        &mut self,
        gpu: &Gpu,
        extent: Extent,
        seed: Option<u64>,
        training: bool,
    ) -> Result<(), Error> {
        let (rows, width) = (extent.rows(), self.input.width);
        let x = self.x.fit(gpu, rows * width)?;
        self.input.embed(gpu, self.parameters.at(), &self.columns, rows, x)?;
        drop_rows(gpu, mask(seed, INPUT, self.shape.dropout.input), (rows, width), (x, x))?;
        let mut below = x;
        for (layers, dropped) in self.layers.iter_mut().zip(&mut self.dropped) {
            layers.forward(gpu, extent, below, training)?;
            let mask = layers_mask(&self.shape, layers, seed);
            below = dropped_rows(gpu, mask, (rows, layers.units), layers.output(), dropped)?;
        }
        Ok(())
    }

    /// A context, from the layers' output.
    pub(super) fn context(
        &mut self,
        gpu: &Gpu,
        index: usize,
        rows: usize,
        seed: Option<u64>,
    ) -> Result<(), Error> {
        let top = self.top();
        let context = &mut self.contexts[index];
        context.forward(gpu, self.parameters.at(), &self.columns, rows, top)?;
        let mask = mask(seed, self.shape.layers.len() + index, self.shape.dropout.output);
        let (output, dropped) = (context.output.at(), &mut self.contexts_dropped[index]);
        dropped_rows(gpu, mask, (rows, context.width), output, dropped)?;
        Ok(())
    }

    /// The logits of a head, `[rows, classes]`.
    pub(super) fn logits(
        &mut self,
        gpu: &Gpu,
        head: usize,
        rows: usize,
        to: &mut [f32],
    ) -> Result<(), Error> {
        if let Some(context) = self.heads[head].context {
            self.context(gpu, context, rows, None)?;
        }
        let from = self.source(head);
        self.heads[head].logits(gpu, self.parameters.at(), &self.columns, (rows, from), to)
    }

    /// The losses of a batch; leaves the gradient of every head's outputs in their place.
    pub(super) fn losses(
        &mut self,
        gpu: &Gpu,
        batch: &Batch,
        objective: &Objective,
        seed: Option<u64>,
    ) -> Result<Vec<usize>, Error> {
        for context in 0..self.contexts.len() {
            self.context(gpu, context, batch.rows(), seed)?;
        }
        let mut counts = vec![];
        for head in 0..self.heads.len() {
            let scale = match objective.reduction {
                Reduction::Mean => 1.0 / batch.mean_over(head).max(1) as f32,
                Reduction::Sum(factor) => factor,
            };
            let from = self.source(head);
            let (columns, parameters) = (&self.columns, self.parameters.at());
            let how = (objective.smoothing, scale);
            self.heads[head].losses(gpu, parameters, (columns, batch), from, how)?;
            counts.push(batch.counted(head));
        }
        Ok(counts)
    }

    /// What [`losses`](Self::losses) found.
    pub(super) fn read_losses(&self, gpu: &Gpu, counted: Vec<usize>) -> Result<Losses, Error> {
        let sums = self.heads.iter().map(|head| head.sums(gpu)).collect::<Result<Vec<_>, _>>()?;
        let (nats, smoothed) = sums.into_iter().unzip();
        Ok(Losses { nats, smoothed, counted })
    }

    /// From the gradients of the heads' outputs to those of all parameters.
    pub(super) fn backward(&mut self, gpu: &Gpu, extent: Extent, seed: u64) -> Result<(), Error> {
        let (rows, seed) = (extent.rows(), Some(seed));
        let gradient = self.gradient.zero(gpu, self.parameters.len())?;
        self.heads_backward(gpu, extent, seed, gradient)?;
        for part in (0..self.layers.len()).rev() {
            let below = if part == 0 { self.x.at() } else { self.output(part - 1) };
            let width = if part == 0 { self.input.width } else { self.layers[part - 1].units };
            let dx = self.dh[1].fit(gpu, rows * width)?;
            let (layers, dy) = (&mut self.layers[part], self.dh[0].at());
            drop_rows(gpu, layers_mask(&self.shape, layers, seed), (rows, layers.units), (dy, dy))?;
            layers.backward(gpu, below, (dy, dx), gradient)?;
            self.dh.swap(0, 1);
        }
        let (d, width) = (self.dh[0].at(), self.input.width);
        drop_rows(gpu, mask(seed, INPUT, self.shape.dropout.input), (rows, width), (d, d))?;
        self.input.embed_backward(gpu, &self.columns, rows, d, gradient)
    }

    /// From the gradients of the heads' outputs to that of the last layer's.
    fn heads_backward(
        &mut self,
        gpu: &Gpu,
        extent: Extent,
        seed: Option<u64>,
        gradient: Address,
    ) -> Result<(), Error> {
        let (rows, parameters, top) = (extent.rows(), self.parameters.at(), self.top());
        let dh = self.dh[0].zero(gpu, rows * self.shape.top())?;
        for (context, d) in self.contexts.iter().zip(&mut self.dcontexts) {
            d.zero(gpu, rows * context.width)?;
        }
        for (index, head) in self.heads.iter().enumerate() {
            let to = head.context.map_or(dh, |c| self.dcontexts[c].at());
            head.backward(gpu, (parameters, gradient), extent, (self.source(index), to))?;
        }
        for (c, context) in self.contexts.iter_mut().enumerate() {
            let d = self.dcontexts[c].at();
            let mask = mask(seed, self.shape.layers.len() + c, self.shape.dropout.output);
            drop_rows(gpu, mask, (rows, context.width), (d, d))?;
            context.backward(gpu, (parameters, gradient), &self.columns, rows, (top, dh, d))?;
        }
        Ok(())
    }

    /// The gradient of all parameters.
    pub(super) fn get_gradient(&self, gpu: &Gpu, to: &mut [f32]) -> Result<(), Error> {
        self.gradient.get(gpu, to)
    }

    /// What a head reads.
    fn source(&self, head: usize) -> Address {
        match self.heads[head].context {
            Some(c) => either(self.contexts[c].output.at(), &self.contexts_dropped[c]),
            None => self.top(),
        }
    }

    fn top(&self) -> Address {
        self.output(self.layers.len() - 1)
    }

    /// The output of a part of the layers, after dropout if there is any.
    fn output(&self, part: usize) -> Address {
        either(self.layers[part].output(), &self.dropped[part])
    }
}

fn either(plain: Address, dropped: &DeviceBuffer) -> Address {
    if dropped.len() == 0 { plain } else { dropped.at() }
}

/// The mask of the output of layers.
fn layers_mask(shape: &Shape, layers: &Recurrent, seed: Option<u64>) -> Option<Mask> {
    let last = layers.layers.end == shape.layers.len();
    let share = if last { shape.dropout.output } else { shape.dropout.hidden };
    mask(seed, layers.layers.end - 1, share)
}

/// Thins out `from` into `to` if there is a mask; says where to read on.
fn dropped_rows(
    gpu: &Gpu,
    mask: Option<Mask>,
    (rows, width): (usize, usize),
    from: Address,
    to: &mut DeviceBuffer,
) -> Result<Address, Error> {
    if mask.is_none() {
        to.fit(gpu, 0)?;
        return Ok(from);
    }
    let at = to.fit(gpu, rows * width)?;
    drop_rows(gpu, mask, (rows, width), (from, at))?;
    Ok(at)
}

/// `to = from * mask`, if there is one.
fn drop_rows(
    gpu: &Gpu,
    mask: Option<Mask>,
    (rows, width): (usize, usize),
    (from, to): (Address, Address),
) -> Result<(), Error> {
    let Some(Mask { key, share, scale }) = mask else { return Ok(()) };
    let arguments = [
        from.into(),
        to.into(),
        rows.into(),
        width.into(),
        padded(width).into(),
        (key as usize).into(),
        (share as usize).into(),
        scale.into(),
    ];
    gpu.launch_each(CudaKernel::Drop, rows * width, &arguments)
}
