//! ABC notation: tunes with chord symbols in quotes.
//!
//! ```text
//! X:1
//! T:Example
//! M:4/4
//! L:1/8
//! K:F
//! |: "Gm7"GABd "C7"(3cde f>e |1 "F6"f4 z4 :|2 "F6"f8 |]
//! ```
//!
//! Melody, lengths, broken rhythm, tuplets, ties, chords, keys and modes, repeats, endings, parts (`P:`), inline
//! fields, changes of meter. Grace notes, decorations, lyrics and all voices but the first are left out.

mod body;

use sideman_music::{Duration, Instrument, Key, Meter, Mode, NoteName, Sheet, Solo, Tempo};

use crate::unfold;
use crate::{Credits, Error, Tune};
use body::Body;

/// Every tune. One that cannot be read is left out, with a warning on the tune before it or the first.
///
/// # Errors
/// When there is no tune with a key, or none can be read.
pub fn read(bytes: &[u8]) -> Result<Vec<Tune>, Error> {
    let text = String::from_utf8_lossy(bytes);
    let is_tune =
        |tune: &&str| has_field(tune, 'K') && ['X', 'T', 'M', 'L'].iter().any(|&name| has_field(tune, name));
    let tunes = split(&text).into_iter().filter(is_tune);
    let read = tunes.map(|tune| {
        let header = Header::read(tune);
        (header.title.clone(), read_tune(tune, header))
    });
    Tune::readable(read).unwrap_or(Err(Error::NotThisFormat("a tune in ABC notation")))
}

/// The tunes of a text, each from its `X:` on.
fn split(text: &str) -> Vec<&str> {
    let starts =
        text.match_indices("X:").map(|(i, _)| i).filter(|&i| i == 0 || text[..i].ends_with(['\n', '\r']));
    let mut starts: Vec<usize> = starts.collect();
    if starts.is_empty() {
        starts.push(0);
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &text[start..end]).collect()
}

fn has_field(text: &str, name: char) -> bool {
    text.lines().any(|line| field(line).is_some_and(|(field, _)| field == name))
}

/// A line such as `K:Dm`, without its comment.
fn field(line: &str) -> Option<(char, &str)> {
    let mut chars = line.chars();
    let name = chars.next().filter(char::is_ascii_alphabetic)?;
    let value = chars.as_str().strip_prefix(':')?.split('%').next()?;
    Some((name, value.trim()))
}

fn read_tune(text: &str, header: Header) -> Result<Tune, Error> {
    let malformed = Error::in_part("tune");
    let mut body = Body::new(&header);
    let lines = text.lines().skip_while(|line| field(line).is_none_or(|(name, _)| name != 'K')).skip(1);
    for line in lines.take_while(|line| field(line).is_none_or(|(name, _)| name != 'X')) {
        match field(line) {
            Some((name, value)) => body.field(name, value),
            None => body.line(line),
        }
    }
    let (measures, mut warnings) = body.finish();
    let played = unfold::unfold(&measures, &mut warnings);
    let sheet =
        Sheet::new(played.bars).map_err(malformed)?.with_title(&header.title).with_composer(&header.composer);
    let sheet = sheet.with_style(&header.style).with_key(header.key.key).with_tempo(header.tempo);
    let solo = match played.notes.is_empty() {
        true => None,
        false => Some(Solo::new(Instrument::Voice, played.notes).map_err(malformed)?),
    };
    Ok(Tune { sheet, solo, credits: Credits::default(), warnings })
}

/// What stands before the music.
#[derive(Default)]
struct Header {
    title: String,
    composer: String,
    style: String,
    key: Signature,
    meter: Meter,
    unit: Option<Duration>,
    tempo: Option<Tempo>,
}

impl Header {
    fn read(text: &str) -> Self {
        let mut header = Self::default();
        for (name, value) in text.lines().filter_map(field) {
            match name {
                'T' if header.title.is_empty() => header.title = value.to_owned(),
                'C' if header.composer.is_empty() => header.composer = value.to_owned(),
                'R' => header.style = value.to_owned(),
                'M' => header.meter = value.parse().unwrap_or_default(),
                'L' => header.unit = unit(value),
                'Q' => header.tempo = tempo(value),
                'K' => {
                    header.key = Signature::read(value);
                    break;
                }
                _ => {}
            }
        }
        header
    }

    /// `L:`, else a sixteenth in short meters and an eighth in others.
    fn unit(&self) -> Duration {
        let short = self.meter.bar() < Duration::QUARTER * 3;
        self.unit.unwrap_or(if short { Duration::QUARTER / 4 } else { Duration::QUARTER / 2 })
    }
}

/// `1/8` of a whole note.
fn unit(value: &str) -> Option<Duration> {
    let (n, d) = value.split_once('/').unwrap_or((value, "1"));
    let (n, d): (i64, i64) = (n.trim().parse().ok()?, d.trim().parse().ok()?);
    ((1..=64).contains(&n) && (1..=512).contains(&d)).then(|| Duration::quarters(4 * n, d))
}

/// `1/4=120`, or `120` quarter notes.
fn tempo(value: &str) -> Option<Tempo> {
    let value: String = value.split('"').step_by(2).collect();
    let (beat, bpm) = value.split_once('=').unwrap_or(("1/4", &value));
    let beat: Duration = beat.split_whitespace().map(unit).sum::<Option<Duration>>()?;
    let bpm: f64 = bpm.trim().parse().ok().filter(|bpm| (1.0..2000.0).contains(bpm))?;
    let (n, d) = beat.as_quarters();
    let micros = 60e6 / bpm * d as f64 / n.max(1) as f64;
    Some(Tempo::micros_per_quarter(micros.round() as u32))
}

/// A key signature: what each letter is altered by.
#[derive(Default, Clone)]
struct Signature {
    key: Option<Key>,
    /// From C to B.
    alter: [i32; 7],
}

impl Signature {
    /// `Dm`, `G`, `A mix`, `Bb dorian`; anything else has no accidentals.
    fn read(value: &str) -> Self {
        let letters = value.find(|c: char| !"ABCDEFGb#".contains(c)).unwrap_or(value.len());
        let tonic = (1..=letters.min(2))
            .rev()
            .find_map(|n| Some((value[..n].parse::<NoteName>().ok()?, &value[n..])));
        let Some((tonic, rest)) = tonic else { return Self::default() };
        let word: String = rest.trim().chars().take_while(char::is_ascii_alphabetic).collect();
        let (lower, mode) = match word.to_lowercase().get(..3).unwrap_or(&word.to_lowercase()) {
            "m" | "min" | "aeo" => (3, Mode::Minor),
            "mix" => (1, Mode::Major),
            "lyd" => (-1, Mode::Major),
            "dor" => (2, Mode::Minor),
            "phr" => (4, Mode::Minor),
            "loc" => (5, Mode::Minor),
            _ => (0, Mode::Major),
        };
        let fifths = tonic.fifths() - lower;
        let alter = |letter: sideman_music::Letter| {
            let place = NoteName::new(letter, 0).map_or(0, NoteName::fifths);
            // Sharps come from F (−1) upwards, flats from B (5) downwards.
            if place < fifths - 1 {
                1
            } else if place > fifths + 5 {
                -1
            } else {
                0
            }
        };
        Self { key: Key::new(tonic, mode), alter: sideman_music::Letter::ALL.map(alter) }
    }
}

#[cfg(test)]
mod tests;
