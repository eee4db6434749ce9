//! The text grammar of charts.
//!
//! ```text
//! title: Blue Example          header lines, all optional: title, composer, style, key, meter, tempo
//! [A] |: Dm7 | G7 |1. Cmaj7 | A7b9 :|2. Cmaj7 | % ||
//! [B] 3/4 Fm7 / Bb7 | N.C. | Eb6@1 D7@5/2 |
//! ```
//!
//! A bar line or the end of a line ends a bar. The chords and slashes of a bar share its beats, earlier ones
//! getting the beat that is over (three in 4/4 take 2, 1 and 1); `/` lets the chord before go on; `@` names
//! the beat, from 1, as a fraction. `%` repeats the bar before. `|: :|` repeats, `:|x3` three times, with
//! endings `1.`, `1,2.`, …

use std::fmt;
use std::str::FromStr;

use super::{Bar, Change, Sheet, too_many_changes};
use crate::{Chord, Duration, Error, Meter, Tempo};

/// The finest even division of a bar that is written with slashes.
const MOST_TOKENS: usize = 16;

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, words) in [("title", &self.title), ("composer", &self.composer), ("style", &self.style)] {
            if !words.is_empty() {
                writeln!(f, "{name}: {words}")?;
            }
        }
        self.key.map_or(Ok(()), |key| writeln!(f, "key: {key}"))?;
        writeln!(f, "meter: {}", self.bars[0].meter)?;
        self.tempo.map_or(Ok(()), |tempo| writeln!(f, "tempo: {}", tempo_text(tempo)))?;
        let mut on_line = 0;
        for (i, bar) in self.bars.iter().enumerate() {
            if i > 0 && (on_line == 4 || bar.section.is_some()) {
                writeln!(f, " |")?;
                on_line = 0;
            }
            write!(f, "{}", if on_line == 0 { "| " } else { " | " })?;
            let before = i.checked_sub(1).map(|b| &self.bars[b]);
            write_bar(f, bar, before)?;
            on_line += 1;
        }
        writeln!(f, " |")
    }
}

fn write_bar(f: &mut fmt::Formatter<'_>, bar: &Bar, before: Option<&Bar>) -> fmt::Result {
    if let Some(label) = &bar.section {
        write!(f, "[{label}] ")?;
    }
    if before.is_some_and(|b| b.meter != bar.meter) {
        write!(f, "{} ", bar.meter)?;
    }
    let same = before.is_some_and(|b| b.changes == bar.changes && b.meter == bar.meter);
    if same && !bar.changes.is_empty() { write!(f, "%") } else { write!(f, "{}", bar_text(bar)) }
}

fn bar_text(bar: &Bar) -> String {
    let even = (1..=MOST_TOKENS).find_map(|count| {
        let mut left = bar.changes.iter().peekable();
        let tokens: Vec<String> = (0..count)
            .map(|i| {
                left.next_if(|c| c.at == token_start(bar.meter, i, count))
                    .map_or("/".into(), |c| name(c.chord))
            })
            .collect();
        left.peek().is_none().then(|| tokens.join(" "))
    });
    even.unwrap_or_else(|| {
        let beat = |c: &Change| c.at * i64::from(bar.meter.unit()) / 4 + Duration::QUARTER;
        bar.changes.iter().map(|c| format!("{}@{}", name(c.chord), beat(c))).collect::<Vec<_>>().join(" ")
    })
}

fn name(chord: Option<Chord>) -> String {
    chord.map_or("N.C.".into(), |c| c.to_string())
}

/// Where token `index` of `count` stands in a bar: on a beat while there are enough of them.
fn token_start(meter: Meter, index: usize, count: usize) -> Duration {
    let beats = usize::from(meter.beats());
    if count <= beats {
        meter.beat() * (index * beats).div_ceil(count) as i64
    } else {
        meter.bar() * index as i64 / count as i64
    }
}

/// Whole beats a minute as such, other tempi as microseconds a quarter note.
fn tempo_text(tempo: Tempo) -> String {
    let bpm = u16::try_from(tempo.to_bpm()).unwrap_or(u16::MAX);
    if Tempo::bpm(bpm) == tempo { bpm.to_string() } else { format!("{}us", tempo.micros()) }
}

fn read_tempo(text: &str) -> Result<Tempo, Error> {
    let fail = || Error::new("tempo", text, "write quarter notes a minute, from 1 to 999");
    if let Some(micros) = text.strip_suffix("us") {
        return micros.parse().ok().filter(|&m| m > 0).map(Tempo::micros_per_quarter).ok_or_else(fail);
    }
    text.parse().ok().filter(|bpm| (1..=u16::MAX).contains(bpm)).map(Tempo::bpm).ok_or_else(fail)
}

impl FromStr for Sheet {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut header = SheetHeader::default();
        let mut body = String::new();
        for line in text.lines() {
            if !header.take(line)? {
                body.push_str(line);
                body.push('\n');
            }
        }
        let written = read_written(&body, header.meter)?;
        let sheet = Self::new(expand(&written)?)?;
        let sheet = sheet.with_title(header.title).with_composer(header.composer).with_style(header.style);
        Ok(sheet.with_key(header.key).with_tempo(header.tempo))
    }
}

#[derive(Default)]
struct SheetHeader<'a> {
    title: &'a str,
    composer: &'a str,
    style: &'a str,
    key: Option<crate::Key>,
    meter: Meter,
    tempo: Option<Tempo>,
}

impl<'a> SheetHeader<'a> {
    /// Takes a header line; says whether it was one.
    fn take(&mut self, line: &'a str) -> Result<bool, Error> {
        let Some((name, value)) = line.split_once(':') else { return Ok(false) };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "title" => self.title = value,
            "composer" => self.composer = value,
            "style" => self.style = value,
            "key" => self.key = Some(value.parse()?),
            "meter" => self.meter = value.parse()?,
            "tempo" => self.tempo = Some(read_tempo(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// A bar as it stands on the page.
struct WrittenBars {
    bar: Bar,
    repeat_from: bool,
    /// How often what ends here is played; 1 without a repeat sign.
    plays: usize,
    /// The passes for which the ending that begins here is played.
    ending: Vec<usize>,
}

fn read_written(body: &str, mut meter: Meter) -> Result<Vec<WrittenBars>, Error> {
    let mut bars: Vec<WrittenBars> = Vec::new();
    let mut next = Signs::default();
    let mut count = 0;
    for piece in body.split_inclusive(['|', '\n']) {
        let text = piece.trim_end_matches(['|', '\n', '\r']).trim();
        let (opens, text) = text.strip_prefix(':').map_or((false, text), |rest| (true, rest));
        next.repeat_from |= opens;
        let (closes, text) = text.strip_suffix(':').map_or((false, text), |rest| (true, rest));
        let (times, text) = take_times(text.trim());
        if let (Some(times), Some(last)) = (times, bars.last_mut()) {
            last.plays = times;
        }
        let at = |error: Error| error.at(format!("bar {}", bars.len() + 1));
        let chords = next.take(text, &mut meter).map_err(at)?;
        if !chords.is_empty() {
            let changes = read_changes(chords, meter, bars.last()).map_err(at)?;
            count += changes.len();
            bars.push(std::mem::take(&mut next).over(Bar::new(meter, changes)));
            within(bars.len(), count)?;
        }
        if let (true, Some(last)) = (closes, bars.last_mut()) {
            last.plays = 2;
        }
    }
    Ok(bars)
}

/// Whether so many bars and changes may stand in a chart, as they are counted while it is read.
fn within(bars: usize, changes: usize) -> Result<(), Error> {
    if bars > Sheet::MOST_BARS {
        return Err(Error::new("chart length", &format!("{bars} bars"), "a chart has at most 20000 bars"));
    }
    if changes > Sheet::MOST_CHANGES { Err(too_many_changes(changes)) } else { Ok(()) }
}

/// The signs that stand before the chords of a bar.
#[derive(Default)]
struct Signs<'a> {
    repeat_from: bool,
    section: Option<&'a str>,
    ending: Vec<usize>,
}

impl<'a> Signs<'a> {
    /// Takes the signs at the start of a text, and gives what follows them.
    fn take(&mut self, mut text: &'a str, meter: &mut Meter) -> Result<&'a str, Error> {
        loop {
            let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
            if let Some((label, rest)) = text.strip_prefix('[').and_then(|t| t.split_once(']')) {
                if label.chars().count() > Bar::LONGEST_LABEL {
                    return Err(Error::new("section", label, "its label has more than 100 letters"));
                }
                self.section = Some(label);
                text = rest.trim();
                continue;
            } else if let Some(passes) = read_ending(word) {
                self.ending = passes;
            } else if word.starts_with(|c: char| c.is_ascii_digit()) {
                *meter = word.parse()?;
            } else {
                return Ok(text);
            }
            text = rest.trim();
        }
    }

    fn over(self, bar: Bar) -> WrittenBars {
        let bar = match self.section {
            Some(label) => bar.with_section(label),
            None => bar,
        };
        WrittenBars { bar, repeat_from: self.repeat_from, plays: 1, ending: self.ending }
    }
}

/// `x3` after a repeat sign.
fn take_times(text: &str) -> (Option<usize>, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let times = word.strip_prefix('x').and_then(|n| n.parse().ok()).filter(|n| (1..=64).contains(n));
    times.map_or((None, text), |n| (Some(n), rest.trim()))
}

/// `1.`, `1,2.` and the like.
fn read_ending(word: &str) -> Option<Vec<usize>> {
    word.strip_suffix('.')?.split(',').map(|n| n.parse().ok().filter(|n| (1..=64).contains(n))).collect()
}

fn read_changes(text: &str, meter: Meter, before: Option<&WrittenBars>) -> Result<Vec<Change>, Error> {
    match before {
        Some(before) if text == "%" && before.bar.meter == meter => return Ok(before.bar.changes.clone()),
        _ if text == "%" => {
            return Err(Error::new("repeated bar", text, "it needs a bar of the same meter before it"));
        }
        _ => {}
    }
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let mut changes = Vec::new();
    for (i, token) in tokens.iter().enumerate().filter(|(_, token)| **token != "/") {
        let (symbol, beat) = token.split_once('@').map_or((*token, None), |(s, b)| (s, Some(b)));
        let at = match beat {
            None => token_start(meter, i, tokens.len()),
            Some(beat) => (beat.parse::<Duration>()? - Duration::QUARTER) * 4 / i64::from(meter.unit()),
        };
        if at < Duration::ZERO || at >= meter.bar() {
            return Err(Error::new("beat", token, "beats count from 1 and end with the bar"));
        }
        let chord = match symbol {
            "N.C." | "NC" | "N.C" | "n" => None,
            _ => Some(symbol.parse()?),
        };
        changes.push(Change { at, chord });
    }
    Ok(changes)
}

/// The bars in the order they are played.
fn expand(written: &[WrittenBars]) -> Result<Vec<Bar>, Error> {
    let mut bars = Vec::new();
    let mut changes = 0;
    let (mut i, mut from, mut pass) = (0, 0, 1);
    while let Some(here) = written.get(i) {
        if here.repeat_from && i != from {
            (from, pass) = (i, 1);
        }
        if !here.ending.is_empty() && !here.ending.contains(&pass) {
            i = after_ending(written, i);
            continue;
        }
        changes += here.bar.changes.len();
        within(bars.len() + 1, changes)?;
        bars.push(here.bar.clone());
        let again = here.plays > 1 && (pass < here.plays || ending_for(written, from, pass + 1));
        if again {
            pass += 1;
            i = from;
        } else {
            if here.plays > 1 {
                (from, pass) = (i + 1, 1);
            }
            i += 1;
        }
    }
    Ok(bars)
}

/// The bar behind the ending that begins at `start`.
fn after_ending(written: &[WrittenBars], start: usize) -> usize {
    let ends = |i: &usize| written[i - 1].plays > 1 || !written[*i].ending.is_empty();
    (start + 1..written.len()).find(ends).unwrap_or(written.len())
}

/// Whether the repeat that begins at `from` has an ending for this pass.
fn ending_for(written: &[WrittenBars], from: usize, pass: usize) -> bool {
    let repeat = written.iter().skip(from).enumerate();
    repeat.take_while(|(i, w)| *i == 0 || !w.repeat_from).any(|(_, w)| w.ending.contains(&pass))
}
