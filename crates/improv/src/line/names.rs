//! The styles, performers and instruments that a model knows by name.

use std::collections::BTreeMap;

use sideman_corpus::Piece;
use sideman_lstm::NONE;

use super::features::Manner;

/// The names a model has learned, each kind in the order of its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Styles, such as `BEBOP`.
    pub styles: Vec<String>,
    /// Performers.
    pub performers: Vec<String>,
}

/// How many names of each kind a model can know.
const STYLES: usize = 64;
const PERFORMERS: usize = 256;

impl Names {
    /// The names in these pieces, the most frequent first.
    pub(super) fn of(pieces: &[&Piece]) -> Self {
        Self {
            styles: frequent(pieces.iter().map(|p| p.sheet.style()), STYLES),
            performers: frequent(pieces.iter().map(|p| p.credits.performer.as_str()), PERFORMERS),
        }
    }

    /// A piece's manner in numbers; names that are not known are unknown.
    pub(super) fn manner(&self, piece: &Piece) -> Manner {
        Manner {
            style: number(&self.styles, piece.sheet.style()),
            performer: number(&self.performers, &piece.credits.performer),
            instrument: piece.credits.instrument.map_or(NONE, |i| i as u32),
            tempo: piece.sheet.tempo().map(|t| t.to_bpm()),
        }
    }
}

fn number(names: &[String], name: &str) -> u32 {
    names.iter().position(|n| n == name).map_or(NONE, |i| i as u32)
}

fn frequent<'a>(names: impl Iterator<Item = &'a str>, most: usize) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    names.filter(|n| !n.is_empty()).for_each(|name| *counts.entry(name).or_default() += 1);
    let mut ranked: Vec<_> = counts.into_iter().collect();
    ranked.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    ranked.into_iter().take(most).map(|(name, _)| name.to_owned()).collect()
}
