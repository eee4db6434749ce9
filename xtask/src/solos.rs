//! The two corpora that `classify`, `musician` and `validate` compare.

use std::fs;

use sideman_corpus::{Catalogue, Library, Piece, Side, Split};

/// What was asked: `REAL GENERATED [--split FILE [--side SIDE]] [--corpus FILE] [--json]`.
pub(crate) struct Comparison {
    /// All of the real corpus.
    pub(crate) real: Vec<Piece>,
    pub(crate) generated: Vec<Piece>,
    split: Option<Split>,
    /// `None` for all.
    side: Option<Side>,
    /// What a model has learned from, where that is no part of the real corpus.
    corpus: Option<Vec<Piece>>,
    pub(crate) json: bool,
}

impl Comparison {
    pub(crate) fn read(arguments: &[String]) -> Result<Self, String> {
        let (mut files, mut split, mut side, mut json) = (Vec::new(), None, Some(Side::Validation), false);
        let mut corpus = None;
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--json" => json = true,
                "--split" => split = Some(rest.next().ok_or("--split wants a file")?),
                "--side" => side = side_named(rest.next().map_or("", String::as_str))?,
                "--corpus" => corpus = Some(rest.next().ok_or("--corpus wants a file")?),
                file => files.push(file),
            }
        }
        let [real, generated] = files[..] else {
            return Err(
                "write REAL.sideman GENERATED.sideman [--split FILE [--side SIDE]] [--corpus FILE] [--json]"
                    .into(),
            );
        };
        let (real, generated) = (pieces(real)?, pieces(generated)?);
        let split = split.map(|file| listed(&real, file)).transpose()?;
        let corpus = corpus.map(|file| pieces(file)).transpose()?;
        Ok(Self { real, generated, split, side, corpus, json })
    }

    /// The real pieces of the side that was asked for; all without a split.
    pub(crate) fn real_side(&self) -> Vec<Piece> {
        self.side.map_or_else(|| self.real.clone(), |side| self.on(side))
    }

    /// The real pieces that a model may have learned from; all without a split.
    pub(crate) fn training_side(&self) -> Vec<Piece> {
        self.on(Side::Train)
    }

    /// The corpus that was named, or the training side; `None` without either.
    pub(crate) fn learned(&self) -> Option<Vec<Piece>> {
        self.corpus.clone().or_else(|| self.split.as_ref().map(|_| self.training_side()))
    }

    fn on(&self, side: Side) -> Vec<Piece> {
        match &self.split {
            None => self.real.clone(),
            Some(split) => split.pieces(&self.real, side).cloned().collect(),
        }
    }
}

fn side_named(name: &str) -> Result<Option<Side>, String> {
    match name {
        "all" => Ok(None),
        "train" => Ok(Some(Side::Train)),
        "validation" => Ok(Some(Side::Validation)),
        "test" => Ok(Some(Side::Test)),
        _ => Err("--side wants train, validation, test or all".into()),
    }
}

pub(crate) fn listed(pieces: &[Piece], file: &str) -> Result<Split, String> {
    let json = fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
    Split::listed(&Catalogue::of(pieces), &json).map_err(|e| format!("{file}: {e}"))
}

pub(crate) fn pieces(file: &str) -> Result<Vec<Piece>, String> {
    let bytes = fs::read(file).map_err(|e| format!("{file}: {e}"))?;
    let library = Library::from_bytes(&bytes).map_err(|e| format!("{file}: {e}"))?;
    Ok(library.pieces)
}
