//! Training of the `line` recipe.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sideman_corpus::Piece;
use sideman_lstm::{Dropout, Generator, Losses, Network, Objective, Precision, Recipe, State, Trainer};
use sideman_music::Time;

use super::features::{Size, shape};
use super::judge::{Score, scores};
use super::material::{Lanes, Material};
use super::names::Names;
use crate::Error;

/// How the `line` network is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How large it is.
    pub size: Size,
    /// Times through the training pieces.
    pub epochs: usize,
    /// Pieces side by side.
    pub lanes: usize,
    /// Notes in a chunk.
    pub steps: usize,
    /// The highest learning rate.
    pub rate: f32,
    /// Where chance begins.
    pub seed: u64,
    /// Threads; 0 means one for each processor.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { size: Size::Base, epochs: 24, lanes: 24, steps: 96, rate: 2e-3, seed: 1, threads: 0 }
    }
}

/// What an epoch has brought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Counted from 1.
    pub number: usize,
    /// Rhythm and pitch of the training pieces on the model's own grid, nats per note.
    pub training: f64,
    /// The same of the validation pieces.
    pub held_out: f64,
}

/// A network that has learned lines, and the names it knows.
#[derive(Debug, Clone)]
pub struct Learned {
    /// The weights of the best epoch.
    pub network: Network,
    /// Styles and performers by number.
    pub names: Names,
}

/// Trains on some pieces, keeping the epoch that is best on others.
///
/// # Errors
/// When there is no line to learn from.
pub fn train(training: &[&Piece], validation: &[&Piece], settings: Settings, mut on_epoch: impl FnMut(&Epoch) -> bool) -> Result<Learned, Error> {
    let names = Names::of(training);
    let material = |pieces: &[&Piece]| pieces.iter().filter_map(|p| Material::new(p, &names)).collect::<Vec<_>>();
    let (train, held_out) = (material(training), material(validation));
    let shape = shape(settings.size, Dropout { input: 150, hidden: 350, output: 350 });
    let mut network = Network::new(shape.clone(), settings.seed)?;
    let recipe = Recipe { weight_decay: 0.02, clip: Some(1.0), average: Some(0.998), epsilon: 1e-8, ..Recipe::default() };
    let mut trainer = Trainer::new(&network, recipe, settings.threads);
    let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
    let mut best: Option<(f64, Network)> = None;
    let chunks = train.iter().map(|m| m.events.len().div_ceil(settings.steps)).sum::<usize>().div_ceil(settings.lanes);
    let total = (chunks * settings.epochs) as f32;
    for number in 1..=settings.epochs {
        let mut lanes = Lanes::shuffled(&train, settings.lanes, &mut rng);
        let mut state = State::zero(&shape, settings.lanes);
        let mut losses = Losses::default();
        while let Some(batch) = lanes.next(&shape, settings.steps, &mut state) {
            let done = trainer.steps() as f32 / total;
            let objective = Objective { seed: settings.seed ^ (trainer.steps() + 1), ..Objective::default() };
            losses.add(&trainer.step(&mut network, &batch, &mut state, &objective, settings.rate * schedule(done))?);
        }
        let averaged = trainer.averaged(&network);
        let held = own_loss(&mut trainer, &averaged, &held_out, settings)?;
        let epoch = Epoch { number, training: losses.mean(0) + losses.mean(1), held_out: held };
        if best.as_ref().is_none_or(|(least, _)| epoch.held_out < *least) {
            best = Some((epoch.held_out, averaged));
        }
        if !on_epoch(&epoch) {
            break;
        }
    }
    let network = best.map_or(network, |(_, network)| network);
    Ok(Learned { network, names })
}

/// One cycle: up from a tenth over the first fifth, then down along a cosine (Smith 2018).
fn schedule(done: f32) -> f32 {
    const RISE: f32 = 0.15;
    if done < RISE {
        0.1 + 0.9 * done / RISE
    } else {
        let fall = ((done - RISE) / (1.0 - RISE)).min(1.0);
        0.01 + 0.99 * 0.5 * (1.0 + (std::f32::consts::PI * fall).cos())
    }
}

fn own_loss(trainer: &mut Trainer, network: &Network, material: &[Material], settings: Settings) -> Result<f64, Error> {
    let shape = network.shape().clone();
    let mut lanes = Lanes::in_order(material, settings.lanes);
    let mut state = State::zero(&shape, settings.lanes);
    let mut losses = Losses::default();
    while let Some(batch) = lanes.next(&shape, settings.steps, &mut state) {
        losses.add(&trainer.evaluate(network, &batch, &mut state)?);
    }
    Ok(losses.mean(0) + losses.mean(1))
}

impl Learned {
    /// Scores each piece that has a line.
    pub fn judge(&self, pieces: &[&Piece]) -> Vec<Score> {
        let line = |p: &&Piece| {
            let onsets: Vec<Time> = p.solo.as_ref()?.notes().iter().map(|n| n.onset).collect();
            Some((Material::new(p, &self.names)?, onsets))
        };
        let lines: Vec<_> = pieces.iter().filter_map(line).collect();
        scores(&Generator::new(&self.network, Precision::Single), &lines, 40)
    }
}
