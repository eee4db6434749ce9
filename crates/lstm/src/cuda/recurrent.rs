//! LSTM layers on a GPU, by cuDNN.

use std::ops::Range;
use std::ptr::{null, null_mut};

use cudarc::cudnn::sys::{self, cudnnForwardMode_t as Mode};

use super::descriptors::{
    DropoutDescriptor, LayersDescriptor, RowsDescriptor, TensorDescriptor, done, gate_places,
};
use super::gpu::{Argument, CudaKernel, Gpu};
use super::room::{Address, Room};
use crate::layer::Extent;
use crate::layout::Layout;
use crate::matrix::padded;
use crate::{Error, Shape, State};

/// Layers of one width with no dropout between them, which cuDNN runs as one.
#[derive(Debug)]
pub(super) struct Recurrent {
    /// Which of the network's layers.
    pub(super) layers: Range<usize>,
    inputs: usize,
    pub(super) units: usize,
    descriptor: LayersDescriptor,
    /// What `descriptor` refers to.
    _dropout: DropoutDescriptor,
    weights: Vec<GateMatrix>,
    bytes: usize,
    space: Room,
    dspace: Room,
    sizes: Option<Sizes>,
    work: Room<u8>,
    reserve: Room<u8>,
    lengths: Room<i32>,
    /// The output, `[R, units]`.
    y: Room,
    /// h and c before and after, `[layers, lanes, units]`.
    state: [Room; 2],
    next: [Room; 2],
}

/// A weight or bias, `[inputs, 4 units]` among the parameters, and where its gates lie for cuDNN.
#[derive(Debug)]
struct GateMatrix {
    offset: usize,
    inputs: usize,
    gates: [usize; 4],
}

/// What cuDNN is told of a batch.
#[derive(Debug)]
struct Sizes {
    extent: Extent,
    training: bool,
    x: RowsDescriptor,
    y: RowsDescriptor,
    state: TensorDescriptor,
    work: usize,
    reserve: usize,
}

impl Recurrent {
    /// All layers of a network, in as few parts as their widths and dropout allow.
    pub(super) fn all(gpu: &Gpu, shape: &Shape, layout: &Layout) -> Result<Vec<Recurrent>, Error> {
        let cut = |l: usize| shape.dropout.hidden > 0 || shape.layers[l] != shape.layers[l - 1];
        let (mut parts, mut first) = (vec![], 0);
        for end in 1..=shape.layers.len() {
            if end == shape.layers.len() || cut(end) {
                parts.push(Recurrent::new(gpu, shape, layout, first..end)?);
                first = end;
            }
        }
        Ok(parts)
    }

    fn new(gpu: &Gpu, shape: &Shape, layout: &Layout, layers: Range<usize>) -> Result<Recurrent, Error> {
        let units = shape.layers[layers.start];
        let inputs = match layers.start {
            0 => shape.input_width(&shape.input),
            first => shape.layers[first - 1],
        };
        let dropout = DropoutDescriptor::none(&gpu.dnn)?;
        let descriptor = LayersDescriptor::new(gpu.precision, (inputs, units, layers.len()), &dropout)?;
        let mut bytes = 0;
        // SAFETY: the descriptor lives, and the size is written before it is read.
        done(unsafe { sys::cudnnGetRNNWeightSpaceSize(gpu.dnn.raw(), descriptor.raw(), &mut bytes) })?;
        let mut weights = vec![];
        for (i, layer) in layers.clone().enumerate() {
            let at = layout.layers[layer];
            let mut places = [(0, None); 8];
            for (gate, place) in places.iter_mut().enumerate() {
                *place = gate_places(&gpu.dnn, &descriptor, bytes, (i, gate))?;
            }
            let matrices = |first: usize| std::array::from_fn(|gate| places[first + gate].0);
            let biases = std::array::from_fn(|gate| places[gate].1.unwrap_or_default());
            let inputs = if i == 0 { inputs } else { units };
            let weight = |parameter, inputs, gates| GateMatrix {
                offset: layout.range(parameter).start,
                inputs,
                gates,
            };
            weights.push(weight(at.input, inputs, matrices(0)));
            weights.push(weight(at.recurrent, units, matrices(4)));
            weights.push(weight(at.bias, 1, biases));
        }
        Ok(Recurrent {
            layers,
            inputs,
            units,
            descriptor,
            _dropout: dropout,
            weights,
            bytes,
            space: Room::default(),
            dspace: Room::default(),
            sizes: None,
            work: Room::default(),
            reserve: Room::default(),
            lengths: Room::default(),
            y: Room::default(),
            state: Default::default(),
            next: Default::default(),
        })
    }

    /// Arranges the weights as cuDNN wants them.
    pub(super) fn refresh(&mut self, gpu: &Gpu, parameters: Address) -> Result<(), Error> {
        let space = self.space.fit(gpu, self.bytes / size_of::<f32>())?;
        for weight in &self.weights {
            let from = parameters.plus(weight.offset);
            weight.launch(gpu, CudaKernel::SpreadGates, from, space, self.units)?;
        }
        Ok(())
    }

    /// Makes room for batches of a size.
    fn prepare(&mut self, gpu: &Gpu, extent: Extent, training: bool) -> Result<(), Error> {
        let same = |sizes: &Sizes| {
            (sizes.extent.steps, sizes.extent.lanes, sizes.training)
                == (extent.steps, extent.lanes, training)
        };
        if self.sizes.as_ref().is_some_and(same) {
            return Ok(());
        }
        let batch = (extent.steps, extent.lanes);
        let mut sizes = Sizes {
            extent,
            training,
            x: RowsDescriptor::new(batch, self.inputs)?,
            y: RowsDescriptor::new(batch, self.units)?,
            state: TensorDescriptor::new([self.layers.len(), extent.lanes, self.units])?,
            work: 0,
            reserve: 0,
        };
        // SAFETY: the descriptors live, and the sizes are written before they are read.
        done(unsafe {
            sys::cudnnGetRNNTempSpaceSizes(
                gpu.dnn.raw(),
                self.descriptor.raw(),
                mode(training),
                sizes.x.raw(),
                &mut sizes.work,
                &mut sizes.reserve,
            )
        })?;
        self.work.fit(gpu, sizes.work)?;
        self.reserve.fit(gpu, sizes.reserve)?;
        self.y.fit(gpu, extent.rows() * self.units)?;
        self.lengths.put(gpu, &vec![extent.steps as i32; extent.lanes])?;
        for room in self.next.iter_mut() {
            room.fit(gpu, self.layers.len() * extent.lanes * self.units)?;
        }
        self.sizes = Some(sizes);
        Ok(())
    }

    /// Runs all steps from the state that was put; `x` is `[R, inputs]`.
    pub(super) fn forward(
        &mut self,
        gpu: &Gpu,
        extent: Extent,
        x: Address,
        training: bool,
    ) -> Result<(), Error> {
        self.prepare(gpu, extent, training)?;
        let Some(sizes) = &self.sizes else { return Ok(()) };
        // SAFETY: every room holds what the descriptors say, as `prepare` and `put_state` made them.
        done(unsafe {
            sys::cudnnRNNForward(
                gpu.dnn.raw(),
                self.descriptor.raw(),
                mode(training),
                self.lengths.at().untyped().cast(),
                sizes.x.raw(),
                x.untyped(),
                sizes.y.raw(),
                self.y.at().untyped(),
                sizes.state.raw(),
                self.state[0].at().untyped(),
                self.next[0].at().untyped(),
                sizes.state.raw(),
                self.state[1].at().untyped(),
                self.next[1].at().untyped(),
                self.bytes,
                self.space.at().untyped(),
                sizes.work,
                self.work.at().untyped(),
                sizes.reserve,
                if training { self.reserve.at().untyped() } else { null_mut() },
            )
        })
    }

    /// From `dy`, the gradient of the output, gives that of `x` in `dx` and adds those of the weights.
    pub(super) fn backward(
        &mut self,
        gpu: &Gpu,
        x: Address,
        (dy, dx): (Address, Address),
        gradient: Address,
    ) -> Result<(), Error> {
        let dspace = self.dspace.zero(gpu, self.bytes / size_of::<f32>())?;
        let Some(sizes) = &self.sizes else { return Ok(()) };
        // SAFETY: as in `forward`, whose reserve is read here; `dy` is as large as the output, `dx` as `x`.
        done(unsafe {
            sys::cudnnRNNBackwardData_v8(
                gpu.dnn.raw(),
                self.descriptor.raw(),
                self.lengths.at().untyped().cast(),
                sizes.y.raw(),
                self.y.at().untyped(),
                dy.untyped(),
                sizes.x.raw(),
                dx.untyped(),
                sizes.state.raw(),
                self.state[0].at().untyped(),
                null(),
                null_mut(),
                sizes.state.raw(),
                self.state[1].at().untyped(),
                null(),
                null_mut(),
                self.bytes,
                self.space.at().untyped(),
                sizes.work,
                self.work.at().untyped(),
                sizes.reserve,
                self.reserve.at().untyped(),
            )
        })?;
        // SAFETY: as above; the weights' gradient is as large as the weights.
        done(unsafe {
            sys::cudnnRNNBackwardWeights_v8(
                gpu.dnn.raw(),
                self.descriptor.raw(),
                sys::cudnnWgradMode_t::CUDNN_WGRAD_MODE_ADD,
                self.lengths.at().untyped().cast(),
                sizes.x.raw(),
                x.untyped(),
                sizes.state.raw(),
                self.state[0].at().untyped(),
                sizes.y.raw(),
                self.y.at().untyped(),
                self.bytes,
                dspace.untyped(),
                sizes.work,
                self.work.at().untyped(),
                sizes.reserve,
                self.reserve.at().untyped(),
            )
        })?;
        for weight in &self.weights {
            let to = gradient.plus(weight.offset);
            weight.launch(gpu, CudaKernel::CollectGates, dspace, to, self.units)?;
        }
        Ok(())
    }

    /// The output of all steps, `[R, units]`.
    pub(super) fn output(&self) -> Address {
        self.y.at()
    }

    /// Sets the state before the first step.
    pub(super) fn put_state(&mut self, gpu: &Gpu, state: &State) -> Result<(), Error> {
        let width = padded(self.units);
        for (room, from) in self.state.iter_mut().zip([&state.h, &state.c]) {
            let layers = from[self.layers.clone()].iter();
            let rows = layers.flat_map(|values| values.chunks_exact(width));
            let values: Vec<f32> = rows.flat_map(|row| &row[..self.units]).copied().collect();
            room.put(gpu, &values)?;
        }
        Ok(())
    }

    /// The state after the last step.
    pub(super) fn get_state(&self, gpu: &Gpu, state: &mut State) -> Result<(), Error> {
        let width = padded(self.units);
        let mut values = vec![0.0; self.layers.len() * state.lanes * self.units];
        for (room, to) in self.next.iter().zip([&mut state.h, &mut state.c]) {
            room.get(gpu, &mut values)?;
            let layers = to[self.layers.clone()].iter_mut();
            let rows = layers.flat_map(|values| values.chunks_exact_mut(width));
            rows.zip(values.chunks_exact(self.units)).for_each(|(to, from)| {
                to[..self.units].copy_from_slice(from);
            });
        }
        Ok(())
    }

    /// Makes the state after the last step that before the next one.
    pub(super) fn go_on(&mut self) {
        std::mem::swap(&mut self.state, &mut self.next);
    }
}

impl GateMatrix {
    fn launch(
        &self,
        gpu: &Gpu,
        kernel: CudaKernel,
        from: Address,
        to: Address,
        units: usize,
    ) -> Result<(), Error> {
        let sizes = [from.into(), to.into(), self.inputs.into(), units.into()];
        let arguments: Vec<Argument> =
            sizes.into_iter().chain(self.gates.map(Argument::from)).collect();
        gpu.launch(kernel, [self.inputs.div_ceil(32), units.div_ceil(32), 4], (32, 8), &arguments)
    }
}

fn mode(training: bool) -> Mode {
    if training { Mode::CUDNN_FWD_MODE_TRAINING } else { Mode::CUDNN_FWD_MODE_INFERENCE }
}
