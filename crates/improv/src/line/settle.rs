//! Settling: rounds of playing over charts of the corpus, by which a network's own lines come to have on the whole what real
//! ones have. Each round is followed by a small change of every weight of the tilt.

use std::ops::ControlFlow;

use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use sideman_corpus::Piece;
use sideman_lstm::{Generator, Precision};
use sideman_music::{Bars, Instrument, Sheet};

use super::chart::GridChart;
use super::conditioning::Conditioning;
use super::constraints::Constraints;
use super::control::Controls;
use super::encode::encode;
use super::model::LineModel;
use super::plan::Plan;
use super::player::PlayerOptions;
use super::sampling::{NoteChoices, Sampler};
use super::tilt::{Tilt, TraitCounts};
use crate::Error;

/// Charts in a round, and lines over each, twice through a chorus of at most so many bars.
const CHARTS: usize = 16;
const LINES: usize = 8;
const BARS: usize = 48;
/// The first change of a weight, in nats for a difference of one standard deviation of the trait; it falls as one over
/// the rounds (Robbins and Monro 1951), and the weights of the second half are averaged (Polyak and Juditsky 1992).
const RATE: f64 = 0.5;
const HALVED_AFTER: f64 = 8.0;

/// The model with the tilt by which its own lines have the traits of the solos of some pieces, after so many rounds; it
/// plays as it will when it is written in half precision. The same seed gives the same weights. `progress` hears of each round,
/// from 1, and may end them.
///
/// # Errors
/// When the model cannot be written.
pub fn settled(
    model: LineModel,
    pieces: &[&Piece],
    rounds: usize,
    seed: u64,
    mut progress: impl FnMut(usize) -> ControlFlow<()>,
) -> Result<LineModel, Error> {
    let written = LineModel::from_bytes(&model.to_bytes(Precision::Half)?)?;
    let generator = Generator::new(&written.network, Precision::Half);
    let real = played(pieces);
    let charts: Vec<(Sheet, Instrument)> = pieces.iter().filter_map(|piece| chorus(piece)).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut tilt = Tilt::default();
    let mut averages = Vec::new();
    for round in 0..rounds {
        let chosen: Vec<_> = charts.sample(&mut rng, CHARTS).collect();
        let made = improvised(&written, &generator, &tilt, &chosen, &mut rng);
        let rate = RATE / (1.0 + round as f64 / HALVED_AFTER);
        tilt.move_towards(&real, &made, rate);
        if 2 * round >= rounds {
            averages.push(tilt.clone());
        }
        if progress(round + 1).is_break() {
            break;
        }
    }
    let tilt = Tilt::mean(&averages).unwrap_or(tilt);
    Ok(LineModel { tilt, ..model })
}

/// What real solos have.
fn played(pieces: &[&Piece]) -> TraitCounts {
    let mut counts = TraitCounts::new();
    for piece in pieces {
        let Some(solo) = &piece.solo else { continue };
        let chart = GridChart::new(&piece.sheet, &piece.credits.choruses);
        counts.add(&chart, piece.sheet.tempo().map(|tempo| tempo.to_bpm()), &encode(solo).0);
    }
    counts
}

/// The longest chorus of a piece with chords, twice.
fn chorus(piece: &Piece) -> Option<(Sheet, Instrument)> {
    piece.sheet.chords().iter().find(|(_, chord)| chord.is_some())?;
    let all = piece.sheet.bars().len();
    let starts = piece.credits.choruses.iter().map(|&bar| bar as usize).chain([all]).collect::<Vec<_>>();
    let longest = starts.windows(2).map(|edge| (edge[0], edge[1])).max_by_key(|(from, to)| to - from);
    let (from, to) = longest.unwrap_or((0, all));
    let sheet = piece.sheet.excerpt(Bars::new(from + 1, to.min(from + BARS))?)?;
    Some((sheet.repeated(2).ok()?, piece.credits.instrument.unwrap_or(Instrument::TenorSax)))
}

/// What lines of the model's own have.
fn improvised(
    model: &LineModel,
    generator: &Generator,
    tilt: &Tilt,
    charts: &[&(Sheet, Instrument)],
    rng: &mut ChaCha8Rng,
) -> TraitCounts {
    let PlayerOptions { rhythm, pitch, .. } = PlayerOptions::default();
    let mut counts = TraitCounts::new();
    for (sheet, instrument) in charts {
        let seeds: Vec<u64> = (0..LINES).map(|_| rng.next_u64()).collect();
        let Ok(plan) = Plan::new(&Constraints::default(), sheet, *instrument) else { continue };
        let tempo = sheet.tempo().map(|tempo| tempo.to_bpm());
        let chart = GridChart::new(sheet, &[0, sheet.bars().len() as u32 / 2]);
        let conditioning = Conditioning {
            style: model.background.style(sheet.style()),
            performer: None,
            instrument: Some(*instrument),
            tempo,
            controls: Controls::default(),
        };
        let choices = NoteChoices { rhythm, pitch };
        let sampler = Sampler { generator, chart: &chart, conditioning, plan: &plan, choices, tilt };
        sampler.play(&seeds).iter().for_each(|line| counts.add(&chart, tempo, &line.notes));
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::super::testing::{model, pieces};
    use super::*;

    /// How far the traits of lines of a model's own are from those of some pieces, in all.
    fn distance(model: &LineModel, pieces: &[&Piece]) -> f64 {
        let real = played(pieces);
        let charts: Vec<(Sheet, Instrument)> = pieces.iter().filter_map(|piece| chorus(piece)).collect();
        let generator = Generator::new(&model.network, Precision::Half);
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let made = improvised(model, &generator, &model.tilt, &charts.iter().collect::<Vec<_>>(), &mut rng);
        real.distance(&made)
    }

    #[test]
    fn rounds_of_playing_bring_own_lines_nearer_to_real_ones() {
        let pieces: Vec<Piece> = std::iter::repeat_n(pieces(), 12).flatten().collect();
        let pieces: Vec<&Piece> = pieces.iter().collect();
        let before = model();
        let mut heard = 0;
        let settle = |model: LineModel, heard: &mut usize| {
            let heard = |round| {
                *heard = round;
                ControlFlow::Continue(())
            };
            settled(model, &pieces, 12, 3, heard).unwrap()
        };
        let after = settle(before.clone(), &mut heard);
        let [far, near] = [&before, &after].map(|model| distance(model, &pieces));
        assert!(near < 0.6 * far, "{far} before, {near} after");
        assert_eq!(heard, 12);
        assert_eq!(after.tilt, settle(before, &mut heard).tilt, "the same seed gives the same weights");
        let again = LineModel::from_bytes(&after.to_bytes(Precision::Single).unwrap()).unwrap();
        assert_eq!(again.tilt, after.tilt);
    }
}
