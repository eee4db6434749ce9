//! Learns the classic network from tunes.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sideman_corpus::split::LastBars;
use sideman_corpus::{Piece, fingerprint, tunes};
use sideman_lstm::{
    AdamHyperparameters, Batch, Losses, Metadata, NONE, Network, Objective, Shape, State, Trainer, decayed,
};

use super::{ClassicPlayer, Value, Vocabulary, encode};
use crate::train::{Novelty, ngram_nats};
use crate::{Epoch, Error, Figures, TrainingEvent, ValidationSource};

/// Units of the LSTM.
const UNITS: usize = 64;
/// Values in a window.
const WINDOW: usize = 30;
/// Windows in a batch.
const BATCH: usize = 32;
/// Adam's learning rate, and how it decays: rate / (1 + decay · updates).
const RATE: f32 = 0.01;
const DECAY: f32 = 0.01;
/// The logit of what can never be a target.
const IMPOSSIBLE: f32 = -30.0;

/// How long and on what to train.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassicHyperparameters {
    /// How many epochs.
    pub epochs: usize,
    /// How many windows of 30 values each epoch draws.
    pub windows: usize,
    /// Values in the vocabulary, the rarest being merged into their nearest; `None` keeps all.
    pub vocabulary: Option<usize>,
    /// Decides first weights and windows.
    pub seed: u64,
    /// Threads; 0 is one for each core. They change the time it takes and nothing else.
    pub threads: usize,
}

impl Default for ClassicHyperparameters {
    fn default() -> Self {
        Self { epochs: 100, windows: 60, vocabulary: None, seed: 0, threads: 0 }
    }
}

/// A player, and how it does on what was held out.
#[derive(Debug, Clone)]
pub struct Trained {
    /// Plays what was learned.
    pub player: ClassicPlayer,
    /// Its loss beside the floors.
    pub figures: Figures,
}

/// Learns from the solos of `train` and keeps the weights that do best on those of `validation`, which should
/// be of other tunes. Without any, the last 20 % of the bars of each training solo are held out instead.
///
/// The recipe is that of the course assignment which grew out of deepjazz (2016): windows of 30 values drawn
/// anywhere in the tunes, the zero vector before the first; one-hot values into an LSTM of 64 units, one
/// softmax for every step; categorical cross-entropy; batches of 32; Adam at rate 0.01 with decay 0.01. After
/// each epoch `progress` hears of it and may stop; the best weights so far then hold.
///
/// # Errors
/// When there are too few notes, an option is 0, or the vocabulary shall be larger than it is.
pub fn train(
    train: &[Piece],
    validation: &[Piece],
    settings: &ClassicHyperparameters,
    mut progress: impl FnMut(TrainingEvent) -> ControlFlow<()>,
) -> Result<Trained, Error> {
    let mut training = ClassicTraining::new(train, validation, settings)?;
    while let Some(epoch) = training.epoch()? {
        if progress(TrainingEvent::Epoch(&epoch, None)).is_break() {
            break;
        }
    }
    training.finish()
}

/// A training under way, epoch by epoch, for those who want to hear it on the way.
pub struct ClassicTraining {
    material: ClassicExamples,
    settings: ClassicHyperparameters,
    network: Network,
    trainer: Trainer,
    rng: ChaCha8Rng,
    done: usize,
    /// The least held-out loss, its epoch, and its weights.
    best: Option<(f64, usize, Network)>,
    corpus: u64,
}

impl ClassicTraining {
    /// Begins what [`train`] does.
    ///
    /// # Errors
    /// As [`train`].
    pub fn new(
        train: &[Piece],
        validation: &[Piece],
        settings: &ClassicHyperparameters,
    ) -> Result<Self, Error> {
        if settings.windows == 0 {
            return Err(Error::option("windows", 0, "at least 1"));
        }
        let material = ClassicExamples::of(train, validation, settings.vocabulary)?;
        let network = material.network(settings.seed)?;
        let trainer = Trainer::new(&network, AdamHyperparameters::default(), settings.threads);
        let rng = ChaCha8Rng::seed_from_u64(settings.seed);
        let corpus = fingerprint(train);
        Ok(Self { material, settings: *settings, network, trainer, rng, done: 0, best: None, corpus })
    }

    /// The next epoch; `None` when all are over.
    ///
    /// # Errors
    /// When the engine refuses a batch.
    pub fn epoch(&mut self) -> Result<Option<Epoch>, Error> {
        let Self { material, settings, network, trainer, rng, done, best, .. } = self;
        if *done == settings.epochs {
            return Ok(None);
        }
        *done += 1;
        let loss = material.epoch(network, trainer, settings.windows, rng)?;
        let held_out = material.held_out_loss(network, trainer)?;
        let is_best = best.as_ref().is_none_or(|(least, ..)| held_out < *least);
        if is_best {
            *best = Some((held_out, *done, network.clone()));
        }
        Ok(Some(Epoch { number: *done, of: settings.epochs, loss, held_out: Some(held_out), best: is_best }))
    }

    /// The floors on what is held out, a unigram and an interpolated bigram, in nats per value.
    pub fn floors(&self) -> [f64; 2] {
        let Figures { unigram, bigram, .. } = self.material.figures(0.0, 0);
        [unigram, bigram]
    }

    /// The loss on what is held out with the weights as they are now, in nats per value.
    ///
    /// # Errors
    /// When the engine refuses a batch.
    pub fn held_out(&mut self) -> Result<f64, Error> {
        self.material.held_out_loss(&self.network, &mut self.trainer)
    }

    /// A player with the weights as they are now.
    ///
    /// # Errors
    /// None for a training that has begun.
    pub fn player(&self) -> Result<ClassicPlayer, Error> {
        let mut metadata = self.metadata();
        metadata.insert("epoch".to_owned(), self.done.to_string());
        ClassicPlayer::new(self.network.clone(), self.material.vocabulary.clone(), metadata)
    }

    /// The player with the weights that did best, and its figures.
    ///
    /// # Errors
    /// When there was no epoch.
    pub fn finish(self) -> Result<Trained, Error> {
        let mut metadata = self.metadata();
        let none = || Error::option("epochs", self.settings.epochs, "at least 1");
        let (held_out, epoch, network) = self.best.ok_or_else(none)?;
        let figures = self.material.figures(held_out, epoch);
        metadata.insert("figures".to_owned(), figures.to_string());
        Ok(Trained { player: ClassicPlayer::new(network, self.material.vocabulary, metadata)?, figures })
    }

    fn metadata(&self) -> Metadata {
        Metadata::from([
            ("corpus".to_owned(), format!("{:016x}", self.corpus)),
            ("seed".to_owned(), self.settings.seed.to_string()),
        ])
    }
}

/// What is learned from and what is held out, as indices of the vocabulary.
struct ClassicExamples {
    vocabulary: Vocabulary,
    train: Vec<Vec<usize>>,
    held_out: Vec<Vec<usize>>,
    /// How many held-out values count as their nearest.
    merged: usize,
    from: ValidationSource,
}

impl ClassicExamples {
    fn of(train: &[Piece], validation: &[Piece], size: Option<usize>) -> Result<Self, Error> {
        let lines = |pieces: &[Piece]| pieces.iter().map(values).collect::<Vec<_>>();
        let (train, held_out, from) = if validation.is_empty() {
            let (before, behind) = train.iter().map(cut_behind).unzip();
            (before, behind, ValidationSource::LastBars)
        } else {
            let others: BTreeSet<String> = tunes(validation).into_iter().collect();
            (lines(train), lines(validation), ValidationSource::Tunes(others.len()))
        };
        let few = |lines: &[Vec<Value>], least| lines.iter().map(Vec::len).sum::<usize>() < least;
        if few(&train, WINDOW) {
            return Err(Error::TooLittle("the training tunes"));
        }
        if few(&held_out, 1) {
            return Err(Error::TooLittle("the held-out tunes"));
        }
        let vocabulary = match size {
            None => Vocabulary::new(train.iter().flatten())?,
            Some(size) => Vocabulary::merged(train.iter().flatten(), size)?,
        };
        let is_merged = |value: &&Value| vocabulary.is_merged() && !vocabulary.holds(value);
        let merged = held_out.iter().flatten().filter(is_merged).count();
        let indices = |lines: Vec<Vec<Value>>| -> Vec<Vec<usize>> {
            lines.iter().filter(|line| !line.is_empty()).map(|line| vocabulary.indices(line)).collect()
        };
        Ok(Self { train: indices(train), held_out: indices(held_out), merged, from, vocabulary })
    }

    /// A fresh network whose softmax begins with the frequencies of the values, so that no update is spent on
    /// learning those; the unseen class, which is no target in training, begins and stays all but impossible.
    fn network(&self, seed: u64) -> Result<Network, Error> {
        let mut network = Network::new(Shape::classic(self.vocabulary.classes(), UNITS), seed)?;
        let mut counts = vec![0.0f32; self.vocabulary.classes()];
        self.train.iter().flatten().for_each(|&value| counts[value] += 1.0);
        let values = counts.iter().sum::<f32>();
        let logit = |count: f32| if count > 0.0 { (count / values).ln() } else { IMPOSSIBLE };
        let bias = network.named().iter().find(|p| p.name == "softmax.bias").map(|p| p.range());
        for (at, count) in bias.into_iter().flatten().zip(counts) {
            network.parameters_mut()[at] = logit(count);
        }
        Ok(network)
    }

    /// One epoch: freshly drawn windows, an update for each batch. Gives the mean loss.
    fn epoch(
        &self,
        network: &mut Network,
        trainer: &mut Trainer,
        windows: usize,
        rng: &mut ChaCha8Rng,
    ) -> Result<f64, Error> {
        let mut losses = Losses::default();
        for drawn in (0..windows).step_by(BATCH) {
            let lanes: Vec<&[usize]> =
                (drawn..windows.min(drawn + BATCH)).map(|_| self.window(rng)).collect();
            let batch = self.batch(&lanes, WINDOW, 0);
            let mut state = State::zero(network.shape(), batch.lanes);
            let rate = decayed(RATE, DECAY, trainer.steps());
            losses.add(&trainer.step(network, &batch, &mut state, &Objective::default(), rate)?);
        }
        Ok(losses.total())
    }

    /// A window anywhere in the training lines, each place being as likely; a shorter line as a whole.
    fn window(&self, rng: &mut ChaCha8Rng) -> &[usize] {
        let places = |line: &[usize]| line.len().saturating_sub(WINDOW) + 1;
        let mut place = rng.random_range(0..self.train.iter().map(|line| places(line)).sum());
        for line in &self.train {
            if place < places(line) {
                return &line[place..(place + WINDOW).min(line.len())];
            }
            place -= places(line);
        }
        &[]
    }

    /// The loss on all held-out lines, each from its beginning with the state carried on, as in playing.
    fn held_out_loss(&self, network: &Network, trainer: &mut Trainer) -> Result<f64, Error> {
        let lines: Vec<&[usize]> = self.held_out.iter().map(Vec::as_slice).collect();
        let longest = lines.iter().map(|line| line.len()).max().unwrap_or(0);
        let mut state = State::zero(network.shape(), lines.len());
        let mut losses = Losses::default();
        for from in (0..longest).step_by(WINDOW) {
            let batch = self.batch(&lines, WINDOW.min(longest - from), from);
            losses.add(&trainer.evaluate(network, &batch, &mut state)?);
        }
        Ok(self.mean_nats(losses.nats.iter().sum()))
    }

    /// Lines side by side from a step on: what comes in is the value before, none at the start or when it is
    /// unseen; what should come out is the value, not counted when it is unseen.
    fn batch(&self, lines: &[&[usize]], steps: usize, from: usize) -> Batch {
        let known = |value: Option<&usize>| {
            value.filter(|&&v| v != self.vocabulary.unseen()).map_or(NONE, |&v| v as u32)
        };
        let mut batch = Batch::new(&Shape::classic(self.vocabulary.classes(), UNITS), steps, lines.len());
        for step in 0..steps {
            for (lane, line) in lines.iter().enumerate() {
                let (row, at) = (step * lines.len() + lane, from + step);
                batch.index(0)[row] = known(at.checked_sub(1).and_then(|before| line.get(before)));
                batch.target(0)[row] = known(line.get(at));
            }
        }
        batch
    }

    /// The mean loss on held-out values, seen and unseen, from the nats of the seen ones; where values are merged, all
    /// are seen.
    fn mean_nats(&self, seen_nats: f64) -> f64 {
        let types = self.vocabulary.values().len();
        let (values, unseen) = self.counts();
        if self.vocabulary.is_merged() {
            return seen_nats / values.max(1) as f64;
        }
        let novelty = Novelty::of(types, self.train.iter().map(Vec::len).sum());
        novelty.mean_nats(seen_nats, values - unseen, unseen)
    }

    /// How many held-out values there are, and how many of them are unseen.
    fn counts(&self) -> (usize, usize) {
        let all = self.held_out.iter().flatten();
        (all.clone().count(), all.filter(|&&v| v == self.vocabulary.unseen()).count())
    }

    fn figures(&self, held_out: f64, epoch: usize) -> Figures {
        let floor = |order| {
            self.mean_nats(ngram_nats(order, self.vocabulary.values().len(), &self.train, &self.held_out))
        };
        let (values, unseen) = self.counts();
        let (unigram, bigram) = (floor(1), floor(2));
        let (merged, from) = (self.merged, self.from);
        Figures { held_out, unigram, bigram, values, unseen, merged, from, epoch }
    }
}

fn values(piece: &Piece) -> Vec<Value> {
    piece.solo.as_ref().map(|solo| encode(&piece.sheet, solo).values).unwrap_or_default()
}

/// The values of a piece before its last bars, and those in them.
fn cut_behind(piece: &Piece) -> (Vec<Value>, Vec<Value>) {
    let Some(solo) = &piece.solo else { return Default::default() };
    let line = encode(&piece.sheet, solo);
    let bar_at = |time| piece.sheet.place(time).0;
    let mut onset = line.start;
    let onsets = line.values.iter().map(|value| {
        let at = bar_at(onset);
        onset += value.duration();
        at
    });
    let bars: Vec<i64> = onsets.collect();
    let (Some(first), Some(last)) = (bars.first(), bars.last()) else { return Default::default() };
    let last_bars = LastBars::of(*first, *last);
    let mut values = line.values;
    let held_out = values.split_off(bars.partition_point(|&bar| !last_bars.contains(bar)));
    (values, held_out)
}
