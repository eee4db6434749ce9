//! What is known of the pieces of a corpus without reading them.

use std::collections::BTreeSet;

use super::bytes::{fingerprint_of, hash_of};
use crate::Piece;
use crate::tune::{copies, line, named, own_key, same_melodies};

/// What is known of a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// Its id.
    pub id: String,
    /// The tune that it belongs to ([`crate::tunes`]).
    pub tune: String,
    /// Its style; empty where that is not known.
    pub style: String,
    /// Who plays; empty where that is not known.
    pub performer: String,
    /// Notes of its solo, where it has one.
    pub notes: Option<usize>,
    /// A hash of all that is in it.
    pub hash: u64,
}

/// An entry for each piece of a corpus, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue(pub Vec<CatalogueEntry>);

impl Catalogue {
    /// Of some pieces.
    pub fn of<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Self {
        let mut cataloguing = Cataloguing::default();
        pieces.into_iter().for_each(|piece| cataloguing.add(piece));
        cataloguing.finished().0
    }

    /// The same as [`crate::fingerprint`] of the pieces.
    pub fn fingerprint(&self) -> u64 {
        fingerprint_of(self.0.iter().map(|entry| entry.hash).collect())
    }

    /// How many different tunes there are.
    pub fn tunes(&self) -> usize {
        self.0.iter().map(|entry| entry.tune.as_str()).collect::<BTreeSet<_>>().len()
    }
}

/// A catalogue in the making: which pieces are one tune is known when all have been seen.
#[derive(Debug, Default)]
pub(super) struct Cataloguing {
    /// Each with its own key in the place of the tune.
    entries: Vec<CatalogueEntry>,
    lines: Vec<Vec<i8>>,
}

impl Cataloguing {
    pub(super) fn add(&mut self, piece: &Piece) {
        self.lines.push(line(piece));
        self.entries.push(CatalogueEntry {
            id: piece.id.clone(),
            tune: own_key(piece),
            style: piece.sheet.style().to_owned(),
            performer: piece.credits.performer.clone(),
            notes: piece.solo.as_ref().map(|solo| solo.notes().len()),
            hash: hash_of(piece),
        });
    }

    /// The catalogue, and how many pieces repeat the melody of an earlier one.
    pub(super) fn finished(mut self) -> (Catalogue, usize) {
        let keys: Vec<String> = self.entries.iter().map(|entry| entry.tune.clone()).collect();
        let pairs = same_melodies(&self.lines);
        let tunes = named(&keys, &pairs);
        self.entries.iter_mut().zip(tunes).for_each(|(entry, tune)| entry.tune = tune);
        (Catalogue(self.entries), copies(&pairs).len())
    }
}
