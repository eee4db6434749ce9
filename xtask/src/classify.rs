//! A classifier two-sample test: can real and generated solos be told apart, and by what?
//!
//! Excerpts of 16 bars, one every four bars of each solo, are described by some hundred features, what
//! a musician hears (see [`crate::habits`]) among them; a classifier learns on some tunes and is asked about
//! others, so that it cannot know a chart. The area under its curve is the chance that of a generated and a real excerpt it
//! finds the generated one (Lopez-Paz and Oquab 2017, "Revisiting classifier two-sample tests", with the area in
//! place of the accuracy): 0.5 is what a perfect player gets, 1.0 is certain discovery.

mod area;
mod feature;
mod folds;
mod learn;
mod report;
mod sample;

use crate::solos::Comparison;
use area::{Area, Judged};
use feature::{Group, Point};
use folds::Deal;
use report::ClassifierReport;
use sample::{Sample, drawn, samples};

/// Parts that the tunes are dealt into; each is judged by what was learned from all others.
const FOLDS: usize = 10;
/// So many times as many excerpts of one side as of the other are used; each side weighs the same.
const MOST_TIMES: usize = 2;
/// Divisions of the real tunes into random halves, for the control.
const CONTROLS: u64 = 5;
const SEED: u64 = 1;

/// Compares two corpora: `REAL GENERATED [--split FILE [--side SIDE]] [--json]`.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let asked = Comparison::read(arguments)?;
    let report = compare(&asked)?;
    println!("{}", if asked.json { report.to_json().to_string() } else { report.to_string() });
    Ok(())
}

fn compare(asked: &Comparison) -> Result<ClassifierReport, String> {
    let samples = drawn(&samples(&asked.real_side(), &asked.generated), FOLDS, MOST_TIMES, SEED)?;
    let folds = Deal::by_tune(&samples, FOLDS, SEED);
    let area = examined(&samples, &folds, |_| true);
    let groups = Group::ALL.map(|group| (group, examined(&samples, &folds, |point| point.group == group)));
    let real = sample::samples(&asked.real, &[]);
    let least = samples.iter().filter(|s| !s.generated).count();
    let control = (0..CONTROLS).filter_map(|seed| control(&real, least, seed)).collect();
    Ok(ClassifierReport::new(&samples, area, groups.to_vec(), control))
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
/// halved by itself, so that what was learned says nothing of the sides of those that are judged. At most so many are
/// judged a side: an area is to be compared with one of as many excerpts.
fn control(real: &[Sample], most: usize, seed: u64) -> Option<Area> {
    let folds = Deal::by_tune(real, FOLDS, SEED);
    let mut samples = Vec::with_capacity(real.len());
    for fold in 0..FOLDS {
        let part: Vec<Sample> = real.iter().filter(|s| folds.part_of(s) == fold).cloned().collect();
        let halves = Deal::by_tune(&part, 2, seed * FOLDS as u64 + fold as u64);
        samples.extend(part.into_iter().map(|s| Sample { generated: halves.part_of(&s) == 1, ..s }));
    }
    let mut samples = drawn(&samples, FOLDS, 1, SEED).ok()?;
    let half = samples.len() / 2;
    let side = |from: usize| from..from + half.min(most);
    samples = [&samples[side(0)], &samples[side(half)]].concat();
    Some(examined(&samples, &folds, |_| true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_corpus::Piece;
    use sideman_improv::built_in;

    #[test]
    fn wild_leaps_give_a_solo_away_by_its_line() {
        let corpus = built_in::corpus();
        let leaping: Vec<Piece> = corpus[..24].iter().map(leaping).collect();
        let samples = drawn(&samples(&corpus[..24], &leaping), FOLDS, MOST_TIMES, SEED).unwrap();
        let folds = Deal::by_tune(&samples, FOLDS, SEED);
        let area = |group| examined(&samples, &folds, |point| point.group == group);
        let (line, articulation) = (area(Group::Line), area(Group::Articulation));
        assert!(line.value > 0.95, "{line}");
        assert!((0.2..0.8).contains(&articulation.value), "{articulation}");
        let report = ClassifierReport::new(&samples, line, Vec::new(), Vec::new());
        assert!(report.to_string().contains("more mean interval"), "{report}");
    }

    #[test]
    fn halves_of_one_corpus_are_not_told_apart() {
        let real = samples(&built_in::corpus(), &[]);
        let area = control(&real, usize::MAX, 1).unwrap();
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
