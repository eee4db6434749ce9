//! Parts of the engine: `cargo bench -p sideman-lstm`.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

use divan::{Bencher, black_box};
use sideman_lstm::*;

fn main() {
    divan::main();
}

/// Every value in turn, on every row.
fn batch(shape: &Shape, steps: usize, lanes: usize) -> Batch {
    let mut batch = Batch::new(shape, steps, lanes);
    let values = shape.features[0].width;
    let value = |row: usize| (row * 31 % values) as u32;
    batch.index(0).iter_mut().enumerate().for_each(|(row, x)| *x = value(row));
    batch.target(0).iter_mut().enumerate().for_each(|(row, x)| *x = value(row + 1));
    batch
}

#[divan::bench(args = [1, 2])]
fn classic_training_step(bencher: Bencher, threads: usize) {
    let shape = Shape::classic(90, 64);
    let mut network = Network::new(shape.clone(), 1).unwrap();
    let mut trainer = Trainer::new(&network, AdamHyperparameters::default(), threads);
    let batch = batch(&shape, 30, 60);
    bencher.bench_local(|| {
        let mut state = State::zero(&shape, 60);
        trainer.step(&mut network, &batch, &mut state, &Objective::default(), 1e-3).unwrap()
    });
}

#[divan::bench(args = InstructionSet::all())]
fn gradient_of_2x128(bencher: Bencher, isa: &InstructionSet) {
    let shape = Shape::tokens(256, 64, &[128, 128]);
    let network = Network::new(shape.clone(), 1).unwrap();
    let (mut cpu, batch) = (Cpu::on(*isa, 1), batch(&shape, 16, 16));
    let mut gradient = vec![0.0; network.parameters().len()];
    bencher.bench_local(|| {
        let mut state = State::zero(&shape, 16);
        cpu.gradient(&network, &batch, &mut state, &Objective::default(), &mut gradient).unwrap()
    });
}

#[divan::bench(args = [1, 64])]
fn classic_generation_step(bencher: Bencher, lanes: usize) {
    let network = Network::new(Shape::classic(90, 64), 1).unwrap();
    let mut stream = Generator::new(&network, Precision::Single).stream(lanes);
    bencher.bench_local(|| {
        stream.step();
        black_box(stream.logits(0));
    });
}

#[divan::bench(args = ["single", "half"])]
fn generation_step_of_2x256(bencher: Bencher, precision: &str) {
    let network = Network::new(Shape::tokens(512, 128, &[256, 256]), 1).unwrap();
    let precision = if precision == "half" { Precision::Half } else { Precision::Single };
    let mut stream = Generator::new(&network, precision).stream(1);
    bencher.bench_local(|| {
        stream.step();
        black_box(stream.logits(0));
    });
}

#[divan::bench]
fn checkpoint_there_and_back(bencher: Bencher) {
    let checkpoint = Checkpoint::new(Network::new(Shape::classic(90, 64), 1).unwrap(), Metadata::new());
    bencher.bench_local(|| Checkpoint::from_bytes(&checkpoint.to_bytes().unwrap()).unwrap());
}
