//! What a model knows about the corpus it has learned from, beside its weights.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sideman_corpus::{Catalogue, Percentiles, Piece};
use sideman_music::{Sheet, Solo};

use super::conditioning::{Conditioning, PERFORMERS, STYLES};
use super::control::{Control, Controls, setting};
use crate::Error;

/// The styles and performers that a model knows by name, and how its corpus plays.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Background {
    /// Styles, such as `BEBOP`, in the order of their numbers.
    pub styles: Vec<String>,
    /// Performers, in the order of their numbers.
    pub performers: Vec<String>,
    /// Of each control, over the solos of the corpus that have it.
    #[serde(rename = "knobs")]
    controls: Controls<Option<Percentiles>>,
}

impl Background {
    /// What the pieces of a catalogue have, the most frequent names first; some of them tell how all play.
    pub(super) fn of(catalogue: &Catalogue, some: &[Piece]) -> Self {
        let solos = || some.iter().filter_map(|p| Some((&p.sheet, p.solo.as_ref()?)));
        Self {
            styles: frequent(catalogue.0.iter().map(|entry| entry.style.as_str()), STYLES),
            performers: frequent(catalogue.0.iter().map(|entry| entry.performer.as_str()), PERFORMERS),
            controls: Controls::from_fn(|k| {
                let values: Vec<f64> = solos().filter_map(|(sheet, solo)| k.of(sheet, solo)).collect();
                (!values.is_empty()).then(|| Percentiles::new(values))
            }),
        }
    }

    /// The same, and the names of other pieces where there is room for them.
    pub(super) fn and_names_of(&self, catalogue: &Catalogue) -> Self {
        let mut background = self.clone();
        let Self { styles, performers, .. } = Self::of(catalogue, &[]);
        for (known, new, most) in
            [(&mut background.styles, styles, STYLES), (&mut background.performers, performers, PERFORMERS)]
        {
            let new: Vec<String> = new.into_iter().filter(|name| !known.contains(name)).collect();
            known.extend(new);
            known.truncate(most);
        }
        background
    }

    /// # Errors
    /// When there are more names than the network has numbers for.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.styles.len() > STYLES || self.performers.len() > PERFORMERS {
            return Err(Error::Checkpoint("it knows more names than its network".into()));
        }
        Ok(())
    }

    /// How far a solo is from what controls ask for: the sum of the squares of the distances in quarters of the corpus.
    pub(super) fn missed(&self, sheet: &Sheet, solo: &Solo, controls: &Controls<Option<u8>>) -> f64 {
        let square = |control: Control| {
            let percentile = f64::from(controls[control]?);
            let rank = self.controls[control].as_ref()?.rank(control.of(sheet, solo)?);
            Some(((rank as f64 - percentile) / 25.0).powi(2))
        };
        Control::ALL.iter().copied().filter_map(square).sum()
    }

    /// The number of a performer, whose name may be written in any case, or with the last name alone.
    pub(super) fn performer(&self, name: &str) -> Option<u32> {
        let name = name.trim().to_lowercase();
        let fits = |full: &String| {
            let full = full.to_lowercase();
            full == name || full.split_whitespace().last() == Some(&name)
        };
        self.performers.iter().position(fits).map(|i| i as u32)
    }

    /// How a piece is played, in numbers.
    pub(super) fn conditioning(&self, piece: &Piece) -> Conditioning {
        let tenth = |control: Control| {
            let value = control.of(&piece.sheet, piece.solo.as_ref()?)?;
            Some(setting(self.controls[control].as_ref()?.rank(value)))
        };
        Conditioning {
            style: self.style(piece.sheet.style()),
            performer: number(&self.performers, &piece.credits.performer),
            instrument: piece.credits.instrument,
            tempo: piece.sheet.tempo().map(|t| t.to_bpm()),
            controls: Controls::from_fn(tenth),
        }
    }

    /// The number of a style, if it is known.
    pub(super) fn style(&self, name: &str) -> Option<u32> {
        number(&self.styles, name)
    }
}

fn number(names: &[String], name: &str) -> Option<u32> {
    names.iter().position(|n| n == name).map(|i| i as u32)
}

fn frequent<'a>(names: impl Iterator<Item = &'a str>, most: usize) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    names.filter(|n| !n.is_empty()).for_each(|name| *counts.entry(name).or_default() += 1);
    let mut ranked: Vec<_> = counts.into_iter().collect();
    ranked.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    ranked.into_iter().take(most).map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests;
