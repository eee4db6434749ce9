//! Training of the `line` recipe: from nothing, on from a model, or on from where it was interrupted.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sideman_corpus::originality::{Humans, Index};
use sideman_corpus::{Catalogue, Dataset, Piece};
use sideman_lstm::{
    AdamHyperparameters, Device, Dropout, Losses, Network, Objective, Processor, State, Trainer,
};

use super::background::Background;
use super::batches::{Batches, longest_first, shuffled};
use super::example::Example;
use super::model::LineModel;
use super::settle::settled;
use super::shape::{NetworkSize, shape};
use super::targets::Target;
use super::windows::{Windows, sample};
use crate::{Epoch, Error, TrainingEvent, TrainingState};

/// How the `line` network is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineHyperparameters {
    /// How large it is.
    pub size: NetworkSize,
    /// The share of each layer's output that a fresh network leaves out while it learns; of its input, three sevenths of
    /// that share. At most [`MOST_DROPOUT`].
    pub dropout: f32,
    /// Times through the training pieces.
    pub epochs: usize,
    /// Pieces side by side.
    pub lanes: usize,
    /// Shards into which they are cut, so that processes can share them; one gives the sums of a single process.
    pub shards: usize,
    /// Batches whose gradients come together before each update, so that processes sum them less often.
    pub accumulate: usize,
    /// Notes in a chunk.
    pub steps: usize,
    /// The highest learning rate.
    pub rate: f32,
    /// Where chance begins.
    pub seed: u64,
    /// What computes.
    pub processor: Processor,
}

impl Default for LineHyperparameters {
    fn default() -> Self {
        Self {
            size: NetworkSize::Base,
            dropout: USUAL_DROPOUT,
            epochs: 24,
            lanes: 24,
            shards: 1,
            accumulate: 1,
            steps: 96,
            rate: 2e-3,
            seed: 1,
            processor: Processor::Cpu(0),
        }
    }
}

/// The most batches before an update; each has dropout of its own.
const MOST_ACCUMULATED: usize = 1000;

const USUAL_DROPOUT: f32 = 0.35;

/// The most that can be left out.
pub const MOST_DROPOUT: f32 = 0.9;

impl LineHyperparameters {
    /// All that a training must have in common with one that it goes on from, as a line of text: the recipe, what is
    /// learned from and what is held out. What computes is not among them.
    fn written(&self, training: &Catalogue, validation: &Catalogue) -> String {
        let Self { size, dropout, epochs, lanes, shards, accumulate, steps, rate, seed, processor: _ } = self;
        let layers = size.layers();
        let [training, validation] = [training, validation].map(Catalogue::fingerprint);
        let unless_one = |name: &str, count: usize| match count {
            1 => String::new(),
            _ => format!(" {name} {count}"),
        };
        let shards = unless_one("shards", *shards);
        let accumulate = unless_one("accumulate", *accumulate);
        let dropout = if *dropout == USUAL_DROPOUT { String::new() } else { format!(" dropout {dropout}") };
        format!(
            "line training {training:016x} validation {validation:016x} layers {layers:?}{dropout} epochs {epochs} \
             lanes {lanes}{shards}{accumulate} steps {steps} rate {rate} seed {seed}"
        )
    }

    /// How a model is adapted to a few solos: some rounds at a low rate, in shorter chunks for more steps.
    pub fn adapting() -> Self {
        Self { epochs: 10, lanes: 8, steps: 64, rate: 2e-4, ..Self::default() }
    }
}

/// Where a training begins.
#[derive(Debug, Clone)]
pub enum TrainingStart {
    /// From nothing.
    Fresh,
    /// On from a model, to adapt it; it knows its own corpus still.
    From(Box<LineModel>),
    /// Where another was interrupted, over the same pieces with the same settings.
    Resumed(Box<TrainingState>),
}

/// Trains on some pieces, keeping the epoch that is best on others, or the last one where nothing is held out. Losses
/// are those of rhythm and pitch on the model's own grid, in nats per note; of an epoch, with dropout, they are
/// higher than without. Of a dataset in many volumes a window is in memory at a time, and shuffled by itself; how all play
/// is learned of one that chance chooses.
///
/// # Errors
/// When there is no line to learn from, a dataset cannot be read, an interrupted training is one of other pieces or
/// settings, or a GPU is not there.
pub fn train(
    training: &dyn Dataset,
    validation: &dyn Dataset,
    start: TrainingStart,
    settings: LineHyperparameters,
    mut progress: impl FnMut(TrainingEvent) -> ControlFlow<()>,
) -> Result<LineModel, Error> {
    let catalogue = training.catalogue()?;
    let beside = validation.catalogue()?;
    let of = settings.written(&catalogue, &beside);
    let (background, base) = match &start {
        TrainingStart::From(model) => {
            (model.background.and_names_of(&catalogue), Some((model.network.clone(), model.tilt.clone())))
        }
        _ => (Background::of(&catalogue, &sample(training, settings.seed)?), None),
    };
    let windows = Windows::new(training, &catalogue, &background, |example| example)?;
    let held_out = Windows::new(validation, &beside, &background, Example::without_controls)?;
    let (mut training_loop, mut reached) = TrainingLoop::begin(windows, held_out, settings, start, of)?;
    while reached.epoch < settings.epochs {
        let Some(epoch) = training_loop.epoch(&mut reached, &mut progress)? else { break };
        if progress(TrainingEvent::Epoch(&epoch, Some(&reached))).is_break() {
            break;
        }
    }
    let whole = reached.epoch >= settings.epochs;
    let (network, tilt) = match base {
        Some((base, tilt)) => (training_loop.blended(&base, reached.best.1)?, Some(tilt)),
        None => (reached.best.1, None),
    };
    drop(training_loop);
    let index = Index::of(training, &catalogue)?;
    let humans = Humans::new(&index.borrowings_of_humans());
    let remarks = BTreeMap::new();
    let settles = tilt.is_none() && whole;
    let model = LineModel { network, background, tilt: tilt.unwrap_or_default(), index, humans, remarks };
    if !settles {
        return Ok(model);
    }
    let (of, pieces) = (settings.epochs, sample(training, settings.seed)?);
    let pieces: Vec<&Piece> = pieces.iter().collect();
    settled(model, &pieces, of, settings.seed, |round| progress(TrainingEvent::Settling { round, of }))
}

/// What stays the same through a training.
struct TrainingLoop<'a> {
    train: Windows<'a>,
    held_out: Windows<'a>,
    settings: LineHyperparameters,
    /// Updates in all epochs.
    total: f32,
    trainer: Trainer<Box<dyn Device>>,
}

impl<'a> TrainingLoop<'a> {
    /// The loop, and where it begins.
    fn begin(
        train: Windows<'a>,
        held_out: Windows<'a>,
        settings: LineHyperparameters,
        start: TrainingStart,
        of: String,
    ) -> Result<(Self, TrainingState), Error> {
        if train.lengths().is_empty() {
            return Err(Error::TooLittle("the training tunes"));
        }
        let chunks: usize = train.lengths().iter().map(|notes| notes.div_ceil(settings.steps)).sum();
        if !(1..=MOST_ACCUMULATED).contains(&settings.accumulate) {
            let wanted = format_args!("1 to {MOST_ACCUMULATED}");
            return Err(Error::option("accumulate", settings.accumulate, wanted));
        }
        if !(0.0..=MOST_DROPOUT).contains(&settings.dropout) {
            return Err(Error::option("dropout", settings.dropout, format_args!("0 to {MOST_DROPOUT}")));
        }
        let updates = chunks.div_ceil(settings.lanes).div_ceil(settings.accumulate);
        let total = (updates * settings.epochs) as f32;
        if !(1..=settings.lanes).contains(&settings.shards) {
            return Err(Error::option("shards", settings.shards, format_args!("1 to {}", settings.lanes)));
        }
        let device = settings.processor.open(settings.shards)?;
        let fresh = |device, network: Network| {
            let trainer = Trainer::on(device, &network, adam(total));
            let memory = trainer.optimizer_state().clone();
            let best = (f64::INFINITY, network.clone());
            (trainer, TrainingState { network, best, memory, epoch: 0, of: of.clone() })
        };
        let (trainer, reached) = match start {
            TrainingStart::Fresh => {
                let shape = shape(settings.size, dropout(settings.dropout));
                fresh(device, Network::new(shape, settings.seed)?)
            }
            TrainingStart::From(model) => fresh(device, model.network),
            TrainingStart::Resumed(reached) if reached.of == of => {
                let mut trainer = Trainer::on(device, &reached.network, adam(total));
                trainer.resume(reached.memory.clone())?;
                (trainer, *reached)
            }
            TrainingStart::Resumed(_) => {
                let found = "a training of another corpus or other settings";
                let wanted = "a training of the same corpus, split and settings; leave it out to begin anew";
                return Err(Error::option("resume", found, wanted));
            }
        };
        Ok((Self { train, held_out, settings, total, trainer }, reached))
    }

    /// One more epoch; `None` when it was asked to end before that.
    fn epoch(
        &mut self,
        reached: &mut TrainingState,
        progress: &mut impl FnMut(TrainingEvent) -> ControlFlow<()>,
    ) -> Result<Option<Epoch>, Error> {
        let Some(loss) = self.learn(reached, progress)? else {
            if reached.best.0.is_infinite() {
                reached.best.1 = self.trainer.averaged(&reached.network);
            }
            return Ok(None);
        };
        let averaged = self.trainer.averaged(&reached.network);
        let held_out = self.held_out_loss(&averaged)?;
        let best = held_out.is_none_or(|nats| nats < reached.best.0);
        if best {
            reached.best = (held_out.unwrap_or(f64::INFINITY), averaged);
        }
        reached.memory = self.trainer.optimizer_state().clone();
        reached.epoch += 1;
        Ok(Some(Epoch { number: reached.epoch, of: self.settings.epochs, loss, held_out, best }))
    }

    /// Every training example once; `None` when it was asked to end before that. Gives the mean loss.
    fn learn(
        &mut self,
        reached: &mut TrainingState,
        progress: &mut impl FnMut(TrainingEvent) -> ControlFlow<()>,
    ) -> Result<Option<f64>, Error> {
        let Self { train, settings, total, trainer, .. } = self;
        let (epoch, of) = (reached.epoch + 1, settings.epochs);
        let mut rng = ChaCha8Rng::seed_from_u64(settings.seed.wrapping_add(epoch as u64));
        let shape = reached.network.shape().clone();
        let mut windows = train.shuffled(&mut rng);
        let mut batches = Batches::new(settings.lanes);
        let mut state = State::zero(&shape, settings.lanes);
        let (mut losses, first) = (Losses::default(), trainer.steps());
        let rate = |updates: u64| settings.rate * schedule((updates as f32 / *total).min(1.0));
        let mut accumulated = 0;
        loop {
            batches.fill(&mut windows, |window| shuffled(window, &mut rng))?;
            let Some(batch) = batches.next(&shape, settings.steps, &mut state) else { break };
            let seed = settings.seed ^ (trainer.steps() + 1) << 20 ^ (accumulated as u64) << 54;
            let objective = Objective { seed, ..Objective::default() };
            losses.add(&trainer.accumulate(&reached.network, &batch, &mut state, &objective)?);
            accumulated = (accumulated + 1) % settings.accumulate;
            if accumulated == 0 {
                trainer.update(&mut reached.network, rate(trainer.steps()))?;
            }
            let done = (trainer.steps() - first) as f64 * of as f64 / f64::from(*total);
            let loss = own_nats(&losses);
            if progress(TrainingEvent::Step { epoch, of, done: done.min(1.0), loss }).is_break() {
                return Ok(None);
            }
        }
        if accumulated > 0 {
            trainer.update(&mut reached.network, rate(trainer.steps()))?;
        }
        Ok(Some(own_nats(&losses)))
    }

    /// The loss on what is held out; `None` where nothing is.
    fn held_out_loss(&mut self, network: &Network) -> Result<Option<f64>, Error> {
        let Self { held_out, settings, trainer, .. } = self;
        if held_out.lengths().is_empty() {
            return Ok(None);
        }
        let shape = network.shape().clone();
        let mut windows = held_out.in_order();
        let mut batches = Batches::new(settings.lanes);
        let mut state = State::zero(&shape, settings.lanes);
        let mut losses = Losses::default();
        loop {
            batches.fill(&mut windows, longest_first)?;
            let Some(batch) = batches.next(&shape, settings.steps, &mut state) else { break };
            losses.add(&trainer.evaluate(network, &batch, &mut state)?);
        }
        Ok(Some(own_nats(&losses)))
    }

    /// The point between an old network and the one adapted from it that is best on what was held out, so that what was
    /// known is not forgotten for nothing (Wortsman and others 2022, *Robust fine-tuning of zero-shot models*);
    /// the middle where nothing was held out.
    fn blended(&mut self, base: &Network, adapted: Network) -> Result<Network, Error> {
        let mut best = (f64::INFINITY, adapted.clone());
        for quarter in 0..=4 {
            let network = between(base, &adapted, quarter as f32 / 4.0);
            let Some(nats) = self.held_out_loss(&network)? else { return Ok(between(base, &adapted, 0.5)) };
            if nats < best.0 {
                best = (nats, network);
            }
        }
        Ok(best.1)
    }
}

fn between(a: &Network, b: &Network, share: f32) -> Network {
    let mut network = a.clone();
    let pairs = network.parameters_mut().iter_mut().zip(b.parameters());
    pairs.for_each(|(x, y)| *x += share * (y - *x));
    network
}

/// What a network leaves out of its input and of the outputs of its layers.
fn dropout(share: f32) -> Dropout {
    let thousandths = |share: f32| (share * 1000.0).round() as u16;
    let [input, layers] = [share * 3.0 / 7.0, share].map(thousandths);
    Dropout { input, hidden: layers, output: layers }
}

/// How the weights follow their gradients, in a training of so many updates.
fn adam(updates: f32) -> AdamHyperparameters {
    AdamHyperparameters {
        weight_decay: 0.02,
        clip: Some(1.0),
        average: Some(average(updates)),
        epsilon: 1e-8,
        ..AdamHyperparameters::default()
    }
}

/// The decay of the moving average of the weights: its memory is a tenth of the training.
fn average(steps: f32) -> f32 {
    (1.0 - 10.0 / steps).clamp(0.5, 0.998)
}

/// One cycle: up from a tenth over the first part, then down along a cosine (Smith 2018).
fn schedule(done: f32) -> f32 {
    const RISE: f32 = 0.15;
    if done < RISE {
        0.1 + 0.9 * done / RISE
    } else {
        let fall = ((done - RISE) / (1.0 - RISE)).min(1.0);
        0.01 + 0.99 * 0.5 * (1.0 + (std::f32::consts::PI * fall).cos())
    }
}

/// Nats of rhythm and pitch on the model's own grid.
fn own_nats(losses: &Losses) -> f64 {
    losses.mean(Target::Rhythm.head()) + losses.mean(Target::Pitch.head())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in;

    fn pieces() -> Vec<Piece> {
        built_in::corpus().into_iter().take(12).collect()
    }

    fn sides(pieces: &[Piece]) -> (Vec<&Piece>, Vec<&Piece>) {
        pieces.iter().partition(|p| p.sheet.title() != pieces[0].sheet.title())
    }

    fn settings(epochs: usize) -> LineHyperparameters {
        LineHyperparameters {
            size: NetworkSize::Small,
            epochs,
            lanes: 4,
            steps: 64,
            processor: Processor::Cpu(1),
            ..LineHyperparameters::default()
        }
    }

    /// The held-out losses of a training, and its pause after some epochs.
    fn losses(
        start: TrainingStart,
        epochs: usize,
        until: usize,
    ) -> (Vec<f64>, Option<TrainingState>, LineModel) {
        let pieces = pieces();
        let (training, validation) = sides(&pieces);
        let (mut losses, mut kept) = (Vec::new(), None);
        let model = train(&training, &validation, start, settings(epochs), |event| {
            let TrainingEvent::Epoch(epoch, Some(reached)) = event else { return ControlFlow::Continue(()) };
            losses.extend(epoch.held_out);
            kept = Some(reached.clone());
            if epoch.number == until { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        (losses, kept, model.unwrap())
    }

    #[test]
    fn a_small_network_learns_is_judged_and_goes_on_after_an_interruption() {
        let (whole, _, model) = losses(TrainingStart::Fresh, 4, 4);
        assert!(whole[3] < whole[0], "{whole:?}");
        let (first, reached, _) = losses(TrainingStart::Fresh, 4, 2);
        let reached = TrainingState::from_bytes(&reached.unwrap().to_bytes().unwrap()).unwrap();
        let (second, _, again) = losses(TrainingStart::Resumed(reached.clone().into()), 4, 4);
        assert_eq!([first, second].concat(), whole);
        assert_eq!(again.network.parameters(), model.network.parameters());

        let pieces = pieces();
        let (training, validation) = sides(&pieces);
        let scores = model.likelihoods(&validation);
        let notes: usize = scores.iter().map(|s| s.notes).sum();
        let scored = |p: &&Piece| p.solo.as_ref().unwrap().notes().len() - 1;
        assert_eq!(notes, validation.iter().map(scored).sum::<usize>());
        let nats: f64 = scores.iter().map(|s| s.rhythm + s.pitch).sum::<f64>() / notes as f64;
        assert!(nats > 0.0 && nats < (96f64 * 128.0).ln(), "{nats}");
        let resumed = |training: &[&Piece], validation: &[&Piece], settings| {
            let start = TrainingStart::Resumed(reached.clone().into());
            train(&training.to_vec(), &validation.to_vec(), start, settings, |_| ControlFlow::Break(()))
        };
        assert!(resumed(&training[1..], &validation, settings(4)).is_err());
        let all = [&training[..], &validation[..]].concat();
        assert!(resumed(&all, &[], settings(4)).is_err(), "the same pieces on other sides");
        assert!(resumed(&training, &validation, settings(5)).is_err());
        for accumulate in [0, 2, MOST_ACCUMULATED + 1] {
            let others = LineHyperparameters { accumulate, ..settings(4) };
            assert!(resumed(&training, &validation, others).is_err());
        }
        assert!(
            resumed(
                &training,
                &validation,
                LineHyperparameters { processor: Processor::Cpu(2), ..settings(4) }
            )
            .is_ok()
        );
    }
}
