//! A GPU beside the processor: `cargo bench -p sideman-lstm --features cuda --bench cuda [-- MODEL.safetensors]`.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that cannot go on should stop")]
#![allow(clippy::print_stdout, reason = "what it finds is for the terminal")]

#[path = "../../../xtask/src/bench_peers/workloads.rs"]
#[allow(dead_code, reason = "that of xtask generates too")]
mod workloads;

use std::time::Instant;

use sideman_lstm::*;
use workloads::{Workload, batch};

fn main() {
    for precision in [CudaPrecision::Single, CudaPrecision::TensorFloat, CudaPrecision::Half] {
        let cuda = Cuda::new(0, precision).unwrap();
        println!("{} {precision:?}", cuda.name());
        for workload in [Workload::W2, Workload::W3, Workload::W4] {
            train(workload, precision);
        }
    }
    for workload in [Workload::W2, Workload::W3, Workload::W4] {
        let (shape, (steps, lanes, _)) = (workload.shape(), workload.extent());
        let network = Network::new(shape.clone(), 1).unwrap();
        let step = steps_timed(Cpu::new(0), network, &batch(&shape, steps, lanes), 5);
        println!("processor: {} step {step}", workload.name());
    }
    let file = std::env::args().skip(1).find(|argument| argument.ends_with(".safetensors"));
    if let Some(file) = file {
        let network = Checkpoint::from_bytes(&std::fs::read(file).unwrap()).unwrap().network;
        (0..13).for_each(|power| generate(&network, 1 << power));
    }
}

/// Milliseconds of a gradient and of a whole step: median and extremes.
fn train(workload: Workload, precision: CudaPrecision) {
    let shape = workload.shape();
    let (steps, lanes, _) = workload.extent();
    let batch = batch(&shape, steps, lanes);
    let network = Network::new(shape.clone(), 1).unwrap();
    let mut cuda = Cuda::new(0, precision).unwrap();
    let mut gradient = vec![0.0; network.parameters().len()];
    let gradients = timed(30, || {
        let mut state = State::zero(&shape, lanes);
        cuda.gradient(&network, &batch, &mut state, &Objective::default(), &mut gradient).unwrap();
    });
    let whole = steps_timed(cuda, network, &batch, 30);
    println!("{} gradient {gradients}, step {whole}", workload.name());
}

fn steps_timed(device: impl Device, mut network: Network, batch: &Batch, runs: usize) -> String {
    let settings = AdamHyperparameters { clip: Some(1.0), ..AdamHyperparameters::default() };
    let mut trainer = Trainer::on(device, &network, settings);
    timed(runs, || {
        let mut state = State::zero(network.shape(), batch.lanes);
        trainer.step(&mut network, batch, &mut state, &Objective::default(), 1e-3).unwrap();
    })
}

/// Notes a second: a step, then a value of every head in turn, drawn on the processor.
fn generate(network: &Network, lanes: usize) {
    let shape = network.shape().clone();
    let heads = shape.heads.len();
    let choose = |logits: &mut [f32], head: usize| {
        for (lane, logits) in logits.chunks_exact_mut(shape.heads[head].classes).enumerate() {
            std::hint::black_box(draw(logits, (lane * 37 % 101) as f32 / 101.0));
        }
    };
    let notes = |seconds: f64, steps: usize| (steps * lanes) as f64 / seconds;
    let steps = (20_000 / lanes).clamp(20, 1000);
    let indices: Vec<usize> =
        (0..shape.features.len()).filter(|&f| shape.features[f].kind == FeatureKind::Index).collect();
    let value = |feature: usize, lane: usize, step: usize| {
        ((step * 31 + lane * 7 + feature) % shape.features[feature].width) as u32
    };
    let cuda = Cuda::new(0, CudaPrecision::TensorFloat).unwrap();
    let mut streams = cuda.lanes(network, lanes).unwrap();
    let mut on_gpu = |steps: usize| {
        let begin = Instant::now();
        for step in 0..steps {
            for &feature in &indices {
                (0..lanes).for_each(|lane| streams.set(feature, lane, value(feature, lane, step)));
            }
            streams.step().unwrap();
            for head in 0..heads {
                choose(streams.logits(head).unwrap(), head);
                (0..lanes).for_each(|lane| streams.set(indices[0], lane, value(indices[0], lane, step)));
            }
        }
        notes(begin.elapsed().as_secs_f64(), steps)
    };
    on_gpu(10);
    let ours = on_gpu(steps);
    let mut streams = Generator::new(network, Precision::Single).stream(lanes);
    let mut on_processor = |steps: usize| {
        let begin = Instant::now();
        for step in 0..steps {
            for &feature in &indices {
                (0..lanes).for_each(|lane| streams.set(feature, lane, value(feature, lane, step)));
            }
            streams.step();
            (0..heads).for_each(|head| choose(streams.logits(head), head));
        }
        notes(begin.elapsed().as_secs_f64(), steps)
    };
    on_processor(2);
    let theirs = on_processor((steps / 4).max(4));
    println!("{lanes} streams: {ours:.0} notes/s, processor {theirs:.0}");
}

/// The median and the extremes of some runs after three others, in milliseconds.
fn timed(runs: usize, mut run: impl FnMut()) -> String {
    (0..3).for_each(|_| run());
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let begin = Instant::now();
            run();
            begin.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    format!("{:.2} ms ({:.2} to {:.2}, n {runs})", times[runs / 2], times[0], times[runs - 1])
}
