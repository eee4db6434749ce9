//! What stands on the last LSTM layer: hidden contexts, softmax heads and their experts.

use crate::NONE;
use crate::aligned::Aligned;
use crate::batch::{Batch, Column};
use crate::kernel::{BLOCK, CrossEntropy, InstructionSet, SoftmaxLoss, Start};
use crate::layer::{
    Crew, Fill, Target, bias_gradient, cut, features_gradient, product_rows, weight_gradient,
};
use crate::network::Network;
use crate::panels::{Panels, padded};
use crate::projection::{Order, Projection};
use crate::team::Piece;

/// A hidden layer `relu(W h + U x + b)`, packed.
#[derive(Clone, Debug)]
pub(crate) struct ContextLayer {
    index: usize,
    pub(crate) projection: Projection,
    pub(crate) hidden: Panels,
    transposed: Panels,
}

impl ContextLayer {
    pub(crate) fn new(network: &Network, index: usize) -> ContextLayer {
        let (shape, at) = (network.shape(), network.layout.contexts[index]);
        let context = &shape.contexts[index];
        let order = Order::Plain(context.width);
        let projection = Projection::new(network, &context.input, order, at.features, at.bias);
        let hidden = Panels::new(shape.top(), order.width());
        ContextLayer { index, projection, hidden, transposed: Panels::new(context.width, shape.top()) }
    }

    /// The work of packing the weights.
    pub(crate) fn packing<'a>(&'a mut self, network: &'a Network, path: InstructionSet) -> Vec<Piece<'a>> {
        let weight = network.values(network.layout.contexts[self.index].hidden);
        let ContextLayer { projection, hidden, transposed, .. } = self;
        let order = projection.order;
        vec![
            Box::new(move || hidden.pack(0, order, weight)),
            Box::new(move || transposed.pack_transposed(0, order, weight)),
            Box::new(move || projection.refresh(network, path)),
        ]
    }

    pub(crate) fn padded(&self) -> usize {
        self.projection.order.width()
    }

    /// Rows `first ..` of the layer's output from those of h.
    pub(crate) fn forward(
        &self,
        path: InstructionSet,
        columns: &[Column],
        h: &[f32],
        first: usize,
        to: &mut [f32],
    ) {
        let step = padded(self.hidden.depth);
        self.projection.apply(path, columns, first, to);
        path.product(&h[first * step..], step, self.hidden.view(), Start::Sum, to);
        path.wide(
            #[inline(always)]
            || {
                for x in to {
                    *x = x.max(0.0);
                }
            },
        );
    }

    pub(crate) fn forward_rows(&self, crew: &mut Crew, columns: &[Column], h: &[f32], to: &mut [f32]) {
        let path = crew.path;
        let ranges = crew.team.ranges(to.len() / self.padded(), 1);
        crew.team.each(cut(to, self.padded(), &ranges), |(row, to)| self.forward(path, columns, h, row, to));
    }

    /// From `d`, the gradient of the output, adds to that of h and to the weights'; `d` becomes that of the sums.
    pub(crate) fn backward(
        &self,
        crew: &mut Crew,
        network: &Network,
        columns: &[Column],
        (h, output): (&[f32], &[f32]),
        (d, dh): (&mut [f32], &mut [f32]),
        gradient: &mut [f32],
    ) {
        let (path, ranges) = (crew.path, crew.team.ranges(d.len(), BLOCK));
        crew.team.each(cut(d, 1, &ranges), |(first, d)| {
            path.wide(
                #[inline(always)]
                || {
                    for (d, y) in d.iter_mut().zip(&output[first..]) {
                        *d = if *y > 0.0 { *d } else { 0.0 };
                    }
                },
            );
        });
        product_rows(crew, (d, self.padded()), &self.transposed, Fill::Add, dh);
        let at = network.layout.contexts[self.index];
        let left = (h, padded(self.hidden.depth), self.hidden.depth);
        let order = self.projection.order;
        let target = Target { first: 0, order, range: network.layout.range(at.hidden) };
        weight_gradient(crew, left, (d, order.width()), &[target], gradient);
        features_gradient(crew, network, &self.projection, columns, d, gradient);
    }
}

/// A head's dense layer and experts, packed side by side into one product.
#[derive(Clone, Debug)]
pub(crate) struct HeadLayer {
    index: usize,
    pub(crate) classes: usize,
    pub(crate) source: Option<usize>,
    pub(crate) weight: Panels,
    transposed: Panels,
    pub(crate) bias: Aligned,
    experts: Vec<ExpertPart>,
}

/// An expert's outputs among the head's columns, and which of them speaks for each pair of key and class.
#[derive(Clone, Debug)]
struct ExpertPart {
    first: usize,
    outputs: usize,
    key: usize,
    /// `[keys, classes]`.
    speaks: Vec<u32>,
}

impl HeadLayer {
    pub(crate) fn new(network: &Network, index: usize) -> HeadLayer {
        let shape = network.shape();
        let head = &shape.heads[index];
        let mut first = padded(head.classes);
        let mut experts = Vec::new();
        for expert in &head.experts {
            let key = shape.feature(&expert.key).unwrap_or_default();
            let pairs = (0..shape.features[key].width).flat_map(|k| (0..head.classes).map(move |c| (k, c)));
            let speaks = |(k, c)| expert.gather.output(k, c, head.classes).map_or(NONE, |o| o as u32);
            experts.push(ExpertPart {
                first,
                outputs: expert.outputs,
                key,
                speaks: pairs.map(speaks).collect(),
            });
            first += padded(expert.outputs);
        }
        let source = shape.context_of(head);
        let inputs = source.map_or(shape.top(), |c| shape.contexts[c].width);
        let (weight, transposed) = (Panels::new(inputs, first), Panels::new(first, inputs));
        HeadLayer {
            index,
            classes: head.classes,
            source,
            weight,
            transposed,
            bias: Aligned::zeros(first),
            experts,
        }
    }

    /// Each part's first column, the order of its columns, its weight and its bias: the dense layer, the experts.
    fn parts(&self, network: &Network) -> Vec<(usize, Order, usize, usize)> {
        let columns = self.experts.iter().map(|e| (e.first, e.outputs));
        let columns = std::iter::once((0, self.classes)).chain(columns);
        let parameters = &network.layout.heads[self.index].parts;
        columns.zip(parameters).map(|((first, n), &(w, b))| (first, Order::Plain(n), w, b)).collect()
    }

    pub(crate) fn width(&self) -> usize {
        self.weight.width
    }

    /// The work of packing the weights.
    pub(crate) fn packing<'a>(&'a mut self, network: &'a Network) -> [Piece<'a>; 2] {
        let parts = self.parts(network);
        let rows = parts.clone();
        let HeadLayer { weight, transposed, bias, .. } = self;
        let pack = move || {
            for (first, order, w, b) in parts {
                weight.pack(first, order, network.values(w));
                order.spread(network.values(b), &mut bias[first..]);
            }
        };
        let pack_transposed = move || {
            for (first, order, w, _) in rows {
                transposed.pack_transposed(first, order, network.values(w));
            }
        };
        [Box::new(pack), Box::new(pack_transposed)]
    }

    /// Adds the experts' outputs of row `row` of the columns into the logits in front.
    pub(crate) fn gather(&self, columns: &[Column], row: usize, logits: &mut [f32]) {
        let (dense, experts) = logits.split_at_mut(padded(self.classes));
        for (expert, speaks, first) in self.speaking(columns, row) {
            let outputs = &experts[first..first + expert.outputs];
            for (logit, &output) in dense.iter_mut().zip(speaks) {
                if let Some(value) = outputs.get(output as usize) {
                    *logit += value;
                }
            }
        }
    }

    /// Shares the logits' gradient out among the experts' outputs.
    fn scatter(&self, columns: &[Column], row: usize, d: &mut [f32]) {
        let (dense, experts) = d.split_at_mut(padded(self.classes));
        experts.fill(0.0);
        for (expert, speaks, first) in self.speaking(columns, row) {
            let outputs = &mut experts[first..first + expert.outputs];
            for (d, &output) in dense.iter().zip(speaks) {
                if let Some(slope) = outputs.get_mut(output as usize) {
                    *slope += d;
                }
            }
        }
    }

    /// The experts that have a key at this row, the outputs for the classes, the first of them.
    fn speaking(&self, columns: &[Column], row: usize) -> impl Iterator<Item = (&ExpertPart, &[u32], usize)> {
        let (classes, start) = (self.classes, padded(self.classes));
        self.experts.iter().filter_map(move |expert| match &columns[expert.key] {
            Column::Index(keys) if keys[row] != NONE => Some((
                expert,
                &expert.speaks[keys[row] as usize * classes..][..classes],
                expert.first - start,
            )),
            _ => None,
        })
    }

    /// Logits, losses and (times `scale`) the gradient of the logits for all rows, from the head's source.
    pub(crate) fn losses(
        &self,
        crew: &mut Crew,
        batch: &Batch,
        source: &[f32],
        (smoothing, scale): (f32, f32),
        d: &mut [f32],
    ) -> Vec<SoftmaxLoss> {
        let (path, width) = (crew.path, self.width());
        let step = padded(self.weight.depth);
        let ranges = crew.team.ranges(batch.rows(), 1);
        let mut losses = vec![SoftmaxLoss::default(); batch.rows()];
        let mut pieces = Vec::new();
        let mut rest = &mut losses[..];
        for (row, d) in cut(d, width, &ranges) {
            let (piece, after) = rest.split_at_mut(d.len() / width);
            pieces.push((row, d, piece));
            rest = after;
        }
        crew.team.each(pieces, |(first, d, losses)| {
            path.product(&source[first * step..], step, self.weight.view(), Start::Row(&self.bias), d);
            for (i, (d, loss)) in d.chunks_exact_mut(width).zip(losses).enumerate() {
                *loss = self.row_loss(path, batch, first + i, (smoothing, scale), d);
            }
        });
        losses
    }

    fn row_loss(
        &self,
        path: InstructionSet,
        batch: &Batch,
        row: usize,
        (smoothing, scale): (f32, f32),
        d: &mut [f32],
    ) -> SoftmaxLoss {
        let target = batch.targets[self.index][row];
        if target == NONE {
            d.fill(0.0);
            return SoftmaxLoss::default();
        }
        self.gather(&batch.columns, row, d);
        let classes = self.classes;
        let allowed = batch.allowed[self.index].as_ref().map(|all| &all[row * classes..(row + 1) * classes]);
        let logits = &mut d[..padded(classes)];
        let target = target as usize;
        let loss = path.cross_entropy(CrossEntropy { logits, classes, allowed, target, smoothing, scale });
        self.scatter(&batch.columns, row, d);
        loss
    }

    /// Adds the gradients of the weights and of the source from `d`, that of the logits and experts.
    pub(crate) fn backward(
        &self,
        crew: &mut Crew,
        network: &Network,
        source: &[f32],
        d: &[f32],
        to: &mut [f32],
        gradient: &mut [f32],
    ) {
        product_rows(crew, (d, self.width()), &self.transposed, Fill::Add, to);
        let (inputs, width) = (self.weight.depth, self.width());
        let targets = |of: fn((usize, usize)) -> usize| -> Vec<Target> {
            let target =
                |(first, order, w, b)| Target { first, order, range: network.layout.range(of((w, b))) };
            self.parts(network).into_iter().map(target).collect()
        };
        weight_gradient(crew, (source, padded(inputs), inputs), (d, width), &targets(|(w, _)| w), gradient);
        bias_gradient(crew, (d, width), &targets(|(_, b)| b), gradient);
    }
}
