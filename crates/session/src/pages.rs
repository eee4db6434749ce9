//! What is read: a score on pages, or as MusicXML for other programs.

use sideman_formats::notation::{NotationOptions, PartKey};
use sideman_formats::{Warned, engraving, musicxml};
use sideman_music::{Part, Player, Score, Sheet, Solo};

use crate::{Error, Lead, Source};

/// A score, and what is said of it below the music.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// What is engraved.
    pub score: Score,
    /// Such as the model and the seed, one line each.
    pub remarks: Vec<String>,
}

/// A form in which a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFormat {
    /// A picture of all pages, one below the other.
    Svg,
    /// Pages.
    Pdf,
    /// For other programs of notation.
    MusicXml,
}

impl PageFormat {
    /// The form that the ending of a file asks for: `svg`, `pdf`, `musicxml` or `xml`.
    pub fn of_ending(ending: &str) -> Option<Self> {
        match ending.to_ascii_lowercase().as_str() {
            "svg" => Some(Self::Svg),
            "pdf" => Some(Self::Pdf),
            "musicxml" | "xml" => Some(Self::MusicXml),
            _ => None,
        }
    }
}

impl Pages {
    /// The one tune of a source, a chart alone where it has no melody.
    ///
    /// # Errors
    /// When it has several tunes, or is a performance without a melody, or no music at all.
    pub fn read(source: Source, name: &str) -> Result<Warned<Self>, Error> {
        match source {
            Source::Performance(_) => {
                let Warned { value, warnings } = Lead::read(source, name)?;
                Ok(Warned { value: Self::of(value.sheet, Some(value.solo)), warnings })
            }
            Source::Tunes(tunes) => one(tunes).map(|tune| whole(Self::of(tune.sheet, tune.solo))),
            Source::Corpus(library) => {
                one(library.pieces).map(|piece| whole(Self::of(piece.sheet, piece.solo)))
            }
            Source::Model(_) => Err(source.other("score", "give a chart, a solo or a MIDI file").of(name)),
        }
    }

    fn of(sheet: Sheet, solo: Option<Solo>) -> Self {
        let part =
            |solo: Solo| Part { player: Player::Instrument(solo.instrument()), notes: solo.notes().to_vec() };
        Self { score: Score::new(sheet, solo.map(part).into_iter().collect()), remarks: Vec::new() }
    }

    /// The page written for instruments in a key, and what could not be written.
    pub fn written(&self, format: PageFormat, part: PartKey) -> Warned<Vec<u8>> {
        let options = NotationOptions { part, remarks: self.remarks.clone() };
        match format {
            PageFormat::Svg => engraving::svg(&self.score, &options).map(String::into_bytes),
            PageFormat::Pdf => engraving::pdf(&self.score, &options),
            PageFormat::MusicXml => musicxml::write_score(&self.score, &options).map(String::into_bytes),
        }
    }
}

fn one<T>(mut tunes: Vec<T>) -> Result<T, Error> {
    match tunes.len() {
        1 => Ok(tunes.remove(0)),
        count => Err(Error::unmet("tune", format!("there are {count} tunes here; choose one by number or title"))),
    }
}

fn whole(value: Pages) -> Warned<Pages> {
    Warned { value, warnings: Vec::new() }
}
