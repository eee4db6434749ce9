//! The classic net, end to end.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use sideman_lstm::*;

/// Windows over a repeating line of values, one-hot: zero vector first.
fn windows(shape: &Shape, values: usize, steps: usize, lanes: usize) -> Batch {
    let mut batch = Batch::new(shape, steps, lanes);
    let value = |lane: usize, step: usize| ((lane * 7 + step * (1 + lane % 3)) % values) as u32;
    for row in 0..steps * lanes {
        let (step, lane) = (row / lanes, row % lanes);
        batch.index(0)[row] = if step == 0 { NONE } else { value(lane, step - 1) };
        batch.target(0)[row] = value(lane, step);
    }
    batch
}

#[test]
fn has_the_parameters_that_the_originals_print() {
    let count = |values| Network::new(Shape::classic(values, 64), 1).unwrap().parameters().len();
    assert_eq!((count(90), count(78)), (45_530, 41_678));
    let network = Network::new(Shape::classic(90, 64), 1).unwrap();
    let table = network.table();
    assert_eq!(table[0], LayerSummary { name: "lstm_0 (LSTM)".into(), output: 64, parameters: 39_680 });
    assert_eq!(
        table[1],
        LayerSummary { name: "softmax (dense, softmax)".into(), output: 90, parameters: 5_850 }
    );
}

#[test]
fn overfits_a_small_batch() {
    let shape = Shape::classic(12, 64);
    let mut network = Network::new(shape.clone(), 3).unwrap();
    let mut trainer =
        Trainer::new(&network, AdamHyperparameters { clip: Some(5.0), ..AdamHyperparameters::default() }, 1);
    let batch = windows(&shape, 12, 10, 6);
    for step in 0..300 {
        let rate = decayed(1e-2, 1e-3, step);
        let mut state = State::zero(&shape, 6);
        trainer.step(&mut network, &batch, &mut state, &Objective::default(), rate).unwrap();
    }
    let losses = trainer.evaluate(&network, &batch, &mut State::zero(&shape, 6)).unwrap();
    // The first value of a window cannot be known: six lanes begin with three different values.
    assert!(losses.total() < 0.25, "{}", losses.total());
}

#[test]
fn comes_back_from_bytes_with_the_same_logits_and_metadata() {
    let shape = Shape::classic(20, 30);
    let network = Network::new(shape, 5).unwrap();
    let metadata: Metadata =
        [("recipe".into(), "classic".into()), ("vocabulary".into(), "[\"C\"]".into())].into();
    let bytes = Checkpoint::new(network.clone(), metadata.clone()).to_bytes().unwrap();
    let back = Checkpoint::from_bytes(&bytes).unwrap();
    assert_eq!(back.metadata, metadata);
    assert_eq!(back.network.parameters(), network.parameters());
    assert_eq!(back.to_bytes().unwrap(), bytes);
    let logits = |network: &Network| {
        let mut stream = Generator::new(network, Precision::Single).stream(1);
        stream.set(0, 0, 7);
        stream.step();
        stream.logits(0).to_vec()
    };
    assert_eq!(logits(&back.network), logits(&network));
}

#[test]
fn rests_in_half_precision_with_what_is_attached() {
    let network = Network::new(Shape::classic(20, 30), 5).unwrap();
    let mut checkpoint = Checkpoint::new(network.clone(), Metadata::new());
    checkpoint.attachments.insert("index".into(), vec![1, 2, 3]);
    let (single, half) = (checkpoint.to_bytes().unwrap(), checkpoint.to_bytes_in(Precision::Half).unwrap());
    assert!(half.len() < single.len() * 11 / 20, "{} {}", half.len(), single.len());
    let back = Checkpoint::from_bytes(&half).unwrap();
    assert_eq!(back.attachments, checkpoint.attachments);
    let near = |(a, b): (&f32, &f32)| (a - b).abs() <= a.abs() / 2048.0 + 1e-7;
    assert!(back.network.parameters().iter().zip(network.parameters()).all(near));
    assert_eq!(back.to_bytes_in(Precision::Half).unwrap(), half);
}

#[test]
fn a_step_equals_a_sequence() {
    let shape = Shape::classic(20, 30);
    let network = Network::new(shape.clone(), 5).unwrap();
    let batch = windows(&shape, 20, 9, 1);
    let losses = Cpu::new(1).losses(&network, &batch, &mut State::zero(&shape, 1)).unwrap();
    let mut stream = Generator::new(&network, Precision::Single).stream(1);
    let mut batch = batch;
    let mut nats = 0.0;
    for step in 0..9 {
        let value = batch.index(0)[step];
        stream.set(0, 0, value);
        stream.step();
        nats -= f64::from(stream.log_probabilities(0)[batch.target(0)[step] as usize]);
    }
    assert!((nats - losses.nats[0]).abs() < 1e-5, "{nats} {:?}", losses.nats);
}
