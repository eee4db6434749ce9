//! LSTM layers on a GPU, by cuDNN.

use std::ops::Range;
use std::ptr::{null, null_mut};

use cudarc::cudnn::sys::{self, cudnnForwardMode_t as Mode};

use super::address::Address;
use super::buffer::DeviceBuffer;
use super::descriptors::{
    DropoutDescriptor, LayersDescriptor, RowsDescriptor, TensorDescriptor, done, gate_places,
};
use super::gpu::{Argument, CudaKernel, Gpu};
use super::half::{GradientScale, HalfBuffer};
use super::precision::CudaPrecision;
use super::recording::Recordings;
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
    space: DeviceBuffer<u8>,
    dspace: DeviceBuffer<u8>,
    sizes: Option<Sizes>,
    work: DeviceBuffer<u8>,
    reserve: DeviceBuffer<u8>,
    lengths: DeviceBuffer<i32>,
    /// The output, `[R, units]`.
    y: DeviceBuffer,
    /// h and c before and after, `[layers, lanes, units]`.
    state: [DeviceBuffer; 2],
    next: [DeviceBuffer; 2],
    /// All that in half precision, where the layers are.
    half: Option<Half>,
    forward: Recordings,
    backward: Recordings,
}

/// What cuDNN reads and writes in half precision.
#[derive(Debug, Default)]
struct Half {
    x: HalfBuffer,
    dx: HalfBuffer,
    y: HalfBuffer,
    dy: HalfBuffer,
    state: [HalfBuffer; 2],
    next: [HalfBuffer; 2],
    scale: GradientScale,
}

/// A weight or bias, `[inputs, 4 units]` among the parameters, and where its gates lie for cuDNN, in values.
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
    /// All layers of a network, in as few parts as their widths and dropout allow; one by one in half precision.
    pub(super) fn all(gpu: &Gpu, shape: &Shape, layout: &Layout) -> Result<Vec<Recurrent>, Error> {
        let alone = shape.dropout.hidden > 0 || gpu.precision == CudaPrecision::Half;
        let cut = |l: usize| alone || shape.layers[l] != shape.layers[l - 1];
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
        let half = gpu.precision == CudaPrecision::Half;
        let dropout = DropoutDescriptor::none(&gpu.dnn)?;
        let persistent = half && stays(inputs, units);
        let sizes = (inputs, units, layers.len());
        let descriptor = LayersDescriptor::new(gpu.precision, sizes, &dropout, persistent)?;
        let mut bytes = 0;
        // SAFETY: the descriptor lives, and the size is written before it is read.
        done(unsafe { sys::cudnnGetRNNWeightSpaceSize(gpu.dnn.raw(), descriptor.raw(), &mut bytes) })?;
        // Zeros, which the second biases stay.
        let mut space = DeviceBuffer::default();
        let there = (space.fit(gpu, bytes)?, bytes);
        let mut weights = vec![];
        for (i, layer) in layers.clone().enumerate() {
            let inputs = if i == 0 { inputs } else { units };
            let at = layout.layers[layer];
            let mut places = [(0, 0); 8];
            for (gate, place) in places.iter_mut().enumerate() {
                *place = gate_places(&gpu.dnn, &descriptor, there, (i, gate))?;
            }
            let value = if half { size_of::<u16>() } else { size_of::<f32>() };
            let matrices = |first: usize| std::array::from_fn(|gate| places[first + gate].0 / value);
            let biases = std::array::from_fn(|gate| places[gate].1 / value);
            let of =
                [(at.input, inputs, matrices(0)), (at.recurrent, units, matrices(4)), (at.bias, 1, biases)];
            weights.extend(of.map(|(parameter, inputs, gates)| GateMatrix {
                offset: layout.range(parameter).start,
                inputs,
                gates,
            }));
        }
        Ok(Recurrent {
            layers,
            inputs,
            units,
            descriptor,
            _dropout: dropout,
            weights,
            bytes,
            space,
            dspace: DeviceBuffer::default(),
            sizes: None,
            work: DeviceBuffer::default(),
            reserve: DeviceBuffer::default(),
            lengths: DeviceBuffer::default(),
            y: DeviceBuffer::default(),
            state: Default::default(),
            next: Default::default(),
            half: half.then(Half::default),
            forward: Recordings::default(),
            backward: Recordings::default(),
        })
    }

    /// Arranges the weights as cuDNN wants them.
    pub(super) fn refresh(&mut self, gpu: &Gpu, parameters: Address) -> Result<(), Error> {
        for weight in &self.weights {
            let from = parameters.plus(weight.offset);
            let half = usize::from(self.half.is_some());
            let places = [from.into(), self.space.at().into(), half.into()];
            weight.launch(gpu, CudaKernel::SpreadGates, &places, self.units)?;
        }
        Ok(())
    }

    /// Makes room for batches of a size.
    fn prepare(&mut self, gpu: &Gpu, extent: Extent, training: bool) -> Result<(), Error> {
        let size = |extent: Extent, training| (extent.steps, extent.lanes, training);
        let same = |there: &Sizes| size(there.extent, there.training) == size(extent, training);
        if self.sizes.as_ref().is_some_and(same) {
            return Ok(());
        }
        (self.forward, self.backward) = Default::default();
        let (precision, batch) = (gpu.precision, (extent.steps, extent.lanes));
        let mut sizes = Sizes {
            extent,
            training,
            x: RowsDescriptor::new(precision, batch, self.inputs)?,
            y: RowsDescriptor::new(precision, batch, self.units)?,
            state: TensorDescriptor::new(precision, [self.layers.len(), extent.lanes, self.units])?,
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
        self.lengths.put(gpu, &vec![extent.steps as i32; extent.lanes])?;
        let (rows, state) = (extent.rows(), self.layers.len() * extent.lanes * self.units);
        self.y.fit(gpu, rows * self.units)?;
        for buffer in &mut self.next {
            buffer.fit(gpu, state)?;
        }
        if let Some(half) = &mut self.half {
            half.y.fit(gpu, rows * self.units)?;
            half.dx.fit(gpu, rows * self.inputs)?;
            for buffer in &mut half.next {
                buffer.fit(gpu, state)?;
            }
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
        let Recurrent { sizes: Some(sizes), half, state, next, y, .. } = self else { return Ok(()) };
        let Some(half) = half else {
            let places = [x, y.at(), state[0].at(), state[1].at(), next[0].at(), next[1].at()];
            let (descriptor, space) = (&self.descriptor, (self.space.at(), self.bytes));
            let buffers = [self.lengths.at(), self.work.at(), self.reserve.at()];
            return self
                .forward
                .run(gpu, &places, || run_forward(gpu, descriptor, sizes, space, buffers, places));
        };
        let x = half.x.narrow(gpu, x, extent.rows() * self.inputs, None)?;
        for (half, state) in half.state.iter_mut().zip(state.iter()) {
            half.narrow(gpu, state.at(), state.len(), None)?;
        }
        let [h, c, next_h, next_c] =
            [&half.state[0], &half.state[1], &half.next[0], &half.next[1]].map(HalfBuffer::at);
        let places = [x, half.y.at(), h, c, next_h, next_c];
        let (descriptor, space) = (&self.descriptor, (self.space.at(), self.bytes));
        let buffers = [self.lengths.at(), self.work.at(), self.reserve.at()];
        let work = || run_forward(gpu, descriptor, sizes, space, buffers, places);
        self.forward.run(gpu, &places, work)?;
        half.y.widen(gpu, y.at(), None)?;
        half.next.iter().zip(next.iter()).try_for_each(|(half, next)| half.widen(gpu, next.at(), None))
    }

    /// From `dy`, the gradient of the output, gives that of `x` in `dx` and adds those of the weights.
    pub(super) fn backward(
        &mut self,
        gpu: &Gpu,
        x: Address,
        (dy, dx): (Address, Address),
        gradient: Address,
    ) -> Result<(), Error> {
        let dspace = self.dspace.zero(gpu, self.bytes)?;
        let Recurrent { sizes: Some(sizes), half, state, y, .. } = self else { return Ok(()) };
        let rows = sizes.extent.rows();
        let places = match half {
            None => [x, y.at(), dy, dx, state[0].at(), state[1].at(), dspace],
            Some(half) => {
                half.scale.of(gpu, dy, rows * self.units)?;
                let dy = half.dy.narrow(gpu, dy, rows * self.units, Some(&half.scale))?;
                let [h, c] = [half.state[0].at(), half.state[1].at()];
                [half.x.at(), half.y.at(), dy, half.dx.at(), h, c, dspace]
            }
        };
        let (descriptor, space) = (&self.descriptor, (self.space.at(), self.bytes));
        let buffers = [self.lengths.at(), self.work.at(), self.reserve.at()];
        let work = || run_backward(gpu, descriptor, sizes, space, buffers, places);
        self.backward.run(gpu, &places, work)?;
        let mut scale = Address::NULL;
        if let Some(half) = half {
            scale = half.scale.at();
            half.dx.widen(gpu, dx, Some(&half.scale))?;
        }
        let half = usize::from(half.is_some());
        for weight in &self.weights {
            let to = gradient.plus(weight.offset);
            let places = [dspace.into(), to.into(), scale.into(), half.into()];
            weight.launch(gpu, CudaKernel::CollectGates, &places, self.units)?;
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
        for (buffer, from) in self.state.iter_mut().zip([&state.h, &state.c]) {
            let layers = from[self.layers.clone()].iter();
            let rows = layers.flat_map(|values| values.chunks_exact(width));
            let values: Vec<f32> = rows.flat_map(|row| &row[..self.units]).copied().collect();
            buffer.put(gpu, &values)?;
        }
        Ok(())
    }

    /// The state after the last step.
    pub(super) fn get_state(&self, gpu: &Gpu, state: &mut State) -> Result<(), Error> {
        let width = padded(self.units);
        let mut values = vec![0.0; self.layers.len() * state.lanes * self.units];
        for (buffer, to) in self.next.iter().zip([&mut state.h, &mut state.c]) {
            buffer.get(gpu, &mut values)?;
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

/// Whether cuDNN can keep the recurrent weights of a layer in half precision in the multiprocessors.
fn stays(inputs: usize, units: usize) -> bool {
    units <= 1024 && units.is_multiple_of(64) && inputs.is_multiple_of(64)
}

/// Lengths, work and reserve are `buffers`; x, y, h, c and the next h and c are `places`.
fn run_forward(
    gpu: &Gpu,
    descriptor: &LayersDescriptor,
    sizes: &Sizes,
    (space, bytes): (Address, usize),
    [lengths, work, reserve]: [Address; 3],
    [x, y, h, c, next_h, next_c]: [Address; 6],
) -> Result<(), Error> {
    // SAFETY: every buffer holds what the descriptors say, as `prepare` and `put_state` made them.
    done(unsafe {
        sys::cudnnRNNForward(
            gpu.dnn.raw(),
            descriptor.raw(),
            mode(sizes.training),
            lengths.untyped().cast(),
            sizes.x.raw(),
            x.untyped(),
            sizes.y.raw(),
            y.untyped(),
            sizes.state.raw(),
            h.untyped(),
            next_h.untyped(),
            sizes.state.raw(),
            c.untyped(),
            next_c.untyped(),
            bytes,
            space.untyped(),
            sizes.work,
            work.untyped(),
            sizes.reserve,
            if sizes.training { reserve.untyped() } else { null_mut() },
        )
    })
}

/// Lengths, work and reserve are `buffers`; x, y, their gradients, h, c and the weights' gradient are `places`.
fn run_backward(
    gpu: &Gpu,
    descriptor: &LayersDescriptor,
    sizes: &Sizes,
    (space, bytes): (Address, usize),
    [lengths, work, reserve]: [Address; 3],
    [x, y, dy, dx, h, c, dspace]: [Address; 7],
) -> Result<(), Error> {
    // SAFETY: as in `run_forward`, whose reserve is read here; `dy` is as large as the output, `dx` as `x`.
    done(unsafe {
        sys::cudnnRNNBackwardData_v8(
            gpu.dnn.raw(),
            descriptor.raw(),
            lengths.untyped().cast(),
            sizes.y.raw(),
            y.untyped(),
            dy.untyped(),
            sizes.x.raw(),
            dx.untyped(),
            sizes.state.raw(),
            h.untyped(),
            null(),
            null_mut(),
            sizes.state.raw(),
            c.untyped(),
            null(),
            null_mut(),
            bytes,
            space.untyped(),
            sizes.work,
            work.untyped(),
            sizes.reserve,
            reserve.untyped(),
        )
    })?;
    // SAFETY: as above; the weights' gradient is as large as the weights.
    done(unsafe {
        sys::cudnnRNNBackwardWeights_v8(
            gpu.dnn.raw(),
            descriptor.raw(),
            sys::cudnnWgradMode_t::CUDNN_WGRAD_MODE_ADD,
            lengths.untyped().cast(),
            sizes.x.raw(),
            x.untyped(),
            sizes.state.raw(),
            h.untyped(),
            sizes.y.raw(),
            y.untyped(),
            bytes,
            dspace.untyped(),
            sizes.work,
            work.untyped(),
            sizes.reserve,
            reserve.untyped(),
        )
    })
}

impl GateMatrix {
    fn launch(&self, gpu: &Gpu, kernel: CudaKernel, places: &[Argument], units: usize) -> Result<(), Error> {
        let sizes = [self.inputs, units].into_iter().chain(self.gates);
        let arguments: Vec<Argument> = places.iter().copied().chain(sizes.map(Argument::from)).collect();
        gpu.launch(kernel, [self.inputs.div_ceil(32), units.div_ceil(32), 4], (32, 8), &arguments)
    }
}

fn mode(training: bool) -> Mode {
    if training { Mode::CUDNN_FWD_MODE_TRAINING } else { Mode::CUDNN_FWD_MODE_INFERENCE }
}
