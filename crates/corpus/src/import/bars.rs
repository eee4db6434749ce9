//! The bars of a performance.

use sideman_music::{Duration, Meter, Performance, Sheet, Time};

/// Bars one after the other, from the first downbeat of the file on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SongBars(Vec<(Time, Meter)>);

impl SongBars {
    /// The bars up to a time, at most [`Sheet::MOST_BARS`]. A meter that changes within a bar makes it
    /// shorter, or waits for the next where no meter has that length.
    pub(super) fn of(song: &Performance, end: Time) -> Self {
        let mut bars = Vec::new();
        let mut start = Time::ZERO;
        while (start < end || bars.is_empty()) && bars.len() < Sheet::MOST_BARS {
            let after = song.meters.partition_point(|&(time, _)| time <= start);
            let meter = after.checked_sub(1).map_or_else(Meter::default, |i| song.meters[i].1);
            let change = song.meters.get(after).map(|&(time, _)| time - start);
            let meter = change.filter(|&change| change < meter.bar()).and_then(of_length).unwrap_or(meter);
            bars.push((start, meter));
            start += meter.bar();
        }
        Self(bars)
    }

    /// The bars of a sheet.
    pub(super) fn over(sheet: &Sheet) -> Self {
        Self(sheet.bars().iter().enumerate().map(|(i, bar)| (sheet.bar_start(i), bar.meter())).collect())
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The start of a bar, counted from 0, and its meter; of the last for any behind it.
    pub(super) fn get(&self, bar: usize) -> (Time, Meter) {
        self.0[bar.min(self.0.len() - 1)]
    }

    /// Where a bar starts; the end of the last for any behind it.
    pub(super) fn start(&self, bar: usize) -> Time {
        let (start, meter) = self.get(bar);
        if bar < self.0.len() { start } else { start + meter.bar() }
    }

    /// The bar in which a time falls, the first and the last for what lies outside.
    pub(super) fn at(&self, time: Time) -> usize {
        self.0.partition_point(|&(start, _)| start <= time).saturating_sub(1)
    }

    /// Where chords may change: at each bar, and at its middle beat where it has four beats or more.
    pub(super) fn halves(&self, bars: std::ops::Range<usize>) -> Vec<(Time, bool)> {
        let mut cuts = Vec::new();
        for bar in bars.clone() {
            let (start, meter) = self.get(bar);
            cuts.push((start, true));
            if meter.beats() >= 4 {
                cuts.push((start + meter.beat() * i64::from(meter.beats().div_ceil(2)), false));
            }
        }
        cuts.push((self.start(bars.end), true));
        cuts
    }
}

/// A meter whose bar has this length.
fn of_length(length: Duration) -> Option<Meter> {
    [4_u8, 8, 16, 32, 64].into_iter().find_map(|unit| {
        let beat = Duration::quarters(4, i64::from(unit));
        let beats = u8::try_from(length.in_units_of(beat)).ok()?;
        Meter::new(beats, unit).filter(|meter| meter.bar() == length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(quarters: i64) -> Time {
        Time::after_start(Duration::QUARTER * quarters)
    }

    #[test]
    fn bars_follow_the_meters_and_start_anew_with_them() {
        let meter = |beats, unit| Meter::new(beats, unit).unwrap();
        let meters = vec![(at(0), meter(4, 4)), (at(7), meter(6, 8)), (at(13), meter(5, 4))];
        let song = Performance { meters, ..Performance::default() };
        let bars = SongBars::of(&song, at(20));
        let found: Vec<_> =
            (0..bars.len()).map(|bar| (bars.get(bar).0, bars.get(bar).1.to_string())).collect();
        let expected = [(0, "4/4"), (4, "3/4"), (7, "6/8"), (10, "6/8"), (13, "5/4"), (18, "5/4")];
        assert_eq!(found, expected.map(|(start, meter)| (at(start), meter.to_owned())));
        assert_eq!((bars.at(at(9)), bars.at(at(-1)), bars.at(at(99))), (2, 0, 5));
        let cuts = [(13, true), (16, false), (18, true), (21, false), (23, true)];
        assert_eq!(bars.halves(4..6), cuts.map(|(start, is_bar)| (at(start), is_bar)));
    }

    #[test]
    fn there_are_never_more_bars_than_a_sheet_holds() {
        let song =
            Performance { meters: vec![(at(0), Meter::new(1, 64).unwrap())], ..Performance::default() };
        assert_eq!(SongBars::of(&song, at(1 << 40)).len(), Sheet::MOST_BARS);
    }
}
