//! The text grammar of charts.
//!
//! ```text
//! title: Blue Example          header lines, all optional: title, composer, style, key, meter, tempo, pickup
//! [A] |: Dm7 | G7 |1. Cmaj7 | A7b9 :|2. Cmaj7 | % ||
//! [B] 3/4 Fm7 / Bb7 | N.C. | Eb6@1 D7@5/2 |
//! ```
//!
//! A bar line or the end of a line ends a bar. The chords and slashes of a bar share its beats, earlier ones
//! getting the beat that is over (three in 4/4 take 2, 1 and 1); `/` lets the chord before go on; `@` names
//! the beat, from 1, as a fraction. A chord in parentheses, `C7 (Gb7)`, is an alternative to what stands before it. `%` repeats the bar before. `|: :|` repeats, `:|x3` three times, with
//! endings `1.`, `1,2.`, …; `||` closes a section. Words in angle brackets, before the chords of a bar or behind them, are
//! `<Segno>`, `<Coda>`, `<To Coda>`, `<Fine>` and jumps such as `<D.S. al Coda>`. The header `pickup:` is a bar before the
//! first, of which the end alone is played.

use std::fmt;
use std::str::FromStr;

use super::{Bar, Change, Sheet, too_many_changes};
use crate::{Chord, CodaPlace, Duration, Error, FormSigns, Meter, OrderOfPlay, Tempo};

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
        if !self.pickup.is_empty() {
            let meter = self.bars[0].meter;
            writeln!(f, "pickup: {}", bar_text(&Bar::new(meter, moved(&self.pickup, meter.bar()))))?;
        }
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

fn moved(changes: &[Change], by: Duration) -> Vec<Change> {
    changes.iter().map(|change| Change { at: change.at + by, ..*change }).collect()
}

fn write_bar(f: &mut fmt::Formatter<'_>, bar: &Bar, before: Option<&Bar>) -> fmt::Result {
    if let Some(label) = &bar.section {
        write!(f, "[{label}] ")?;
    }
    if before.is_some_and(|b| b.meter != bar.meter) {
        write!(f, "{} ", bar.meter)?;
    }
    let same = before.is_some_and(|b| {
        b.changes == bar.changes && b.alternatives == bar.alternatives && b.meter == bar.meter
    });
    // The first bar of a section shows its chords.
    let same = same && bar.section.is_none();
    if same && !bar.changes.is_empty() { write!(f, "%") } else { write!(f, "{}", bar_text(bar)) }
}

fn bar_text(bar: &Bar) -> String {
    let even = (1..=MOST_TOKENS).find_map(|count| {
        let (mut left, mut others) = (bar.changes.iter().peekable(), bar.alternatives.iter().peekable());
        let mut tokens: Vec<String> = Vec::new();
        for at in (0..count).map(|i| token_start(bar.meter, i, count)) {
            tokens.push(left.next_if(|c| c.at == at).map_or("/".into(), |c| name(c.chord)));
            while let Some(other) = others.next_if(|c| c.at == at) {
                tokens.push(format!("({})", name(other.chord)));
            }
        }
        (left.peek().is_none() && others.peek().is_none()).then(|| tokens.join(" "))
    });
    even.unwrap_or_else(|| {
        let beat = |c: &Change| c.at * i64::from(bar.meter.unit()) / 4 + Duration::QUARTER;
        let changes = bar.changes.iter().map(|c| format!("{}@{}", name(c.chord), beat(c)));
        let others = bar.alternatives.iter().map(|c| format!("({})@{}", name(c.chord), beat(c)));
        changes.chain(others).collect::<Vec<_>>().join(" ")
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
        SheetPage::from_str(text).map(|page| page.sheet)
    }
}

/// A chart as it is written: the sheet, and how the order of its bars came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetPage {
    /// The chart, its form written out.
    pub sheet: Sheet,
    /// The order of play; a measure is a bar as it is written.
    pub order: OrderOfPlay,
    /// The bars as they are written.
    pub bars: Vec<Bar>,
}

impl FromStr for SheetPage {
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
        let (bars, signs): (Vec<Bar>, Vec<FormSigns>) =
            written.into_iter().map(|written| (written.bar, written.signs)).unzip();
        let order = OrderOfPlay::of(&signs);
        within(order.steps.len(), order.measures().map(|measure| bars[measure].changes.len()).sum())?;
        let sheet = Sheet::new(order.measures().map(|measure| bars[measure].clone()).collect())?;
        let sheet = sheet.with_title(header.title).with_composer(header.composer).with_style(header.style);
        let meter = sheet.bars[0].meter;
        let pickup = header.pickup.map(|text| read_bar(text, meter, None)).transpose()?;
        let pickup = moved(pickup.unwrap_or_default().changes(), Duration::ZERO - meter.bar());
        let sheet = sheet.with_key(header.key).with_tempo(header.tempo).with_pickup(pickup);
        Ok(Self { sheet, order, bars })
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
    pickup: Option<&'a str>,
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
            "pickup" => self.pickup = Some(value),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// A bar as it stands on the page.
struct WrittenBars {
    bar: Bar,
    signs: FormSigns,
}

fn read_written(body: &str, mut meter: Meter) -> Result<Vec<WrittenBars>, Error> {
    let mut bars: Vec<WrittenBars> = Vec::new();
    let mut next = Signs::default();
    let (mut before, mut count) = ("", 0);
    for piece in body.split_inclusive(['|', '\n']) {
        let text = piece.trim_end_matches(['|', '\n', '\r']).trim();
        let (opens, text) = text.strip_prefix(':').map_or((false, text), |rest| (true, rest));
        next.form.repeat_from |= opens;
        let (closes, text) = text.strip_suffix(':').map_or((false, text), |rest| (true, rest));
        let (times, text) = take_times(text.trim());
        if let (Some(times), Some(last)) = (times, bars.last_mut()) {
            last.signs.plays = times;
        }
        let at = |error: Error| error.at(format!("bar {}", bars.len() + 1));
        let (text, behind) = take_words_behind(text).map_err(at)?;
        let chords = next.take(text, &mut meter).map_err(at)?;
        if !chords.is_empty() {
            let bar = read_bar(chords, meter, bars.last()).map_err(at)?;
            count += bar.changes.len() + bar.alternatives.len();
            bars.push(std::mem::take(&mut next).over(bar));
            within(bars.len(), count)?;
        }
        let double = text.is_empty() && piece.ends_with('|') && before.ends_with('|');
        before = piece;
        let Some(last) = bars.last_mut() else { continue };
        behind.into_iter().try_for_each(|words| say(&mut last.signs, words))?;
        last.signs.closes |= double;
        if closes {
            last.signs.plays = 2;
        }
    }
    Ok(bars)
}

/// The words in angle brackets behind the chords of a bar, and what stands before them.
fn take_words_behind(mut text: &str) -> Result<(&str, Vec<&str>), Error> {
    let mut behind = Vec::new();
    while let Some((rest, words)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        if rest.trim().is_empty() {
            break;
        }
        behind.push(words);
        text = rest.trim();
    }
    Ok((text, behind))
}

/// Words of the form.
fn say(signs: &mut FormSigns, words: &str) -> Result<(), Error> {
    match signs.take_words(words) {
        true => Ok(()),
        false => {
            Err(Error::new("words of the form", words, "write <Segno>, <Fine>, <D.C. al Coda> and the like"))
        }
    }
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
    section: Option<&'a str>,
    form: FormSigns,
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
                (self.section, self.form.section) = (Some(label), true);
                text = rest.trim();
                continue;
            } else if let Some((words, rest)) = text.strip_prefix('<').and_then(|t| t.split_once('>')) {
                say(&mut self.form, words)?;
                self.form.coda_sign = self.form.coda_sign.map(|_| CodaPlace::Before);
                text = rest.trim();
                continue;
            } else if let Some(passes) = read_ending(word) {
                self.form.ending = passes;
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
        WrittenBars { bar, signs: self.form }
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

fn read_bar(text: &str, meter: Meter, before: Option<&WrittenBars>) -> Result<Bar, Error> {
    match before {
        Some(WrittenBars { bar, .. }) if text == "%" && bar.meter == meter => {
            return Ok(Bar { section: None, ..bar.clone() });
        }
        _ if text == "%" => {
            return Err(Error::new("repeated bar", text, "it needs a bar of the same meter before it"));
        }
        _ => {}
    }
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let count = tokens.iter().filter(|token| !token.starts_with('(')).count();
    let (mut changes, mut alternatives) = (Vec::new(), Vec::new());
    let (mut index, mut at) = (0, Duration::ZERO);
    for token in tokens {
        let (symbol, beat) = token.split_once('@').map_or((token, None), |(s, b)| (s, Some(b)));
        let other = symbol.strip_prefix('(').and_then(|symbol| symbol.strip_suffix(')'));
        if other.is_none() {
            at = token_start(meter, index, count.max(1));
            index += 1;
        }
        if let Some(beat) = beat {
            at = (beat.parse::<Duration>()? - Duration::QUARTER) * 4 / i64::from(meter.unit());
        }
        if at < Duration::ZERO || at >= meter.bar() {
            return Err(Error::new("beat", token, "beats count from 1 and end with the bar"));
        }
        let chord = match other.unwrap_or(symbol) {
            "/" => continue,
            "N.C." | "NC" | "N.C" | "n" => None,
            symbol => Some(symbol.parse()?),
        };
        if other.is_some() { &mut alternatives } else { &mut changes }.push(Change { at, chord });
    }
    Ok(Bar::new(meter, changes).with_alternatives(alternatives))
}
