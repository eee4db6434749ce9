//! A classifier two-sample test: can real and generated solos be told apart, and by what?
//!
//! Excerpts of 16 bars are described by some hundred features; a classifier learns on some tunes and is asked about
//! others, so that it cannot know a chart. The area under its curve is the chance that of a generated and a real excerpt it
//! finds the generated one (Lopez-Paz and Oquab 2017, "Revisiting classifier two-sample tests", with the area in
//! place of the accuracy): 0.5 is what a perfect player gets, 1.0 is certain discovery.

mod area;
mod excerpt;
mod feature;
mod folds;
mod learn;
mod report;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use sideman_corpus::{Piece, tunes};
use sideman_improv::line;
use sideman_music::Solo;

use crate::solos::Asked;
use area::{Area, Judged};
use excerpt::Excerpt;
use feature::{Group, Point};
use folds::Deal;
use report::Report;

/// Bars in an excerpt.
const BARS: i64 = 16;
/// Parts that the tunes are dealt into; each is judged by what was learned from all others.
const FOLDS: usize = 10;
/// Divisions of the real tunes into random halves, for the control.
const CONTROLS: u64 = 5;
const SEED: u64 = 1;

/// Compares two corpora: `REAL GENERATED [--split FILE [--side SIDE]] [--json]`.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let asked = Asked::read(arguments)?;
    let report = compare(&asked)?;
    println!("{}", if asked.json { report.to_json().to_string() } else { report.to_string() });
    Ok(())
}

/// An excerpt as the classifier sees it.
#[derive(Clone)]
struct Sample {
    features: Vec<Point>,
    tune: usize,
    generated: bool,
}

fn compare(asked: &Asked) -> Result<Report, String> {
    let samples = balanced(&samples(&asked.real_side(), &asked.generated))?;
    let folds = Deal::by_tune(&samples, FOLDS, SEED);
    let area = examined(&samples, &folds, |_| true);
    let groups = Group::ALL.map(|group| (group, examined(&samples, &folds, |point| point.group == group)));
    let real = self::samples(&asked.real, &[]);
    let control = (0..CONTROLS).filter_map(|seed| control(&real, seed)).collect();
    Ok(Report::new(&samples, area, groups.to_vec(), control))
}

/// A piece with its solo on the player's grid, so that no side is known by finer onsets or lengths than the other can
/// have.
fn on_the_grid(piece: &Piece) -> Piece {
    let on_grid = |solo: &Solo| line::decode(&line::encode(solo).0, solo.instrument()).ok();
    Piece { solo: piece.solo.as_ref().and_then(on_grid), ..piece.clone() }
}

/// The excerpts of both sides; a tune has one number on either.
fn samples(real: &[Piece], generated: &[Piece]) -> Vec<Sample> {
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

/// As many of one side as of the other: a random part of the larger.
fn balanced(samples: &[Sample]) -> Result<Vec<Sample>, String> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut sides = [false, true].map(|side| -> Vec<&Sample> {
        let mut side: Vec<&Sample> = samples.iter().filter(|s| s.generated == side).collect();
        side.shuffle(&mut rng);
        side
    });
    let least = sides[0].len().min(sides[1].len());
    if least < FOLDS {
        return Err(format!("only {least} excerpts of {BARS} bars on one side; {FOLDS} are the least"));
    }
    sides.iter_mut().for_each(|side| side.truncate(least));
    Ok(sides.into_iter().flatten().cloned().collect())
}

/// How well the features that are wanted tell the sides of tunes that were not learned from.
fn examined(samples: &[Sample], folds: &Deal, wanted: impl Fn(&Point) -> bool) -> Area {
    let values = |s: &Sample| -> Vec<f64> {
        s.features.iter().filter(|p| wanted(p)).map(|p| p.value.unwrap_or(f64::NAN)).collect()
    };
    let rows: Vec<Vec<f64>> = samples.iter().map(values).collect();
    let mut judged = Vec::with_capacity(samples.len());
    for fold in 0..FOLDS {
        let learned = |s: &Sample| folds.part_of(s) != fold;
        let (rows_in, sides): (Vec<&[f64]>, Vec<bool>) = rows
            .iter()
            .zip(samples)
            .filter(|(_, s)| learned(s))
            .map(|(row, s)| (row.as_slice(), s.generated))
            .unzip();
        let classifier = learn::Classifier::new(&rows_in, &sides);
        for (row, sample) in rows.iter().zip(samples).filter(|(_, s)| !learned(s)) {
            let &Sample { tune, generated, .. } = sample;
            judged.push(Judged { score: classifier.score(row), tune, generated });
        }
    }
    Area::new(judged, SEED)
}

/// The same examination where a random half of the real tunes stands for the generated ones. Each fold is
/// halved by itself, so that what was learned says nothing of the sides of those that are judged.
fn control(real: &[Sample], seed: u64) -> Option<Area> {
    let folds = Deal::by_tune(real, FOLDS, SEED);
    let mut samples = Vec::with_capacity(real.len());
    for fold in 0..FOLDS {
        let part: Vec<Sample> = real.iter().filter(|s| folds.part_of(s) == fold).cloned().collect();
        let halves = Deal::by_tune(&part, 2, seed * FOLDS as u64 + fold as u64);
        samples.extend(part.into_iter().map(|s| Sample { generated: halves.part_of(&s) == 1, ..s }));
    }
    Some(examined(&balanced(&samples).ok()?, &folds, |_| true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_improv::built_in;

    #[test]
    fn wild_leaps_give_a_solo_away_by_its_line() {
        let corpus = built_in::corpus();
        let leaping: Vec<Piece> = corpus[..24].iter().map(leaping).collect();
        let samples = balanced(&samples(&corpus[..24], &leaping)).unwrap();
        let folds = Deal::by_tune(&samples, FOLDS, SEED);
        let area = |group| examined(&samples, &folds, |point| point.group == group);
        let (line, articulation) = (area(Group::Line), area(Group::Articulation));
        assert!(line.value > 0.95, "{line}");
        assert!((0.2..0.8).contains(&articulation.value), "{articulation}");
        let report = Report::new(&samples, line, Vec::new(), Vec::new());
        assert!(report.to_string().contains("more mean interval"), "{report}");
    }

    #[test]
    fn halves_of_one_corpus_are_not_told_apart() {
        let real = samples(&built_in::corpus(), &[]);
        let area = control(&real, 1).unwrap();
        assert!((0.3..0.7).contains(&area.value), "{area}");
    }

    /// The piece with every second note an octave higher.
    fn leaping(piece: &Piece) -> Piece {
        let solo = piece.solo.as_ref().unwrap();
        let up = |(i, note): (usize, &sideman_music::Note)| sideman_music::Note {
            pitches: note.pitches.transposed(12 * (i as i32 % 2)).unwrap(),
            ..*note
        };
        let notes = solo.notes().iter().enumerate().map(up).collect();
        let solo = sideman_music::Solo::new(solo.instrument(), notes).unwrap();
        Piece { solo: Some(solo), ..piece.clone() }
    }
}
