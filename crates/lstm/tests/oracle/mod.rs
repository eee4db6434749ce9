//! The forward pass once more, in double precision and in the plainest way: what gradients are checked against.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(dead_code, reason = "each test file uses a part of it")]

use sideman_lstm::*;

/// A batch's contents, readable.
#[derive(Clone)]
pub(crate) struct Data {
    pub(crate) steps: usize,
    pub(crate) lanes: usize,
    /// Per feature: indices or floats.
    pub(crate) index: Vec<Vec<u32>>,
    pub(crate) dense: Vec<Vec<f32>>,
    pub(crate) targets: Vec<Vec<u32>>,
    pub(crate) allowed: Vec<Option<Vec<bool>>>,
}

/// A small generator of numbers for tests.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % n
    }
    pub(crate) fn unit(&mut self) -> f32 {
        self.below(1 << 20) as f32 / (1 << 19) as f32 - 1.0
    }
}

impl Data {
    pub(crate) fn random(shape: &Shape, steps: usize, lanes: usize, seed: u64) -> Data {
        let (mut n, rows) = (Numbers(seed), steps * lanes);
        let (mut index, mut dense) = (vec![], vec![]);
        for feature in &shape.features {
            let is_index = feature.kind == FeatureKind::Index;
            let one = |n: &mut Numbers| if n.below(8) == 0 { NONE } else { n.below(feature.width) as u32 };
            index.push(if is_index { (0..rows).map(|_| one(&mut n)).collect() } else { vec![] });
            let floats = if is_index { 0 } else { rows * feature.width };
            dense.push((0..floats).map(|_| n.unit()).collect());
        }
        let (mut targets, mut allowed) = (vec![], vec![]);
        for (i, head) in shape.heads.iter().enumerate() {
            let some: Vec<u32> = (0..rows)
                .map(|_| if n.below(6) == 0 { NONE } else { n.below(head.classes) as u32 })
                .collect();
            let mask = (i == 0).then(|| {
                let pairs = (0..rows).flat_map(|r| (0..head.classes).map(move |c| (r, c)));
                pairs.map(|(r, c)| some[r] == c as u32 || n.below(4) > 0).collect()
            });
            targets.push(some);
            allowed.push(mask);
        }
        Data { steps, lanes, index, dense, targets, allowed }
    }

    pub(crate) fn batch(&self, shape: &Shape) -> Batch {
        let mut batch = Batch::new(shape, self.steps, self.lanes);
        for (i, feature) in shape.features.iter().enumerate() {
            match feature.kind {
                FeatureKind::Index => batch.index(i).copy_from_slice(&self.index[i]),
                FeatureKind::Dense => batch.dense(i).copy_from_slice(&self.dense[i]),
            }
        }
        for (i, head) in shape.heads.iter().enumerate() {
            batch.target(i).copy_from_slice(&self.targets[i]);
            if let Some(allowed) = &self.allowed[i] {
                batch.allowed(i, head.classes).copy_from_slice(allowed);
            }
        }
        batch
    }
}

pub(crate) struct Oracle<'a> {
    pub(crate) network: &'a Network,
    pub(crate) data: &'a Data,
    pub(crate) smoothing: f64,
}

impl Oracle<'_> {
    fn get<'p>(&self, p: &'p [f64], name: &str) -> &'p [f64] {
        let at = self.network.named().iter().find(|x| x.name == name).unwrap_or_else(|| panic!("{name}"));
        &p[at.range()]
    }

    fn features(&self, p: &[f64], blocks: &[Vec<Term>], row: usize) -> Vec<f64> {
        let shape = self.network.shape();
        let mut x = vec![];
        for block in blocks {
            let mut sum: Vec<f64> = vec![];
            for term in block {
                let f = shape.feature(&term.feature).unwrap();
                let feature = &shape.features[f];
                let mut plain = vec![0.0; feature.width];
                match feature.kind {
                    FeatureKind::Index if self.data.index[f][row] == NONE => {}
                    FeatureKind::Index => plain[self.data.index[f][row] as usize] = 1.0,
                    FeatureKind::Dense => {
                        let from = &self.data.dense[f][row * feature.width..][..feature.width];
                        plain = from.iter().map(|&v| f64::from(v)).collect();
                    }
                }
                let v = match &term.table {
                    None => plain,
                    Some(t) => times(&plain, self.get(p, &format!("{t}.weight"))),
                };
                sum.resize(v.len(), 0.0);
                sum.iter_mut().zip(&v).for_each(|(s, v)| *s += v);
            }
            x.extend(sum);
        }
        x
    }

    /// The objective: the sum over heads of mean smoothed cross-entropies.
    pub(crate) fn loss(&self, p: &[f64]) -> f64 {
        let shape = self.network.shape();
        let rows = self.data.steps * self.data.lanes;
        let mut sums = vec![0.0; shape.heads.len()];
        for lane in 0..self.data.lanes {
            let mut state: Vec<(Vec<f64>, Vec<f64>)> =
                shape.layers.iter().map(|&u| (vec![0.0; u], vec![0.0; u])).collect();
            for step in 0..self.data.steps {
                let row = step * self.data.lanes + lane;
                let mut x = self.features(p, &shape.input, row);
                for (l, &units) in shape.layers.iter().enumerate() {
                    let (h, c) = &mut state[l];
                    let mut a = times(&x, self.get(p, &format!("lstm.weight_ih_l{l}")));
                    add(&mut a, &times(h, self.get(p, &format!("lstm.weight_hh_l{l}"))));
                    add(&mut a, self.get(p, &format!("lstm.bias_ih_l{l}")));
                    for u in 0..units {
                        let s = |v: f64| 1.0 / (1.0 + (-v).exp());
                        let (i, f, g, o) =
                            (s(a[u]), s(a[units + u]), a[2 * units + u].tanh(), s(a[3 * units + u]));
                        c[u] = f * c[u] + i * g;
                        h[u] = o * c[u].tanh();
                    }
                    x = h.clone();
                }
                for (i, head) in shape.heads.iter().enumerate() {
                    sums[i] += self.head(p, head, i, &x, row);
                }
            }
        }
        let counted = |i: usize| (0..rows).filter(|&r| self.data.targets[i][r] != NONE).count().max(1) as f64;
        sums.iter().enumerate().map(|(i, s)| s / counted(i)).sum()
    }

    fn head(&self, p: &[f64], head: &Head, i: usize, h: &[f64], row: usize) -> f64 {
        let target = self.data.targets[i][row];
        if target == NONE {
            return 0.0;
        }
        let shape = self.network.shape();
        let mut source = h.to_vec();
        if let Some(name) = &head.context {
            let context = shape.contexts.iter().find(|c| c.name == *name).unwrap();
            source = times(h, self.get(p, &format!("{name}.weight")));
            if !context.input.is_empty() {
                let x = self.features(p, &context.input, row);
                add(&mut source, &times(&x, self.get(p, &format!("{name}.features.weight"))));
            }
            add(&mut source, self.get(p, &format!("{name}.bias")));
            source.iter_mut().for_each(|v| *v = v.max(0.0));
        }
        let dense = |name: &str| {
            let mut y = times(&source, self.get(p, &format!("{name}.weight")));
            add(&mut y, self.get(p, &format!("{name}.bias")));
            y
        };
        let mut logits = dense(&head.name);
        for expert in &head.experts {
            let outputs = dense(&format!("{}.{}", head.name, expert.name));
            let key = self.data.index[shape.feature(&expert.key).unwrap()][row];
            for (c, logit) in logits.iter_mut().enumerate().filter(|_| key != NONE) {
                let speaks = match &expert.gather {
                    Gather::Difference { reach } => {
                        let reach = *reach as i64;
                        ((c as i64 - i64::from(key)).clamp(-reach, reach) + reach) as usize
                    }
                    Gather::Modulo { period } => {
                        (c as i64 - i64::from(key)).rem_euclid(*period as i64) as usize
                    }
                    Gather::Place { period, offset } => (c + key as usize + offset) % period,
                    Gather::Table(table) => table[key as usize * head.classes + c] as usize,
                };
                *logit += outputs.get(speaks).copied().unwrap_or(0.0);
            }
        }
        let allowed = |c: usize| self.data.allowed[i].as_ref().is_none_or(|a| a[row * head.classes + c]);
        let kept: Vec<f64> = (0..head.classes).filter(|&c| allowed(c)).map(|c| logits[c]).collect();
        let most = kept.iter().copied().fold(f64::MIN, f64::max);
        let log = most + kept.iter().map(|l| (l - most).exp()).sum::<f64>().ln();
        let mean = kept.iter().sum::<f64>() / kept.len() as f64;
        (1.0 - self.smoothing) * (log - logits[target as usize]) + self.smoothing * (log - mean)
    }
}

/// `x W` with W row-major, inputs by outputs.
fn times(x: &[f64], w: &[f64]) -> Vec<f64> {
    let columns = w.len() / x.len();
    let mut y = vec![0.0; columns];
    for (x, row) in x.iter().zip(w.chunks_exact(columns)) {
        y.iter_mut().zip(row).for_each(|(y, w)| *y += x * w);
    }
    y
}

fn add(to: &mut [f64], from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(t, f)| *t += f);
}

/// A network with every part that a shape can have.
pub(crate) fn everything(widths: &[usize], values: usize) -> Shape {
    let table = |name: &str, rows, width| Table { name: name.into(), rows, width };
    let expert =
        |name: &str, outputs, gather| Expert { name: name.into(), outputs, key: "next".into(), gather };
    let speaks = (0..5 * 9).map(|i| if i % 7 == 0 { NONE } else { i % 4 }).collect();
    Shape {
        features: vec![
            Feature::index("value", values),
            Feature::index("other", 6),
            Feature::index("next", 5),
            Feature::dense("flags", 3),
        ],
        tables: vec![table("value_table", values, 10), table("next_table", 5, 4), table("flag_table", 3, 4)],
        input: vec![
            vec![Term::embedded("value", "value_table")],
            vec![Term::plain("other")],
            vec![Term::embedded("flags", "flag_table"), Term::embedded("next", "next_table")],
            vec![Term::plain("flags")],
        ],
        layers: widths.to_vec(),
        contexts: vec![Context {
            name: "context".into(),
            width: 21,
            input: vec![vec![Term::embedded("next", "next_table")], vec![Term::plain("flags")]],
        }],
        heads: vec![
            Head {
                experts: vec![Expert {
                    name: "place".into(),
                    outputs: 6,
                    key: "other".into(),
                    gather: Gather::Place { period: 6, offset: 1 },
                }],
                ..Head::plain("first", 11)
            },
            Head {
                context: Some("context".into()),
                experts: vec![
                    expert("interval", 5, Gather::Difference { reach: 2 }),
                    expert("degree", 4, Gather::Modulo { period: 4 }),
                    expert("table", 4, Gather::Table(speaks)),
                ],
                ..Head::plain("second", 9)
            },
        ],
        dropout: Dropout::default(),
    }
}
