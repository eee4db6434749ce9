//! Features on a GPU, and the rows of floats that they make.

use crate::batch::FeatureColumn;
use crate::layout::Layout;
use crate::shape::{FeatureKind, Term};
use crate::{Error, NONE, Shape};

use super::address::Address;
use super::buffer::DeviceBuffer;
use super::gpu::{CudaKernel, DeviceMatrix, Gpu};

/// The columns of a batch: the indices of all features one after another, `[index features, rows]`, and the floats.
#[derive(Debug, Default)]
pub(super) struct DeviceColumns {
    pub(super) index: DeviceBuffer<u32>,
    dense: DeviceBuffer,
    indices: Vec<u32>,
    floats: Vec<f32>,
}

impl DeviceColumns {
    pub(super) fn put(&mut self, gpu: &Gpu, columns: &[FeatureColumn]) -> Result<(), Error> {
        self.indices.clear();
        self.floats.clear();
        for column in columns {
            match column {
                FeatureColumn::Index(values) => self.indices.extend_from_slice(values),
                FeatureColumn::Dense(values) => self.floats.extend_from_slice(values),
            }
        }
        self.index.put(gpu, &self.indices)?;
        self.dense.put(gpu, &self.floats)?;
        Ok(())
    }
}

/// Where a feature lies among those of its kind: in columns.
pub(super) fn source(shape: &Shape, feature: usize) -> usize {
    let kind = shape.features[feature].kind;
    let before = shape.features[..feature].iter().filter(|f| f.kind == kind);
    before.map(|f| if kind == FeatureKind::Dense { f.width } else { 1 }).sum()
}

/// A concatenation of sums of terms, as rows of floats.
#[derive(Debug)]
pub(super) struct DeviceInput {
    pub(super) width: usize,
    terms: DeviceBuffer<u32>,
    columns: DeviceBuffer<u32>,
    tables: Vec<TableUses>,
    dense: Vec<DenseUse>,
}

/// An embedding and the index features that go through it.
#[derive(Debug)]
struct TableUses {
    offset: usize,
    rows: usize,
    width: usize,
    /// Source and first column of each.
    uses: DeviceBuffer<u32>,
}

/// A dense feature that goes through an embedding.
#[derive(Debug)]
struct DenseUse {
    source: usize,
    values: usize,
    offset: usize,
    first: usize,
    width: usize,
}

impl DeviceInput {
    pub(super) fn new(
        gpu: &Gpu,
        shape: &Shape,
        layout: &Layout,
        blocks: &[Vec<Term>],
    ) -> Result<DeviceInput, Error> {
        let (mut terms, mut columns, mut first) = (vec![], vec![], 0);
        let mut uses = vec![vec![]; shape.tables.len()];
        let mut dense = vec![];
        for block in blocks {
            let width = shape.block_width(block);
            let before = terms.len() / 6;
            for term in block {
                let feature = shape.feature(&term.feature).unwrap_or_default();
                let source = source(shape, feature);
                let values = shape.features[feature].width;
                let is_dense = shape.features[feature].kind == FeatureKind::Dense;
                let table = term.table.as_ref().and_then(|t| shape.tables.iter().position(|o| o.name == *t));
                let offset = table.map(|t| layout.range(layout.tables[t]).start);
                match (table, offset) {
                    (Some(_), Some(offset)) if is_dense => {
                        dense.push(DenseUse { source, values, offset, first, width });
                    }
                    (Some(table), _) => uses[table].extend([source as u32, first as u32]),
                    _ => {}
                }
                let table = offset.map_or(NONE, |o| o as u32);
                let [source, values, first, width] = [source, values, first, width].map(|n| n as u32);
                terms.extend([u32::from(is_dense), source, values, table, first, width]);
            }
            let range = [before as u32, (terms.len() / 6) as u32];
            columns.extend(std::iter::repeat_n(range, width).flatten());
            first += width;
        }
        let tables = shape.tables.iter().zip(&layout.tables).zip(uses).filter(|(_, uses)| !uses.is_empty());
        let tables = tables.map(|((table, &parameter), uses)| {
            let uses = DeviceBuffer::of(gpu, &uses)?;
            Ok(TableUses {
                offset: layout.range(parameter).start,
                rows: table.rows,
                width: table.width,
                uses,
            })
        });
        Ok(DeviceInput {
            width: first,
            terms: DeviceBuffer::of(gpu, &terms)?,
            columns: DeviceBuffer::of(gpu, &columns)?,
            tables: tables.collect::<Result<_, Error>>()?,
            dense,
        })
    }

    /// Fills `to`, `[rows, width]`.
    pub(super) fn embed(
        &self,
        gpu: &Gpu,
        parameters: Address,
        columns: &DeviceColumns,
        rows: usize,
        to: Address,
    ) -> Result<(), Error> {
        let (index, dense) = (columns.index.at(), columns.dense.at());
        let plan = [self.terms.at().into(), self.columns.at().into()];
        let [terms, of_column] = plan;
        let arguments = [
            parameters.into(),
            index.into(),
            dense.into(),
            terms,
            of_column,
            to.into(),
            rows.into(),
            self.width.into(),
        ];
        gpu.launch(CudaKernel::Embed, [rows, self.width.div_ceil(128), 1], (128, 1), &arguments)
    }

    /// Adds the embeddings' gradients from `d`, that of what [`embed`](Self::embed) gave.
    pub(super) fn embed_backward(
        &self,
        gpu: &Gpu,
        columns: &DeviceColumns,
        rows: usize,
        d: Address,
        gradient: Address,
    ) -> Result<(), Error> {
        for table in &self.tables {
            let arguments = [
                columns.index.at().into(),
                table.uses.at().into(),
                d.into(),
                gradient.plus(table.offset).into(),
                (table.uses.len() / 2).into(),
                rows.into(),
                self.width.into(),
                table.width.into(),
            ];
            let blocks = [table.rows, table.width.div_ceil(64), 1];
            gpu.launch(CudaKernel::EmbedBackward, blocks, (64, 1), &arguments)?;
        }
        for dense in &self.dense {
            let values = columns.dense.at().plus(dense.source * rows);
            let values = DeviceMatrix::new(values, rows, dense.values);
            let d = DeviceMatrix::new(d, rows, self.width).columns(dense.first, dense.width);
            let to = DeviceMatrix::new(gradient.plus(dense.offset), dense.values, dense.width);
            gpu.product(values.transposed(), d, to, true)?;
        }
        Ok(())
    }
}
