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
    /// `Dm`, `G`, `A mix`, `Bb dorian`, with accidentals of its own behind it as in `D phr ^f` or alone as in
    /// `D exp _b ^f`; `HP` is the pipes' A mixolydian. Anything else has no accidentals.
    pub(super) fn read(value: &str) -> Self {
        if value.get(..2).is_some_and(|pipes| pipes.eq_ignore_ascii_case("hp")) {
            return Self::read(&format!("A mix{}", &value[2..]));
        }
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
        let signature = match word.to_lowercase().as_str() {
            "exp" => [0; 7],
            _ => Letter::ALL.map(alter),
        };
        Self { key: Key::new(tonic, mode), alter: with_own_accidentals(signature, rest) }
    }
}

/// A signature with the accidentals that stand behind its key, such as `^f _b`; options such as `clef=bass` are none.
fn with_own_accidentals(mut alter: [i32; 7], words: &str) -> [i32; 7] {
    let is_option = |word: &&str| word.find('=').is_some_and(|at| word[..at].chars().any(char::is_lowercase));
    for word in words.split_whitespace().filter(|word| !is_option(word)) {
        let mut sign: Option<i32> = None;
        for c in word.chars() {
            match (accidental(c), Letter::from_name(c.to_ascii_uppercase())) {
                (Some(step), _) => sign = Some(sign.unwrap_or(0) + step),
                (None, Some(letter)) => {
                    alter[letter as usize] =
                        sign.take().map_or(alter[letter as usize], |sign| sign.clamp(-2, 2));
                }
                _ => sign = None,
            }
        }
    }
    alter
}

/// What a sign before a note alters it by.
pub(super) fn accidental(sign: char) -> Option<i32> {
    match sign {
        '^' => Some(1),
        '_' => Some(-1),
        '=' => Some(0),
        _ => None,
    }
}
