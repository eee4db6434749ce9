//! How many notes a bar has, chart by chart.

use std::collections::BTreeMap;

use sideman_corpus::{Piece, tunes};

use super::row::HabitRow;
use crate::excerpt::Excerpt;
use crate::habits::Unit;

/// Notes a bar of the solos over each tune.
type Densities = BTreeMap<String, Vec<f64>>;

/// Notes a bar of generated solos beside those of real ones over the same tunes; `all` are the real solos that are
/// compared with each other.
pub(super) fn rows(real: &[Piece], generated: &[Piece], all: &[Piece]) -> Vec<HabitRow> {
    let everything: Vec<Piece> = [real, generated, all].into_iter().flatten().cloned().collect();
    let names = tunes(&everything);
    let (of_real, rest) = names.split_at(real.len());
    let (of_generated, of_all) = rest.split_at(generated.len());
    let (played, made) = (densities(real, of_real), densities(generated, of_generated));
    let all = densities(all, of_all);
    let values = |side: &Densities| side.values().flatten().copied().collect::<Vec<f64>>();
    let (real, generated) = (values(&played), values(&made));
    let same = correlation(pairs(&played, &made)).zip(correlation(among_themselves(&all)));
    let tunes = played.keys().filter(|name| made.contains_key(*name)).count();
    let mut rows = vec![
        HabitRow::of_means("notes a bar", Unit::Notes, &real, &generated),
        HabitRow::of_spreads("notes a bar: spread", Unit::Notes, &real, &generated),
    ];
    rows.extend(same.map(|(made, played)| {
        HabitRow::of_correlations(
            "notes a bar: correlation with real ones over the tune",
            played,
            made,
            tunes,
        )
    }));
    rows
}

fn densities(pieces: &[Piece], names: &[String]) -> Densities {
    let mut densities = Densities::new();
    for (piece, name) in pieces.iter().zip(names) {
        if let Some(solo) = Excerpt::whole(piece) {
            let density = solo.tones.len() as f64 / solo.bars as f64;
            densities.entry(name.clone()).or_default().push(density);
        }
    }
    densities
}

/// Each solo of one side with each of the other over the same tune.
fn pairs(one: &Densities, other: &Densities) -> Vec<(f64, f64)> {
    let both = one.iter().filter_map(|(name, a)| Some((a, other.get(name)?)));
    both.flat_map(|(a, b)| a.iter().flat_map(move |&x| b.iter().map(move |&y| (x, y)))).collect()
}

/// Each solo with each other one over the same tune.
fn among_themselves(all: &Densities) -> Vec<(f64, f64)> {
    let others = |same: &Vec<f64>| -> Vec<(f64, f64)> {
        let of = |i: usize| same.iter().enumerate().filter(move |(j, _)| *j != i).map(move |(_, y)| (i, *y));
        (0..same.len()).flat_map(of).map(|(i, y)| (same[i], y)).collect()
    };
    all.values().flat_map(others).collect()
}

/// Pearson's; `None` where a side does not vary.
fn correlation(pairs: Vec<(f64, f64)>) -> Option<f64> {
    let n = pairs.len() as f64;
    let (x, y) = pairs.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0 / n, sum.1 + p.1 / n));
    let moment = |of: fn(f64, f64) -> f64| pairs.iter().map(|p| of(p.0 - x, p.1 - y)).sum::<f64>();
    let r = moment(|a, b| a * b) / (moment(|a, _| a * a) * moment(|_, b| b * b)).sqrt();
    Some(r).filter(|r| r.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solos_are_paired_over_their_tune() {
        let densities = |values: &[(&str, &[f64])]| -> Densities {
            values.iter().map(|(name, d)| ((*name).to_owned(), d.to_vec())).collect()
        };
        let real = densities(&[("a", &[1.0, 2.0]), ("b", &[5.0])]);
        let made = densities(&[("a", &[3.0]), ("b", &[4.0]), ("c", &[9.0])]);
        assert_eq!(pairs(&real, &made), [(1.0, 3.0), (2.0, 3.0), (5.0, 4.0)]);
        assert_eq!(among_themselves(&real), [(1.0, 2.0), (2.0, 1.0)]);
        assert_eq!(correlation(vec![(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]), Some(1.0));
        assert_eq!(correlation(vec![(1.0, 2.0), (2.0, 2.0)]), None);
    }
}
