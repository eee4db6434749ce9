//! What must not change a bit: the instruction set, the number of threads, the cut into chunks, lanes or steps.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod oracle;

use oracle::{Data, Numbers, everything};
use sideman_lstm::*;

fn dropped() -> Shape {
    Shape { dropout: Dropout { input: 200, hidden: 200, output: 200 }, ..everything(&[33, 20], 8) }
}

fn gradient(mut cpu: Cpu, network: &Network, batch: &Batch) -> (Vec<f32>, Losses) {
    let mut gradient = vec![0.0; network.parameters().len()];
    let mut state = State::zero(network.shape(), batch.lanes);
    let objective = Objective { smoothing: 0.1, seed: 4, ..Objective::default() };
    let losses = cpu.gradient(network, batch, &mut state, &objective, &mut gradient).unwrap();
    (gradient, losses)
}

#[test]
fn neither_instruction_set_nor_threads_change_a_gradient() {
    for shape in [dropped(), everything(&[70, 100], 8), Shape::classic(90, 64)] {
        let network = Network::new(shape.clone(), 2).unwrap();
        let batch = Data::random(&shape, 11, 17, 3).batch(&shape);
        let reference = gradient(Cpu::on(InstructionSet::Scalar, 1), &network, &batch);
        for isa in InstructionSet::all() {
            for threads in [1, 2, 3, 5] {
                assert!(gradient(Cpu::on(isa, threads), &network, &batch) == reference, "{isa:?} {threads}");
            }
        }
    }
}

#[test]
fn neither_instruction_set_nor_threads_change_a_sum_of_squares() {
    for length in [0, 1, 4096, 50_001] {
        let values: Vec<f32> = (0..length).map(|i| ((i * 37 % 101) as f32 - 50.0) / 7.0).collect();
        let plain: f64 = values.iter().map(|x| f64::from(x * x)).sum();
        let sum = |isa, threads| Cpu::on(isa, threads).sum_of_squares(&values);
        let reference = sum(InstructionSet::Scalar, 1);
        assert!((reference - plain).abs() <= 1e-6 * plain);
        for isa in InstructionSet::all() {
            assert!([1, 2, 3, 20].iter().all(|&threads| sum(isa, threads) == reference), "{isa:?} {length}");
        }
    }
}

#[test]
fn threads_do_not_change_training() {
    let shape = dropped();
    let train = |threads| {
        let mut network = Network::new(shape.clone(), 2).unwrap();
        let recipe = AdamHyperparameters {
            clip: Some(0.5),
            average: Some(0.9),
            weight_decay: 0.01,
            ..AdamHyperparameters::default()
        };
        let mut trainer = Trainer::new(&network, recipe, threads);
        let batch = Data::random(&shape, 9, 10, 3).batch(&shape);
        for seed in 0..5 {
            let objective = Objective { seed, ..Objective::default() };
            trainer.step(&mut network, &batch, &mut State::zero(&shape, 10), &objective, 1e-2).unwrap();
        }
        assert_ne!(trainer.averaged(&network).parameters(), network.parameters());
        (network.parameters().to_vec(), trainer.averaged(&network).parameters().to_vec())
    };
    assert!(train(1) == train(2));
}

#[test]
fn an_interrupted_training_goes_on_with_the_same_bits() {
    let shape = dropped();
    let recipe = AdamHyperparameters {
        clip: Some(0.5),
        average: Some(0.9),
        weight_decay: 0.01,
        ..AdamHyperparameters::default()
    };
    let batch = Data::random(&shape, 9, 10, 3).batch(&shape);
    let train = |network: &mut Network, trainer: &mut Trainer, seeds: std::ops::Range<u64>| {
        for seed in seeds {
            let objective = Objective { seed, ..Objective::default() };
            trainer.step(network, &batch, &mut State::zero(&shape, 10), &objective, 1e-2).unwrap();
        }
    };
    let begin = || {
        let network = Network::new(shape.clone(), 2).unwrap();
        let trainer = Trainer::new(&network, recipe, 1);
        (network, trainer)
    };
    let (mut whole, mut trainer) = begin();
    train(&mut whole, &mut trainer, 0..6);
    let (mut network, mut first) = begin();
    train(&mut network, &mut first, 0..3);
    let memory = first.optimizer_state().to_bytes().unwrap();
    let checkpoint = Checkpoint::new(network, Metadata::new()).to_bytes().unwrap();
    let mut network = Checkpoint::from_bytes(&checkpoint).unwrap().network;
    let mut second = Trainer::new(&network, recipe, 1);
    second.resume(OptimizerState::from_bytes(&memory).unwrap()).unwrap();
    train(&mut network, &mut second, 3..6);
    assert!(network.parameters() == whole.parameters());
    assert!(second.optimizer_state() == trainer.optimizer_state());
}

/// Sets every feature of every lane of a stream to those of a step.
fn set(stream: &mut Stream, shape: &Shape, data: &Data, step: usize) {
    for lane in 0..data.lanes {
        let row = step * data.lanes + lane;
        for (i, feature) in shape.features.iter().enumerate() {
            match feature.kind {
                FeatureKind::Index => stream.set(i, lane, data.index[i][row]),
                FeatureKind::Dense => {
                    stream.set_dense(i, lane, &data.dense[i][row * feature.width..][..feature.width])
                }
            }
        }
    }
}

#[test]
fn steps_end_in_the_state_of_the_sequence() {
    agree(everything(&[33, 20], 8), 9);
    // Large enough that several threads share a step, by lanes and by units.
    agree(everything(&[150, 300], 8), 5);
    agree(everything(&[150, 300], 8), 1);
}

fn agree(shape: Shape, lanes: usize) {
    let network = Network::new(shape.clone(), 2).unwrap();
    let data = Data::random(&shape, 13, lanes, 3);
    let mut after = State::zero(&shape, lanes);
    let losses = Cpu::new(2).losses(&network, &data.batch(&shape), &mut after).unwrap();
    let mut stream = Generator::new(&network, Precision::Single).stream(lanes);
    let mut nats = 0.0;
    for step in 0..13 {
        set(&mut stream, &shape, &data, step);
        stream.step();
        // The second head has no mask, so its log-probabilities are those of the loss.
        let log_p = stream.log_probabilities(1).to_vec();
        for lane in 0..lanes {
            let target = data.targets[1][step * lanes + lane];
            nats -= if target == NONE { 0.0 } else { f64::from(log_p[lane * 9 + target as usize]) };
        }
    }
    assert!(*stream.state() == after);
    assert!((nats - losses.nats[1]).abs() < 1e-4, "{nats} {}", losses.nats[1]);
}

#[test]
fn lanes_do_not_hear_each_other() {
    let shape = everything(&[33, 20], 8);
    let network = Network::new(shape.clone(), 2).unwrap();
    let data = Data::random(&shape, 5, 64, 3);
    let generator = Generator::new(&network, Precision::Single);
    let (mut all, mut one) = (generator.stream(64), generator.stream(1));
    for step in 0..5 {
        set(&mut all, &shape, &data, step);
        all.step();
        for (i, feature) in shape.features.iter().enumerate() {
            let row = step * 64 + 41;
            match feature.kind {
                FeatureKind::Index => one.set(i, 0, data.index[i][row]),
                FeatureKind::Dense => {
                    one.set_dense(i, 0, &data.dense[i][row * feature.width..][..feature.width])
                }
            }
        }
        one.step();
        for (head, classes) in [(0, 11), (1, 9)] {
            assert_eq!(all.logits(head)[41 * classes..42 * classes], *one.logits(head));
        }
    }
}

#[test]
fn a_spread_stream_goes_on_as_each_of_its_lanes() {
    let shape = everything(&[33, 20], 8);
    let network = Network::new(shape.clone(), 2).unwrap();
    let data = Data::random(&shape, 5, 2, 3);
    let mut stream = Generator::new(&network, Precision::Half).stream(2);
    for step in 0..5 {
        set(&mut stream, &shape, &data, step);
        stream.step();
    }
    let mut spread = stream.spread(3);
    for _ in 0..2 {
        for (head, classes) in [(0, 11), (1, 9)] {
            let each = stream.logits(head).chunks(classes).flat_map(|lane| lane.repeat(3));
            assert!(spread.logits(head).iter().copied().eq(each), "features and states are those of each");
        }
        stream.step();
        spread.step();
    }
}

#[test]
fn state_carried_over_chunks_is_the_whole_sequence() {
    let shape = everything(&[20], 8);
    let network = Network::new(shape.clone(), 2).unwrap();
    let data = Data::random(&shape, 12, 4, 3);
    let whole = Cpu::new(1).losses(&network, &data.batch(&shape), &mut State::zero(&shape, 4)).unwrap();
    let part = |from: usize, to: usize| {
        let mut part = data.clone();
        part.steps = to - from;
        part.index.iter_mut().filter(|x| !x.is_empty()).for_each(|x| *x = x[from * 4..to * 4].to_vec());
        part.targets.iter_mut().for_each(|x| *x = x[from * 4..to * 4].to_vec());
        for (dense, feature) in part.dense.iter_mut().zip(&shape.features).filter(|(x, _)| !x.is_empty()) {
            *dense = dense[from * 4 * feature.width..to * 4 * feature.width].to_vec();
        }
        for (allowed, head) in part.allowed.iter_mut().zip(&shape.heads) {
            *allowed = allowed.as_ref().map(|a| a[from * 4 * head.classes..to * 4 * head.classes].to_vec());
        }
        part.batch(&shape)
    };
    let (mut cpu, mut state, mut sum) = (Cpu::new(2), State::zero(&shape, 4), Losses::default());
    for (from, to) in [(0, 5), (5, 6), (6, 12)] {
        sum.add(&cpu.losses(&network, &part(from, to), &mut state).unwrap());
    }
    assert_eq!(sum.counted, whole.counted);
    assert!(sum.nats.iter().zip(&whole.nats).all(|(a, b)| (a - b).abs() < 1e-9), "{sum:?} {whole:?}");
}

#[test]
fn accumulated_gradients_are_those_of_the_whole() {
    let shape = Shape::tokens(10, 6, &[16]);
    let network = Network::new(shape.clone(), 2).unwrap();
    let data = Data::random(&shape, 6, 8, 3);
    let take = |lanes: &[usize]| {
        let mut batch = Batch::new(&shape, 6, lanes.len());
        for step in 0..6 {
            for (to, &lane) in lanes.iter().enumerate() {
                batch.index(0)[step * lanes.len() + to] = data.index[0][step * 8 + lane];
                batch.target(0)[step * lanes.len() + to] = data.targets[0][step * 8 + lane];
            }
        }
        batch
    };
    let of = |parts: &[&[usize]]| {
        let mut trainer = Trainer::new(&network, AdamHyperparameters::default(), 1);
        for part in parts {
            let objective = Objective { reduction: Reduction::Sum(0.01), ..Objective::default() };
            trainer
                .accumulate(&network, &take(part), &mut State::zero(&shape, part.len()), &objective)
                .unwrap();
        }
        trainer.gradient().to_vec()
    };
    let (whole, parts) = (of(&[&[0, 1, 2, 3, 4, 5, 6, 7]]), of(&[&[0, 1, 2], &[3, 4, 5, 6, 7]]));
    assert!(whole.iter().any(|g| g.abs() > 1e-3));
    assert!(whole.iter().zip(&parts).all(|(a, b)| (a - b).abs() < 1e-6));
}

#[test]
fn a_network_in_its_file_is_the_network_in_memory() {
    let shape = Shape { dropout: Dropout { input: 100, ..Dropout::default() }, ..everything(&[33, 20], 8) };
    let checkpoint = Checkpoint::new(Network::new(shape.clone(), 2).unwrap(), Metadata::new());
    let data = Data::random(&shape, 6, 3, 3);
    for stored in [Precision::Single, Precision::Half] {
        let bytes = checkpoint.to_bytes_in(stored).unwrap();
        let memory = Checkpoint::from_bytes(&bytes).unwrap().network;
        let mut file = Checkpoint::open(bytes).unwrap().network;
        for precision in [Precision::Single, Precision::Half] {
            let streams = [&memory, &file].map(|network| Generator::new(network, precision).stream(3));
            let [mut memory, mut file] = streams;
            for step in 0..6 {
                for stream in [&mut memory, &mut file] {
                    set(stream, &shape, &data, step);
                    stream.step();
                }
                assert!(
                    (0..2).all(|head| memory.logits(head) == file.logits(head)),
                    "{stored:?} {precision:?}"
                );
            }
        }
        let batch = data.batch(&shape);
        let losses = |network| Cpu::new(1).losses(network, &batch, &mut State::zero(&shape, 3)).unwrap();
        assert_eq!(losses(&file), losses(&memory));
        assert!(file.parameters_mut() == memory.parameters());
    }
}

/// Samples 200 values by the inverse of the cumulative distribution.
fn sampled(isa: InstructionSet, network: &Network) -> Vec<u32> {
    let mut stream = Generator::on(isa, network, Precision::Single).stream(1);
    let mut numbers = Numbers(6);
    let mut draw = || {
        stream.step();
        let (mut left, mut chosen) = ((numbers.unit() + 1.0) / 2.0, 0);
        for (class, log_p) in stream.log_probabilities(0).iter().enumerate() {
            left -= log_p.exp();
            chosen = class as u32;
            if left < 0.0 {
                break;
            }
        }
        stream.set(0, 0, chosen);
        chosen
    };
    (0..200).map(|_| draw()).collect()
}

#[test]
fn every_instruction_set_generates_the_same_values() {
    let network = Network::new(Shape::tokens(60, 20, &[50, 40]), 2).unwrap();
    let reference = sampled(InstructionSet::Scalar, &network);
    assert!(reference.iter().collect::<std::collections::BTreeSet<_>>().len() > 30);
    for isa in InstructionSet::all() {
        assert_eq!(sampled(isa, &network), reference, "{isa:?}");
    }
}

#[test]
fn half_precision_hardly_moves_the_distribution() {
    let shape = Shape::tokens(64, 32, &[96, 96]);
    let mut network = Network::new(shape, 2).unwrap();
    // A sharper head than a fresh network's, so that there is something to move.
    let head = network.named().iter().find(|p| p.name == "softmax.weight").unwrap().range();
    network.parameters_mut()[head].iter_mut().for_each(|w| *w *= 60.0);
    let stream = |precision| Generator::new(&network, precision).stream(1);
    let (mut single, mut half) = (stream(Precision::Single), stream(Precision::Half));
    let (mut numbers, mut divergence, mut entropy) = (Numbers(3), 0.0, 0.0);
    for _ in 0..10_000 {
        let value = numbers.below(64) as u32;
        single.set(0, 0, value);
        half.set(0, 0, value);
        single.step();
        half.step();
        for (&p, &q) in single.log_probabilities(0).iter().zip(&*half.log_probabilities(0)) {
            divergence += f64::from(p.exp() * (p - q));
            entropy -= f64::from(p.exp() * p);
        }
    }
    let (divergence, entropy) = (divergence / 1e4, entropy / 1e4);
    assert!(divergence.abs() < 1e-5, "{divergence:e}");
    assert!(entropy < 3.9, "{entropy}");
    assert!(divergence != 0.0);
}
