//! What a model knows about the corpus it has learned from, beside its weights.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sideman_corpus::Piece;
use sideman_lstm::NONE;

use super::features::Manner;
use super::knob::{KNOBS, Knob, Percentiles};

/// The styles and performers that a model knows by name, and how its corpus plays.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Background {
    /// Styles, such as `BEBOP`, in the order of their numbers.
    pub styles: Vec<String>,
    /// Performers, in the order of their numbers.
    pub performers: Vec<String>,
    /// Of each knob, over the solos of the corpus.
    knobs: [Percentiles; KNOBS],
}

/// How many names of each kind a model can know.
pub(super) const STYLES: usize = 64;
pub(super) const PERFORMERS: usize = 256;

impl Background {
    /// What these pieces have, the most frequent names first.
    pub(super) fn of(pieces: &[&Piece]) -> Self {
        let solos = || pieces.iter().filter_map(|p| Some((&p.sheet, p.solo.as_ref()?)));
        Self {
            styles: frequent(pieces.iter().map(|p| p.sheet.style()), STYLES),
            performers: frequent(pieces.iter().map(|p| p.credits.performer.as_str()), PERFORMERS),
            knobs: Knob::ALL.map(|k| Percentiles::of(solos().filter_map(|(sheet, solo)| k.of(sheet, solo)))),
        }
    }

    /// A piece's manner in numbers; what is not known is unknown.
    pub(super) fn manner(&self, piece: &Piece) -> Manner {
        let setting = |knob: Knob| {
            let value = piece.solo.as_ref().and_then(|solo| knob.of(&piece.sheet, solo));
            value.map_or(NONE, |v| self.knobs[knob as usize].setting(v))
        };
        Manner {
            style: self.style(piece.sheet.style()),
            performer: number(&self.performers, &piece.credits.performer),
            instrument: piece.credits.instrument.map_or(NONE, |i| i as u32),
            tempo: piece.sheet.tempo().map(|t| t.to_bpm()),
            knobs: Knob::ALL.map(setting),
        }
    }

    /// The number of a style; [`NONE`] if it is not known.
    pub(super) fn style(&self, name: &str) -> u32 {
        number(&self.styles, name)
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
