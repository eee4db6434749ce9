//! One step of the network with all its numbers, computed as it is written in a textbook.

use sideman_music::{Sheet, Solo};

use super::{ClassicPlayer, encode};

/// What happens in the network at one step: `V` classes, `H` units.
#[derive(Debug, Clone, PartialEq)]
pub struct CellStep {
    /// The class that comes in, of which the one-hot vector is made; `None` is the zero vector.
    pub input: Option<usize>,
    /// What is let in, kept, new and said, i, f, g and o, `[H]` each.
    pub gates: [Vec<f32>; 4],
    /// What is remembered, c = f ⊙ c' + i ⊙ g, `[H]`.
    pub c: Vec<f32>,
    /// What is said, h = o ⊙ tanh c, `[H]`.
    pub h: Vec<f32>,
    /// How probable each class is to come next, softmax(W h + b), `[V]`.
    pub probabilities: Vec<f32>,
}

impl ClassicPlayer {
    /// A line over a sheet as this network reads it.
    pub fn classes(&self, sheet: &Sheet, solo: &Solo) -> Vec<usize> {
        self.vocabulary.indices(&encode(sheet, solo).values)
    }

    /// The steps of the network over a line of classes, beginning from the zero vector: one more than there are
    /// classes, of which the last says what comes after them.
    pub fn trace(&self, classes: &[usize]) -> Vec<CellStep> {
        let weights = CellWeights::of(self);
        let mut steps: Vec<CellStep> = Vec::with_capacity(classes.len() + 1);
        let inputs = std::iter::once(None).chain(classes.iter().copied().map(Some));
        for input in inputs {
            let step = weights.step(input, steps.last());
            steps.push(step);
        }
        steps
    }
}

/// The parameters, each `[inputs, outputs]`.
struct CellWeights<'a> {
    units: usize,
    input: &'a [f32],
    recurrent: &'a [f32],
    bias: &'a [f32],
    dense: &'a [f32],
    dense_bias: &'a [f32],
}

impl<'a> CellWeights<'a> {
    fn of(player: &'a ClassicPlayer) -> Self {
        let network = &player.network;
        let named = |name| network.parameter(name).unwrap_or_default();
        let bias = named("lstm.bias_ih_l0");
        Self {
            units: bias.len() / 4,
            input: named("lstm.weight_ih_l0"),
            recurrent: named("lstm.weight_hh_l0"),
            bias,
            dense: named("softmax.weight"),
            dense_bias: named("softmax.bias"),
        }
    }

    fn step(&self, input: Option<usize>, before: Option<&CellStep>) -> CellStep {
        let (width, units) = (self.bias.len(), self.units);
        let mut sums = self.bias.to_vec();
        let row = input.and_then(|class| self.input.get(class * width..(class + 1) * width));
        add(&mut sums, row.unwrap_or_default(), 1.0);
        if let Some(before) = before {
            add_product(&mut sums, &before.h, self.recurrent);
        }
        let squash = |gate: usize, x: f32| if gate == 2 { x.tanh() } else { 1.0 / (1.0 + (-x).exp()) };
        let gate =
            |nth: usize| sums[nth * units..(nth + 1) * units].iter().map(|&x| squash(nth, x)).collect();
        let gates: [Vec<f32>; 4] = std::array::from_fn(gate);
        let kept = |unit: usize| before.map_or(0.0, |before| before.c[unit]);
        let [i, f, g, o] = &gates;
        let c: Vec<f32> = (0..units).map(|unit| f[unit] * kept(unit) + i[unit] * g[unit]).collect();
        let h: Vec<f32> = o.iter().zip(&c).map(|(o, c)| o * c.tanh()).collect();
        let mut logits = self.dense_bias.to_vec();
        add_product(&mut logits, &h, self.dense);
        CellStep { input, gates, c, h, probabilities: softmax(&logits) }
    }
}

fn add(sums: &mut [f32], row: &[f32], times: f32) {
    sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += times * x);
}

/// Adds a vector times a matrix.
fn add_product(sums: &mut [f32], vector: &[f32], matrix: &[f32]) {
    let width = sums.len().max(1);
    vector.iter().zip(matrix.chunks_exact(width)).for_each(|(&x, row)| add(sums, row, x));
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f32> = logits.iter().map(|x| (x - most).exp()).collect();
    let sum: f32 = raised.iter().sum();
    raised.iter().map(|x| x / sum).collect()
}

#[cfg(test)]
mod tests {
    use sideman_lstm::{Generator, Precision};

    use crate::built_in;
    use crate::classic::{ClassicHyperparameters, ClassicTraining};

    /// By hand or by the engine, the numbers are the same.
    #[test]
    fn the_textbook_and_the_engine_agree() {
        let settings = ClassicHyperparameters { epochs: 2, windows: 8, threads: 1, ..Default::default() };
        let mut training = ClassicTraining::new(&built_in::corpus()[..3], &[], &settings).unwrap();
        let before = training.player().unwrap();
        assert!(training.epoch().unwrap().is_some());
        let player = training.player().unwrap();
        let line = [3, 1, 4, 1, 5];
        let steps = player.trace(&line);
        let mut stream = Generator::new(&player.network, Precision::Single).stream(1);
        for (i, step) in steps.iter().enumerate() {
            if let Some(&class) = i.checked_sub(1).and_then(|before| line.get(before)) {
                stream.set(0, 0, class as u32);
            }
            stream.step();
            for (by_hand, log) in step.probabilities.iter().zip(stream.log_probabilities(0)) {
                assert!((by_hand - log.exp()).abs() < 1e-5, "step {i}: {by_hand} {}", log.exp());
            }
        }
        assert_eq!((steps.len(), steps[0].input, steps[5].input), (6, None, Some(5)));
        assert_ne!(before.trace(&line), steps);
    }
}
