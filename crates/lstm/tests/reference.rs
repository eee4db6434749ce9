//! Numbers from elsewhere: PyTorch, and one step by hand.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use sideman_lstm::*;

/// Loss and gradient norm at every fifth of 51 steps.
///
/// ```python
/// import torch, torch.nn as nn, torch.nn.functional as F          # torch 2.15.0
/// class M(nn.Module):
///     def __init__(s):
///         super().__init__()
///         s.embedding, s.lstm, s.softmax = nn.Embedding(11, 5), nn.LSTM(5, 7, 2), nn.Linear(7, 11)
///     def forward(s, x): return s.softmax(s.lstm(s.embedding(x))[0])
/// m = M()
/// n = (['embedding.weight'] + [f'lstm.{w}_l{l}' for l in (0, 1) for w in ('weight_ih', 'weight_hh', 'bias_ih')]
///      + ['softmax.weight', 'softmax.bias'])
/// p = dict(m.named_parameters())
/// for k, name in enumerate(n):
///     p[name].data = (0.4 * torch.sin(0.7 * torch.arange(p[name].numel()) + k)).reshape(p[name].shape)
/// for l in (0, 1): p[f'lstm.bias_hh_l{l}'].data.zero_(); p[f'lstm.bias_hh_l{l}'].requires_grad = False
/// i = torch.arange(12 * 4).reshape(12, 4); x, y = (i * i + i // 3) % 11, (i * i * i + 2 * i) % 11
/// o = torch.optim.AdamW([v for v in p.values() if v.requires_grad], lr=5e-3, weight_decay=0.0)
/// for step in range(51):
///     o.zero_grad()
///     l = F.cross_entropy(m(x).flatten(0, 1), y.flatten(), label_smoothing=0.1); l.backward()
///     g = nn.utils.clip_grad_norm_(o.param_groups[0]['params'], 0.2); o.step()
///     if step % 5 == 0: print(f'({l.item():.6f}, {g.item():.6f}),')
/// ```
const PYTORCH: [(f64, f32); 11] = [
    (2.385723, 0.289387),
    (2.343840, 0.268454),
    (2.308536, 0.256352),
    (2.274984, 0.248545),
    (2.238259, 0.240937),
    (2.195461, 0.229705),
    (2.146335, 0.210408),
    (2.094241, 0.178367),
    (2.047350, 0.135522),
    (2.008561, 0.103467),
    (1.966430, 0.107545),
];

#[test]
fn the_loss_curve_of_pytorch() {
    let shape = Shape::tokens(11, 5, &[7, 7]);
    let mut network = Network::new(shape.clone(), 0).unwrap();
    for (k, parameter) in network.named().to_vec().into_iter().enumerate() {
        let table = parameter.name == "embedding.weight";
        for i in 0..parameter.rows * parameter.columns {
            // PyTorch's weights are outputs by inputs, but for embeddings.
            let place = if table { i } else { i % parameter.rows * parameter.columns + i / parameter.rows };
            let value = 0.4 * (0.7 * i as f64 + k as f64).sin();
            network.parameters_mut()[parameter.offset + place] = value as f32;
        }
    }
    let mut batch = Batch::new(&shape, 12, 4);
    for i in 0..48usize {
        batch.index(0)[i] = ((i * i + i / 3) % 11) as u32;
        batch.target(0)[i] = ((i * i * i + 2 * i) % 11) as u32;
    }
    let recipe = AdamHyperparameters { epsilon: 1e-8, clip: Some(0.2), ..AdamHyperparameters::default() };
    let mut trainer = Trainer::new(&network, recipe, 1);
    let objective = Objective { smoothing: 0.1, ..Objective::default() };
    for step in 0..51 {
        let losses = trainer.accumulate(&network, &batch, &mut State::zero(&shape, 4), &objective).unwrap();
        let norm = trainer.update(&mut network, 5e-3).unwrap();
        if step % 5 == 0 {
            let (loss, pytorch_norm) = PYTORCH[step / 5];
            let ours = losses.smoothed[0] / losses.counted[0] as f64;
            assert!((ours - loss).abs() < 1e-4, "step {step}: {ours} {loss}");
            assert!((norm - pytorch_norm).abs() < 1e-4, "step {step}: {norm} {pytorch_norm}");
        }
    }
}

#[test]
fn one_step_of_one_unit_by_hand() {
    let mut network = Network::new(Shape::classic(2, 1), 0).unwrap();
    let weights = [
        // W_ih for values 0 and 1, then W_hh, then the bias: i, f, g, o each.
        [0.1, 0.2, 0.3, 0.4],
        [0.5, -0.6, 0.7, -0.8],
        [0.9, 1.0, -1.1, 1.2],
        [0.01, 0.02, 0.03, 0.04],
    ];
    network.parameters_mut()[..16].copy_from_slice(&weights.concat());
    network.parameters_mut()[16..].copy_from_slice(&[2.0, -3.0, 0.5, 0.25]);
    let mut stream = Generator::new(&network, Precision::Single).stream(1);
    stream.set(0, 0, 1);
    stream.step();
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let c = sigmoid(0.51) * 0.73f64.tanh();
    let h = sigmoid(-0.76) * c.tanh();
    stream.set(0, 0, 0);
    stream.step();
    let gate = |k: usize| f64::from(weights[0][k] + weights[3][k]) + h * f64::from(weights[2][k]);
    let c = sigmoid(gate(1)) * c + sigmoid(gate(0)) * gate(2).tanh();
    let h = sigmoid(gate(3)) * c.tanh();
    let logits = stream.logits(0);
    for (ours, by_hand) in logits.iter().zip([2.0 * h + 0.5, -3.0 * h + 0.25]) {
        assert!((f64::from(*ours) - by_hand).abs() < 1e-6, "{ours} {by_hand}");
    }
}
