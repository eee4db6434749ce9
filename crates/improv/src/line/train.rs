//! Training of the `line` recipe.

use std::ops::ControlFlow;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sideman_corpus::Piece;
use sideman_lstm::{Dropout, Generator, Losses, Network, Objective, Precision, Recipe, State, Trainer};
use sideman_music::Time;

use super::background::Background;
use super::features::{Choice, Size, shape};
use super::judge::{Score, scores};
use super::material::{Lanes, Material};
use crate::{Epoch, Error};

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

/// A network that has learned lines, and what it knows of its corpus.
#[derive(Debug, Clone)]
pub struct Learned {
    /// The weights of the best epoch.
    pub network: Network,
    /// What it knows about the corpus.
    pub background: Background,
}

/// Trains on some pieces, keeping the epoch that is best on others. Losses are those of rhythm and pitch on the
/// model's own grid, in nats per note.
///
/// # Errors
/// When there is no line to learn from, or to be tested on.
pub fn train(
    training: &[&Piece],
    validation: &[&Piece],
    settings: Settings,
    mut progress: impl FnMut(&Epoch) -> ControlFlow<()>,
) -> Result<Learned, Error> {
    let background = Background::of(training);
    let material = |pieces: &[&Piece]| -> Vec<Material> {
        pieces.iter().filter_map(|p| Material::new(p, &background)).collect()
    };
    let train = material(training);
    let held_out: Vec<Material> = material(validation).into_iter().map(Material::unasked).collect();
    if train.is_empty() {
        return Err(Error::TooLittle("the training tunes"));
    }
    if held_out.is_empty() {
        return Err(Error::TooLittle("the held-out tunes"));
    }
    let shape = shape(settings.size, Dropout { input: 150, hidden: 350, output: 350 });
    let mut network = Network::new(shape.clone(), settings.seed)?;
    let chunks =
        train.iter().map(|m| m.events.len().div_ceil(settings.steps)).sum::<usize>().div_ceil(settings.lanes);
    let total = (chunks * settings.epochs) as f32;
    let recipe = Recipe {
        weight_decay: 0.02,
        clip: Some(1.0),
        average: Some(average(total)),
        epsilon: 1e-8,
        ..Recipe::default()
    };
    let mut trainer = Trainer::new(&network, recipe, settings.threads);
    let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
    let mut best: Option<(f64, Network)> = None;
    for number in 1..=settings.epochs {
        let mut lanes = Lanes::shuffled(&train, settings.lanes, &mut rng);
        let mut state = State::zero(&shape, settings.lanes);
        let mut losses = Losses::default();
        while let Some(batch) = lanes.next(&shape, settings.steps, &mut state) {
            let done = trainer.steps() as f32 / total;
            let objective = Objective { seed: settings.seed ^ (trainer.steps() + 1), ..Objective::default() };
            losses.add(&trainer.step(
                &mut network,
                &batch,
                &mut state,
                &objective,
                settings.rate * schedule(done),
            )?);
        }
        let averaged = trainer.averaged(&network);
        let held = own_loss(&mut trainer, &averaged, &held_out, settings)?;
        let is_best = best.as_ref().is_none_or(|(least, _)| held < *least);
        if is_best {
            best = Some((held, averaged));
        }
        let loss = own_nats(&losses);
        if progress(&Epoch { number, of: settings.epochs, loss, held_out: held, best: is_best }).is_break() {
            break;
        }
    }
    let network = best.map_or(network, |(_, network)| network);
    Ok(Learned { network, background })
}

/// The decay of the moving average of the weights: its memory is a tenth of the training.
fn average(steps: f32) -> f32 {
    (1.0 - 10.0 / steps).clamp(0.5, 0.998)
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

/// Nats of rhythm and pitch on the model's own grid.
fn own_nats(losses: &Losses) -> f64 {
    losses.mean(Choice::Rhythm.head()) + losses.mean(Choice::Pitch.head())
}

fn own_loss(
    trainer: &mut Trainer,
    network: &Network,
    material: &[Material],
    settings: Settings,
) -> Result<f64, Error> {
    let shape = network.shape().clone();
    let mut lanes = Lanes::in_order(material, settings.lanes);
    let mut state = State::zero(&shape, settings.lanes);
    let mut losses = Losses::default();
    while let Some(batch) = lanes.next(&shape, settings.steps, &mut state) {
        losses.add(&trainer.evaluate(network, &batch, &mut state)?);
    }
    Ok(own_nats(&losses))
}

impl Learned {
    /// Scores each piece that has a line.
    pub fn judge(&self, pieces: &[&Piece]) -> Vec<Score> {
        let line = |p: &&Piece| {
            let onsets: Vec<Time> = p.solo.as_ref()?.notes().iter().map(|n| n.onset).collect();
            Some((Material::new(p, &self.background)?.unasked(), onsets))
        };
        let lines: Vec<_> = pieces.iter().filter_map(line).collect();
        scores(&Generator::new(&self.network, Precision::Single), &lines, 40)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in;

    #[test]
    fn a_small_network_learns_and_is_judged() {
        let corpus = built_in::corpus();
        let (training, validation): (Vec<&Piece>, Vec<&Piece>) =
            corpus.iter().take(12).partition(|p| p.sheet.title() != corpus[0].sheet.title());
        let settings =
            Settings { size: Size::Small, epochs: 6, lanes: 4, steps: 64, threads: 1, ..Settings::default() };
        let mut losses = Vec::new();
        let learned = train(&training, &validation, settings, |epoch| {
            losses.push(epoch.held_out);
            ControlFlow::Continue(())
        });
        let scores = learned.unwrap().judge(&validation);
        assert!(losses[5] < losses[0], "{losses:?}");
        let notes: usize = scores.iter().map(|s| s.notes).sum();
        assert_eq!(
            notes,
            validation.iter().map(|p| p.solo.as_ref().unwrap().notes().len() - 1).sum::<usize>()
        );
        let nats: f64 = scores.iter().map(|s| s.rhythm + s.pitch).sum::<f64>() / notes as f64;
        assert!(nats > 0.0 && nats < (96f64 * 128.0).ln(), "{nats}");
        assert!(train(&training, &[], settings, |_| ControlFlow::Continue(())).is_err());
    }
}
