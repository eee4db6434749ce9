//! Excerpts as the classifier sees them.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use sideman_corpus::{Piece, tunes};

use super::feature::{self, Point};
use crate::excerpt::{Excerpt, on_the_grid};

/// Bars in an excerpt.
pub(super) const BARS: i64 = 16;

/// An excerpt as the classifier sees it.
#[derive(Clone)]
pub(super) struct Sample {
    pub(super) features: Vec<Point>,
    pub(super) tune: usize,
    pub(super) generated: bool,
}

/// The excerpts of both sides; a tune has one number on either.
pub(super) fn samples(real: &[Piece], generated: &[Piece]) -> Vec<Sample> {
    let pieces: Vec<Piece> = on_the_grid(real.iter().chain(generated));
    let names = tunes(&pieces);
    let mut known: Vec<&String> = names.iter().collect();
    known.sort();
    known.dedup();
    let mut samples = Vec::new();
    for (i, (piece, name)) in pieces.iter().zip(&names).enumerate() {
        let tune = known.partition_point(|k| *k < name);
        for excerpt in Excerpt::all(piece, BARS) {
            samples.push(Sample { features: feature::of(&excerpt), tune, generated: i >= real.len() });
        }
    }
    samples
}

/// All of the side with fewer, `fewest` or more, and of the other at random at most `times` as many.
pub(super) fn drawn(
    samples: &[Sample],
    fewest: usize,
    times: usize,
    seed: u64,
) -> Result<Vec<Sample>, String> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut sides = [false, true].map(|side| -> Vec<&Sample> {
        let mut side: Vec<&Sample> = samples.iter().filter(|s| s.generated == side).collect();
        side.shuffle(&mut rng);
        side
    });
    let least = sides[0].len().min(sides[1].len());
    if least < fewest {
        return Err(format!("only {least} excerpts of {BARS} bars on one side; {fewest} are the least"));
    }
    sides.iter_mut().for_each(|side| side.truncate(times * least));
    Ok(sides.into_iter().flatten().cloned().collect())
}
