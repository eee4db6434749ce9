//! How features enter a layer: rows of a table added up, never a product with a one-hot vector.
//!
//! For every term the matrix `P = E W` (or W itself for a one-hot) is formed once; an index then adds row
//! P[v] to the sums, and its gradient is scattered back into dP, from which dE and dW follow.

use crate::NONE;
use crate::aligned::Aligned;
use crate::batch::Column;
use crate::kernel::{BLOCK, InstructionSet, Start, add_to};
use crate::network::Network;
use crate::panels::{Panels, padded};
use crate::shape::{FeatureKind, Term};
use crate::team::Lanes;

/// The order of a layer's columns in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// Gates of so many units, interleaved by sixteens.
    Gates(usize),
    /// As they are, padded.
    Plain(usize),
}

impl Order {
    pub(crate) fn width(self) -> usize {
        match self {
            Order::Gates(units) => 4 * padded(units),
            Order::Plain(columns) => padded(columns),
        }
    }

    /// Runs that lie together both in the parameters and in memory: (there, here, length).
    pub(crate) fn runs(self) -> impl Iterator<Item = (usize, usize, usize)> {
        let (parts, length) = match self {
            Order::Gates(units) => (4, units),
            Order::Plain(columns) => (1, columns),
        };
        (0..parts).flat_map(move |part| {
            (0..length).step_by(BLOCK).map(move |first| {
                let run = BLOCK.min(length - first);
                (part * length + first, parts * first + part * BLOCK, run)
            })
        })
    }

    /// Columns in the parameters.
    pub(crate) fn columns(self) -> usize {
        match self {
            Order::Gates(units) => 4 * units,
            Order::Plain(columns) => columns,
        }
    }

    pub(crate) fn spread(self, from: &[f32], to: &mut [f32]) {
        for (there, here, run) in self.runs() {
            to[here..here + run].copy_from_slice(&from[there..there + run]);
        }
    }

    /// Adds a row in memory to a row of the parameters' gradient.
    pub(crate) fn collect(self, from: &[f32], to: &mut [f32]) {
        for (there, here, run) in self.runs() {
            add_to(&mut to[there..there + run], &from[here..here + run]);
        }
    }
}

/// One feature's way into a layer.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) feature: usize,
    pub(crate) kind: FeatureKind,
    pub(crate) values: usize,
    /// The first of its rows when those of all ways lie below one another.
    pub(crate) first: usize,
    /// ParameterMatrix and width of the embedding, if there is one.
    pub(crate) table: Option<(usize, usize)>,
    /// The first row of the layer's weight that belongs to this block, and their number.
    pub(crate) block: (usize, usize),
    /// P, `[values, width]`.
    pub(crate) rows: Aligned,
    /// P packed, for a dense feature.
    pub(crate) panels: Panels,
}

/// The sums that features and a bias give a layer.
#[derive(Clone, Debug)]
pub(crate) struct Projection {
    pub(crate) order: Order,
    pub(crate) weight: Option<usize>,
    pub(crate) bias: usize,
    pub(crate) bias_row: Aligned,
    pub(crate) ways: Vec<Way>,
}

impl Projection {
    pub(crate) fn new(
        network: &Network,
        blocks: &[Vec<Term>],
        order: Order,
        weight: Option<usize>,
        bias: usize,
    ) -> Projection {
        let shape = network.shape();
        let (mut ways, mut first, mut row) = (Vec::new(), 0, 0);
        for block in blocks {
            let width = shape.block_width(block);
            for term in block {
                let feature = shape.feature(&term.feature).unwrap_or_default();
                let (values, kind) = (shape.features[feature].width, shape.features[feature].kind);
                let table =
                    term.table.as_ref().and_then(|name| shape.tables.iter().position(|t| t.name == *name));
                let table = table.map(|t| (network.layout.tables[t], width));
                let rows = Aligned::zeros(values * order.width());
                let depth = if kind == FeatureKind::Dense { values } else { 0 };
                let panels = Panels::new(depth, order.width());
                ways.push(Way {
                    feature,
                    kind,
                    values,
                    first: row,
                    table,
                    block: (first, width),
                    rows,
                    panels,
                });
                row += values;
            }
            first += width;
        }
        Projection { order, weight, bias, bias_row: Aligned::zeros(order.width()), ways }
    }

    /// Forms P and the bias from the parameters.
    pub(crate) fn refresh(&mut self, network: &Network, path: InstructionSet) {
        let (order, width) = (self.order, self.order.width());
        order.spread(network.values(self.bias), &mut self.bias_row);
        let Some(weight) = self.weight else { return };
        for way in &mut self.ways {
            let block = block_of(network.values(weight), way.block, order);
            match way.table {
                None => {
                    let rows = block.chunks_exact(order.columns()).zip(way.rows.chunks_exact_mut(width));
                    rows.for_each(|(from, to)| order.spread(from, to));
                }
                Some((table, inner)) => {
                    let mut panels = Panels::new(inner, width);
                    panels.pack(0, order, block);
                    let zero = Aligned::zeros(width);
                    path.product(
                        network.values(table),
                        inner,
                        panels.view(),
                        Start::Row(&zero),
                        &mut way.rows,
                    );
                }
            }
            if way.kind == FeatureKind::Dense {
                way.panels.pack(0, Order::Plain(width), &way.rows);
            }
        }
    }

    /// Fills `to`, rows `first ..` of the layer's sums.
    pub(crate) fn apply(&self, path: InstructionSet, columns: &[Column], first: usize, to: &mut [f32]) {
        let width = self.order.width();
        path.wide(
            #[inline(always)]
            || {
                for (row, to) in to.chunks_exact_mut(width).enumerate() {
                    self.add_rows(columns, first + row, to);
                }
            },
        );
        for way in &self.ways {
            if let Column::Dense(values) = &columns[way.feature] {
                path.product(&values[first * way.values..], way.values, way.panels.view(), Start::Sum, to);
            }
        }
    }

    /// The bias and what the indices of one row add to it.
    #[inline(always)]
    fn add_rows(&self, columns: &[Column], row: usize, to: &mut [f32]) {
        to.copy_from_slice(&self.bias_row);
        for way in &self.ways {
            if let Column::Index(values) = &columns[way.feature]
                && values[row] != NONE
            {
                add_to(to, &way.rows[values[row] as usize * to.len()..][..to.len()]);
            }
        }
    }

    /// The values of all ways together.
    pub(crate) fn values(&self) -> usize {
        self.ways.iter().map(|way| way.values).sum()
    }

    /// Sums the rows of the sums' gradient into `slopes`: dP of every index, then the bias, each for the columns
    /// from `first` on.
    #[inline(always)]
    pub(crate) fn scatter(&self, columns: &[Column], d: &[f32], first: usize, slopes: &mut Lanes) {
        let bias = self.values();
        for row in 0..=bias {
            slopes.at_mut(row).fill(0.0);
        }
        let wide = slopes.at(bias).len();
        for (row, d) in d.chunks_exact(self.order.width()).enumerate() {
            let d = &d[first..first + wide];
            add_to(slopes.at_mut(bias), d);
            for way in &self.ways {
                if let Column::Index(values) = &columns[way.feature]
                    && values[row] != NONE
                {
                    add_to(slopes.at_mut(way.first + values[row] as usize), d);
                }
            }
        }
    }

    /// The input as rows of floats, `[rows, padded width]`, from row `first` on, as dropout needs them.
    pub(crate) fn embed(&self, network: &Network, columns: &[Column], first: usize, to: &mut [f32]) {
        to.fill(0.0);
        for (row, to) in to.chunks_exact_mut(self.input_width()).enumerate() {
            let row = first + row;
            for way in &self.ways {
                let to = &mut to[way.block.0..way.block.0 + way.block.1];
                way.each_value(columns, row, |value, weight| match way.table {
                    None => to[value] += weight,
                    Some((table, inner)) => {
                        let from = &network.values(table)[value * inner..][..inner];
                        to.iter_mut().zip(from).for_each(|(to, from)| *to += weight * from);
                    }
                });
            }
        }
    }

    /// Adds the embeddings' gradients from `d`, that of what [`embed`](Self::embed) gave.
    pub(crate) fn embed_gradient(
        &self,
        network: &Network,
        columns: &[Column],
        d: &[f32],
        gradient: &mut [f32],
    ) {
        for way in &self.ways {
            let Some((table, inner)) = way.table else { continue };
            let slopes = &mut gradient[network.layout.range(table)];
            for (row, d) in d.chunks_exact(self.input_width()).enumerate() {
                let d = &d[way.block.0..way.block.0 + inner];
                way.each_value(columns, row, |value, weight| {
                    let to = slopes[value * inner..][..inner].iter_mut();
                    to.zip(d).for_each(|(to, d)| *to += weight * d);
                });
            }
        }
    }

    /// The padded width of the input as floats.
    pub(crate) fn input_width(&self) -> usize {
        padded(self.ways.last().map_or(0, |way| way.block.0 + way.block.1))
    }
}

impl Way {
    /// Calls `visit` with every value of the feature at a row that is not zero, and its weight.
    fn each_value(&self, columns: &[Column], row: usize, mut visit: impl FnMut(usize, f32)) {
        match &columns[self.feature] {
            Column::Index(values) if values[row] == NONE => {}
            Column::Index(values) => visit(values[row] as usize, 1.0),
            Column::Dense(values) => {
                let values = values[row * self.values..][..self.values].iter().enumerate();
                values
                    .filter(|(_, weight)| **weight != 0.0)
                    .for_each(|(value, weight)| visit(value, *weight));
            }
        }
    }
}

/// The rows of a weight that belong to a block.
pub(crate) fn block_of(weight: &[f32], (first, count): (usize, usize), order: Order) -> &[f32] {
    &weight[first * order.columns()..][..count * order.columns()]
}
