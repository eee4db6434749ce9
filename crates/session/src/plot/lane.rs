//! One line of music on the page: bars from left to right, on a scale that all lines share.

use std::fmt::Write;
use std::ops::Range;

use sideman_music::{Duration, Sheet, Time};

pub(super) const BARS_A_LINE: i64 = 4;
pub(super) const WIDTH: f64 = 1200.0;
pub(super) const LEFT: f64 = 56.0;
const RIGHT: f64 = 16.0;
/// Bars before the first and behind the last that are shown where the solo goes there.
const BEYOND: i64 = 4;

/// A line of bars, between a roof and a floor.
pub(super) struct Lane {
    /// Bars, counted from 0; those of a pickup are negative.
    pub(super) bars: Range<i64>,
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) roof: f64,
    pub(super) floor: f64,
}

impl Lane {
    /// The x of a time; a short line keeps the scale of a full one.
    pub(super) fn x(&self, time: Time) -> f64 {
        let units = |d: Duration| d.in_units_of(Duration::quarters(1, 96)) as f64;
        let bars = (self.bars.end - self.bars.start) as f64;
        let full = units(self.end - self.start) * BARS_A_LINE as f64 / bars;
        LEFT + (WIDTH - LEFT - RIGHT) * units(time - self.start) / full
    }

    pub(super) fn right(&self) -> f64 {
        self.x(self.end)
    }

    /// An upright line at a time.
    pub(super) fn rule(&self, svg: &mut String, time: Time, colour: &str) {
        let x = self.x(time);
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"{colour}\"/>",
            self.roof, self.floor
        );
    }
}

/// The bars of each line, in fours from the first; those that a solo from `first` to `last` adds before and behind
/// stand on lines of their own.
pub(super) fn lines(sheet: &Sheet, first: Option<Time>, last: Option<Time>) -> Vec<Range<i64>> {
    let bars = sheet.bars().len() as i64;
    let bar = |time: Option<Time>| time.map_or(0, |t| sheet.place(t).0);
    let (first, last) = (bar(first).max(-BEYOND), bar(last).min(bars + BEYOND - 1));
    let fours = |from: i64, to: i64| {
        (from..to).step_by(BARS_A_LINE as usize).map(move |start| start..(start + BARS_A_LINE).min(to))
    };
    fours(first.min(0), 0).chain(fours(0, bars)).chain(fours(bars, last + 1)).collect()
}

/// Where a bar starts, also one before the first or behind the last.
pub(super) fn bar_start(sheet: &Sheet, bar: i64) -> Time {
    let bars = sheet.bars();
    match usize::try_from(bar) {
        Err(_) => Time::ZERO + bars[0].meter().bar() * bar,
        Ok(at) if at <= bars.len() => sheet.bar_start(at),
        Ok(at) => sheet.end() + bars[bars.len() - 1].meter().bar() * (at - bars.len()) as i64,
    }
}

/// A text as it stands in SVG; what XML cannot carry becomes a question mark.
pub(crate) fn escaped(text: &str) -> String {
    let carried = |c: char| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { '?' } else { c };
    let text: String = text.chars().map(carried).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_carry_becomes_a_question_mark() {
        assert_eq!(escaped("a<b\u{1b}\u{0}\u{FFFE}é"), "a&lt;b???é");
    }

    #[test]
    fn bars_beyond_the_sheet_have_lines_of_their_own() {
        let sheet: Sheet = "C | C | C | C | C".parse().unwrap();
        let at = |quarters: i64| Some(Time::after_start(Duration::QUARTER * quarters));
        assert_eq!(lines(&sheet, None, None), [0..4, 4..5]);
        assert_eq!(lines(&sheet, at(-1), at(21)), [-1..0, 0..4, 4..5, 5..6]);
        assert_eq!(lines(&sheet, at(-1000), at(1000)), [-4..0, 0..4, 4..5, 5..9]);
        for bar in -4..9 {
            assert_eq!(bar_start(&sheet, bar), Time::ZERO + Duration::WHOLE * bar);
        }
    }
}
