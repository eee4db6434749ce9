//! What stands before the music of a tune, and the fields in which it is said.

use sideman_music::{Duration, Key, Letter, Meter, Mode, NoteName, Sheet, Tempo};

/// A line such as `K:Dm`, without its comment.
pub(super) fn field(line: &str) -> Option<(char, &str)> {
    let mut chars = line.chars();
    let name = chars.next().filter(char::is_ascii_alphabetic)?;
    let value = chars.as_str().strip_prefix(':')?.split('%').next()?;
    Some((name, value.trim()))
}

/// What stands before the music.
#[derive(Default)]
pub(super) struct TuneHeader {
    pub(super) title: String,
    pub(super) composer: String,
    pub(super) style: String,
    pub(super) key: Signature,
    pub(super) meter: Meter,
    pub(super) unit: Option<Duration>,
    pub(super) tempo: Option<Tempo>,
    /// The names of the parts in the order of play; empty when it is that of the page.
    pub(super) parts: Vec<char>,
}

impl TuneHeader {
    /// The fields up to the key.
    pub(super) fn read(text: &str) -> Self {
        let mut header = Self::default();
        for (name, value) in text.lines().filter_map(field) {
            match name {
                'T' if header.title.is_empty() => header.title = value.to_owned(),
                'C' if header.composer.is_empty() => header.composer = value.to_owned(),
                'R' => header.style = value.to_owned(),
                'M' => header.meter = value.parse().unwrap_or_default(),
                'L' => header.unit = unit(value),
                'Q' => header.tempo = tempo(value),
                'P' => header.parts = order_of_parts(value),
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
    pub(super) fn unit(&self) -> Duration {
        let short = self.meter.bar() < Duration::QUARTER * 3;
        self.unit.unwrap_or(if short { Duration::QUARTER / 4 } else { Duration::QUARTER / 2 })
    }
}

/// `ABACA`, `A2B`, `(AB)3C`; at most as many parts as a sheet has bars.
fn order_of_parts(words: &str) -> Vec<char> {
    let mut parts: Vec<char> = Vec::new();
    let (mut open, mut last) = (Vec::new(), 0);
    let mut rest = words.chars().peekable();
    while let Some(sign) = rest.next() {
        match sign {
            '(' => open.push(parts.len()),
            ')' => last = open.pop().unwrap_or(last),
            '0'..='9' => {
                let mut times = sign.to_digit(10).unwrap_or(1) as usize;
                while let Some(digit) = rest.peek().and_then(|c| c.to_digit(10)) {
                    times = (times * 10 + digit as usize).min(Sheet::MOST_BARS);
                    rest.next();
                }
                let again = parts[last..].to_vec();
                let room = Sheet::MOST_BARS.saturating_sub(parts.len()) / again.len().max(1);
                (1..times.min(room + 1)).for_each(|_| parts.extend(&again));
            }
            _ if sign.is_alphabetic() && parts.len() < Sheet::MOST_BARS => {
                last = parts.len();
                parts.push(sign);
            }
            _ => {}
        }
    }
    parts
}

/// `1/8` of a whole note.
pub(super) fn unit(value: &str) -> Option<Duration> {
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
pub(super) struct Signature {
    pub(super) key: Option<Key>,
    /// From C to B.
    pub(super) alter: [i32; 7],
}

impl Signature {
    /// `Dm`, `G`, `A mix`, `Bb dorian`; anything else has no accidentals.
    pub(super) fn read(value: &str) -> Self {
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
        let alter = |letter: Letter| {
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
        Self { key: Key::new(tonic, mode), alter: Letter::ALL.map(alter) }
    }
}
