//! Lead sheets of Impro-Visor: s-expressions around bars of chords and melodies.
//!
//! ```text
//! (title Example) (composer Somebody) (meter 4 4) (key -1) (tempo 160.0)
//! (section (style swing))
//! FM7 D7 | Gm7 / C7 / | FM7 | / |
//! (part (type melody) (instrument 73))
//! a8 c+8 f+4 r2 g4/3 a4/3 bb4/3
//! ```
//!
//! Words that begin with a capital are chords, sharing the beats of their bar; those in small letters are notes:
//! `c` is middle C, each `+` or `-` an octave up or down, then lengths that add up (`2+4`), with dots, and `/3`
//! for triplets; a melody of one note only says where the tune begins, and is not read. `/` lets the chord before
//! go on; of `X\Y`, one chord over another, the upper is read over the root of the lower.

use sideman_music::{
    Bar, Duration, Instrument, Key, Letter, Meter, Mode, Note, NoteName, Pitch, Sheet, Solo, Tempo, Time,
};

use crate::symbol::{self, Symbol};
use crate::{Credits, Error, Location, Tune, Warning};

/// The sheet, once for each melody of at least two notes; once without a melody where there is none.
///
/// # Errors
/// When there is no such s-expression, a parenthesis is not closed, or a word is neither chord nor note.
pub fn read(bytes: &[u8]) -> Result<Vec<Tune>, Error> {
    const NAME: &str = "a lead sheet of Impro-Visor";
    let text = String::from_utf8_lossy(bytes);
    let head = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    if !["(title", "(part", "(meter", "(composer", "(section"].iter().any(|word| head.starts_with(word)) {
        return Err(Error::NotThisFormat(NAME));
    }
    let mut leadsheet = Leadsheet::default();
    for item in items(&text) {
        let (line, item) = item?;
        let place = Location::Line(line);
        match item {
            LeadsheetItem::Expression(inside) => leadsheet.expression(inside, &place)?,
            LeadsheetItem::Word(word) => leadsheet.word(word, &place)?,
        }
    }
    leadsheet.finish()
}

/// An expression without its parentheses, or a word outside of any.
enum LeadsheetItem<'a> {
    Expression(&'a str),
    Word(&'a str),
}

/// The outermost items of a text, each with its line; no deeper than that, so that depth costs nothing.
fn items(text: &str) -> impl Iterator<Item = Result<(usize, LeadsheetItem<'_>), Error>> {
    let (mut at, mut line) = (0, 1);
    std::iter::from_fn(move || {
        let start = at + text[at..].find(|c: char| !c.is_whitespace() && c != ')')?;
        line += text[at..start].matches('\n').count();
        let rest = &text[start..];
        let length = match rest.as_bytes()[0] {
            b'(' => closing(rest),
            b'|' => Some(1),
            _ => Some(rest.find(|c: char| c.is_whitespace() || "()|".contains(c)).unwrap_or(rest.len())),
        };
        let Some(length) = length else {
            at = text.len();
            return Some(Err(Error::malformed(Location::Line(line), "this parenthesis is never closed")));
        };
        let item = match rest.strip_prefix('(') {
            Some(_) => LeadsheetItem::Expression(&rest[1..length - 1]),
            None => LeadsheetItem::Word(&rest[..length]),
        };
        let here = line;
        line += rest[..length].matches('\n').count();
        at = start + length;
        Some(Ok((here, item)))
    })
}

/// The length of the expression with which a text begins.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (i, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(i + 1),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The first word of an expression, and what follows it on one line.
fn head(expression: &str) -> (&str, String) {
    let (word, rest) = expression.trim().split_once(char::is_whitespace).unwrap_or((expression.trim(), ""));
    (word, rest.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[derive(Default)]
struct Leadsheet {
    title: String,
    composer: String,
    style: String,
    key: Option<Key>,
    tempo: Option<Tempo>,
    meter: Meter,
    bars: Vec<Bar>,
    /// What the bar that is not over yet holds.
    open: Vec<Symbol>,
    melodies: Vec<Melody>,
    warnings: Vec<Warning>,
}

impl Leadsheet {
    fn expression(&mut self, expression: &str, place: &Location) -> Result<(), Error> {
        let malformed = |error: sideman_music::Error| Error::malformed(place.clone(), error);
        let (word, value) = head(expression);
        match word {
            "title" => self.title = value,
            "composer" => self.composer = value,
            "style" if self.style.is_empty() => self.style = style(&value),
            "section" if self.style.is_empty() => {
                self.style = value.strip_prefix("(style").map(style).unwrap_or_default()
            }
            "meter" => self.meter = value.replace(' ', "/").parse().map_err(malformed)?,
            "key" => self.key = value.parse().ok().and_then(|fifths| Key::from_fifths(fifths, Mode::Major)),
            "tempo" => {
                let bpm = value.parse().ok().filter(|bpm: &f64| (1.0..2000.0).contains(bpm));
                self.tempo = bpm.map(|bpm| Tempo::micros_per_quarter((60e6 / bpm).round() as u32));
            }
            "part" => self.part(expression)?,
            _ => {}
        }
        Ok(())
    }

    /// Begins a melody where the part is one.
    fn part(&mut self, expression: &str) -> Result<(), Error> {
        let (mut melody, mut program) = (false, None);
        for item in items(expression) {
            let (_, LeadsheetItem::Expression(inside)) = item? else { continue };
            let (word, value) = head(inside);
            match word {
                "type" => melody = value == "melody",
                "instrument" => program = value.parse().ok(),
                _ => {}
            }
        }
        if melody {
            self.melodies
                .push(Melody { instrument: program.and_then(Instrument::from_program), ..Melody::default() });
        }
        Ok(())
    }

    fn word(&mut self, word: &str, place: &Location) -> Result<(), Error> {
        match word.chars().next() {
            Some('|') => self.bar_line(),
            Some('a'..='g' | 'r' | 'v') => {
                if self.melodies.is_empty() {
                    self.melodies.push(Melody::default());
                }
                let melody = self.melodies.last_mut();
                let known = melody.and_then(|melody| melody.take(word));
                known.ok_or_else(|| {
                    Error::malformed(place.clone(), format!("{word:?} is no note such as bb+8/3"))
                })?;
            }
            _ => {
                let chord = word.replace("phryg", "sus4b9");
                self.open.push(symbol::read(&chord, place, &mut self.warnings)?);
            }
        }
        Ok(())
    }

    fn bar_line(&mut self) {
        if !self.open.is_empty() && self.bars.len() <= Sheet::MOST_BARS {
            self.bars.push(symbol::bar(self.meter, &self.open));
        }
        self.open.clear();
    }

    fn finish(mut self) -> Result<Vec<Tune>, Error> {
        self.bar_line();
        let melodies: Vec<Melody> =
            self.melodies.into_iter().filter(|melody| melody.notes.len() > 1).collect();
        if self.bars.is_empty() {
            let end = melodies.iter().map(|melody| melody.at).max().unwrap_or_default();
            let bars = (end.since_start().in_units_of(Duration::QUARTER / 16) + 15) / 16;
            let per_bar = self.meter.bar().in_units_of(Duration::QUARTER).max(1);
            let bars = ((bars + per_bar - 1) / per_bar).clamp(0, Sheet::MOST_BARS as i64 + 1);
            self.bars = vec![Bar::new(self.meter, Vec::new()); bars as usize];
        }
        let malformed = Error::in_part("bars");
        let sheet =
            Sheet::new(self.bars).map_err(malformed)?.with_title(&self.title).with_composer(&self.composer);
        let sheet = sheet.with_style(&self.style).with_key(self.key).with_tempo(self.tempo);
        if melodies.is_empty() {
            return Ok(vec![Tune::chart(sheet, self.warnings)]);
        }
        let tune = |melody: Melody| {
            let credits = Credits { instrument: melody.instrument, ..Credits::default() };
            let solo =
                Solo::new(melody.instrument.unwrap_or(Instrument::Voice), melody.notes).map_err(malformed)?;
            Ok(Tune {
                sheet: sheet.clone(),
                solo: Some(solo),
                spelling: Default::default(),
                credits,
                form: Default::default(),
                warnings: self.warnings.clone(),
            })
        };
        melodies.into_iter().map(tune).collect()
    }
}

/// The name of a style, without what follows it in parentheses.
fn style(text: &str) -> String {
    text.split(['(', ')']).next().unwrap_or_default().trim().to_owned()
}

/// A melody as far as it is read.
struct Melody {
    instrument: Option<Instrument>,
    notes: Vec<Note>,
    at: Time,
    length: Duration,
    velocity: Option<u8>,
}

impl Default for Melody {
    fn default() -> Self {
        let length = Duration::QUARTER / 2;
        Self { instrument: None, notes: Vec::new(), at: Time::ZERO, length, velocity: None }
    }
}

impl Melody {
    /// Takes a note, a rest or a velocity; without a length it is as long as the one before.
    fn take(&mut self, word: &str) -> Option<()> {
        if let Some(velocity) = word.strip_prefix('v') {
            self.velocity = Some(velocity.parse().ok().filter(|v| (1..=127).contains(v))?);
            return Some(());
        }
        let split = word.find(|c: char| c.is_ascii_digit()).unwrap_or(word.len());
        let (name, length) = word.split_at(split);
        if !length.is_empty() {
            self.length = lengths(length)?;
        }
        if name != "r" {
            let pitch = pitch(name)?;
            self.notes.push(Note { velocity: self.velocity, ..Note::new(self.at, self.length, pitch) });
        }
        self.at += self.length;
        Some(())
    }
}

/// `c`, `bb`, `f#+`, `e---`: middle C is `c`.
fn pitch(name: &str) -> Option<Pitch> {
    let spelled = name.trim_end_matches(['+', '-']);
    let octaves: i32 = name[spelled.len()..].chars().map(|c| if c == '+' { 1 } else { -1 }).sum();
    let mut accidentals = spelled.chars();
    let letter = Letter::from_name(accidentals.next()?.to_ascii_uppercase())?;
    let alter = accidentals.try_fold(0, |sum, c| {
        Some(
            sum + match c {
                'b' => -1,
                '#' => 1,
                _ => return None,
            },
        )
    })?;
    let number = 60 + NoteName::new(letter, alter)?.alter() + letter.semitones() + 12 * octaves;
    u8::try_from(number).ok().and_then(Pitch::new)
}

/// Lengths that add up: parts of a whole note, with `/3` in the time of the power of two below, and dots.
fn lengths(text: &str) -> Option<Duration> {
    let sum: Duration = text.split('+').map(length).sum::<Option<Duration>>()?;
    (sum > Duration::ZERO && sum < Duration::WHOLE * 1000).then_some(sum)
}

fn length(text: &str) -> Option<Duration> {
    let plain = text.trim_end_matches('.');
    let dots = text.len() - plain.len();
    let (part, tuplet) = plain.split_once('/').unwrap_or((plain, "1"));
    let (part, tuplet): (i64, i64) = (part.parse().ok()?, tuplet.parse().ok()?);
    if !(1..=960).contains(&part) || !(1..=32).contains(&tuplet) || dots > 3 {
        return None;
    }
    let time_of = 1i64 << tuplet.ilog2();
    let dotted = (2i64 << dots) - 1;
    Some(Duration::quarters(4 * time_of * dotted, (part * tuplet) << dots))
}

#[cfg(test)]
mod tests;
