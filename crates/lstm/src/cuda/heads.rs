//! Contexts and softmax heads on a GPU: cuBLAS for their products, our own kernels for experts and losses.

use super::address::Address;
use super::buffer::DeviceBuffer;
use super::gpu::{Argument, CudaKernel, DeviceMatrix, Gpu};
use super::inputs::{DeviceColumns, DeviceInput, source};
use crate::layer::Extent;
use crate::layout::Layout;
use crate::{Batch, Error, NONE, Shape};

/// A hidden layer `relu(W h + U x + b)`.
#[derive(Debug)]
pub(super) struct DeviceContext {
    pub(super) width: usize,
    /// The width of h.
    top: usize,
    hidden: usize,
    bias: usize,
    /// The columns of the bias's gradient.
    bias_at: DeviceBuffer<u32>,
    /// U's place, and x.
    features: Option<(usize, DeviceInput)>,
    x: DeviceBuffer,
    dx: DeviceBuffer,
    pub(super) output: DeviceBuffer,
}

impl DeviceContext {
    pub(super) fn new(
        gpu: &Gpu,
        shape: &Shape,
        layout: &Layout,
        index: usize,
    ) -> Result<DeviceContext, Error> {
        let (context, at) = (&shape.contexts[index], layout.contexts[index]);
        let features = at.features.map(|parameter| {
            Ok((layout.range(parameter).start, DeviceInput::new(gpu, shape, layout, &context.input)?))
        });
        let bias = layout.range(at.bias);
        let columns: Vec<u32> = bias.clone().map(|place| place as u32).collect();
        Ok(DeviceContext {
            width: context.width,
            top: shape.top(),
            hidden: layout.range(at.hidden).start,
            bias: bias.start,
            bias_at: DeviceBuffer::of(gpu, &columns)?,
            features: features.transpose()?,
            x: DeviceBuffer::default(),
            dx: DeviceBuffer::default(),
            output: DeviceBuffer::default(),
        })
    }

    fn weight(&self, of: Address) -> DeviceMatrix {
        DeviceMatrix::new(of.plus(self.hidden), self.top, self.width)
    }

    pub(super) fn forward(
        &mut self,
        gpu: &Gpu,
        parameters: Address,
        columns: &DeviceColumns,
        rows: usize,
        h: Address,
    ) -> Result<(), Error> {
        let to = DeviceMatrix::new(self.output.fit(gpu, rows * self.width)?, rows, self.width);
        gpu.product(DeviceMatrix::new(h, rows, self.top), self.weight(parameters), to, false)?;
        if let Some((weight, input)) = &self.features {
            let x = self.x.fit(gpu, rows * input.width)?;
            input.embed(gpu, parameters, columns, rows, x)?;
            let weight = DeviceMatrix::new(parameters.plus(*weight), input.width, self.width);
            gpu.product(DeviceMatrix::new(x, rows, input.width), weight, to, true)?;
        }
        let bias = parameters.plus(self.bias).into();
        let arguments = [self.output.at().into(), bias, rows.into(), self.width.into()];
        gpu.launch_each(CudaKernel::BiasRelu, rows * self.width, &arguments)
    }

    /// From `d`, the gradient of the output, adds to that of h and to the weights'; `d` becomes that of the sums.
    pub(super) fn backward(
        &mut self,
        gpu: &Gpu,
        (parameters, gradient): (Address, Address),
        columns: &DeviceColumns,
        rows: usize,
        (h, dh, d): (Address, Address, Address),
    ) -> Result<(), Error> {
        let arguments = [d.into(), self.output.at().into(), rows.into(), self.width.into()];
        gpu.launch_each(CudaKernel::ReluBackward, rows * self.width, &arguments)?;
        let (sums, h) = (DeviceMatrix::new(d, rows, self.width), DeviceMatrix::new(h, rows, self.top));
        let dh = DeviceMatrix::new(dh, rows, self.top);
        gpu.product(sums, self.weight(parameters).transposed(), dh, true)?;
        gpu.product(h.transposed(), sums, self.weight(gradient), true)?;
        gpu.column_sums(d, (rows, self.width), self.bias_at.at(), gradient)?;
        let Some((weight, input)) = &self.features else { return Ok(()) };
        let weight = |of: Address| DeviceMatrix::new(of.plus(*weight), input.width, self.width);
        let x = DeviceMatrix::new(self.x.at(), rows, input.width);
        gpu.product(x.transposed(), sums, weight(gradient), true)?;
        let dx = self.dx.fit(gpu, rows * input.width)?;
        let to = DeviceMatrix::new(dx, rows, input.width);
        gpu.product(sums, weight(parameters).transposed(), to, false)?;
        input.embed_backward(gpu, columns, rows, dx, gradient)
    }
}

/// A softmax head: a dense layer and experts, side by side in one matrix of outputs.
#[derive(Debug)]
pub(super) struct DeviceHead {
    index: usize,
    pub(super) classes: usize,
    /// Of a row of outputs.
    width: usize,
    /// Which context it reads; the last LSTM layer itself if none.
    pub(super) context: Option<usize>,
    inputs: usize,
    /// Of the dense layer and each expert: first column, columns, place of the weight.
    parts: Vec<(usize, usize, usize)>,
    /// For each column, the place of its bias.
    bias_at: DeviceBuffer<u32>,
    experts: DeviceBuffer<u32>,
    maps: DeviceBuffer<u32>,
    targets: DeviceBuffer<u32>,
    allowed: DeviceBuffer<bool>,
    outputs: DeviceBuffer,
    losses: DeviceBuffer,
    logits: DeviceBuffer,
}

impl DeviceHead {
    pub(super) fn new(gpu: &Gpu, shape: &Shape, layout: &Layout, index: usize) -> Result<DeviceHead, Error> {
        let head = &shape.heads[index];
        let (mut experts, mut maps, mut first) = (vec![], vec![], head.classes);
        for expert in &head.experts {
            let key = shape.feature(&expert.key).unwrap_or_default();
            let keys = shape.features[key].width;
            let speaks = |k: usize, c: usize| expert.gather.output(k, c, head.classes);
            let places = expert_maps(&mut maps, (keys, head.classes, expert.outputs), speaks);
            let start = [source(shape, key), first, expert.outputs];
            experts.extend(start.into_iter().chain(places).map(|n| n as u32));
            first += expert.outputs;
        }
        let sizes = std::iter::once(head.classes).chain(head.experts.iter().map(|e| e.outputs));
        let (mut parts, mut bias_at, mut column) = (vec![], vec![], 0);
        for (columns, &(weight, bias)) in sizes.zip(&layout.heads[index].parts) {
            parts.push((column, columns, layout.range(weight).start));
            bias_at.extend(layout.range(bias).map(|place| place as u32));
            column += columns;
        }
        let context = shape.context_of(head);
        Ok(DeviceHead {
            index,
            classes: head.classes,
            width: column,
            context,
            inputs: context.map_or(shape.top(), |c| shape.contexts[c].width),
            parts,
            bias_at: DeviceBuffer::of(gpu, &bias_at)?,
            experts: DeviceBuffer::of(gpu, &experts)?,
            maps: DeviceBuffer::of(gpu, &maps)?,
            targets: DeviceBuffer::default(),
            allowed: DeviceBuffer::default(),
            outputs: DeviceBuffer::default(),
            losses: DeviceBuffer::default(),
            logits: DeviceBuffer::default(),
        })
    }

    /// The outputs of the dense layer and the experts, without biases.
    fn forward(&mut self, gpu: &Gpu, parameters: Address, rows: usize, from: Address) -> Result<(), Error> {
        let outputs = self.outputs.fit(gpu, rows * self.width)?;
        let outputs = DeviceMatrix::new(outputs, rows, self.width);
        let from = DeviceMatrix::new(from, rows, self.inputs);
        for &(first, columns, weight) in &self.parts {
            let weight = DeviceMatrix::new(parameters.plus(weight), self.inputs, columns);
            gpu.product(from, weight, outputs.columns(first, columns), false)?;
        }
        Ok(())
    }

    /// The logits, `[rows, classes]`.
    pub(super) fn logits(
        &mut self,
        gpu: &Gpu,
        parameters: Address,
        columns: &DeviceColumns,
        (rows, from): (usize, Address),
        to: &mut [f32],
    ) -> Result<(), Error> {
        self.forward(gpu, parameters, rows, from)?;
        let logits = self.logits.fit(gpu, rows * self.classes)?;
        let arguments = [
            self.outputs.at().into(),
            parameters.into(),
            self.bias_at.at().into(),
            columns.index.at().into(),
            self.experts.at().into(),
            self.maps.at().into(),
            logits.into(),
            (self.experts.len() / 6).into(),
            rows.into(),
            self.classes.into(),
            self.width.into(),
        ];
        gpu.launch(CudaKernel::HeadLogits, [rows, 1, 1], (128, 1), &arguments)?;
        self.logits.get(gpu, to)
    }

    /// Leaves each row's losses, and `scale` times the gradient of the outputs in their place.
    pub(super) fn losses(
        &mut self,
        gpu: &Gpu,
        parameters: Address,
        (columns, batch): (&DeviceColumns, &Batch),
        from: Address,
        (smoothing, scale): (f32, f32),
    ) -> Result<(), Error> {
        let rows = batch.rows();
        self.forward(gpu, parameters, rows, from)?;
        self.targets.put(gpu, &batch.targets[self.index])?;
        let allowed = match &batch.allowed[self.index] {
            Some(allowed) => self.allowed.put(gpu, allowed)?,
            None => Address::NULL,
        };
        let losses = self.losses.fit(gpu, 2 * rows)?;
        let arguments: [Argument; 15] = [
            self.outputs.at().into(),
            parameters.into(),
            self.bias_at.at().into(),
            columns.index.at().into(),
            self.targets.at().into(),
            allowed.into(),
            self.experts.at().into(),
            self.maps.at().into(),
            losses.into(),
            (self.experts.len() / 6).into(),
            rows.into(),
            self.classes.into(),
            self.width.into(),
            smoothing.into(),
            scale.into(),
        ];
        gpu.launch(CudaKernel::HeadLoss, [rows, 1, 1], (128, 1), &arguments)
    }

    /// The sums of the plain and the smoothed losses.
    pub(super) fn sums(&self, gpu: &Gpu) -> Result<(f64, f64), Error> {
        let mut losses = vec![0.0; self.losses.len()];
        self.losses.get(gpu, &mut losses)?;
        let add = |(plain, smoothed), row: &[f32]| (plain + f64::from(row[0]), smoothed + f64::from(row[1]));
        Ok(losses.chunks_exact(2).fold((0.0, 0.0), add))
    }

    /// Adds the gradients of the weights, and to `to` that of what the head reads.
    pub(super) fn backward(
        &self,
        gpu: &Gpu,
        (parameters, gradient): (Address, Address),
        extent: Extent,
        (from, to): (Address, Address),
    ) -> Result<(), Error> {
        let rows = extent.rows();
        let d = DeviceMatrix::new(self.outputs.at(), rows, self.width);
        let from = DeviceMatrix::new(from, rows, self.inputs);
        let to = DeviceMatrix::new(to, rows, self.inputs);
        for &(first, columns, weight) in &self.parts {
            let weight = |of: Address| DeviceMatrix::new(of.plus(weight), self.inputs, columns);
            let d = d.columns(first, columns);
            gpu.product(d, weight(parameters).transposed(), to, true)?;
            gpu.product(from.transposed(), d, weight(gradient), true)?;
        }
        gpu.column_sums(self.outputs.at(), (rows, self.width), self.bias_at.at(), gradient)
    }
}

/// Writes for every key which output speaks for each class, `[keys, classes]`, the classes in the order of the outputs
/// that speak for them, `[keys, classes]`, and where each output's begin, `[keys, outputs + 1]`; gives their places.
fn expert_maps(
    maps: &mut Vec<u32>,
    (keys, classes, outputs): (usize, usize, usize),
    speaks: impl Fn(usize, usize) -> Option<usize>,
) -> [usize; 3] {
    let (mut order, mut starts) = (vec![], vec![]);
    let first = maps.len();
    for key in 0..keys {
        let said: Vec<Option<usize>> =
            (0..classes).map(|c| speaks(key, c).filter(|&o| o < outputs)).collect();
        maps.extend(said.iter().map(|o| o.map_or(NONE, |o| o as u32)));
        let mut sorted: Vec<usize> = (0..classes).filter(|&c| said[c].is_some()).collect();
        sorted.sort_by_key(|&c| said[c]);
        starts.extend((0..=outputs).map(|o| sorted.partition_point(|&c| said[c] < Some(o)) as u32));
        sorted.resize(classes, 0);
        order.extend(sorted.iter().map(|&c| c as u32));
    }
    let places = [first, first + order.len(), first + 2 * order.len()];
    maps.extend(order);
    maps.extend(starts);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_found_under_the_output_that_speaks_for_it() {
        let mut maps = vec![7; 5];
        let speaks = |k: usize, c: usize| ((k + c) % 4 != 3).then_some((2 * c + k) % 5);
        let [said, order, starts] = expert_maps(&mut maps, (3, 9, 5), speaks);
        for k in 0..3 {
            let mut seen = 0;
            for o in 0..5 {
                let range = [0, 1].map(|i| maps[starts + k * 6 + o + i] as usize);
                for &c in &maps[order + k * 9..][range[0]..range[1]] {
                    assert_eq!(maps[said + k * 9 + c as usize] as usize, o);
                    seen += 1;
                }
            }
            assert_eq!(seen, (0..9).filter(|&c| speaks(k, c).is_some()).count());
        }
    }
}
