//! The workloads: a network, a batch, and the useful arithmetic in it.

use std::time::Instant;

use sideman_lstm::*;

/// What is timed. Seconds are those of the whole run for W1, of one training step for W2 to W4, of one value
/// for G1 and G2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workload {
    W1,
    W2,
    W3,
    W4,
    G1,
    G2,
}

impl Workload {
    pub(crate) const ALL: [Workload; 6] =
        [Workload::W1, Workload::W2, Workload::W3, Workload::W4, Workload::G1, Workload::G2];

    pub(crate) fn name(self) -> &'static str {
        ["W1", "W2", "W3", "W4", "G1", "G2"][self as usize]
    }

    pub(crate) fn about(self) -> &'static str {
        [
            "100 epochs: 90 values one-hot, LSTM 64, 30 steps, 60 sequences",
            "training step: 512 values, embedding 128, LSTM 2 x 256, 256 steps, 32 sequences",
            "training step: 512 values, embedding 256, LSTM 3 x 512, 256 steps, 64 sequences",
            "training step: summed embeddings, LSTM 2 x 384, chained expert heads, 160 steps, 24 sequences",
            "one sampled value, the net of W1",
            "one sampled value, the net of W2",
        ][self as usize]
    }

    pub(crate) fn generates(self) -> bool {
        matches!(self, Workload::G1 | Workload::G2)
    }

    pub(crate) fn shape(self) -> Shape {
        match self {
            Workload::W1 | Workload::G1 => Shape::classic(90, 64),
            Workload::W2 | Workload::G2 => Shape::tokens(512, 128, &[256, 256]),
            Workload::W3 => Shape::tokens(512, 256, &[512, 512, 512]),
            Workload::W4 => player(),
        }
    }

    /// Steps, lanes and updates of one run.
    pub(crate) fn extent(self) -> (usize, usize, usize) {
        match self {
            Workload::W1 => (30, 60, 100),
            Workload::W2 => (256, 32, 1),
            Workload::W3 => (256, 64, 1),
            Workload::W4 => (160, 24, 1),
            Workload::G1 | Workload::G2 => (1000, 1, 0),
        }
    }

    /// Useful floating-point operations of what `seconds` measures: two for each weight of a product and row,
    /// three times in training; the first layer's projection of embeddings once per value and step.
    pub(crate) fn operations(self) -> f64 {
        let shape = self.shape();
        let (steps, lanes, updates) = self.extent();
        let recurrent: usize = shape.layers.iter().map(|h| h * 4 * h).sum();
        let between: usize = shape.layers.windows(2).map(|w| w[0] * 4 * w[1]).sum();
        let top = shape.layers.last().copied().unwrap_or(0);
        let contexts: usize = shape.contexts.iter().map(|c| top * c.width).sum();
        let heads: usize = shape
            .heads
            .iter()
            .map(|h| top * (h.classes + h.experts.iter().map(|e| e.outputs).sum::<usize>()))
            .sum();
        let row = (recurrent + between + contexts + heads) as f64;
        if self.generates() {
            return 2.0 * row;
        }
        let input: usize = shape.tables.iter().map(|t| t.rows * t.width * 4 * shape.layers[0]).sum();
        6.0 * updates as f64 * (row * (steps * lanes) as f64 + input as f64)
    }
}

/// W4: the network that a player needs.
fn player() -> Shape {
    let tables = [
        ("pitch", 129, 64),
        ("ioi", 97, 32),
        ("place", 72, 32),
        ("duration", 8, 8),
        ("interval", 98, 24),
        ("degree", 14, 16),
        ("root", 13, 16),
        ("bass", 13, 8),
        ("next", 13, 16),
        ("flags", 24, 32),
    ];
    let tables: Vec<Table> =
        tables.iter().map(|&(name, rows, width)| Table { name: name.into(), rows, width }).collect();
    let mut features = Vec::new();
    let mut add = |prefix: &str, names: &[&str]| -> Vec<Vec<Term>> {
        let mut term = |name: &&str| {
            let table = tables.iter().find(|t| t.name == **name);
            let width = table.map_or(1, |t| t.rows);
            let feature = format!("{prefix}{name}");
            let index = Feature::index(&feature, width);
            features.push(if *name == "flags" { Feature::dense(&feature, width) } else { index });
            vec![Term::embedded(&feature, name)]
        };
        names.iter().map(&mut term).collect()
    };
    let input = add(
        "last_",
        &["pitch", "ioi", "place", "duration", "interval", "degree", "root", "bass", "next", "flags"],
    );
    let context = add("", &["ioi", "place", "root", "bass", "next", "flags"]);
    features.push(Feature::index("second_pitch", 129));
    features.push(Feature::index("third_pitch", 129));
    let expert = |name: &str, outputs, key: &str, gather| Expert {
        name: name.into(),
        outputs,
        key: key.into(),
        gather,
    };
    let interval = |name, key| expert(name, 97, key, Gather::Difference { reach: 48 });
    let degree = |name, key| expert(name, 13, key, Gather::Modulo { period: 12 });
    let place = expert("place", 48, "last_place", Gather::Place { period: 48, offset: 0 });
    let rhythm = Head { experts: vec![place], ..Head::plain("rhythm", 97) };
    let pitch = Head {
        context: Some("context".into()),
        experts: vec![
            interval("interval_1", "last_pitch"),
            interval("interval_2", "second_pitch"),
            interval("interval_3", "third_pitch"),
            degree("degree_1", "root"),
            degree("degree_2", "next"),
        ],
        ..Head::plain("melody", 128)
    };
    Shape {
        features,
        tables,
        input,
        layers: vec![384, 384],
        contexts: vec![Context { name: "context".into(), width: 384, input: context }],
        heads: vec![rhythm, pitch],
        dropout: Dropout { input: 400, hidden: 400, output: 400 },
    }
}

/// Random notes.
pub(crate) fn batch(shape: &Shape, steps: usize, lanes: usize) -> Batch {
    let mut batch = Batch::new(shape, steps, lanes);
    let mut random = 1u64;
    let mut below = |n: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((random >> 33) % n as u64) as u32
    };
    for (i, feature) in shape.features.iter().enumerate() {
        batch.index(i).fill_with(|| below(feature.width));
        batch.dense(i).fill_with(|| below(2) as f32);
    }
    for (i, head) in shape.heads.iter().enumerate() {
        batch.target(i).fill_with(|| below(head.classes));
    }
    batch
}

/// A workload made ready to be run again and again.
pub(crate) enum Ready {
    Train { network: Box<Network>, trainer: Box<Trainer>, batch: Batch, updates: usize },
    Generate { stream: Box<Stream>, values: usize },
}

impl Ready {
    pub(crate) fn new(workload: Workload, threads: usize) -> Result<Ready, Error> {
        let shape = workload.shape();
        let network = Network::new(shape.clone(), 1)?;
        let (steps, lanes, updates) = workload.extent();
        if workload.generates() {
            let precision = if workload == Workload::G2 { Precision::Half } else { Precision::Single };
            let stream = Box::new(Generator::new(&network, precision).stream(lanes));
            return Ok(Ready::Generate { stream, values: steps });
        }
        let batch = self::batch(&shape, steps, lanes);
        let clip = (workload == Workload::W4).then_some(1.0);
        let trainer = Box::new(Trainer::new(
            &network,
            AdamHyperparameters { clip, ..AdamHyperparameters::default() },
            threads,
        ));
        Ok(Ready::Train { network: Box::new(network), trainer, batch, updates })
    }

    /// Runs once and gives the seconds.
    pub(crate) fn run(&mut self) -> Result<f64, Error> {
        let begin = Instant::now();
        match self {
            Ready::Train { network, trainer, batch, updates } => {
                for seed in 0..*updates as u64 {
                    let mut state = State::zero(network.shape(), batch.lanes);
                    let objective = Objective { seed, ..Objective::default() };
                    trainer.step(network, batch, &mut state, &objective, 1e-3)?;
                }
                Ok(begin.elapsed().as_secs_f64())
            }
            Ready::Generate { stream, values } => {
                let mut random = 0u64;
                for _ in 0..*values {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    stream.step();
                    let value = draw(stream.logits(0), (random >> 40) as f32 / (1u32 << 24) as f32);
                    stream.set(0, 0, value);
                }
                Ok(begin.elapsed().as_secs_f64() / *values as f64)
            }
        }
    }
}
