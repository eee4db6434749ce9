//! What a reader of charts and solos gives.

use sideman_music::{Instrument, Sheet, SheetPage, Solo, Spelling};

use crate::{Error, Location, PlayedForm, Warned, Warning, WarningKind, order, symbol};

/// Songs have at most one bar more, on the whole, for so many bytes of their file; those that people write take
/// eight or more for a bar that is played.
const BYTES_A_BAR: usize = 4;

/// A sheet, the line played over it when the source has one, and who played it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tune {
    /// Bars and chords (bars without any chord where the source has none), title, composer, style, key, tempo.
    pub sheet: Sheet,
    /// The head or the solo.
    pub solo: Option<Solo>,
    /// What its notes are called, where the source says that.
    pub spelling: Spelling,
    /// Who, where from, how.
    pub credits: Credits,
    /// How the order of its bars came about.
    pub form: PlayedForm,
    /// What was read in another way than written, or left out.
    pub warnings: Vec<Warning>,
}

impl Tune {
    /// A chart without a line over it.
    pub(crate) fn chart(sheet: Sheet, warnings: Vec<Warning>) -> Self {
        let (spelling, credits, form) = Default::default();
        Self { sheet, solo: None, spelling, credits, form, warnings }
    }

    /// A chart in the text grammar of [`Sheet`]; of a chord that is not known root and triad are taken, with a warning.
    ///
    /// # Errors
    /// When the text is none.
    pub fn from_text(text: &str) -> Result<Self, sideman_music::Error> {
        let (SheetPage { sheet, order, bars }, mut warnings) =
            match (text.parse(), symbol::with_known_chords(text)) {
                (Err(_), Some(Warned { value, warnings })) => (value.parse()?, warnings),
                (page, _) => (page?, Vec::new()),
            };
        warnings.extend(order::warnings(&order, |measure| Location::BarOnPage(measure + 1)));
        let form = PlayedForm::of_bars(&order, order::apart(&sheet, &bars, &order));
        Ok(Self::chart(sheet, warnings).with_form(form))
    }

    /// The same with its form.
    pub(crate) fn with_form(self, form: PlayedForm) -> Self {
        Self { form, ..self }
    }

    /// The songs of a file of so many bytes, by title, that could be read; for each other one a warning on the song before it, or
    /// on the first. When none could, the first error; `None` where there is no song. The bars that repeats make of a
    /// file are bounded: songs behind that bound are left out, and told.
    pub(crate) fn readable<T: AsRef<str>>(
        bytes: usize,
        songs: impl Iterator<Item = (T, Result<Self, Error>)>,
    ) -> Option<Result<Vec<Self>, Error>> {
        let (mut tunes, mut warnings, mut first) = (Vec::<Self>::new(), Vec::new(), None);
        let mut left = Sheet::MOST_BARS + bytes / BYTES_A_BAR;
        for (i, (title, song)) in songs.enumerate() {
            let count = song.as_ref().map_or(0, |tune| tune.sheet.bars().len());
            if count > left {
                let words = format!(
                    "song {} ({}) and those behind it are left out: with their repeats the songs of this file have too many bars",
                    i + 1,
                    title.as_ref()
                );
                tunes
                    .last_mut()
                    .map_or(&mut warnings, |tune| &mut tune.warnings)
                    .push(Warning::new(Location::File, words).of(WarningKind::LeftOut));
                break;
            }
            left -= count;
            match song {
                Ok(tune) => tunes.push(tune),
                Err(error) => {
                    let words = format!("song {} ({}) is left out: {error}", i + 1, title.as_ref());
                    let warning = Warning::new(Location::File, words).of(WarningKind::LeftOut);
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
