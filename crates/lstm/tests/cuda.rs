//! A GPU against the processor; without one, nothing is tested, and the tests say so.
#![cfg(feature = "cuda")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop, one that is not run say so"
)]

mod oracle;

use oracle::{Data, everything};
use sideman_lstm::*;

/// The first GPU, if there is one.
fn cuda(precision: CudaPrecision) -> Option<Cuda> {
    match Cuda::new(0, precision) {
        Ok(cuda) => Some(cuda),
        Err(e) => {
            assert!(std::env::var_os("SIDEMAN_GPU").is_none(), "{e}");
            eprintln!("not tested: {e}");
            None
        }
    }
}

fn dropped(widths: &[usize]) -> Shape {
    Shape { dropout: Dropout { input: 200, hidden: 300, output: 250 }, ..everything(widths, 8) }
}

fn shapes() -> Vec<Shape> {
    let plain = [&[1][..], &[7, 16], &[16, 7, 1], &[33, 33, 33], &[64, 64, 100], &[128, 128, 384, 384]];
    let plain = plain.map(|widths| everything(widths, 8)).into_iter();
    let dropped = [&[20, 20][..], &[33, 70]].map(dropped);
    plain
        .chain(dropped)
        .chain([
            Shape::classic(90, 64),
            Shape::tokens(50, 12, &[24, 24]),
            Shape::tokens(70, 64, &[128, 128, 384]),
        ])
        .collect()
}

/// The distance of two vectors over the length of the second; of two that are nothing, nothing.
fn distance(a: &[f32], b: &[f32]) -> f64 {
    let square = |x: f64| x * x;
    let far: f64 = a.iter().zip(b).map(|(a, b)| square(f64::from(a - b))).sum();
    let long: f64 = b.iter().map(|&b| square(f64::from(b))).sum();
    if far == 0.0 { 0.0 } else { (far / long).sqrt() }
}

/// State after and losses of a batch, with the gradient.
fn found(device: &mut impl Device, network: &Network, batch: &Batch) -> (Vec<f32>, Losses, State) {
    let mut gradient = vec![0.0; network.parameters().len()];
    let mut state = State::zero(network.shape(), batch.lanes);
    let objective = Objective { smoothing: 0.1, seed: 4, ..Objective::default() };
    // Twice, so that a state is carried over and a gradient is added to.
    for _ in 0..2 {
        device.gradient(network, batch, &mut state, &objective, &mut gradient).unwrap();
    }
    let losses = device.losses(network, batch, &mut state).unwrap();
    (gradient, losses, state)
}

/// Checks every parameter's gradient, as a share of its length; `with_relu` bounds those of a network with a context.
fn check(precision: CudaPrecision, bound: f64, with_relu: f64) {
    let Some(mut cuda) = cuda(precision) else { return };
    // The gradient of a single unit's weight is one number, which may be any fraction of what it was rounded from.
    let wide =
        |shape: &Shape| precision == CudaPrecision::Single || shape.layers.iter().all(|&units| units >= 16);
    for shape in shapes().into_iter().filter(wide) {
        let network = Network::new(shape.clone(), 2).unwrap();
        let batch = Data::random(&shape, 11, 17, 3).batch(&shape);
        let (gradient, losses, _) = found(&mut cuda, &network, &batch);
        let (wanted, wanted_losses, _) = found(&mut Cpu::new(2), &network, &batch);
        let bound = if shape.contexts.is_empty() { bound } else { with_relu };
        for parameter in network.named() {
            let far = distance(&gradient[parameter.range()], &wanted[parameter.range()]);
            assert!(far <= bound, "{:?}, {}: {far:.1e}", shape.layers, parameter.name);
            eprintln!("{precision:?} {:?} {}: {far:.1e}", shape.layers, parameter.name);
        }
        assert_eq!(losses.counted, wanted_losses.counted);
        for (ours, theirs) in losses.nats.iter().zip(&wanted_losses.nats) {
            assert!((ours - theirs).abs() <= bound * theirs, "{ours} {theirs}");
        }
    }
}

#[test]
fn the_gradient_of_every_parameter_is_that_of_the_processor() {
    check(CudaPrecision::Single, 2e-5, 2e-5);
}

/// Rounding moves one or another of a context's sums across the corner of the ReLU, where the gradient of all before it
/// jumps.
#[test]
fn on_tensor_cores_it_is_near_that() {
    check(CudaPrecision::TensorFloat, 2e-3, 3e-2);
}

#[test]
fn in_half_precision_it_is_near_that() {
    check(CudaPrecision::Half, 2e-3, 3e-2);
}

#[test]
fn the_same_batch_gives_the_same_bits() {
    for precision in [CudaPrecision::Single, CudaPrecision::TensorFloat, CudaPrecision::Half] {
        let Some(mut cuda) = cuda(precision) else { return };
        for shape in [dropped(&[33, 70]), everything(&[384, 384], 8)] {
            let network = Network::new(shape.clone(), 2).unwrap();
            let batch = Data::random(&shape, 40, 17, 3).batch(&shape);
            let first = found(&mut cuda, &network, &batch);
            for _ in 0..3 {
                assert!(found(&mut cuda, &network, &batch) == first, "{precision:?} {:?}", shape.layers);
            }
        }
    }
}

#[test]
fn training_goes_as_on_the_processor() {
    let Some(cuda) = cuda(CudaPrecision::Single) else { return };
    let shape = dropped(&[20, 33]);
    let batch = Data::random(&shape, 9, 10, 3).batch(&shape);
    let settings = AdamHyperparameters { clip: Some(0.5), ..AdamHyperparameters::default() };
    fn last(mut trainer: Trainer<impl Device>, mut network: Network, batch: &Batch) -> f64 {
        let mut loss = 0.0;
        for seed in 0..60 {
            let mut state = State::zero(network.shape(), batch.lanes);
            let objective = Objective { seed, ..Objective::default() };
            loss = trainer.step(&mut network, batch, &mut state, &objective, 1e-2).unwrap().total();
        }
        loss
    }
    let network = Network::new(shape, 2).unwrap();
    let ours = last(Trainer::on(cuda, &network, settings), network.clone(), &batch);
    let theirs = last(Trainer::new(&network, settings, 2), network.clone(), &batch);
    assert!((ours - theirs).abs() < 1e-2 * theirs, "{ours} {theirs}");
}

#[test]
fn streams_say_what_they_say_on_the_processor() {
    let Some(cuda) = cuda(CudaPrecision::Single) else { return };
    for (shape, lanes) in [(everything(&[33, 20], 8), 9), (everything(&[384, 384], 8), 1)] {
        let network = Network::new(shape.clone(), 2).unwrap();
        let data = Data::random(&shape, 13, lanes, 3);
        let mut ours = cuda.lanes(&network, lanes).unwrap();
        let mut theirs = Generator::new(&network, Precision::Single).stream(lanes);
        for step in 0..13 {
            for lane in 0..lanes {
                let row = step * lanes + lane;
                for (i, feature) in shape.features.iter().enumerate() {
                    if feature.kind == FeatureKind::Index {
                        ours.set(i, lane, data.index[i][row]);
                        theirs.set(i, lane, data.index[i][row]);
                    } else {
                        let values = &data.dense[i][row * feature.width..][..feature.width];
                        ours.set_dense(i, lane, values);
                        theirs.set_dense(i, lane, values);
                    }
                }
            }
            ours.step().unwrap();
            theirs.step();
            for head in [0, 1] {
                let far = distance(ours.logits(head).unwrap(), theirs.logits(head));
                assert!(far < 1e-5, "step {step}, head {head}: {far:e}");
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let Some(mut cuda) = cuda(CudaPrecision::Single) else { return };
    let shape = Shape::classic(9, 8);
    let network = Network::new(shape.clone(), 1).unwrap();
    let mut batch = Batch::new(&shape, 3, 2);
    let mut state = State::zero(&shape, 3);
    assert!(matches!(cuda.losses(&network, &batch, &mut state), Err(Error::Data(_))));
    let mut state = State::zero(&shape, 2);
    let objective = Objective::default();
    let short = cuda.gradient(&network, &batch, &mut state, &objective, &mut [0.0; 3]);
    assert!(matches!(short, Err(Error::Data(_))));
    batch.index(0)[0] = 9;
    assert!(matches!(cuda.losses(&network, &batch, &mut state), Err(Error::Data(_))));
    assert!(matches!(Cuda::new(999, CudaPrecision::Single), Err(Error::Device(_))));
}
