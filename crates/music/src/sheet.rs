//! Lead sheets: bars of chords with their form.

mod text;

use crate::form::MOST_BARS;
use crate::{Bars, Chord, Duration, Error, Key, Meter, Mode, PitchClass, Tempo, Time, Transposition};
pub use text::SheetPage;

/// A chart: what a rhythm section and a soloist read, its form written out bar by bar.
///
/// It has at least one bar and at most [`Sheet::MOST_BARS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    title: String,
    composer: String,
    style: String,
    key: Option<Key>,
    tempo: Option<Tempo>,
    bars: Vec<Bar>,
    /// Where each bar starts, and where the last one ends.
    starts: Vec<Time>,
    /// Every change of chord, in order of time.
    chords: Vec<(Time, Option<Chord>)>,
    /// Changes before the first bar, their places negative.
    pickup: Vec<Change>,
}

impl Sheet {
    /// The most bars a sheet may have.
    pub const MOST_BARS: usize = MOST_BARS;
    /// The most changes of chord a sheet may have: ten in each bar of the longest one.
    pub const MOST_CHANGES: usize = 10 * Self::MOST_BARS;

    /// A sheet of these bars, without title, key or tempo.
    ///
    /// # Errors
    /// When there is no bar, or more than [`Sheet::MOST_BARS`] or [`Sheet::MOST_CHANGES`] allow.
    pub fn new(bars: Vec<Bar>) -> Result<Self, Error> {
        if bars.is_empty() || bars.len() > Self::MOST_BARS {
            return Err(Error::new(
                "chart length",
                &format!("{} bars", bars.len()),
                "a chart has 1 to 20000 bars",
            ));
        }
        let changes = bars.iter().map(|bar| bar.changes.len()).sum::<usize>();
        if changes > Self::MOST_CHANGES {
            return Err(too_many_changes(changes));
        }
        let mut starts = vec![Time::ZERO];
        let mut chords = Vec::new();
        for bar in &bars {
            let start = starts[starts.len() - 1];
            chords.extend(bar.changes.iter().map(|change| (start + change.at, change.chord)));
            starts.push(start + bar.meter.bar());
        }
        let (title, composer, style) = Default::default();
        Ok(Self { title, composer, style, key: None, tempo: None, bars, starts, chords, pickup: Vec::new() })
    }

    /// The sheet with a title (on one line).
    #[must_use]
    pub fn with_title(self, title: &str) -> Self {
        Self { title: one_line(title), ..self }
    }

    /// The sheet with a composer (on one line).
    #[must_use]
    pub fn with_composer(self, composer: &str) -> Self {
        Self { composer: one_line(composer), ..self }
    }

    /// The sheet with a style (on one line), such as `swing` or `bossa`.
    #[must_use]
    pub fn with_style(self, style: &str) -> Self {
        Self { style: one_line(style), ..self }
    }

    /// The sheet with a key.
    #[must_use]
    pub fn with_key(self, key: Option<Key>) -> Self {
        Self { key, ..self }
    }

    /// The sheet with changes over the pickup, in order: their places count from the first downbeat, so they are
    /// negative; those that are not, or that lie more than a bar before it, are left out.
    #[must_use]
    pub fn with_pickup(self, mut pickup: Vec<Change>) -> Self {
        let bar = self.bars[0].meter.bar();
        pickup.retain(|change| change.at < Duration::ZERO && change.at >= Duration::ZERO - bar);
        pickup.sort_by_key(|change| change.at);
        pickup.dedup_by_key(|change| change.at);
        Self { pickup, ..self }
    }

    /// The sheet with a tempo.
    #[must_use]
    pub fn with_tempo(self, tempo: Option<Tempo>) -> Self {
        Self { tempo, ..self }
    }

    /// Title; empty when unknown.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Composer; empty when unknown.
    pub fn composer(&self) -> &str {
        &self.composer
    }

    /// Style; empty when unknown.
    pub fn style(&self) -> &str {
        &self.style
    }

    /// Key, when known.
    pub const fn key(&self) -> Option<Key> {
        self.key
    }

    /// Tempo, when known.
    pub const fn tempo(&self) -> Option<Tempo> {
        self.tempo
    }

    /// The bars, in the order they are played.
    pub fn bars(&self) -> &[Bar] {
        &self.bars
    }

    /// The numbers of all its bars.
    pub fn all_bars(&self) -> Bars {
        Bars::new(1, self.bars.len()).expect("a sheet has a bar")
    }

    /// Where a bar starts, counted from 0; the end of the sheet for any bar behind the last.
    pub fn bar_start(&self, bar: usize) -> Time {
        self.starts[bar.min(self.bars.len())]
    }

    /// Where the last bar ends.
    pub fn end(&self) -> Time {
        self.starts[self.bars.len()]
    }

    /// The bar in which a time falls, and how far from its downbeat. Bars go on before the first (−1, …)
    /// and behind the last, in the meter there.
    pub fn place(&self, time: Time) -> (i64, Duration) {
        if time < Time::ZERO || time >= self.end() {
            let (edge, meter) = if time < Time::ZERO {
                (0, self.bars[0].meter)
            } else {
                (self.bars.len(), self.bars[self.bars.len() - 1].meter)
            };
            let offset = time - self.starts[edge];
            let within = offset % meter.bar();
            return (edge as i64 + (offset - within).in_units_of(meter.bar()), within);
        }
        let bar = self.starts.partition_point(|&start| start <= time) - 1;
        (bar as i64, time - self.starts[bar])
    }

    /// The meter at a time.
    pub fn meter_at(&self, time: Time) -> Meter {
        let bar = usize::try_from(self.place(time).0).unwrap_or(0);
        self.bars[bar.min(self.bars.len() - 1)].meter
    }

    /// Every change of chord, in order of time; `None` is N.C.
    pub fn chords(&self) -> &[(Time, Option<Chord>)] {
        &self.chords
    }

    /// The changes over the pickup, in order; their places are negative, counted from the first downbeat.
    pub fn pickup(&self) -> &[Change] {
        &self.pickup
    }

    /// The chord that sounds at a time: before the first change, the first one; `None` is N.C.
    pub fn chord_at(&self, time: Time) -> Option<Chord> {
        if time < Time::ZERO {
            let before = self.pickup.iter().rev().find(|change| Time::ZERO + change.at <= time);
            if let Some(change) = before {
                return change.chord;
            }
        }
        let after = self.chords.partition_point(|&(at, _)| at <= time);
        self.chords.get(after.saturating_sub(1)).and_then(|&(_, chord)| chord)
    }

    /// The first change after a time.
    pub fn next_change(&self, time: Time) -> Option<(Time, Option<Chord>)> {
        self.chords.get(self.chords.partition_point(|&(at, _)| at <= time)).copied()
    }

    /// The sections: label and bars. Bars before the first label form one without a label.
    pub fn sections(&self) -> Vec<(&str, std::ops::Range<usize>)> {
        let mut sections: Vec<(&str, std::ops::Range<usize>)> = Vec::new();
        for (i, bar) in self.bars.iter().enumerate() {
            match (&bar.section, sections.last_mut()) {
                (None, Some((_, range))) => range.end = i + 1,
                (label, _) => sections.push((label.as_deref().unwrap_or(""), i..i + 1)),
            }
        }
        sections
    }

    /// The sheet `semitones` higher, named as [`Sheet::in_key`] names it where its key is known. By whole octaves
    /// nothing changes.
    #[must_use]
    pub fn transposed(&self, semitones: i32) -> Self {
        match self.key {
            Some(key) => {
                self.moved(Transposition::new(key, key.transposed(semitones)), key.transposed(semitones))
            }
            None => self.with_chords(|chord| chord.transposed(semitones)),
        }
    }

    /// The sheet in a key, its chords named after that key and their function in it; one without a key is taken to be
    /// in C.
    #[must_use]
    pub fn in_key(&self, key: Key) -> Self {
        let home = self.key.unwrap_or(Key::on(PitchClass::new(0), Mode::Major));
        self.moved(Transposition::new(home, key), key)
    }

    fn moved(&self, way: Transposition, key: Key) -> Self {
        Self { key: Some(key), ..self.with_chords(|chord| way.chord(chord)) }
    }

    /// The sheet with another chord in the place of each.
    #[must_use]
    pub fn with_chords(&self, other: impl Fn(Chord) -> Chord) -> Self {
        let mut sheet = self.clone();
        let bars = sheet.bars.iter_mut().flat_map(|bar| bar.changes.iter_mut().chain(&mut bar.alternatives));
        let changes = bars.chain(&mut sheet.pickup);
        let all =
            changes.map(|change| &mut change.chord).chain(sheet.chords.iter_mut().map(|(_, chord)| chord));
        all.for_each(|chord| *chord = chord.map(&other));
        sheet
    }

    /// The sheet played `choruses` times.
    ///
    /// # Errors
    /// When that is no bar, or more than [`Sheet::MOST_BARS`].
    pub fn repeated(&self, choruses: usize) -> Result<Self, Error> {
        let count = choruses.min(Self::MOST_BARS + 1).saturating_mul(self.bars.len());
        let bars = self.bars.iter().cycle().take(count.min(Self::MOST_BARS + 1)).cloned().collect();
        Ok(Self { pickup: self.pickup.clone(), ..self.with_bars(bars)? })
    }

    /// The sheet with other bars, its title, composer, style, key and tempo as they are, without a pickup.
    ///
    /// # Errors
    /// When there is no bar, or more than [`Sheet::MOST_BARS`].
    pub fn with_bars(&self, bars: Vec<Bar>) -> Result<Self, Error> {
        let Self { bars, starts, chords, .. } = Self::new(bars)?;
        let (title, composer, style) = (self.title.clone(), self.composer.clone(), self.style.clone());
        let (key, tempo, pickup) = (self.key, self.tempo, Vec::new());
        Ok(Self { title, composer, style, key, tempo, bars, starts, chords, pickup })
    }

    /// Some bars of the sheet, beginning with the chord that sounds there; `None` where it has no such bars.
    pub fn excerpt(&self, bars: Bars) -> Option<Self> {
        let mut inside = self.bars.get(bars.indices())?.to_vec();
        let (start, first) = (self.bar_start(bars.first() - 1), &mut inside[0]);
        if first.changes.first().is_none_or(|change| change.at > Duration::ZERO) {
            first.changes.insert(0, Change { at: Duration::ZERO, chord: self.chord_at(start) });
        }
        self.with_bars(inside).ok()
    }
}

fn too_many_changes(changes: usize) -> Error {
    Error::new("chart length", &format!("{changes} changes"), "a chart has at most 200000 changes of chord")
}

/// The words of a text on one line, single-spaced.
fn one_line(text: &str) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    let text: String = text.chars().map(printable).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A bar: its meter, the changes in it, and the section that starts with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bar {
    meter: Meter,
    changes: Vec<Change>,
    alternatives: Vec<Change>,
    section: Option<String>,
}

impl Bar {
    /// The longest label of a section, in letters.
    pub const LONGEST_LABEL: usize = 100;

    /// A bar of these changes; those outside it are left out, and of two at one place the later holds.
    pub fn new(meter: Meter, mut changes: Vec<Change>) -> Self {
        changes.retain(|change| change.at >= Duration::ZERO && change.at < meter.bar());
        changes.reverse();
        changes.sort_by_key(|change| change.at);
        changes.dedup_by_key(|change| change.at);
        Self { meter, changes, alternatives: Vec::new(), section: None }
    }

    /// The bar with chords that may be played in the place of those that sound at their times; those outside it are
    /// left out.
    #[must_use]
    pub fn with_alternatives(self, mut alternatives: Vec<Change>) -> Self {
        alternatives.retain(|change| change.at >= Duration::ZERO && change.at < self.meter.bar());
        alternatives.sort_by_key(|change| change.at);
        Self { alternatives, ..self }
    }

    /// The bar as the first of a section, such as `A`; of a label longer than [`Bar::LONGEST_LABEL`] its start.
    #[must_use]
    pub fn with_section(self, label: &str) -> Self {
        let end = label.char_indices().nth(Self::LONGEST_LABEL).map_or(label.len(), |(end, _)| end);
        let label = one_line(&label[..end].replace(['[', ']', '|'], " "));
        Self { section: Some(label), ..self }
    }

    /// Its meter.
    pub const fn meter(&self) -> Meter {
        self.meter
    }

    /// The changes in it; where there is none at its start, the chord before goes on.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What may be played in the place of the chords that sound there, in order of time; no one plays it unasked.
    pub fn alternatives(&self) -> &[Change] {
        &self.alternatives
    }

    /// The label of the section that starts here.
    pub fn section(&self) -> Option<&str> {
        self.section.as_deref()
    }
}

/// A change of chord within a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// How long after the downbeat.
    pub at: Duration,
    /// What sounds from there on; `None` is N.C.
    pub chord: Option<Chord>,
}

#[cfg(test)]
mod tests;
