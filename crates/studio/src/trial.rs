//! A blind test that is kept until it is answered.

use sideman_band::BandOptions;
use sideman_corpus::Piece;
use sideman_music::{Note, Sheet, Solo};
use sideman_session::{Lead, Request, Soloist, Take};

use crate::problem::Answer;

/// A blind test: which of these are real.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) excerpts: Vec<TrialExcerpt>,
}

/// A few bars of a solo.
#[derive(Debug)]
pub(crate) struct TrialExcerpt {
    pub(crate) take: Take,
    pub(crate) real: bool,
    pub(crate) whose: String,
}

impl TrialExcerpt {
    pub(crate) fn new(
        soloist: &Soloist,
        piece: &Piece,
        real: (Sheet, Solo),
        is_real: bool,
        seed: u64,
    ) -> Answer<Self> {
        let (sheet, solo) = real;
        let band = BandOptions { ending: false, ..BandOptions::default() };
        let title = piece.sheet.title();
        let (solo, whose) = match is_real {
            true if piece.credits.performer.is_empty() => (solo, format!("real: {title} ({})", piece.id)),
            true => (solo, format!("real: {}, {title}", piece.credits.performer)),
            false => {
                let request = Request { candidates: 4, ..Request::chorus(solo.instrument()) };
                (soloist.improvise(&sheet, &request, seed)?.solo, format!("generated over {title}"))
            }
        };
        // Real solos are written without loudness here and there: none of them tells itself by that.
        let notes = solo.notes().iter().map(|note| Note { velocity: None, delay: None, ..*note }).collect();
        let lead = Lead::new(sheet, Solo::new(solo.instrument(), notes)?);
        Ok(Self { take: Take::given(&lead, Vec::new(), &band, seed), real: is_real, whose })
    }
}
