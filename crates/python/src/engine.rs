//! The engine: networks, numbers in and numbers out.
//!
//! Columns of a batch are time-major, `[steps, lanes]`; an index of [`NONE`] is no value.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes};
use rand::{RngExt as _, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sideman_lstm::{
    AdamHyperparameters, Batch, Checkpoint, FeatureKind, Generator, Head, Losses, Metadata, NONE, Network,
    Objective, Precision, Shape, State, Stream, Trainer, draw,
};

use crate::error::raised;

/// A network with its optimiser.
#[pyclass(name = "Network", module = "sideman._sideman")]
pub(crate) struct PyNetwork {
    network: Network,
    metadata: Metadata,
    adam: AdamHyperparameters,
    threads: usize,
    /// Made when it is first wanted.
    trainer: Option<Trainer>,
}

/// How the optimiser behaves.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Optimizer {
    beta1: f32,
    beta2: f32,
    epsilon: f32,
    weight_decay: f32,
    clip: Option<f32>,
    threads: usize,
}

/// A feature's values, or a head's targets.
#[derive(FromPyObject)]
pub(crate) enum Column {
    Index(PyBuffer<u32>),
    Dense(PyBuffer<f32>),
}

impl Column {
    fn indices(&self, py: Python<'_>, name: &str) -> PyResult<Vec<u32>> {
        match self {
            Self::Index(values) => values.to_vec(py),
            Self::Dense(_) => Err(raised(format!("{name} has floats; give indices"))),
        }
    }

    fn floats(&self, py: Python<'_>, name: &str) -> PyResult<Vec<f32>> {
        match self {
            Self::Dense(values) => values.to_vec(py),
            Self::Index(_) => Err(raised(format!("{name} has indices; give floats"))),
        }
    }
}

impl PyNetwork {
    fn of(network: Network, metadata: Metadata, optimizer: &Optimizer) -> Self {
        let Optimizer { beta1, beta2, epsilon, weight_decay, clip, threads } = *optimizer;
        let adam = AdamHyperparameters { beta1, beta2, epsilon, weight_decay, clip, average: None };
        Self { network, metadata, adam, threads, trainer: None }
    }

    fn batch(
        &self,
        py: Python<'_>,
        inputs: &[Column],
        targets: &[Column],
        (steps, lanes): (usize, usize),
    ) -> PyResult<Batch> {
        let shape = self.network.shape();
        let mut batch = Batch::new(shape, steps, lanes);
        for (i, (feature, column)) in shape.features.iter().zip(inputs).enumerate() {
            let name = &feature.name;
            match feature.kind {
                FeatureKind::Index => filled(batch.index(i), &column.indices(py, name)?, name)?,
                FeatureKind::Dense => filled(batch.dense(i), &column.floats(py, name)?, name)?,
            }
        }
        for (i, (head, column)) in shape.heads.iter().zip(targets).enumerate() {
            filled(batch.target(i), &column.indices(py, &head.name)?, &head.name)?;
        }
        batch.check(shape).map_err(raised)?;
        Ok(batch)
    }

    fn trainer(&mut self) -> (&mut Network, &mut Trainer) {
        let Self { network, adam, threads, trainer, .. } = self;
        let trainer = trainer.get_or_insert_with(|| Trainer::new(network, *adam, *threads));
        (network, trainer)
    }
}

fn filled<T: Copy>(to: &mut [T], from: &[T], name: &str) -> PyResult<()> {
    if to.len() != from.len() {
        return Err(raised(format!("{name} has {} values, and there is room for {}", from.len(), to.len())));
    }
    to.copy_from_slice(from);
    Ok(())
}

/// The mean cross-entropy of each head, in nats.
fn means(losses: &Losses) -> Vec<f64> {
    (0..losses.nats.len()).map(|head| losses.mean(head)).collect()
}

#[pymethods]
impl PyNetwork {
    /// Fresh weights: one index, one-hot or through an embedding, LSTM layers, one softmax.
    #[new]
    fn new(
        values: usize,
        layers: Vec<usize>,
        embedding: Option<usize>,
        seed: u64,
        optimizer: Optimizer,
    ) -> PyResult<Self> {
        let shape = match embedding {
            Some(width) => Shape::tokens(values, width, &layers),
            None => Shape { layers, ..Shape::classic(values, 1) },
        };
        Ok(Self::of(Network::new(shape, seed).map_err(raised)?, Metadata::new(), &optimizer))
    }

    /// Any network of a file.
    #[staticmethod]
    fn read(data: &[u8], optimizer: Optimizer) -> PyResult<Self> {
        let Checkpoint { network, metadata, .. } = Checkpoint::from_bytes(data).map_err(raised)?;
        Ok(Self::of(network, metadata, &optimizer))
    }

    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let checkpoint = Checkpoint::new(self.network.clone(), self.metadata.clone());
        Ok(PyBytes::new(py, &checkpoint.to_bytes().map_err(raised)?))
    }

    /// Name, whether it is an index, and width of each feature.
    #[getter]
    fn features(&self) -> Vec<(String, bool, usize)> {
        let features = self.network.shape().features.iter();
        features.map(|f| (f.name.clone(), f.kind == FeatureKind::Index, f.width)).collect()
    }

    /// Name and classes of each head.
    #[getter]
    fn heads(&self) -> Vec<(String, usize)> {
        self.network.shape().heads.iter().map(|head| (head.name.clone(), head.classes)).collect()
    }

    #[getter]
    fn parameters(&self) -> usize {
        self.network.parameters().len()
    }

    #[getter]
    fn updates(&self) -> u64 {
        self.trainer.as_ref().map_or(0, Trainer::steps)
    }

    fn layers(&self) -> Vec<(String, usize, usize)> {
        self.network.table().into_iter().map(|layer| (layer.name, layer.output, layer.parameters)).collect()
    }

    /// One update; the losses before it.
    #[expect(clippy::too_many_arguments, reason = "they are those of the Python method")]
    fn step(
        &mut self,
        py: Python<'_>,
        inputs: Vec<Column>,
        targets: Vec<Column>,
        extent: (usize, usize),
        rate: f32,
        smoothing: f32,
        seed: u64,
    ) -> PyResult<Vec<f64>> {
        let batch = self.batch(py, &inputs, &targets, extent)?;
        let (network, trainer) = self.trainer();
        let objective = Objective { smoothing, seed, ..Objective::default() };
        let losses = py.detach(|| {
            let mut state = State::zero(network.shape(), batch.lanes);
            trainer.step(network, &batch, &mut state, &objective, rate)
        });
        Ok(means(&losses.map_err(raised)?))
    }

    /// The losses alone.
    fn losses(
        &mut self,
        py: Python<'_>,
        inputs: Vec<Column>,
        targets: Vec<Column>,
        extent: (usize, usize),
    ) -> PyResult<Vec<f64>> {
        let batch = self.batch(py, &inputs, &targets, extent)?;
        let (network, trainer) = self.trainer();
        let losses =
            py.detach(|| trainer.evaluate(network, &batch, &mut State::zero(network.shape(), batch.lanes)));
        Ok(means(&losses.map_err(raised)?))
    }

    /// Weights packed for one step after another, in so many lanes.
    fn stream(&self, py: Python<'_>, lanes: usize, half: bool) -> PyStream {
        let precision = if half { Precision::Half } else { Precision::Single };
        let stream = py.detach(|| Generator::new(&self.network, precision).stream(lanes));
        PyStream { stream, shape: self.network.shape().clone() }
    }
}

/// Sequences that run step by step.
#[pyclass(name = "Stream", module = "sideman._sideman")]
pub(crate) struct PyStream {
    stream: Stream,
    shape: Shape,
}

#[pymethods]
impl PyStream {
    /// Runs over `[steps, lanes]` of features: the logits of each head, `[steps, lanes, classes]` of four bytes.
    fn run<'py>(
        &mut self,
        py: Python<'py>,
        inputs: Vec<Column>,
        steps: usize,
    ) -> PyResult<Vec<Bound<'py, PyByteArray>>> {
        let Self { stream, shape } = self;
        let rows = steps * stream.lanes();
        let mut columns = Vec::new();
        for (feature, column) in shape.features.iter().zip(&inputs) {
            let (name, index) = (&feature.name, feature.kind == FeatureKind::Index);
            let indices = if index { column.indices(py, name)? } else { Vec::new() };
            let floats = if index { Vec::new() } else { column.floats(py, name)? };
            let (found, wanted) =
                if index { (indices.len(), rows) } else { (floats.len(), rows * feature.width) };
            if found != wanted {
                return Err(raised(format!("{name} has {found} values, and there is room for {wanted}")));
            }
            columns.push((indices, floats));
        }
        let logits = py.detach(|| run(stream, shape, &columns, steps));
        Ok(logits.iter().map(|values| PyByteArray::new(py, values)).collect())
    }

    /// Draws values, each of them fed back: `[values, lanes]`.
    fn sample(&mut self, py: Python<'_>, values: usize, temperature: f32, seed: u64) -> PyResult<Vec<u32>> {
        let Self { stream, shape } = self;
        let ([feature], [head]) = (&shape.features[..], &shape.heads[..]) else {
            return Err(raised("this network has several features or heads; choose their values yourself"));
        };
        if feature.width != head.classes {
            return Err(raised("what this network says is not what it reads; choose its values yourself"));
        }
        if !(0.0..=100.0).contains(&temperature) {
            return Err(raised(format!("temperature is {temperature}; it goes from 0 to 100")));
        }
        Ok(py.detach(|| sample(stream, head, values, temperature, seed)))
    }

    /// Begins new sequences.
    fn reset(&mut self) {
        (0..self.stream.lanes()).for_each(|lane| self.stream.reset(lane));
        for (i, feature) in self.shape.features.iter().enumerate() {
            if feature.kind == FeatureKind::Index {
                (0..self.stream.lanes()).for_each(|lane| self.stream.set(i, lane, NONE));
            }
        }
    }
}

/// Indices and floats of a feature, one of which is empty.
type Values = (Vec<u32>, Vec<f32>);

fn run(stream: &mut Stream, shape: &Shape, columns: &[Values], steps: usize) -> Vec<Vec<u8>> {
    let lanes = stream.lanes();
    let mut logits = vec![Vec::new(); shape.heads.len()];
    for step in 0..steps {
        for lane in 0..lanes {
            let row = step * lanes + lane;
            for (i, (feature, (indices, floats))) in shape.features.iter().zip(columns).enumerate() {
                match feature.kind {
                    FeatureKind::Index => stream.set(i, lane, indices[row]),
                    FeatureKind::Dense => {
                        stream.set_dense(i, lane, &floats[row * feature.width..(row + 1) * feature.width]);
                    }
                }
            }
        }
        stream.step();
        for (head, to) in logits.iter_mut().enumerate() {
            to.extend(stream.logits(head).iter().flat_map(|logit| logit.to_ne_bytes()));
        }
    }
    logits
}

/// At temperature 0 the likeliest value.
fn sample(stream: &mut Stream, head: &Head, values: usize, temperature: f32, seed: u64) -> Vec<u32> {
    let (lanes, mut random) = (stream.lanes(), ChaCha8Rng::seed_from_u64(seed));
    let mut drawn = Vec::with_capacity(values * lanes);
    for _ in 0..values {
        stream.step();
        let first = drawn.len();
        for logits in stream.logits(0).chunks_exact_mut(head.classes) {
            drawn.push(if temperature == 0.0 {
                likeliest(logits)
            } else {
                chosen(logits, temperature, random.random())
            });
        }
        for (lane, &value) in drawn[first..].iter().enumerate() {
            stream.set(0, lane, value);
        }
    }
    drawn
}

fn chosen(logits: &mut [f32], temperature: f32, level: f32) -> u32 {
    if temperature != 1.0 {
        logits.iter_mut().for_each(|logit| *logit /= temperature);
    }
    draw(logits, level)
}

fn likeliest(logits: &[f32]) -> u32 {
    let best = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or(0, |(class, _)| class as u32)
}
