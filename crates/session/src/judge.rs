//! How good solos are: beside what a player expects, beside real ones, beside what they may have taken from.

mod evaluation;
mod explanation;
mod insight;

use std::fmt;

use serde::Serialize;
use sideman_corpus::Piece;
use sideman_corpus::measure::{MeasureReport, SoloMeasures};
use sideman_corpus::originality::{Certificate, Humans, Index, Policy};
use sideman_music::{Sheet, Solo};

pub use evaluation::{evaluate, evaluation, judgements, scored, table};
pub use explanation::{ExplainedNote, Explanation};
pub use insight::{LikelyPitch, NoteInsight, insights};

use crate::Error;

/// How the solos of some pieces measure, beside those of others where there are any.
///
/// # Errors
/// When there is no solo on a side that has pieces.
pub fn measure(pieces: &[Piece], reference: &[Piece]) -> Result<MeasureReport, Error> {
    let (solos, others) = (measured(pieces), measured(reference));
    if solos.is_empty() || (others.is_empty() && !reference.is_empty()) {
        return Err(Error::Asked("there are only charts here, and no solo to measure".into()));
    }
    Ok(MeasureReport::new(&solos, &others))
}

/// The solos of some pieces, measured.
pub fn measured(pieces: &[Piece]) -> Vec<SoloMeasures> {
    pieces.iter().filter_map(|piece| Some(SoloMeasures::new(&piece.sheet, piece.solo.as_ref()?))).collect()
}

/// What a solo shares with a corpus.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Originality {
    /// The piece of which it is the solo.
    #[serde(skip)]
    pub id: String,
    /// Whether that is more than players share.
    pub certificate: Certificate,
}

impl fmt::Display for Originality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.id, self.certificate)
    }
}

/// What each solo of some pieces shares with a corpus.
///
/// # Errors
/// When there is no solo among them.
pub fn originality(pieces: &[Piece], corpus: &[Piece]) -> Result<Vec<Originality>, Error> {
    let index = Index::new(corpus);
    let humans = Humans::new(&index.borrowings_of_humans());
    let policy = Policy::new(&humans);
    let played: Vec<(&Piece, &Solo)> =
        pieces.iter().filter_map(|piece| Some((piece, piece.solo.as_ref()?))).collect();
    let solos: Vec<(&Sheet, &Solo)> = played.iter().map(|&(piece, solo)| (&piece.sheet, solo)).collect();
    if solos.is_empty() {
        return Err(Error::Asked("there are only charts here, and no solo to look at".into()));
    }
    let certificates = index.certify_all(&solos, &policy);
    let found = played.iter().zip(certificates);
    Ok(found.map(|((piece, _), certificate)| Originality { id: piece.id.clone(), certificate }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_improv::built_in;

    fn charts() -> Vec<Piece> {
        let bare = |piece| Piece { solo: None, ..piece };
        built_in::corpus().into_iter().take(4).map(bare).collect()
    }

    #[test]
    fn solos_are_measured_and_charts_are_none() {
        let corpus = built_in::corpus();
        let report = measure(&corpus[..8], &corpus[8..16]).unwrap();
        assert_eq!((report.solos, report.reference), (8, Some(8)));
        assert_eq!(measure(&corpus[..8], &[]).unwrap().reference, None);
        assert!(measure(&charts(), &corpus[..4]).is_err() && measure(&corpus[..4], &charts()).is_err());
    }

    #[test]
    fn a_copy_is_named_with_what_it_is_of() {
        let corpus = built_in::corpus();
        let found = originality(&corpus[..2], &corpus[..20]).unwrap();
        assert_eq!(found[0].id, corpus[0].id);
        assert!(!found[0].certificate.passes && found[0].to_string().starts_with(&corpus[0].id));
        let json = serde_json::to_value(&found).unwrap();
        assert!(json[0]["passes"] == false && json[0].get("id").is_none(), "{json}");
        assert!(originality(&charts(), &corpus[..4]).is_err());
    }
}
