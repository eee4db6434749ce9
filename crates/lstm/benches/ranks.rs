//! Training shared by ranks: `cargo bench -p sideman-lstm --features mpi --bench ranks --no-run`, and then
//! `mpirun -n 2 target/release/deps/ranks-… models/weimar.safetensors [THREADS]`.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that cannot go on should stop")]
#![allow(clippy::print_stdout, reason = "what it finds is for the terminal")]

use std::time::Instant;

use sideman_lstm::*;

const SHARDS: usize = 4;
const STEPS: usize = 96;
const LANES: usize = 24;
const ACCUMULATED: usize = 4;

/// A device that computes nothing, so that what is left is the sum over ranks.
struct Idle;

impl Device for Idle {
    fn gradient(
        &mut self,
        network: &Network,
        batch: &Batch,
        state: &mut State,
        _objective: &Objective,
        _gradient: &mut [f32],
    ) -> Result<Losses, Error> {
        self.losses(network, batch, state)
    }

    fn losses(&mut self, network: &Network, _: &Batch, _: &mut State) -> Result<Losses, Error> {
        let heads = network.shape().heads.len();
        Ok(Losses { nats: vec![0.0; heads], smoothed: vec![0.0; heads], counted: vec![1; heads] })
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().filter(|argument| argument != "--bench").skip(1).collect();
    let file = arguments.first().expect("the file of a player");
    let threads = arguments.get(1).map_or(1, |threads| threads.parse().unwrap());
    let world = MpiWorld::begin().unwrap();
    let shape = Checkpoint::from_bytes(&std::fs::read(file).unwrap()).unwrap().network.shape().clone();
    for layers in [shape.layers.clone(), vec![512; 3]] {
        let network = Network::new(Shape { layers: layers.clone(), ..shape.clone() }, 1).unwrap();
        let idle = DataParallel::new(Idle, SHARDS, world.communicator()).unwrap();
        let sum = gradients(idle, &network, 10);
        let plain = (world.size() == 1).then(|| batches(Cpu::new(threads), network.clone(), 1));
        let shared = |accumulate| {
            let device = DataParallel::new(Cpu::new(threads), SHARDS, world.communicator()).unwrap();
            batches(device, network.clone(), accumulate)
        };
        let [each, fourth] = [1, ACCUMULATED].map(shared);
        if world.rank() == 0 {
            let (ranks, count) = (world.size(), network.parameters().len());
            println!("{layers:?}, {count} parameters, {ranks} ranks of {threads} threads, {SHARDS} shards:");
            println!("  the sum over shards {sum:.1} ms, a batch with an update {each:.1} ms");
            println!("  a batch with an update after each {ACCUMULATED} {fourth:.1} ms");
            plain.iter().for_each(|plain| println!("  without shards a batch with an update {plain:.1} ms"));
        }
    }
}

/// Every value in turn, on every row.
fn batch(shape: &Shape) -> Batch {
    let mut batch = Batch::new(shape, STEPS, LANES);
    for (f, feature) in shape.features.iter().enumerate() {
        let value = |row: usize| ((row * 31 + f * 7) % feature.width) as u32;
        batch.index(f).iter_mut().enumerate().for_each(|(row, x)| *x = value(row));
        batch.dense(f).iter_mut().enumerate().for_each(|(i, x)| *x = (i % 13) as f32 / 13.0);
    }
    for (h, head) in shape.heads.iter().enumerate() {
        let class = |row: usize| ((row * 17 + h) % head.classes) as u32;
        batch.target(h).iter_mut().enumerate().for_each(|(row, x)| *x = class(row));
    }
    batch
}

fn gradients(mut device: impl Device, network: &Network, runs: usize) -> f64 {
    let batch = batch(network.shape());
    let mut gradient = vec![0.0; network.parameters().len()];
    timed(runs, || {
        let mut state = State::zero(network.shape(), LANES);
        device.gradient(network, &batch, &mut state, &Objective::default(), &mut gradient).unwrap();
        device.complete(&mut gradient).unwrap();
    })
}

/// Milliseconds of a batch where an update follows each so many.
fn batches(device: impl Device, mut network: Network, accumulate: usize) -> f64 {
    let settings =
        AdamHyperparameters { clip: Some(1.0), average: Some(0.99), ..AdamHyperparameters::default() };
    let (batch, mut trainer) = (batch(network.shape()), Trainer::on(device, &network, settings));
    let time = timed(4, || {
        let mut state = State::zero(network.shape(), LANES);
        for _ in 0..accumulate {
            trainer.accumulate(&network, &batch, &mut state, &Objective::default()).unwrap();
        }
        trainer.update(&mut network, 1e-3).unwrap();
    });
    time / accumulate as f64
}

/// Milliseconds of a run, the least of some after the first.
fn timed(runs: usize, mut run: impl FnMut()) -> f64 {
    run();
    let times = (0..runs).map(|_| {
        let began = Instant::now();
        run();
        began.elapsed().as_secs_f64() * 1e3
    });
    times.fold(f64::INFINITY, f64::min)
}
