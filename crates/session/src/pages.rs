//! What is read: a score on pages, or as MusicXML for other programs.

use sideman_formats::engraving::{self, Paper};
use sideman_formats::notation::{NotationOptions, PartKey};
use sideman_formats::{Warned, musicxml};
use sideman_music::{Part, Player, Score, Sheet, Solo, Spelling};

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

/// How much is engraved at most: a note counts for one, a bar, with all that stands over it, for several.
const MOST_ENGRAVED: usize = 84_000;
const NOTES_A_BAR: usize = 4;

impl Pages {
    /// The one tune of a source, a chart alone where it has no melody.
    ///
    /// # Errors
    /// When it has several tunes, or is a performance without a melody, or no music at all.
    pub fn read(source: Source, name: &str) -> Result<Warned<Self>, Error> {
        match source {
            Source::Performance(_) => {
                let Warned { value, warnings } = Lead::read(source, name)?;
                let solo = value.as_written();
                Ok(Warned { value: Self::of(value.sheet, Some(solo)), warnings })
            }
            Source::Tunes(tunes) => {
                one(tunes).map(|tune| whole(Self::of(tune.sheet, tune.solo).spelled(tune.spelling)))
            }
            Source::Corpus(library) => {
                one(library.pieces).map(|piece| whole(Self::of(piece.sheet, piece.solo)))
            }
            Source::Model(_) => Err(source.other("score", "give a chart, a solo or a MIDI file").of(name)),
        }
    }

    /// A sheet, with a line where there is one.
    pub fn of(sheet: Sheet, solo: Option<Solo>) -> Self {
        let part = |solo: Solo| Part::new(Player::Instrument(solo.instrument()), solo.notes().to_vec());
        Self { score: Score::new(sheet, solo.map(part).into_iter().collect()), remarks: Vec::new() }
    }

    fn spelled(mut self, spelling: Spelling) -> Self {
        if let Some(part) = self.score.parts.first_mut() {
            part.spelling = spelling;
        }
        self
    }

    /// The page written for instruments in a key, and what could not be written.
    ///
    /// # Errors
    /// When there is far more to engrave than a musician has on the stand.
    pub fn written(&self, format: PageFormat, part: PartKey) -> Result<Warned<Vec<u8>>, Error> {
        let options = self.options(part);
        if format == PageFormat::MusicXml {
            return Ok(self.musicxml(part));
        }
        self.engravable()?;
        Ok(match format {
            PageFormat::Pdf => engraving::pdf(&self.score, &options),
            _ => engraving::svg(&self.score, &options, Paper::A4).map(String::into_bytes),
        })
    }

    /// The page for instruments in a key on paper of a width, as one picture with ids for notes and bars.
    ///
    /// # Errors
    /// When there is far more to engrave than a musician has on the stand.
    pub fn svg(&self, part: PartKey, paper: Paper) -> Result<Warned<String>, Error> {
        self.engravable()?;
        Ok(engraving::svg(&self.score, &self.options(part), paper))
    }

    fn engravable(&self) -> Result<(), Error> {
        let bars = self.score.sheet.bars().len();
        let notes: usize = self.score.parts.iter().map(|part| part.notes.len()).sum();
        if NOTES_A_BAR * bars + notes <= MOST_ENGRAVED {
            return Ok(());
        }
        let words = format!("{bars} bars with {notes} notes are too many to be engraved; write MusicXML");
        Err(Error::Asked(words))
    }

    /// The score for other programs, and what could not be written.
    pub fn musicxml(&self, part: PartKey) -> Warned<Vec<u8>> {
        musicxml::write_score(&self.score, &self.options(part)).map(String::into_bytes)
    }

    fn options(&self, part: PartKey) -> NotationOptions {
        NotationOptions { part, remarks: self.remarks.clone() }
    }
}

fn one<T>(mut tunes: Vec<T>) -> Result<T, Error> {
    match tunes.len() {
        1 => Ok(tunes.remove(0)),
        count => {
            Err(Error::unmet("tune", format!("there are {count} tunes here; choose one by number or title")))
        }
    }
}

fn whole(value: Pages) -> Warned<Pages> {
    Warned { value, warnings: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::{Duration, Instrument, Note, Pitch, Time};

    #[test]
    fn a_book_of_a_thousand_pages_is_not_engraved() {
        let sheet: Sheet = "C | F".parse().unwrap();
        let note = |i: usize| Note {
            onset: Time::ZERO + Duration::quarters(i as i64, 16),
            duration: Duration::quarters(1, 16),
            pitches: Pitch::midi(60).into(),
            velocity: None,
            delay: None,
        };
        let solo = Solo::new(Instrument::Flute, (0..MOST_ENGRAVED).map(note).collect()).unwrap();
        assert!(Pages::of(sheet.clone(), None).written(PageFormat::Svg, PartKey::C).is_ok());
        let long = Pages::of(sheet, Some(solo));
        for format in [PageFormat::Svg, PageFormat::Pdf] {
            let complaint = long.written(format, PartKey::C).unwrap_err().to_string();
            assert!(complaint.contains("84000 notes are too many"), "{complaint}");
        }
    }

    /// Step, alteration and octave of the notes of a page for instruments in a key.
    fn names(abc: &str, part: PartKey) -> Vec<String> {
        let source = Source::read(abc.as_bytes(), "a.abc").unwrap().value;
        let page = Pages::read(source, "a.abc").unwrap().value;
        let xml = String::from_utf8(page.musicxml(part).value).unwrap();
        let text = |pitch: &str, tag: &str| {
            let (_, after) = pitch.split_once(&format!("<{tag}>"))?;
            Some(after.split_once('<')?.0.to_owned())
        };
        let pitches = xml.split("<pitch>").skip(1).map(|all| all.split("</pitch>").next().unwrap());
        let named = |pitch: &str| {
            let alter = match text(pitch, "alter").as_deref() {
                Some("1") => "#",
                Some("-1") => "b",
                _ => "",
            };
            Some(text(pitch, "step")? + alter + &text(pitch, "octave")?)
        };
        pitches.filter_map(named).collect()
    }

    #[test]
    fn a_score_keeps_its_own_spelling() {
        // Over F7 the chord would call the notes Eb and Gb; the second time a repeat plays them they are called the same.
        let line = |key: &str| format!("X:1\nM:4/4\nL:1/4\nK:{key}\n|: \"F7\" ^D ^F _B ^G :|\n");
        let twice = |names: [&'static str; 4]| [names, names].concat();
        assert_eq!(names(&line("C"), PartKey::C), twice(["D#4", "F#4", "Bb4", "G#4"]));
        assert_eq!(names(&line("C"), PartKey::Bb), twice(["E#4", "G#4", "C5", "A#4"]));
        // The part for E flat is in A flat, where the B flat would need a double accidental.
        assert_eq!(names(&line("B"), PartKey::Eb), twice(["C5", "Eb5", "G5", "F5"]));
    }
}
