//! What a reader of charts and solos gives.

use sideman_music::{Instrument, Sheet, Solo};

use crate::{Error, Location, Warning};

/// A sheet, the line played over it when the source has one, and who played it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tune {
    /// Bars and chords (bars without any chord where the source has none), title, composer, style, key, tempo.
    pub sheet: Sheet,
    /// The head or the solo.
    pub solo: Option<Solo>,
    /// Who, where from, how.
    pub credits: Credits,
    /// What was read in another way than written, or left out.
    pub warnings: Vec<Warning>,
}

impl Tune {
    /// A chart without a line over it.
    pub(crate) fn chart(sheet: Sheet, warnings: Vec<Warning>) -> Self {
        Self { sheet, solo: None, credits: Credits::default(), warnings }
    }

    /// The songs of a file, by title, that could be read; for each other one a warning on the song before it, or
    /// on the first. When none could, the first error; `None` where there is no song.
    pub(crate) fn readable<T: AsRef<str>>(
        songs: impl Iterator<Item = (T, Result<Self, Error>)>,
    ) -> Option<Result<Vec<Self>, Error>> {
        let (mut tunes, mut warnings, mut first) = (Vec::<Self>::new(), Vec::new(), None);
        for (i, (title, song)) in songs.enumerate() {
            match song {
                Ok(tune) => tunes.push(tune),
                Err(error) => {
                    let words = format!("song {} ({}) is left out: {error}", i + 1, title.as_ref());
                    let warning = Warning::new(Location::File, words);
                    tunes.last_mut().map_or(&mut warnings, |tune| &mut tune.warnings).push(warning);
                    first.get_or_insert(error);
                }
            }
        }
        match (tunes.first_mut(), first) {
            (Some(tune), _) => tune.warnings.append(&mut warnings),
            (None, first) => return first.map(Err),
        }
        Some(Ok(tunes))
    }
}

/// Where music comes from; every field may be unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Credits {
    /// The id its source gives it, such as `wjazzd:17`; empty when unknown.
    pub id: String,
    /// Who plays; empty when unknown.
    pub performer: String,
    /// What it was played on.
    pub instrument: Option<Instrument>,
    /// Rhythmic feel, such as `swing`; empty when unknown.
    pub feel: String,
    /// The bars of the sheet, counted from 0, at which a chorus begins; empty when unknown.
    pub choruses: Vec<u32>,
}
