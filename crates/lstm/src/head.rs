//! Softmax heads and their experts.

use crate::NONE;
use crate::aligned::Aligned;
use crate::batch::{Batch, FeatureColumn};
use crate::column_order::ColumnOrder;
use crate::kernel::{CrossEntropy, InstructionSet, ProductStart, SoftmaxLoss};
use crate::matrix::{Matrix, padded};
use crate::network::Network;
use crate::packed::{PackedMatrix, PackedWeight, Precision, Purpose};
use crate::products::{ParameterColumns, Workspace};
use crate::threads::{Job, cut};

/// A head's dense layer and experts, packed side by side into one product.
#[derive(Debug)]
pub(crate) struct HeadLayer {
    index: usize,
    pub(crate) classes: usize,
    pub(crate) source: Option<usize>,
    weight: PackedWeight,
    /// For training.
    transposed: PackedMatrix,
    bias: Aligned,
    experts: Vec<ExpertColumns>,
}

/// An expert's outputs among the head's columns, and which of them speaks for each pair of key and class.
#[derive(Debug)]
struct ExpertColumns {
    first: usize,
    outputs: usize,
    /// The feature that is its key.
    key: usize,
    /// `[keys, classes]`.
    speaks: Vec<u32>,
}

/// The dense layer or an expert: the first of its columns, their order, its weight and its bias.
#[derive(Clone, Copy)]
struct HeadPart {
    first: usize,
    order: ColumnOrder,
    weight: usize,
    bias: usize,
}

impl HeadLayer {
    pub(crate) fn new(network: &Network, index: usize, precision: Precision) -> HeadLayer {
        let shape = network.shape();
        let head = &shape.heads[index];
        let mut first = padded(head.classes);
        let mut experts = Vec::new();
        for expert in &head.experts {
            let key = shape.feature(&expert.key).unwrap_or_default();
            let pairs = (0..shape.features[key].width).flat_map(|k| (0..head.classes).map(move |c| (k, c)));
            let speaks = |(k, c)| expert.gather.output(k, c, head.classes).map_or(NONE, |o| o as u32);
            experts.push(ExpertColumns {
                first,
                outputs: expert.outputs,
                key,
                speaks: pairs.map(speaks).collect(),
            });
            first += padded(expert.outputs);
        }
        let source = shape.context_of(head);
        let inputs = source.map_or(shape.top(), |c| shape.contexts[c].width);
        HeadLayer {
            index,
            classes: head.classes,
            source,
            weight: PackedWeight::new(inputs, first, precision),
            transposed: PackedMatrix::new(first, inputs),
            bias: Aligned::zeros(first),
            experts,
        }
    }

    /// The dense layer, then the experts.
    fn parts(&self, network: &Network) -> Vec<HeadPart> {
        let columns = self.experts.iter().map(|e| (e.first, e.outputs));
        let columns = std::iter::once((0, self.classes)).chain(columns);
        let parameters = &network.layout.heads[self.index].parts;
        let part = |((first, columns), &(weight, bias))| HeadPart {
            first,
            order: ColumnOrder::Plain(columns),
            weight,
            bias,
        };
        columns.zip(parameters).map(part).collect()
    }

    /// The width of a row of logits and experts' outputs.
    pub(crate) fn width(&self) -> usize {
        self.weight.width()
    }

    /// The work of packing the weights.
    pub(crate) fn packing<'a>(
        &'a mut self,
        network: &'a Network,
        isa: InstructionSet,
        purpose: Purpose,
    ) -> Vec<Job<'a>> {
        let parts = self.parts(network);
        let HeadLayer { weight, transposed, bias, .. } = self;
        for part in &parts {
            part.order.spread(&network.read(part.bias), &mut bias[part.first..]);
        }
        let rows = parts.clone();
        let mut jobs: Vec<Job> = vec![Box::new(move || {
            for part in parts {
                weight.pack(isa, part.first, part.order, &network.weight(part.weight));
            }
        })];
        if purpose == Purpose::Training {
            jobs.push(Box::new(move || {
                for part in rows {
                    transposed.pack_transposed(part.first, part.order, network.values(part.weight));
                }
            }));
        }
        jobs
    }

    /// Rows of logits and experts' outputs from those of the source.
    pub(crate) fn forward(&self, isa: InstructionSet, source: Matrix, to: &mut [f32]) {
        self.weight.product(isa, source, 0..self.width(), ProductStart::Row(&self.bias), to);
    }

    /// The rows that the head reads.
    pub(crate) fn source_rows<'a>(&self, values: &'a [f32]) -> Matrix<'a> {
        Matrix::padded(values, self.weight.depth())
    }

    /// Adds the experts' outputs of row `row` of the columns into the logits in front.
    pub(crate) fn gather(&self, columns: &[FeatureColumn], row: usize, logits: &mut [f32]) {
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
    fn scatter(&self, columns: &[FeatureColumn], row: usize, d: &mut [f32]) {
        let (dense, experts) = d.split_at_mut(padded(self.classes));
        experts.fill(0.0);
        for (expert, speaks, first) in self.speaking(columns, row) {
            let outputs = &mut experts[first..first + expert.outputs];
            for (d, &output) in dense.iter().zip(speaks) {
                if let Some(sum) = outputs.get_mut(output as usize) {
                    *sum += d;
                }
            }
        }
    }

    /// The experts that have a key at this row, the outputs for the classes, the first of them.
    fn speaking(
        &self,
        columns: &[FeatureColumn],
        row: usize,
    ) -> impl Iterator<Item = (&ExpertColumns, &[u32], usize)> {
        let (classes, start) = (self.classes, padded(self.classes));
        self.experts.iter().filter_map(move |expert| match &columns[expert.key] {
            FeatureColumn::Index(keys) if keys[row] != NONE => Some((
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
        workspace: &mut Workspace,
        batch: &Batch,
        source: &[f32],
        (smoothing, scale): (f32, f32),
        d: &mut [f32],
    ) -> Vec<SoftmaxLoss> {
        let (isa, width) = (workspace.isa, self.width());
        let ranges = workspace.pool.ranges(batch.rows(), 1);
        let mut losses = vec![SoftmaxLoss::default(); batch.rows()];
        let mut pieces = Vec::new();
        let mut rest = &mut losses[..];
        for (row, d) in cut(d, width, &ranges) {
            let (piece, after) = rest.split_at_mut(d.len() / width);
            pieces.push((row, d, piece));
            rest = after;
        }
        workspace.pool.each(pieces, |(first, d, losses)| {
            self.forward(isa, self.source_rows(source).rows_from(first), d);
            for (i, (d, loss)) in d.chunks_exact_mut(width).zip(losses).enumerate() {
                *loss = self.row_loss(isa, batch, first + i, (smoothing, scale), d);
            }
        });
        losses
    }

    fn row_loss(
        &self,
        isa: InstructionSet,
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
        let loss = isa.cross_entropy(CrossEntropy { logits, classes, allowed, target, smoothing, scale });
        self.scatter(&batch.columns, row, d);
        loss
    }

    /// Adds the gradients of the weights and of the source from `d`, that of the logits and experts.
    pub(crate) fn backward(
        &self,
        workspace: &mut Workspace,
        network: &Network,
        source: &[f32],
        d: &[f32],
        to: &mut [f32],
        gradient: &mut [f32],
    ) {
        let d = Matrix::dense(d, self.width());
        workspace.product(d, &self.transposed, ProductStart::Sum, to);
        let parts = self.parts(network);
        let columns = |of: fn(&HeadPart) -> usize| -> Vec<ParameterColumns> {
            let range = |part: &HeadPart| network.layout.range(of(part));
            parts
                .iter()
                .map(|p| ParameterColumns { first: p.first, order: p.order, range: range(p) })
                .collect()
        };
        workspace.weight_gradient(self.source_rows(source), d, &columns(|part| part.weight), gradient);
        workspace.bias_gradient(d, &columns(|part| part.bias), gradient);
    }
}
