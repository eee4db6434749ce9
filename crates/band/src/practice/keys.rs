//! Keys, one for each chorus.

use std::fmt;
use std::str::FromStr;

use sideman_music::{Error, Key, NoteName};

/// Which key each chorus is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// From the key of the chart on, each a fourth higher: C, F, B♭ …
    Fourths,
    /// Each a fifth higher: C, G, D …
    Fifths,
    /// Each a semitone higher: C, D♭, D …
    Semitones,
    /// On these tonics, in turn; never empty.
    On(Vec<NoteName>),
}

impl Keys {
    /// How many there are before the first comes again.
    pub fn count(&self) -> usize {
        match self {
            Self::On(tonics) => tonics.len(),
            _ => 12,
        }
    }

    /// The key of a chorus, counted from 0, of a chart in a key; its mode is that of the chart.
    pub fn key(&self, home: Key, chorus: usize) -> Key {
        let higher = |step| home.transposed(step * (chorus % 12) as i32 % 12);
        match self {
            Self::Fourths => higher(5),
            Self::Fifths => higher(7),
            Self::Semitones => higher(1),
            Self::On(tonics) => {
                let tonic = tonics[chorus % tonics.len()];
                Key::new(tonic, home.mode()).unwrap_or(Key::on(tonic.class(), home.mode()))
            }
        }
    }
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fourths => f.write_str("fourths"),
            Self::Fifths => f.write_str("fifths"),
            Self::Semitones => f.write_str("semitones"),
            Self::On(tonics) => {
                let names: Vec<String> = tonics.iter().map(NoteName::to_string).collect();
                f.write_str(&names.join(" "))
            }
        }
    }
}

impl FromStr for Keys {
    type Err = Error;

    /// `fourths`, `fifths`, `semitones`, or tonics such as `C F Bb`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let hint = "write fourths, fifths, semitones, or tonics such as \"C F Bb\"; the mode is the chart's";
        match text.trim().to_lowercase().as_str() {
            "fourths" | "fourth" => return Ok(Self::Fourths),
            "fifths" | "fifth" => return Ok(Self::Fifths),
            "semitones" | "semitone" | "chromatic" => return Ok(Self::Semitones),
            _ => {}
        }
        let names = text.split([' ', ',', '\t']).filter(|name| !name.is_empty());
        let tonic = |name: &str| name.parse().map_err(|_| Error::new("key", name, hint));
        let tonics = names.map(tonic).collect::<Result<Vec<NoteName>, _>>()?;
        if tonics.is_empty() { Err(Error::new("key", text, hint)) } else { Ok(Self::On(tonics)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(keys: &str, home: &str, count: usize) -> String {
        let (keys, home): (Keys, Key) = (keys.parse().unwrap(), home.parse().unwrap());
        let name = |i| keys.key(home, i).tonic().to_string();
        (0..count).map(name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn keys_go_round_as_players_say() {
        assert_eq!(names("fourths", "C", 13), "C F Bb Eb Ab Db Gb B E A D G C");
        assert_eq!(names("fifths", "F", 3), "F C G");
        assert_eq!(names("semitones", "Gm", 13), "G G# A Bb B C C# D Eb E F F# G");
        assert_eq!(names("C, F#  Bb", "Dm", 5), "C F# Bb C F#");
        assert_eq!(names("Gb", "Dm", 1), "F#");
    }

    #[test]
    fn every_list_is_read_back() {
        for text in ["fourths", "fifths", "semitones", "C F Bb"] {
            assert_eq!(text.parse::<Keys>().unwrap().to_string(), text);
        }
        for text in ["", " ,", "C H", "Cm", "thirds"] {
            let error = text.parse::<Keys>().unwrap_err().to_string();
            assert!(error.contains("fourths"), "{error}");
        }
    }
}
