//! The music of a tune.

use std::collections::BTreeMap;

use sideman_music::{CodaPlace, Duration, Letter, Meter, NoteName, Pitch, Sheet};

use super::chords;
use super::header::{self, Signature, TuneHeader, accidental, unit};
use crate::symbol::{self, Symbol};
use crate::unfold::{SourceMeasure, SourceTone};
use crate::{Location, Warning, WarningKind};

/// The measures of a tune while they are read.
pub(super) struct Body {
    measures: Vec<SourceMeasure>,
    measure: SourceMeasure,
    key: Signature,
    unit: Duration,
    meter: Meter,
    /// Accidentals of the measure, by letter and octave.
    accidentals: BTreeMap<(usize, i32), i32>,
    /// Those of the measure before, for what is tied to it.
    held: BTreeMap<(usize, i32), i32>,
    cursor: Duration,
    /// How the next notes of a tuplet are shortened: to how many in the time of how many, for how many more.
    tuplet: Option<(i64, i64, usize)>,
    /// What the next note is multiplied with after `>` or `<`.
    broken: Option<(i64, i64)>,
    /// The length of the last note or rest, and where its tones begin.
    last: Option<(Duration, usize)>,
    /// The last note is tied to the next.
    tie: bool,
    /// The voice that is read, and whether it is the first.
    voice: Option<String>,
    silent: bool,
    warnings: Vec<Warning>,
}

impl Body {
    pub(super) fn new(header: &TuneHeader) -> Self {
        Self {
            measures: Vec::new(),
            measure: SourceMeasure::new("1".into(), header.meter),
            key: header.key.clone(),
            unit: header.unit(),
            meter: header.meter,
            accidentals: BTreeMap::new(),
            held: BTreeMap::new(),
            cursor: Duration::ZERO,
            tuplet: None,
            broken: None,
            last: None,
            tie: false,
            voice: None,
            silent: false,
            warnings: Vec::new(),
        }
    }

    pub(super) fn finish(mut self) -> (Vec<SourceMeasure>, Vec<Warning>) {
        self.end_measure();
        (self.measures, self.warnings)
    }

    fn place(&self) -> Location {
        Location::bar(&self.measure.number)
    }

    /// A field between lines or within one.
    pub(super) fn field(&mut self, name: char, value: &str) {
        match name {
            'K' => self.key = Signature::read(value),
            'L' => self.unit = unit(value).unwrap_or(self.unit),
            'M' => match value.parse() {
                Ok(meter) => {
                    self.meter = meter;
                    if self.cursor == Duration::ZERO {
                        self.measure.meter = meter;
                    }
                }
                Err(error) => self.warnings.push(Warning::new(self.place(), error).of(WarningKind::Bars)),
            },
            'P' => self.measure.section = Some(value.to_owned()),
            'V' => {
                let name = value.split_whitespace().next().unwrap_or_default().to_owned();
                self.silent = *self.voice.get_or_insert(name.clone()) != name;
            }
            _ => {}
        }
    }

    pub(super) fn line(&mut self, line: &str) {
        let mut rest = line;
        while let Some(first) = rest.chars().next().filter(|&c| c != '%' && !self.silent) {
            if self.measures.len() > Sheet::MOST_BARS {
                return;
            }
            rest = self.token(first, rest);
        }
    }

    /// Takes what begins with `first`, the first character of `all`; gives the rest.
    fn token<'a>(&mut self, first: char, all: &'a str) -> &'a str {
        let after = &all[first.len_utf8()..];
        let until = |end: char| after.split_once(end).unwrap_or((after, ""));
        match first {
            '"' => {
                let (words, rest) = until('"');
                self.words(words);
                rest
            }
            '!' | '+' => {
                let (name, rest) = until(first);
                self.decoration(name);
                rest
            }
            '{' => until('}').1,
            '&' => self.overlay(after),
            '|' | ':' => self.bar_line(all),
            '[' => self.bracket(after),
            '(' => self.tuplet(after),
            '-' => {
                self.tie = true;
                after
            }
            '>' | '<' => self.broken(first, all),
            'z' | 'x' => self.rest(after),
            'Z' => self.rest_bars(after),
            '^' | '_' | '=' | 'A'..='G' | 'a'..='g' => match self.pitch(all) {
                Some((head, rest)) => self.note(&[(head, (1, 1))], rest),
                None => after,
            },
            _ => after,
        }
    }

    /// A chord symbol; what begins with a sign of place, or is no chord from beginning to end, is a word for the reader.
    fn words(&mut self, words: &str) {
        let plain = words.trim_start_matches(['^', '_', '<', '>', '@']).trim();
        if plain.len() < words.len() || plain.is_empty() {
            return self.decoration(plain);
        }
        let place = self.place();
        let read = chords::symbol(plain).map(|name| symbol::read(&name, &place, &mut self.warnings));
        match read {
            Some(Ok(Symbol::Chord(chord))) => self.measure.chords.push((self.cursor, Some(chord))),
            Some(Ok(Symbol::Silence)) => self.measure.chords.push((self.cursor, None)),
            Some(Ok(Symbol::Slash)) => {}
            Some(Err(_)) | None => self.decoration(plain),
        }
    }

    fn decoration(&mut self, name: &str) {
        let signs = &mut self.measure.signs;
        match name.trim().to_lowercase().as_str() {
            "dacoda" => signs.to_coda = true,
            "coda" => signs.coda_sign = Some(CodaPlace::Within),
            _ => {
                signs.take_words(name);
            }
        }
    }

    /// `|`, `||`, `|]`, `|:`, `:|`, `::`, and the number of an ending behind it.
    fn bar_line<'a>(&mut self, all: &'a str) -> &'a str {
        let mut length = all.find(|c| !matches!(c, '|' | ':')).unwrap_or(all.len());
        if all[length..].starts_with(']') {
            length += 1;
        }
        let (line, rest) = all.split_at(length);
        let opens = line.chars().rev().take_while(|&c| c == ':').count();
        let closes = line.chars().take_while(|&c| c == ':').count();
        let apart = line == ":" && self.measure.length == Duration::ZERO;
        let (both, closes) = if apart { (true, 0) } else { (closes == line.len(), closes) };
        self.end_measure();
        if let Some(last) = self.measures.last_mut() {
            last.signs.closes |= line.contains("||") || line.contains("|]");
            if closes > 0 {
                last.signs.plays = 64.min(if both { 2 } else { closes + 1 });
            }
        }
        self.measure.signs.repeat_from |= opens > 0 && (both || opens < line.len());
        self.ending(rest)
    }

    /// `1`, `1,2` or `1-3` directly behind a bar line or bracket.
    fn ending<'a>(&mut self, text: &'a str) -> &'a str {
        let length = text.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '-').unwrap_or(text.len());
        let (numbers, rest) = text.split_at(length);
        if !numbers.starts_with(|c: char| c.is_ascii_digit()) {
            return text;
        }
        for range in numbers.split(',') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let number = |n: &str| n.parse::<usize>().ok().filter(|n| (1..=64).contains(n));
            if let (Some(first), Some(last)) = (number(first), number(last)) {
                self.measure.signs.ending.extend(first..=last);
            }
        }
        rest
    }

    /// `& G4`: a second voice over the bar, to its end.
    fn overlay<'a>(&mut self, after: &'a str) -> &'a str {
        self.warnings
            .push(Warning::new(self.place(), "the voice behind & is left out").of(WarningKind::LeftOut));
        let quoted = |at: usize| !after[..at].matches('"').count().is_multiple_of(2);
        let mut lines = after.match_indices(['|', '%']).map(|(at, _)| at).filter(|&at| !quoted(at));
        let end = lines.next().unwrap_or(after.len());
        &after[after[..end].trim_end_matches(':').len()..]
    }

    /// `[K:G]`, `[1`, `[|` or `[CEG]2`.
    fn bracket<'a>(&mut self, after: &'a str) -> &'a str {
        if after.starts_with(|c: char| c.is_ascii_digit()) {
            return self.ending(after);
        }
        if after.starts_with('|') {
            return self.bar_line(after);
        }
        let Some((inside, rest)) = after.split_once(']') else { return "" };
        if let Some((name, value)) = header::field(inside) {
            self.field(name, value);
            return rest;
        }
        let (mut heads, mut notes, mut ties) = (Vec::new(), inside, false);
        while let Some(first) = notes.chars().next() {
            match self.pitch(notes) {
                Some((head, more)) => {
                    let (length, more) = ratio(more);
                    heads.push((head, length));
                    notes = more;
                }
                None => {
                    ties |= first == '-';
                    notes = &notes[first.len_utf8()..];
                }
            }
        }
        let rest = if heads.is_empty() { rest } else { self.note(&heads, rest) };
        self.tie |= ties;
        rest
    }

    /// `(3`, `(3:2`, `(3:2:4`; a bracket without a number is a slur.
    fn tuplet<'a>(&mut self, after: &'a str) -> &'a str {
        let length = after.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(after.len());
        let (figures, rest) = after.split_at(length);
        let mut figures = figures.split(':').map(|n| n.parse::<i64>().ok().filter(|n| (1..=32).contains(n)));
        let Some(actual) = figures.next().flatten() else { return after };
        let compound = self.meter.unit() == 8 && self.meter.beats().is_multiple_of(3);
        let usual = match actual {
            2 | 4 | 8 => 3,
            3 | 6 => 2,
            _ => {
                if compound {
                    3
                } else {
                    2
                }
            }
        };
        let normal = figures.next().flatten().unwrap_or(usual);
        let count = figures.next().flatten().unwrap_or(actual);
        self.tuplet = Some((actual, normal, usize::try_from(count).unwrap_or(0)));
        rest
    }

    /// `a>b`: the first half as long again, the second half as long; more signs, more so.
    fn broken<'a>(&mut self, sign: char, all: &'a str) -> &'a str {
        let count = all.chars().take_while(|&c| c == sign).count();
        let rest = &all[count..];
        let Some((length, tones)) = self.last.take().filter(|_| count <= 3) else { return rest };
        let parts = 1i64 << count;
        let (long, short) = (2 * parts - 1, 1);
        let (here, next) = if sign == '>' { (long, short) } else { (short, long) };
        let wanted = length * here / parts;
        self.measure.tones[tones..].iter_mut().for_each(|tone| tone.duration = tone.duration * here / parts);
        self.cursor += wanted - length;
        self.measure.length = self.cursor;
        self.broken = Some((next, parts));
        rest
    }

    /// A length such as `2`, `3/2`, `/`, `//` at the start of a text, with tuplet and broken rhythm.
    fn length<'a>(&mut self, text: &'a str) -> (Duration, &'a str) {
        let ((times, parts), rest) = ratio(text);
        let mut length = self.unit * times / parts;
        if let Some((actual, normal, left)) = self.tuplet {
            length = length * normal / actual;
            self.tuplet = (left > 1).then_some((actual, normal, left - 1));
        }
        if let Some((times, parts)) = self.broken.take() {
            length = length * times / parts;
        }
        (length.min(Duration::WHOLE * 64), rest)
    }

    /// Notes that begin together, each with its length inside of the brackets; the first one's is that of all.
    fn note<'a>(&mut self, heads: &[(Head, (i64, i64))], text: &'a str) -> &'a str {
        let (unit, rest) = self.length(text);
        let long =
            |&(_, (times, parts)): &(Head, (i64, i64))| (unit * times / parts).min(Duration::WHOLE * 64);
        let first = self.measure.tones.len();
        let tied = std::mem::take(&mut self.tie);
        let tone = |head: &(Head, (i64, i64))| SourceTone {
            at: self.cursor,
            duration: long(head),
            pitch: head.0.pitch,
            name: head.0.name,
            voice: String::new(),
            ties: false,
            tied,
        };
        self.measure.tones.extend(heads.iter().map(tone));
        self.advance(heads.first().map_or(unit, long), first);
        rest
    }

    fn rest<'a>(&mut self, text: &'a str) -> &'a str {
        let (duration, rest) = self.length(text);
        self.tie = false;
        self.advance(duration, self.measure.tones.len());
        rest
    }

    fn advance(&mut self, duration: Duration, tones: usize) {
        self.cursor = (self.cursor + duration).min(Duration::WHOLE * 64);
        self.measure.length = self.cursor;
        self.last = Some((duration, tones));
    }

    /// `Z4`: whole bars of rest.
    fn rest_bars<'a>(&mut self, text: &'a str) -> &'a str {
        let length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let count: usize = text[..length].parse().unwrap_or(1);
        for i in 0..count.clamp(1, 1000) {
            if i > 0 {
                self.end_measure();
            }
            self.advance(self.meter.bar(), self.measure.tones.len());
        }
        &text[length..]
    }

    /// A pitch at the start of a text: accidentals, a letter, octaves. A note tied to one keeps its accidental; parts of
    /// semitones, such as `_/`, are rounded.
    fn pitch<'a>(&mut self, text: &'a str) -> Option<(Head, &'a str)> {
        let (alter, named) = alteration(text);
        let name = named.chars().next()?;
        let letter = Letter::from_name(name.to_ascii_uppercase())?;
        let index = letter as usize;
        let rest = &named[1..];
        let marks = rest.find(|c| !matches!(c, ',' | '\'')).unwrap_or(rest.len());
        let octave: i32 = rest[..marks].chars().map(|c| if c == ',' { -1 } else { 1 }).sum();
        let octave = octave.clamp(-9, 9) + i32::from(name.is_ascii_lowercase());
        if let Some(alter) = alter {
            self.accidentals.insert((index, octave), alter);
        }
        let held = self.held.get(&(index, octave)).filter(|_| self.tie).copied();
        let told = self.accidentals.get(&(index, octave)).copied().or(held);
        let alter = told.unwrap_or(self.key.alter[index]);
        let number = 60 + 12 * octave + letter.semitones() + alter;
        let pitch = u8::try_from(number).ok().and_then(Pitch::new)?;
        Some((Head { pitch, name: NoteName::new(letter, alter) }, &rest[marks..]))
    }

    /// Ends the measure if it holds anything; what stands on an empty one belongs to the next.
    fn end_measure(&mut self) {
        if self.measure.length == Duration::ZERO && self.measure.chords.is_empty() {
            return;
        }
        let number = (self.measures.len() + 2).to_string();
        let mut measure = std::mem::replace(&mut self.measure, SourceMeasure::new(number, self.meter));
        let short =
            |measure: &SourceMeasure| measure.length > Duration::ZERO && measure.length < measure.meter.bar();
        measure.implicit = short(&measure) && self.measures.last().is_some_and(short);
        self.measures.push(measure);
        (self.cursor, self.last) = (Duration::ZERO, None);
        self.held = std::mem::take(&mut self.accidentals);
    }
}

/// A note as it is written, without its length.
struct Head {
    pitch: Pitch,
    name: Option<NoteName>,
}

/// The accidental at the start of a text, in semitones, and what stands behind it.
fn alteration(text: &str) -> (Option<i32>, &str) {
    let signs = text.find(|c| accidental(c).is_none()).unwrap_or(text.len());
    if signs == 0 {
        return (None, text);
    }
    let sum: i32 = text[..signs].chars().filter_map(accidental).sum::<i32>().clamp(-2, 2);
    let rest = &text[signs..];
    let length = rest.find(|c: char| !c.is_ascii_digit() && c != '/').unwrap_or(rest.len());
    let ((times, parts), named) = if length > 0 { ratio(rest) } else { ((1, 1), rest) };
    let eighths = i64::from(sum) * times * 8 / parts;
    (Some(((eighths + 4).div_euclid(8)).clamp(-2, 2) as i32), named)
}

/// A length such as `2`, `3/2`, `/`, `//` at the start of a text, as a fraction; 1 where there is none.
fn ratio(text: &str) -> ((i64, i64), &str) {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (times, rest) = text.split_at(digits(text));
    let slashes = rest.len() - rest.trim_start_matches('/').len();
    let (parts, rest) = rest[slashes..].split_at(if slashes > 0 { digits(&rest[slashes..]) } else { 0 });
    let times: i64 = times.parse().unwrap_or(1).clamp(1, 1000);
    let parts: i64 = parts.parse().unwrap_or(1i64 << slashes.min(10)).clamp(1, 1024);
    ((times, parts), rest)
}
