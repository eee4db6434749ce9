//! Gradients of every kind of parameter against finite differences in double precision.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod oracle;

use oracle::{Data, Numbers, Oracle, everything};
use sideman_lstm::*;

fn gradient(network: &Network, data: &Data, objective: &Objective) -> (Vec<f32>, Losses) {
    let batch = data.batch(network.shape());
    let mut gradient = vec![0.0; network.parameters().len()];
    let mut state = State::zero(network.shape(), data.lanes);
    let losses = Cpu::new(2).gradient(network, &batch, &mut state, objective, &mut gradient).unwrap();
    (gradient, losses)
}

/// For every parameter: `|analytic - numeric| <= 1e-4 |numeric|` over the places looked at.
fn check(shape: Shape, steps: usize, lanes: usize, places: usize) {
    let network = Network::new(shape.clone(), 11).unwrap();
    let data = Data::random(&shape, steps, lanes, 5);
    let objective = Objective { smoothing: 0.1, ..Objective::default() };
    let (analytic, losses) = gradient(&network, &data, &objective);
    let oracle = Oracle { network: &network, data: &data, smoothing: 0.1 };
    let mut p: Vec<f64> = network.parameters().iter().map(|&x| f64::from(x)).collect();
    let total: f64 = (0..shape.heads.len()).map(|h| losses.smoothed[h] / losses.counted[h] as f64).sum();
    assert!((total - oracle.loss(&p)).abs() < 1e-5, "{total} {}", oracle.loss(&p));
    let mut numbers = Numbers(1);
    for parameter in network.named() {
        let mut at: Vec<usize> = parameter.range().collect();
        at.sort_by(|&a, &b| analytic[b].abs().total_cmp(&analytic[a].abs()));
        at = (0..places.min(at.len()))
            .map(|i| if i % 2 == 0 { at[i / 2] } else { at[numbers.below(at.len())] })
            .collect();
        let (mut wrong, mut size) = (0.0, 0.0);
        for i in at {
            let (x, step) = (p[i], 1e-6);
            p[i] = x + step;
            let up = oracle.loss(&p);
            p[i] = x - step;
            let numeric = (up - oracle.loss(&p)) / (2.0 * step);
            p[i] = x;
            wrong += (numeric - f64::from(analytic[i])).powi(2);
            size += numeric.powi(2);
        }
        assert!(size > 0.0, "{} has no gradient to look at", parameter.name);
        let error = (wrong / size).sqrt();
        assert!(error <= 1e-4, "{} of {:?}: {error:e}", parameter.name, shape.layers);
    }
}

#[test]
fn every_parameter_kind_at_small_widths() {
    for widths in [&[1][..], &[7, 16], &[16, 7, 1]] {
        check(everything(widths, 8), 5, 3, 60);
    }
}

#[test]
fn every_parameter_kind_at_middle_widths() {
    check(everything(&[64, 100], 8), 4, 7, 16);
}

#[test]
fn every_parameter_kind_at_width_384() {
    check(everything(&[384], 8), 3, 2, 8);
}

#[test]
fn the_classic_net() {
    check(Shape::classic(90, 64), 6, 13, 24);
}

#[test]
fn with_dropout_along_random_directions() {
    let dropout = Dropout { input: 250, hidden: 300, output: 200 };
    let shape = Shape { dropout, ..everything(&[20, 33], 8) };
    let network = Network::new(shape.clone(), 11).unwrap();
    let data = Data::random(&shape, 6, 5, 5);
    let objective = Objective { seed: 77, ..Objective::default() };
    let (analytic, losses) = gradient(&network, &data, &objective);
    assert_eq!(gradient(&network, &data, &objective).0, analytic);
    assert_ne!(gradient(&network, &data, &Objective { seed: 78, ..objective }).0, analytic);
    assert!(losses.total().is_finite());
    let mut numbers = Numbers(9);
    for parameter in network.named() {
        let direction: Vec<f32> = parameter.range().map(|_| numbers.unit()).collect();
        let length = direction.iter().map(|d| d * d).sum::<f32>().sqrt();
        let moved = |step: f32| {
            let mut network = network.clone();
            let to = network.parameters_mut()[parameter.range()].iter_mut();
            to.zip(&direction).for_each(|(p, d)| *p += step * d / length);
            gradient(&network, &data, &objective).1.total()
        };
        let numeric = (moved(3e-3) - moved(-3e-3)) / 6e-3;
        let along =
            analytic[parameter.range()].iter().zip(&direction).map(|(a, d)| a * d / length).sum::<f32>();
        let size = analytic[parameter.range()].iter().map(|a| a * a).sum::<f32>().sqrt();
        let wrong = (numeric - f64::from(along)).abs();
        assert!(wrong < 2e-2 * f64::from(size.max(1e-2)), "{}: {numeric} {along}", parameter.name);
    }
}
