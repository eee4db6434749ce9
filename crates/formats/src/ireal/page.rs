//! The music of a song, as it stands on the page.

use sideman_music::{Bar, Change, Chord, CodaPlace, Duration, FormSigns, Meter, NoteName, Sheet};

use crate::symbol::{self, Symbol};
use crate::{Error, Location, Warning, WarningKind};

/// Empty cells behind a sign that make a bar of it: most bars of a page have four cells.
const ROOM_OF_A_BAR: usize = 3;

/// A bar and the signs on it.
#[derive(Clone)]
pub(super) struct PageBar {
    pub(super) bar: Bar,
    pub(super) signs: FormSigns,
}

/// The bars of a chart, in the order of the page.
///
/// # Errors
/// When a chord has no root.
pub(super) fn read(music: &str, warnings: &mut Vec<Warning>) -> Result<Vec<PageBar>, Error> {
    let mut page = Page { plays: 2, ..Page::default() };
    let mut rest = music;
    while let Some(first) = rest.chars().next().filter(|_| page.bars.len() <= Sheet::MOST_BARS) {
        rest = page.token(first, &rest[first.len_utf8()..], rest)?;
    }
    page.bar_line(' ');
    page.end();
    warnings.append(&mut page.warnings);
    Ok(page.bars)
}

#[derive(Default)]
struct Page {
    bars: Vec<PageBar>,
    meter: Meter,
    /// The cells of the bar that is not over yet, from its first symbol on.
    cells: Vec<Option<Symbol>>,
    /// How many empty cells stand before them.
    indent: usize,
    signs: FormSigns,
    label: Option<String>,
    /// The bar line with which the bar began.
    opened: char,
    /// How many bars back the one is that this one repeats.
    repeats: Option<usize>,
    /// The next bar, when empty, repeats the one two before it as well.
    second: bool,
    /// How often the repeat that ends next is played.
    plays: usize,
    chord: Option<Chord>,
    /// Alternative chords of the bar, each with how many changes stand before it.
    alternatives: Vec<(usize, Option<Chord>)>,
    warnings: Vec<Warning>,
}

impl Page {
    fn place(&self) -> Location {
        Location::BarOnPage(self.bars.len() + 1)
    }

    fn warn(&mut self, kind: WarningKind, words: impl ToString) {
        self.warnings.push(Warning::new(self.place(), words).of(kind));
    }

    /// Takes what begins with `first`; `after` follows that character in `all`. Gives the rest.
    fn token<'a>(&mut self, first: char, after: &'a str, all: &'a str) -> Result<&'a str, Error> {
        match first {
            ' ' if self.cells.is_empty() && self.repeats.is_none() => self.indent += 1,
            ' ' => self.cells.push(None),
            '|' | '[' | ']' | '{' | '}' | 'Z' => self.bar_line(first),
            'p' => self.cells.push(Some(Symbol::Slash)),
            'n' => {
                self.beside_repeat();
                self.cells.push(Some(Symbol::Silence));
            }
            'x' => self.repeat(1),
            'r' => self.repeat(2),
            'S' => self.signs.segno = true,
            'Q' => self.coda(),
            // Fermata, end mark, spacing, small and large print, a comma between symbols.
            'f' | 'U' | 'Y' | 's' | 'l' | ',' => {}
            '*' => return Ok(self.section(after)),
            'T' => return Ok(self.meter(after)),
            'N' => return Ok(self.ending(after)),
            '<' => return Ok(self.text(after)),
            '(' => return Ok(self.alternative(after)),
            'W' => return Ok(self.invisible(after)),
            'A'..='G' => return self.chord(all),
            other => self.warn(WarningKind::Words, format!("{other:?} is not known")),
        }
        Ok(after)
    }

    fn section<'a>(&mut self, after: &'a str) -> &'a str {
        let Some(name) = after.chars().next() else { return after };
        self.label = Some(if name == 'i' { "Intro".into() } else { name.to_string() });
        self.signs.section = true;
        &after[name.len_utf8()..]
    }

    /// `T34`; `T12` is 12/8.
    fn meter<'a>(&mut self, after: &'a str) -> &'a str {
        let figures = after.get(..2).unwrap_or_default();
        let meter = match figures {
            "12" => Meter::new(12, 8),
            _ => figures.parse().ok().and_then(|n: u8| Meter::new(n / 10, n % 10)),
        };
        let Some(meter) = meter else {
            self.warn(WarningKind::Bars, format!("meter T{figures} is not known"));
            return after;
        };
        self.meter = meter;
        &after[2..]
    }

    fn ending<'a>(&mut self, after: &'a str) -> &'a str {
        let Some(number) = after.chars().next().and_then(|c| c.to_digit(10)) else { return after };
        // N0 is an ending without a number: the last.
        let last = self.bars.iter().rev().find_map(|b| b.signs.ending.last().copied()).unwrap_or(0);
        self.signs.ending.push(if number == 0 { 64.min(last + 1) } else { number as usize });
        &after[1..]
    }

    fn coda(&mut self) {
        let begun = self.repeats.is_some() || !self.cells.is_empty();
        self.signs.coda_sign = Some(if begun { CodaPlace::Within } else { CodaPlace::Before });
    }

    /// `D.C. al Fine`, `D.S. al 2nd End.`, `Fine`, `3x`; other words are comments.
    fn text<'a>(&mut self, after: &'a str) -> &'a str {
        let (text, rest) = after.split_once('>').unwrap_or((after, ""));
        let raised = text.strip_prefix('*').and_then(|t| t.get(2..));
        let words = raised.unwrap_or(text).trim().to_lowercase();
        if let Some(plays) = words.strip_suffix('x').and_then(|n| n.trim().parse().ok()) {
            self.plays = 64.min(plays).max(2);
        } else if !self.signs.take_words(&words) && (words.starts_with("d.") || words.starts_with("to coda"))
        {
            self.warn(WarningKind::Words, format!("{text:?} is not followed"));
        }
        rest
    }

    /// `(D-7)`: another chord for the one before.
    fn alternative<'a>(&mut self, after: &'a str) -> &'a str {
        let (words, rest) = after.split_once(')').unwrap_or((after, ""));
        let name = words.trim_matches([' ', ',']).trim_start_matches(['s', 'l']).replace('*', "");
        let place = self.place();
        let before = self.cells.iter().flatten().filter(|symbol| **symbol != Symbol::Slash).count();
        match symbol::read(&name, &place, &mut self.warnings) {
            Ok(Symbol::Chord(chord)) => self.alternatives.push((before, Some(chord))),
            Ok(Symbol::Silence) => self.alternatives.push((before, None)),
            Ok(Symbol::Slash) | Err(_) => {
                self.warn(WarningKind::Alternatives, format!("the alternative ({words}) is left out"))
            }
        }
        rest
    }

    /// The bar with the alternatives that were read in it.
    fn with_alternatives(&mut self, bar: Bar) -> Bar {
        let own = std::mem::take(&mut self.alternatives).into_iter().map(|(before, chord)| {
            let change = before.checked_sub(1).and_then(|index| bar.changes().get(index));
            Change { at: change.map_or(Duration::ZERO, |change| change.at), chord }
        });
        let all = bar.alternatives().iter().copied().chain(own).collect();
        bar.with_alternatives(all)
    }

    /// A chord whose root is not shown: the one before, over another bass.
    fn invisible<'a>(&mut self, after: &'a str) -> &'a str {
        let (bass, rest) = after.strip_prefix('/').map_or((None, after), split_note);
        let chord = self
            .chord
            .zip(bass)
            .map(|(chord, bass)| Chord { bass: Some(bass).filter(|&b| b != chord.root), ..chord });
        self.beside_repeat();
        self.cells.push(Some(chord.map_or(Symbol::Slash, Symbol::Chord)));
        rest
    }

    fn chord<'a>(&mut self, all: &'a str) -> Result<&'a str, Error> {
        let mut length = 1;
        let mut written = None;
        loop {
            let rest = &all[length..];
            if let Some(word) = ["sus", "alt", "add"].iter().find(|word| rest.starts_with(**word)) {
                length += word.len();
            } else if rest.starts_with(|c: char| c.is_ascii_digit() || "+-^hob#".contains(c)) {
                length += 1;
            } else if let Some((quality, _)) = rest.strip_prefix('*').and_then(|rest| rest.split_once('*')) {
                written = Some(format!("{}{quality}", &all[..length]));
                length += quality.len() + 2;
            } else {
                break;
            }
        }
        let name = written.unwrap_or_else(|| all[..length].to_owned());
        let (bass, rest) = all[length..].strip_prefix('/').map_or((None, &all[length..]), split_note);
        let name = bass.map_or(name.clone(), |bass| format!("{name}/{bass}"));
        let place = self.place();
        let symbol = symbol::read(&name, &place, &mut self.warnings)?;
        if let Symbol::Chord(chord) = symbol {
            self.chord = Some(chord);
        }
        self.beside_repeat();
        self.cells.push(Some(symbol));
        Ok(rest)
    }

    fn bar_line(&mut self, line: char) {
        let framed = "|[{".contains(self.opened) && "|]}Z".contains(line);
        if !self.cells.is_empty() || self.repeats.is_some() || (framed && self.indent > 1) {
            self.end_bar();
        } else if let Some(last) = self.bars.last_mut() {
            last.signs.fine |= std::mem::take(&mut self.signs.fine);
            last.signs.jump = last.signs.jump.or(self.signs.jump.take());
            last.signs.to_coda |= std::mem::take(&mut self.signs.to_coda);
            last.signs.last_time = last.signs.last_time.take().or(self.signs.last_time.take());
        }
        if let Some(last) = self.bars.last_mut() {
            match line {
                '}' => last.signs.plays = std::mem::replace(&mut self.plays, 2),
                ']' | 'Z' => last.signs.closes = true,
                _ => {}
            }
        }
        self.signs.repeat_from |= line == '{';
        self.opened = line;
        self.indent = 0;
    }

    /// Whether a chord or a slash stands in the bar.
    fn drawn(&self) -> bool {
        self.cells.iter().any(Option::is_some)
    }

    /// A sign behind the last bar belongs to it.
    fn end(&mut self) {
        if let Some(last) = self.bars.last_mut().filter(|_| self.signs.coda_sign.is_some()) {
            last.signs.coda_sign = Some(CodaPlace::Within);
        }
    }

    /// A chord in a bar that begins with the sign of repetition: behind the space of a bar it begins a bar of its own,
    /// whose line is missing, else it follows the first chord of the bar repeated.
    fn beside_repeat(&mut self) {
        let Some(back) = self.repeats else { return };
        self.warn(WarningKind::Bars, "a chord stands beside the sign of repetition");
        if self.cells.len() >= ROOM_OF_A_BAR {
            self.cells.clear();
            return self.end_bar();
        }
        self.repeats = None;
        let before = self.bars.len().checked_sub(back).and_then(|i| self.bars[i].bar.changes().first());
        let first =
            before.map_or(Symbol::Slash, |change| change.chord.map_or(Symbol::Silence, Symbol::Chord));
        self.cells.insert(0, Some(first));
    }

    /// The sign of repetition; behind a chord with the space of a bar the line between them is missing.
    fn repeat(&mut self, back: usize) {
        if self.drawn() {
            self.warn(WarningKind::Bars, "the sign of repetition stands beside a chord");
            if self.cells.len() <= ROOM_OF_A_BAR {
                return self.cells.push(Some(Symbol::Slash));
            }
            self.end_bar();
        }
        self.repeats = Some(back);
    }

    fn end_bar(&mut self) {
        let second = std::mem::take(&mut self.second);
        if second && self.drawn() {
            let bar = self.repeated(2);
            self.bars.push(PageBar { bar, signs: FormSigns::default() });
        }
        let back = self.repeats.take().or((second && self.cells.is_empty()).then_some(2));
        self.second = back == Some(2) && !second;
        let cells = std::mem::take(&mut self.cells);
        let bar = match back {
            Some(back) => self.repeated(back),
            None => bar(self.meter, cells),
        };
        let bar = self.with_alternatives(bar);
        let bar = match self.label.take() {
            Some(label) => bar.with_section(&label),
            None => bar,
        };
        self.bars.push(PageBar { bar, signs: std::mem::take(&mut self.signs) });
    }

    /// The chords of a bar some bars back.
    fn repeated(&mut self, back: usize) -> Bar {
        let Some(from) = self.bars.len().checked_sub(back).map(|i| &self.bars[i].bar) else {
            self.warn(WarningKind::Bars, "there is no bar to repeat");
            return Bar::new(self.meter, Vec::new());
        };
        Bar::new(self.meter, from.changes().to_vec()).with_alternatives(from.alternatives().to_vec())
    }
}

/// A note name, if the text begins with one.
fn split_note(text: &str) -> (Option<NoteName>, &str) {
    let length = text.find(|c: char| !"ABCDEFGb#".contains(c)).unwrap_or(text.len());
    let note = (1..=length.min(2)).rev().find_map(|n| Some((text[..n].parse().ok()?, &text[n..])));
    note.map_or((None, text), |(note, rest)| (Some(note), rest))
}

/// A bar of cells: while there are no more of them than beats they share the beats, else they are drawn together
/// so that each symbol has a beat; empty cells at the end that are over are left out.
fn bar(meter: Meter, mut cells: Vec<Option<Symbol>>) -> Bar {
    let beats = usize::from(meter.beats());
    while cells.len() > beats && !cells.len().is_multiple_of(beats) && cells.last() == Some(&None) {
        cells.pop();
    }
    let count = cells.len();
    let symbols: Vec<(usize, Symbol)> =
        cells.iter().enumerate().filter_map(|(i, c)| Some((i, (*c)?))).collect();
    if count <= beats {
        let cells: Vec<Symbol> = cells.into_iter().map(|cell| cell.unwrap_or(Symbol::Slash)).collect();
        return symbol::bar(meter, &cells);
    }
    if symbols.len() > beats {
        return symbol::bar(meter, &symbols.into_iter().map(|(_, symbol)| symbol).collect::<Vec<_>>());
    }
    let mut drawn = vec![Symbol::Slash; beats];
    let mut free = 0;
    for (k, &(cell, symbol)) in symbols.iter().enumerate() {
        let latest = beats - (symbols.len() - k);
        let beat = (cell * beats / count).clamp(free, latest.max(free));
        drawn[beat] = symbol;
        free = beat + 1;
    }
    symbol::bar(meter, &drawn)
}
