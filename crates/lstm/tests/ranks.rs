//! Ranks that share the lanes of a batch: their number does not change a bit.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod oracle;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use oracle::{Data, everything};
use sideman_lstm::*;

/// Values, and how many of them go to each rank.
type Parts = (Vec<f64>, Vec<usize>);

/// A rank that is a thread of this process.
#[derive(Clone, Debug)]
struct ThreadRank {
    rank: usize,
    meeting: Arc<Barrier>,
    /// What each rank sends.
    sent: Arc<Vec<Mutex<Parts>>>,
    /// How often all have gathered single precision: once for each sum of gradients.
    sums: Arc<AtomicUsize>,
}

impl ThreadRank {
    fn all(size: usize) -> Vec<ThreadRank> {
        let (meeting, sums) = (Arc::new(Barrier::new(size)), Arc::default());
        let sent = Arc::new((0..size).map(|_| Mutex::default()).collect());
        let first = ThreadRank { rank: 0, meeting, sent, sums };
        (0..size).map(|rank| ThreadRank { rank, ..first.clone() }).collect()
    }

    /// Sends parts of these lengths, and gives what each rank has sent here.
    fn exchange(&self, to: Vec<f64>, lengths: Vec<usize>) -> Vec<Vec<f64>> {
        *self.sent[self.rank].lock().unwrap() = (to, lengths);
        self.meeting.wait();
        let received = self.sent.iter().map(|sent| {
            let (values, lengths) = &*sent.lock().unwrap();
            let first: usize = lengths[..self.rank].iter().sum();
            values[first..first + lengths[self.rank]].to_vec()
        });
        let received = received.collect();
        self.meeting.wait();
        received
    }

    fn gather(&self, to: Vec<f64>, counts: &[usize]) -> Vec<f64> {
        let length = to.len();
        let received = self.exchange(to.repeat(self.size()), vec![length; self.size()]);
        assert_eq!(received.iter().map(Vec::len).collect::<Vec<_>>(), counts);
        received.concat()
    }
}

fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&x| x.into()).collect()
}

fn put(to: &mut [f32], from: Vec<f64>) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = from as f32);
}

impl Communicator for ThreadRank {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.sent.len()
    }

    fn all_to_all(&mut self, to: RankParts<&[f32]>, from: RankParts<&mut [f32]>) -> Result<(), Error> {
        let received = self.exchange(doubles(to.values), to.counts.to_vec());
        assert_eq!(received.iter().map(Vec::len).collect::<Vec<_>>(), from.counts);
        put(from.values, received.concat());
        Ok(())
    }

    fn all_gather(&mut self, to: &[f32], from: RankParts<&mut [f32]>) -> Result<(), Error> {
        put(from.values, self.gather(doubles(to), from.counts));
        self.sums.fetch_add(usize::from(self.rank == 0), Ordering::Relaxed);
        Ok(())
    }

    fn all_gather_doubles(&mut self, to: &[f64], from: RankParts<&mut [f64]>) -> Result<(), Error> {
        from.values.copy_from_slice(&self.gather(to.to_vec(), from.counts));
        Ok(())
    }
}

const LANES: usize = 10;

/// Losses of some steps and of what is not learned from, and the weights.
type Learned = (Vec<Losses>, Vec<f32>);

/// Learns for six batches, of which so many come together before each update.
fn train(shape: &Shape, batch: &Batch, device: impl Device, accumulate: u64) -> Learned {
    let mut network = Network::new(shape.clone(), 2).unwrap();
    let recipe =
        AdamHyperparameters { clip: Some(0.5), weight_decay: 0.01, ..AdamHyperparameters::default() };
    let mut trainer = Trainer::on(device, &network, recipe);
    let mut state = State::zero(shape, LANES);
    let mut losses = vec![];
    for seed in 0..6 {
        let objective = Objective { seed, smoothing: 0.1, ..Objective::default() };
        losses.push(trainer.accumulate(&network, batch, &mut state, &objective).unwrap());
        if (seed + 1) % accumulate == 0 {
            trainer.update(&mut network, 1e-2).unwrap();
        }
    }
    losses.push(trainer.evaluate(&network, batch, &mut State::zero(shape, LANES)).unwrap());
    (losses, network.parameters().to_vec())
}

/// What each of some ranks learns.
fn shared(
    shape: &Shape,
    batch: &Batch,
    shards: usize,
    ranks: Vec<ThreadRank>,
    accumulate: u64,
) -> Vec<Learned> {
    thread::scope(|scope| {
        let rank = |rank: ThreadRank| {
            scope.spawn(move || {
                let device = DataParallel::new(Cpu::new(1), shards, Box::new(rank)).unwrap();
                train(shape, batch, device, accumulate)
            })
        };
        let ranks: Vec<_> = ranks.into_iter().map(rank).collect();
        ranks.into_iter().map(|rank| rank.join().unwrap()).collect()
    })
}

fn dropped() -> Shape {
    Shape { dropout: Dropout { input: 200, hidden: 200, output: 200 }, ..everything(&[33, 20], 8) }
}

#[test]
fn the_number_of_ranks_does_not_change_training() {
    let shape = dropped();
    let batch = Data::random(&shape, 9, LANES, 3).batch(&shape);
    for (shards, accumulate) in [(4, 1), (5, 1), (4, 3), (5, 2)] {
        let alone = DataParallel::new(Cpu::new(2), shards, Box::new(SingleProcess)).unwrap();
        let alone = train(&shape, &batch, alone, accumulate);
        for ranks in 1..=shards {
            for learned in shared(&shape, &batch, shards, ThreadRank::all(ranks), accumulate) {
                assert!(learned == alone, "{shards} shards, {ranks} ranks, {accumulate} batches");
            }
        }
    }
}

#[test]
fn batches_before_an_update_count_as_their_mean() {
    let shape = everything(&[33, 20], 8);
    let batch = Data::random(&shape, 9, LANES, 3).batch(&shape);
    let norms = |device: Box<dyn Device>, batches: usize| -> Vec<f32> {
        let mut network = Network::new(shape.clone(), 2).unwrap();
        let recipe = AdamHyperparameters { clip: Some(0.5), ..AdamHyperparameters::default() };
        let mut trainer = Trainer::on(device, &network, recipe);
        let mut update = || {
            for _ in 0..batches {
                let mut state = State::zero(&shape, LANES);
                trainer.accumulate(&network, &batch, &mut state, &Objective::default()).unwrap();
            }
            trainer.update(&mut network, 1e-3).unwrap()
        };
        (0..2).map(|_| update()).collect()
    };
    let sharded = || Box::new(DataParallel::new(Cpu::new(1), 4, Box::new(SingleProcess)).unwrap());
    let pairs = [
        [norms(Box::new(Cpu::new(1)), 1), norms(Box::new(Cpu::new(1)), 3)],
        [norms(sharded(), 1), norms(sharded(), 3)],
    ];
    for [once, thrice] in pairs {
        let near = once.iter().zip(&thrice).all(|(a, b)| (a - b).abs() < 1e-3 * a);
        assert!(near, "{once:?} {thrice:?}");
    }
}

#[test]
fn a_batch_that_does_not_fit_takes_nothing_from_those_before() {
    let shape = everything(&[33, 20], 8);
    let network = Network::new(shape.clone(), 2).unwrap();
    let batch = Data::random(&shape, 9, LANES, 3).batch(&shape);
    let gradient = |disturbed: bool| {
        let mut device = DataParallel::new(Cpu::new(1), 4, Box::new(SingleProcess)).unwrap();
        let mut gradient = vec![0.0; network.parameters().len()];
        let mut add = |batch: &Batch, lanes| {
            let mut state = State::zero(&shape, lanes);
            device.gradient(&network, batch, &mut state, &Objective::default(), &mut gradient).is_ok()
        };
        assert!(add(&batch, LANES));
        assert!(!disturbed || !add(&Batch::new(&shape, 9, 3), 3), "three lanes are no four shards");
        device.complete(&mut gradient).unwrap();
        gradient
    };
    assert!(gradient(true) == gradient(false));
    assert!(gradient(false).iter().any(|&x| x != 0.0));
}

#[test]
fn batches_that_come_together_are_sent_once() {
    let shape = everything(&[33, 20], 8);
    let batch = Data::random(&shape, 9, LANES, 3).batch(&shape);
    let sums = |accumulate| {
        let ranks = ThreadRank::all(2);
        let sums = Arc::clone(&ranks[0].sums);
        shared(&shape, &batch, 4, ranks, accumulate);
        sums.load(Ordering::Relaxed)
    };
    assert_eq!([1, 2, 3, 6].map(sums), [6, 3, 2, 1]);
}

#[test]
fn shards_change_the_order_of_sums_and_nothing_else() {
    let shape = everything(&[33, 20], 8);
    let batch = Data::random(&shape, 9, LANES, 3).batch(&shape);
    let (losses, weights) = train(&shape, &batch, Cpu::new(1), 1);
    let shards = DataParallel::new(Cpu::new(1), 4, Box::new(SingleProcess)).unwrap();
    let (sharded, other) = train(&shape, &batch, shards, 1);
    for (a, b) in losses.iter().zip(&sharded) {
        assert_eq!(a.counted, b.counted);
        assert!((a.total() - b.total()).abs() < 1e-4, "{a:?} {b:?}");
    }
    assert_ne!(weights, other);
    let largest = weights.iter().zip(&other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(largest < 2e-3, "{largest}");
}

#[test]
fn too_few_shards_or_lanes_are_refused() {
    let rank = ThreadRank::all(3).pop().unwrap();
    assert!(DataParallel::new(Cpu::new(1), 2, Box::new(rank)).is_err());
    let shape = Shape::classic(5, 4);
    let network = Network::new(shape.clone(), 1).unwrap();
    let mut device = DataParallel::new(Cpu::new(1), 3, Box::new(SingleProcess)).unwrap();
    let batch = Batch::new(&shape, 4, 2);
    assert!(device.losses(&network, &batch, &mut State::zero(&shape, 2)).is_err());
}
