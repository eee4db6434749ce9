//! Bytes that are not what they say: an error, never a panic or a huge allocation.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use proptest::prelude::*;
use sideman_lstm::*;

fn bytes() -> Vec<u8> {
    let network = Network::new(Shape::tokens(5, 3, &[4, 4]), 1).unwrap();
    Checkpoint::new(network, [("recipe".to_owned(), "x".to_owned())].into()).to_bytes().unwrap()
}

/// The memory of a trainer after one step.
fn memory() -> Vec<u8> {
    let shape = Shape::tokens(5, 3, &[4]);
    let mut network = Network::new(shape.clone(), 1).unwrap();
    let mut trainer = Trainer::new(
        &network,
        AdamHyperparameters { average: Some(0.9), ..AdamHyperparameters::default() },
        1,
    );
    let mut batch = Batch::new(&shape, 2, 1);
    batch.target(0).copy_from_slice(&[1, 2]);
    trainer.step(&mut network, &batch, &mut State::zero(&shape, 1), &Objective::default(), 0.1).unwrap();
    trainer.optimizer_state().to_bytes().unwrap()
}

/// A file with this header and no data.
fn with_header(header: &str) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = bytes();
    assert!((0..bytes.len()).all(|end| Checkpoint::from_bytes(&bytes[..end]).is_err()));
    assert!((0..bytes.len()).all(|end| Checkpoint::open(bytes[..end].to_vec()).is_err()));
    let bytes = memory();
    assert!((0..bytes.len()).all(|end| OptimizerState::from_bytes(&bytes[..end]).is_err()));
}

#[test]
fn a_shape_larger_than_the_file_is_an_error() {
    for shape in [
        Shape::classic(1 << 20, 1 << 20),
        Shape::classic(1 << 12, 1 << 12),
        Shape::classic(usize::MAX, 3),
        Shape { layers: vec![1 << 19; 1000], ..Shape::classic(3, 3) },
    ] {
        let shape = serde_json::to_string(&serde_json::to_string(&shape).unwrap()).unwrap();
        let error =
            Checkpoint::from_bytes(&with_header(&format!("{{\"__metadata__\":{{\"shape\":{shape}}}}}")));
        assert!(error.is_err());
    }
}

#[test]
fn a_shape_of_countless_parts_is_an_error() {
    let plain = Shape::classic(5, 4);
    let refused = |shape: Shape| Network::new(shape, 1).unwrap_err().to_string();
    let terms = Shape { input: vec![vec![Term::plain("value"); 2000]], ..plain.clone() };
    assert!(refused(terms).contains("blocks and terms"));
    let long = Shape { heads: vec![Head::plain(&"x".repeat(1000), 5)], ..plain.clone() };
    assert!(refused(long).contains("longer than 100 bytes"));
    let expert = |i| Expert {
        name: format!("{i}"),
        outputs: 2,
        key: "value".into(),
        gather: Gather::Modulo { period: 2 },
    };
    let experts =
        |count| vec![Head { experts: (0..count).map(expert).collect(), ..Head::plain("softmax", 5) }];
    assert!(refused(Shape { heads: experts(2000), ..plain.clone() }).contains("experts"));
    assert!(Network::new(Shape { heads: experts(20), ..plain }, 1).is_ok());
    assert!(refused(Shape::tokens(1 << 20, 1, &[64])).contains("values"));
}

#[test]
fn a_header_longer_than_the_file_is_an_error() {
    let mut bytes = bytes();
    bytes[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(Checkpoint::from_bytes(&bytes).is_err());
}

#[test]
fn values_that_are_no_numbers_are_an_error() {
    let mut bytes = bytes();
    let last = bytes.len() - 4;
    bytes[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(Checkpoint::from_bytes(&bytes).is_err());
    for value in [f32::NAN, -1.0] {
        let mut bytes = memory();
        let last = bytes.len() - 4;
        bytes[last..].copy_from_slice(&value.to_le_bytes());
        assert!(OptimizerState::from_bytes(&bytes).is_err());
    }
}

#[test]
fn a_memory_of_another_network_or_recipe_is_an_error() {
    let memory = OptimizerState::from_bytes(&memory()).unwrap();
    let resumed = |shape, average| {
        let recipe = AdamHyperparameters { average, ..AdamHyperparameters::default() };
        Trainer::new(&Network::new(shape, 1).unwrap(), recipe, 1).resume(memory.clone())
    };
    assert!(resumed(Shape::tokens(5, 3, &[4]), Some(0.9)).is_ok());
    assert!(resumed(Shape::tokens(5, 3, &[4]), None).is_err());
    assert!(resumed(Shape::tokens(6, 3, &[4]), Some(0.9)).is_err());
}

#[test]
fn a_value_that_a_feature_does_not_have_is_no_value() {
    let mut network = Network::new(Shape::classic(5, 4), 1).unwrap();
    network.parameters_mut().iter_mut().for_each(|x| *x += 0.3);
    let logits = |value| {
        let mut stream = Generator::new(&network, Precision::Single).stream(1);
        stream.set(0, 0, value);
        stream.step();
        stream.logits(0).to_vec()
    };
    assert_ne!(logits(4), logits(NONE));
    assert_eq!(logits(5), logits(NONE));
}

#[test]
fn batches_and_states_that_do_not_fit_are_errors() {
    let shape = Shape::classic(5, 4);
    let network = Network::new(shape.clone(), 1).unwrap();
    let mut batch = Batch::new(&shape, 3, 2);
    let loss = |batch: &Batch, lanes| Cpu::new(1).losses(&network, batch, &mut State::zero(&shape, lanes));
    assert!(loss(&batch, 2).is_ok());
    assert!(loss(&batch, 3).is_err());
    batch.index(0)[1] = 5;
    assert!(loss(&batch, 2).is_err());
    batch.index(0)[1] = 4;
    batch.target(0)[1] = 3;
    batch.allowed(0, 5)[5 + 3] = false;
    assert!(loss(&batch, 2).is_err());
    assert!(loss(&Batch::new(&shape, 0, 2), 2).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn mutated_bytes_do_not_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = bytes();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(checkpoint) = Checkpoint::open(bytes) {
            let mut stream = Generator::new(&checkpoint.network, Precision::Single).stream(1);
            stream.step();
            prop_assert!(!stream.logits(0).is_empty());
        }
    }

    #[test]
    fn mutated_memories_do_not_panic(at: prop::sample::Index, value: u8) {
        let mut bytes = memory();
        let at = at.index(bytes.len());
        bytes[at] = value;
        if let Ok(memory) = OptimizerState::from_bytes(&bytes) {
            let network = Network::new(Shape::tokens(5, 3, &[4]), 1).unwrap();
            let recipe = AdamHyperparameters { average: Some(0.9), ..AdamHyperparameters::default() };
            let _ = Trainer::new(&network, recipe, 1).resume(memory);
        }
    }
}
