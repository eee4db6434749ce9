//! Excerpts as the classifier sees them.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use sideman_corpus::{Piece, tunes};
use sideman_improv::line;
use sideman_music::Solo;

use super::excerpt::Excerpt;
use super::feature::{self, Point};

/// Bars in an excerpt.
pub(super) const BARS: i64 = 16;

/// An excerpt as the classifier sees it.
#[derive(Clone)]
pub(super) struct Sample {
    pub(super) features: Vec<Point>,
    pub(super) tune: usize,
    pub(super) generated: bool,
}

/// A piece with its solo on the player's grid, so that no side is known by finer onsets or lengths than the other can
/// have.
fn on_the_grid(piece: &Piece) -> Piece {
    let on_grid = |solo: &Solo| line::decode(&line::encode(solo).0, solo.instrument()).ok();
    Piece { solo: piece.solo.as_ref().and_then(on_grid), ..piece.clone() }
}

/// The excerpts of both sides; a tune has one number on either.
pub(super) fn samples(real: &[Piece], generated: &[Piece]) -> Vec<Sample> {
    let pieces: Vec<Piece> = real.iter().chain(generated).map(on_the_grid).collect();
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

/// As many of one side as of the other, `fewest` or more: a random part of the larger.
pub(super) fn balanced(samples: &[Sample], fewest: usize, seed: u64) -> Result<Vec<Sample>, String> {
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
    sides.iter_mut().for_each(|side| side.truncate(least));
    Ok(sides.into_iter().flatten().cloned().collect())
}
