//! What one can ask of the band.

use std::fmt;
use std::str::FromStr;

use sideman_music::{Error, Instrument, Sheet, Solo, Tempo};

use crate::style::Style;

/// What one can ask of the band.
#[derive(Debug, Clone, PartialEq)]
pub struct BandOptions {
    /// Who plays with the soloist.
    pub band: Band,
    /// The style; without one, the sheet's own, else one for its meter and tempo.
    pub style: Option<Style>,
    /// The tempo; without one the sheet's, else the style's.
    pub tempo: Option<Tempo>,
    /// How the beat is divided.
    pub swing: Swing,
    /// Whether two bars are counted before the first.
    pub count_in: bool,
    /// Whether the band plays four bars before the first chorus: those that lead to its beginning, over a pedal point.
    pub intro: bool,
    /// Whether the chord of the key is added, for a bar or for the two seconds it takes to ring.
    pub ending: bool,
    /// After how many bars of the solo the drummer plays as many alone, and so on in turn.
    pub trade: Option<usize>,
    /// A line over one chorus, played before and after the solo.
    pub melody: Option<Solo>,
    /// What plays the chords.
    pub chords: Instrument,
}

impl Default for BandOptions {
    /// Piano, bass and drums in the style and tempo of the sheet, without count-in, with an ending.
    fn default() -> Self {
        Self {
            band: Band::Trio,
            style: None,
            tempo: None,
            swing: Swing::Style,
            count_in: false,
            intro: false,
            ending: true,
            trade: None,
            melody: None,
            chords: Instrument::Piano,
        }
    }
}

impl BandOptions {
    /// The style in which a sheet is played.
    pub fn style_for(&self, sheet: &Sheet) -> Style {
        self.style.clone().unwrap_or_else(|| Style::for_sheet(sheet, self.tempo))
    }

    /// The tempo at which a sheet is played.
    pub fn tempo_for(&self, sheet: &Sheet) -> Tempo {
        self.tempo.or(sheet.tempo()).unwrap_or_else(|| self.style_for(sheet).tempo())
    }
}

/// Who plays with the soloist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// Chords, bass and drums.
    Trio,
    /// Chords and bass.
    Duo,
    /// Drums alone.
    Drums,
    /// Nobody.
    None,
}

impl Band {
    /// The instruments that may play the chords.
    pub const CHORDAL: [Instrument; 4] =
        [Instrument::Piano, Instrument::Guitar, Instrument::ElectricPiano, Instrument::Vibraphone];

    const ALL: [(Self, &'static str); 4] =
        [(Self::Trio, "trio"), (Self::Duo, "duo"), (Self::Drums, "drums"), (Self::None, "none")];

    /// The instrument of a name, where it may play the chords.
    ///
    /// # Errors
    /// When there is none of that name, or it plays no chords.
    pub fn chordal(name: &str) -> Result<Instrument, Error> {
        let hint = "chords are played by piano, guitar, electric piano or vibraphone";
        let found = name.parse().ok().filter(|instrument| Self::CHORDAL.contains(instrument));
        found.ok_or_else(|| Error::new("chordal instrument", name, hint))
    }

    pub(crate) fn has_chords(self) -> bool {
        matches!(self, Self::Trio | Self::Duo)
    }

    pub(crate) fn has_bass(self) -> bool {
        matches!(self, Self::Trio | Self::Duo)
    }

    pub(crate) fn has_drums(self) -> bool {
        matches!(self, Self::Trio | Self::Drums)
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::ALL[*self as usize].1)
    }
}

impl FromStr for Band {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.iter().find(|(_, name)| *name == text.trim().to_lowercase());
        found.map(|&(band, _)| band).ok_or_else(|| Error::new("band", text, "try trio, duo, drums or none"))
    }
}

/// How the beat is divided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Swing {
    /// As the style and the tempo have it.
    Style,
    /// Evenly, and nobody lies back.
    Straight,
    /// The first half of a beat is so many times as long as the second, 1 to 9.
    Ratio(f64),
}

impl fmt::Display for Swing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Style => f.write_str("style"),
            Self::Straight => f.write_str("straight"),
            Self::Ratio(ratio) => write!(f, "{ratio}"),
        }
    }
}

impl FromStr for Swing {
    type Err = Error;

    /// `style`, `straight`, or a ratio such as `2`, `1.5` or `3:2`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim().to_lowercase();
        let (long, short) = text.split_once(':').unwrap_or((&text, "1"));
        match (text.as_str(), long.parse::<f64>(), short.parse::<f64>()) {
            ("style", ..) => Ok(Self::Style),
            ("straight", ..) => Ok(Self::Straight),
            (_, Ok(long), Ok(short)) if (1.0..=9.0).contains(&(long / short)) => {
                Ok(Self::Ratio(long / short))
            }
            _ => Err(Error::new("swing", &text, "write straight, style, or a ratio from 1 to 9 such as 2:1")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_read_back() {
        for band in [Band::Trio, Band::Duo, Band::Drums, Band::None] {
            assert_eq!(band.to_string().parse(), Ok(band));
        }
        for swing in [Swing::Style, Swing::Straight, Swing::Ratio(2.5)] {
            assert_eq!(swing.to_string().parse(), Ok(swing));
        }
        assert_eq!("3:2".parse(), Ok(Swing::Ratio(1.5)));
        for text in ["", "0.5", "10", "nan", "3:0", "-2"] {
            assert!(text.parse::<Swing>().is_err(), "{text}");
        }
    }

    #[test]
    fn chords_are_played_by_those_who_can() {
        for instrument in Band::CHORDAL {
            assert_eq!(Band::chordal(instrument.name()), Ok(instrument));
        }
        assert_eq!(Band::chordal("rhodes"), Ok(Instrument::ElectricPiano));
        for name in ["trumpet", "bass", "kazoo"] {
            let error = Band::chordal(name).unwrap_err().to_string();
            assert!(Band::CHORDAL.iter().all(|chordal| error.contains(chordal.name())), "{error}");
        }
    }

    #[test]
    fn a_tempo_is_the_one_asked_for_else_of_the_sheet_else_of_the_style() {
        let plain: Sheet = "C".parse().unwrap();
        let marked = plain.clone().with_tempo(Some(Tempo::bpm(90)));
        let bossa = BandOptions { style: Style::named("bossa").ok(), ..BandOptions::default() };
        let asked = BandOptions { tempo: Some(Tempo::bpm(200)), ..bossa.clone() };
        assert_eq!(asked.tempo_for(&marked), Tempo::bpm(200));
        assert_eq!(bossa.tempo_for(&marked), Tempo::bpm(90));
        assert_eq!(bossa.tempo_for(&plain), Style::named("bossa").unwrap().tempo());
        assert_eq!(BandOptions::default().tempo_for(&plain), Style::for_sheet(&plain, None).tempo());
    }
}
