//! Reads chord symbols in the dialects that players and corpora use.

use std::str::FromStr;

use super::{Chord, Quality, Seventh, Tension, Tensions, Triad};
use crate::pitch::split_name;
use crate::{Error, NoteName};

const HINT: &str = "write a root and a quality, such as Cmaj7, Dm7, G7b9, F#m7b5 or Bb/D";

impl FromStr for Chord {
    type Err = Error;

    /// Major seventh `Δ maj7 M7 ma7 j7 ^7`; minor `− m mi min`; half-diminished `ø h m7b5`; diminished
    /// `° o dim`; augmented `+ aug`; `sus`, `sus2`, `sus4`; `alt`; `6 69 9 11 13` with alterations, before
    /// (`7b9`) or, after a figure of two numbers, behind (`79b`); `add9`; tensions in parentheses or behind a slash
    /// (`7(9)`, `7/13`); the major seventh as much of the world writes it (`7M`); `/bass`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = || Error::new("chord", text, HINT);
        let (root, rest) =
            split_name(text.trim()).filter(|_| !text.starts_with(char::is_lowercase)).ok_or_else(fail)?;
        let (quality, bass) = split_bass(rest);
        let quality = SymbolReader::new(&plain(quality)).quality().ok_or_else(fail)?;
        Ok(Self { root, quality, bass: bass.filter(|&b| b != root) })
    }
}

impl Chord {
    /// What a symbol says that is not known to its end: the chord as far as it is known from its root on, over the
    /// bass; of a polychord `A\B` or `A/B7` the upper chord over the root of the lower. `None` where no root begins it.
    ///
    /// ```
    /// use sideman_music::Chord;
    /// let nearest = |text| Chord::nearest(text).map(|chord| chord.to_string());
    /// assert_eq!(nearest("Gm7petrushka/F").as_deref(), Some("Gm7/F"));
    /// assert_eq!(nearest("Ab\\Bb").as_deref(), Some("Ab/Bb"));
    /// assert_eq!(nearest("Fm7/Bb7").as_deref(), Some("Fm7/Bb"));
    /// assert_eq!(nearest("C7/b9petrushka").as_deref(), Some("C7b9"));
    /// assert_eq!(nearest("petrushka"), None);
    /// ```
    pub fn nearest(text: &str) -> Option<Self> {
        let (upper, lower) = text.trim().split_once('\\').map_or((text.trim(), None), |(a, b)| (a, Some(b)));
        let (root, rest) = split_name(upper).filter(|_| !upper.starts_with(char::is_lowercase))?;
        let lower = lower.and_then(|lower| Some(split_name(lower.trim())?.0));
        let (said, bass) = split_bass(rest);
        let under = said.rsplit_once('/').filter(|(_, under)| under.starts_with(|c: char| c.is_uppercase()));
        let (said, bass) = match under.and_then(|(said, under)| Some((said, split_name(under)?.0))) {
            Some((said, under)) if bass.is_none() => (said, Some(under)),
            _ => (said, bass),
        };
        let ends = said.char_indices().map(|(end, _)| end).chain([said.len()]).take(MOST_READ);
        let known = ends.collect::<Vec<_>>().into_iter().rev().find_map(|end| said[..end].parse().ok());
        let bass = lower.or(bass).filter(|&bass| bass != root);
        Some(Self { root, quality: known?, bass })
    }
}

/// As many characters of a symbol that is not known are read.
const MOST_READ: usize = 40;

impl FromStr for Quality {
    type Err = Error;

    /// What may follow a root, such as `m7b5`; nothing is a major triad.
    fn from_str(text: &str) -> Result<Self, Error> {
        SymbolReader::new(&plain(text)).quality().ok_or_else(|| Error::new("chord quality", text, HINT))
    }
}

/// What follows the root, cut at a slash before a bass note.
fn split_bass(text: &str) -> (&str, Option<NoteName>) {
    let bass = text.rsplit_once('/').and_then(|(quality, bass)| Some((quality, bass.trim().parse().ok()?)));
    bass.map_or((text, None), |(quality, bass)| (quality, Some(bass)))
}

/// The text in ASCII, without what only print needs; commas stand for what sets tensions apart.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '♭' => out.push('b'),
            '♯' => out.push('#'),
            'Δ' | '∆' | '△' | '^' => out.push('^'),
            'ø' | 'Ø' => out.push('h'),
            '°' | 'º' => out.push('o'),
            '−' | '–' => out.push('-'),
            '(' | ')' | '[' | ']' | ',' => out.push(','),
            ' ' => {}
            '.' if out.ends_with(|c: char| c.is_ascii_lowercase()) => {}
            _ => out.push(c),
        }
    }
    out.truncate(out.trim_end_matches(',').len());
    out
}

/// Reads a quality from left to right.
struct SymbolReader<'a> {
    rest: &'a str,
    /// Alterations stand behind their figure, as in `79b`.
    behind: bool,
    /// A major seventh is meant by the next figure.
    major: bool,
    triad: Triad,
    seventh: Option<Seventh>,
    tensions: Tensions,
}

impl<'a> SymbolReader<'a> {
    fn new(rest: &'a str) -> Self {
        let behind = ["79", "711", "713", "6911"].iter().any(|figures| rest.contains(figures));
        Self { rest, behind, major: false, triad: Triad::Major, seventh: None, tensions: Tensions::default() }
    }

    fn quality(mut self) -> Option<Quality> {
        self.triad_word();
        while !self.rest.is_empty() {
            let length = self.rest.len();
            self.part()?;
            if self.rest.len() == length {
                return None;
            }
        }
        Quality::new(self.triad, self.seventh, self.tensions)
    }

    /// Takes a word if it comes next.
    fn take(&mut self, word: &str) -> bool {
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn take_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.take(word))
    }

    /// The word for the triad, which comes first.
    fn triad_word(&mut self) {
        if self.take_any(&["MINOR", "Minor", "MIN", "Min", "MI", "Mi"]) {
            self.triad = Triad::Minor;
        } else if self.major_word() {
        } else if self.take_any(&["minor", "min", "mi", "m", "-"]) {
            self.triad = Triad::Minor;
        } else if self.take_any(&["dim", "o"]) {
            self.triad = Triad::Diminished;
            if self.rest.starts_with('7') && self.take("7") {
                self.seventh = Some(Seventh::Diminished);
            }
        } else if self.take("h") {
            (self.triad, self.seventh) = (Triad::Diminished, Some(Seventh::Minor));
            self.take("7");
        } else if self.take_any(&["aug", "+"]) {
            self.triad = Triad::Augmented;
        } else if self.rest == "5" {
            self.rest = "";
            self.triad = Triad::Power;
        } else {
            self.take("dom");
        }
    }

    /// A word for the major seventh; alone, `^` and `j` say it, while `maj` says the triad.
    fn major_word(&mut self) -> bool {
        if self.rest.starts_with("madd") {
            return false;
        }
        let short = self.take_any(&["^", "j"]);
        let word = short || self.take_any(&["major", "maj", "Major", "Maj", "MAJ", "ma", "Ma", "MA", "M"]);
        self.major |= word;
        if short && !self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            self.seventh = Some(Seventh::Major);
        }
        word
    }

    /// The next figure, alteration or word.
    fn part(&mut self) -> Option<()> {
        if self.take(",") || (self.rest.len() > 1 && self.take("/")) {
            self.beside()?;
        } else if self.take("sus") {
            self.suspend();
        } else if self.take_any(&["alt", "ALT"]) {
            self.seventh = Some(Seventh::Minor);
            self.tensions = Tensions::ALTERED;
        } else if self.take("add") {
            let sign = self.sign();
            let figure = self.figure()?;
            self.add(sign, figure)?;
        } else if self.take_any(&["no3", "omit3"]) {
            self.triad = Triad::Power;
        } else if self.take_any(&["no5", "omit5"]) {
        } else if self.major_word() {
            // Behind its figure, as in `7M`.
            self.seventh = self.seventh.map(|seventh| match seventh {
                Seventh::Minor => Seventh::Major,
                other => other,
            });
        } else if matches!(self.rest, "+" | "aug") && self.take(self.rest) {
            self.alter_fifth(1);
        } else if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            let figure = self.figure()?;
            let sign = if self.behind { self.sign() } else { 0 };
            if sign == 0 && !(self.behind && self.seventh.is_some()) {
                self.figured(figure)?
            } else {
                self.add(sign, figure)?
            }
        } else {
            let sign = self.sign();
            let figure = self.figure()?;
            if sign == 0 { return None } else { self.add(sign, figure)? }
        }
        Some(())
    }

    /// A figure set apart from those before it, such as the 9 of `7(9)` and the 13 of `7/13`; or a word.
    fn beside(&mut self) -> Option<()> {
        if !self.rest.trim_start_matches(['b', '#', '-', '+']).starts_with(|c: char| c.is_ascii_digit()) {
            return Some(());
        }
        let (sign, figure) = (self.sign(), self.figure()?);
        match (sign, figure) {
            (0, 7) => self.figured(figure),
            (0, 6 | 9 | 11 | 13) if self.seventh.is_none() && (self.major || figure == 6) => {
                self.figured(figure)
            }
            _ => self.add(sign, figure),
        }
    }

    /// `sus`, with the figure that may follow it.
    fn suspend(&mut self) {
        self.triad = if self.take("2") { Triad::Sus2 } else { Triad::Sus4 };
        self.take_any(&["4", ",4"]);
    }

    /// A flat (−1) or a sharp (1), if one comes next.
    fn sign(&mut self) -> i32 {
        if self.take_any(&["b", "-"]) {
            -1
        } else if self.take_any(&["#", "+"]) {
            1
        } else {
            0
        }
    }

    fn figure(&mut self) -> Option<u32> {
        ["13", "11", "9", "7", "6", "5", "4", "2"].into_iter().find(|f| self.take(f))?.parse().ok()
    }

    /// A figure that stands for a whole chord, such as the 9 of `C9`.
    fn figured(&mut self, figure: u32) -> Option<()> {
        match figure {
            6 => {
                self.seventh =
                    Some(if self.triad == Triad::Diminished { Seventh::Diminished } else { Seventh::Sixth });
                if self.take("9") {
                    self.add(0, 9)?
                }
            }
            7 | 9 | 11 | 13 => {
                self.seventh = match self.seventh {
                    Some(seventh @ (Seventh::Diminished | Seventh::Minor)) if !self.major => Some(seventh),
                    _ if self.major => Some(Seventh::Major),
                    _ => Some(Seventh::Minor),
                };
                if figure > 7 {
                    self.add(0, 9)?
                }
                if figure > 9 {
                    self.add(0, figure)?
                }
            }
            2 => self.add(0, 9)?,
            4 => self.triad = Triad::Sus4,
            _ => return None,
        }
        Some(())
    }

    /// One more note: a ninth, eleventh, thirteenth, or a fifth altered.
    fn add(&mut self, sign: i32, figure: u32) -> Option<()> {
        let tension = match (sign, figure) {
            (-1, 9) => Tension::FlatNine,
            (0, 9 | 2) => Tension::Nine,
            (1, 9) => Tension::SharpNine,
            (0, 11 | 4) => Tension::Eleven,
            (1, 11 | 4) => Tension::SharpEleven,
            (-1, 13 | 6) => Tension::FlatThirteen,
            (0, 13 | 6) => Tension::Thirteen,
            (_, 5) => {
                self.alter_fifth(sign);
                return Some(());
            }
            (1, 7) => {
                self.seventh = Some(Seventh::Major);
                return Some(());
            }
            (_, 7) => return self.figured(7),
            _ => return None,
        };
        self.tensions = self.tensions.with(tension);
        Some(())
    }

    /// A fifth moved down or up; where the triad has no room for it, the tension that sounds the same.
    fn alter_fifth(&mut self, sign: i32) {
        match (sign, self.triad) {
            (-1, Triad::Major) => self.triad = Triad::FlatFive,
            (-1, Triad::Minor) => self.triad = Triad::Diminished,
            (1, Triad::Major) => self.triad = Triad::Augmented,
            (-1, Triad::Diminished | Triad::FlatFive) | (1, Triad::Augmented) | (0, _) => {}
            (-1, _) => self.tensions = self.tensions.with(Tension::SharpEleven),
            _ => self.tensions = self.tensions.with(Tension::FlatThirteen),
        }
    }
}
