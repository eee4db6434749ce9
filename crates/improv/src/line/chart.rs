//! A sheet as the network sees it: harmony, meter and form at each place of the grid.

use sideman_music::{Chord, Meter, PitchClass, PitchClassSet, Seventh, Sheet, Triad};

use super::grid::{GridSpan, GridTime};

/// Kinds of chords: each triad with each seventh or none, and N.C.
pub(super) const KINDS: usize = 8 * 5 + 1;
/// Flags of a chord: its tones, then its scale, from C upwards.
pub(super) const FLAGS: usize = 24;

/// A chord in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Harmony {
    /// `None` for N.C.
    pub(super) root: Option<PitchClass>,
    pub(super) kind: u32,
    /// `None` for N.C.
    pub(super) bass: Option<PitchClass>,
    pub(super) tones: PitchClassSet,
    pub(super) scale: PitchClassSet,
    /// Third and seventh.
    pub(super) guides: PitchClassSet,
}

impl Harmony {
    const SILENT: Self = Self {
        root: None,
        kind: KINDS as u32 - 1,
        bass: None,
        tones: PitchClassSet::EMPTY,
        scale: PitchClassSet::EMPTY,
        guides: PitchClassSet::EMPTY,
    };

    fn new(chord: Option<Chord>) -> Self {
        let Some(chord) = chord else { return Self::SILENT };
        Self {
            root: Some(chord.root.class()),
            kind: kind(chord.quality.triad(), chord.quality.seventh()),
            bass: Some(chord.bass_class()),
            tones: chord.tones(),
            scale: chord.scale_tones(),
            guides: chord.guide_tones(),
        }
    }

    /// The chord `semitones` higher.
    fn transposed(self, semitones: i32) -> Self {
        let up = |class: PitchClass| class.transposed(semitones);
        let set = |s: PitchClassSet| s.iter().map(up).collect();
        Self {
            root: self.root.map(up),
            bass: self.bass.map(up),
            tones: set(self.tones),
            scale: set(self.scale),
            guides: set(self.guides),
            ..self
        }
    }

    /// The pitch class as a degree above the root; `None` over N.C.
    pub(super) fn degree(&self, class: PitchClass) -> Option<u32> {
        self.root.map(|root| root.up_to(class) as u32)
    }

    /// 1 where a pitch class belongs to the chord, then where it belongs to its scale.
    pub(super) fn flags(&self) -> [f32; FLAGS] {
        let flag = |set: PitchClassSet, i: usize| if set.bits() & (1 << i) != 0 { 1.0 } else { 0.0 };
        std::array::from_fn(|i| if i < 12 { flag(self.tones, i) } else { flag(self.scale, i - 12) })
    }
}

fn kind(triad: Triad, seventh: Option<Seventh>) -> u32 {
    triad as u32 * 5 + seventh.map_or(0, |s| s as u32 + 1)
}

/// A sheet on the grid.
#[derive(Debug, Clone)]
pub(super) struct GridChart {
    /// Where each change falls, and what it changes to.
    changes: Vec<(GridTime, Harmony)>,
    /// Where each bar starts, and where the last one ends.
    bars: Vec<GridTime>,
    meters: Vec<Meter>,
    /// The bars at which a chorus begins, the first being bar 0.
    choruses: Vec<usize>,
    pub(super) key: Option<PitchClass>,
}

/// Where in the bar and in the form a place of the grid is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MetricPosition {
    /// Since the downbeat.
    pub(super) offset: GridSpan,
    pub(super) meter: Meter,
    /// Bars since the chorus began; negative in a pickup.
    pub(super) bar: i64,
    /// Choruses before this one.
    pub(super) chorus: usize,
    /// Bars until the chorus ends, this one counted.
    pub(super) left: i64,
}

impl MetricPosition {
    /// Units since the last quarter note.
    pub(super) fn phase(&self) -> i64 {
        self.offset.units().rem_euclid(GridSpan::QUARTER.units())
    }

    /// Beats since the downbeat.
    pub(super) fn beat(&self) -> i64 {
        self.offset.units() / beat(self.meter)
    }

    /// The grid units of its bar.
    pub(super) fn bar_units(&self) -> i64 {
        i64::from(self.meter.beats()) * beat(self.meter)
    }
}

/// What a chart says of a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Surroundings {
    /// What sounds.
    pub(super) harmony: Harmony,
    /// The next other chord; the same where there is none.
    pub(super) next: Harmony,
    /// How long until that; `None` where there is none.
    pub(super) until: Option<GridSpan>,
    pub(super) position: MetricPosition,
}

impl GridChart {
    /// `choruses` are the bars at which a chorus begins; none means one chorus.
    pub(super) fn new(sheet: &Sheet, choruses: &[u32]) -> Self {
        let bars = (0..=sheet.bars().len()).map(|b| GridTime::nearest(sheet.bar_start(b))).collect();
        let inner = choruses.iter().map(|&b| b as usize).filter(|&b| b > 0 && b < sheet.bars().len());
        let change = |&(at, chord)| (GridTime::nearest(at), Harmony::new(chord));
        Self {
            changes: sheet.chords().iter().map(change).collect(),
            bars,
            meters: sheet.bars().iter().map(|b| b.meter()).collect(),
            choruses: [0].into_iter().chain(inner).collect(),
            key: sheet.key().map(|k| k.tonic().class()),
        }
    }

    /// The chart `semitones` higher.
    pub(super) fn transposed(&self, semitones: i32) -> Self {
        let changes = self.changes.iter().map(|&(at, harmony)| (at, harmony.transposed(semitones)));
        Self {
            changes: changes.collect(),
            key: self.key.map(|key| key.transposed(semitones)),
            ..self.clone()
        }
    }

    /// The chart with the chords of another, begun again as often as they are needed.
    pub(super) fn with_chords_of(&self, other: &Self) -> Self {
        let length = |chart: &Self| chart.bars.last().map_or(0, |end| end.units().max(1));
        let times = (length(self) / length(other) + 1).min(self.bars.len() as i64);
        let again = |time: i64| {
            let later = GridSpan::new(time * length(other));
            other.changes.iter().map(move |&(at, harmony)| (at + later, harmony))
        };
        Self { changes: (0..times).flat_map(again).collect(), key: other.key, ..self.clone() }
    }

    /// The chord that sounds at a place.
    pub(super) fn harmony(&self, at: GridTime) -> Harmony {
        self.changes.get(self.changes_by(at).saturating_sub(1)).map_or(Harmony::SILENT, |&(_, h)| h)
    }

    /// All that is to be said of a place.
    pub(super) fn surroundings(&self, at: GridTime) -> Surroundings {
        let harmony = self.harmony(at);
        let after = self.changes_by(at).max(1).min(self.changes.len());
        let next = self.changes[after..].iter().find(|(_, next)| *next != harmony);
        Surroundings {
            harmony,
            next: next.map_or(harmony, |&(_, next)| next),
            until: next.map(|&(change, _)| change - at),
            position: self.position(at),
        }
    }

    /// How many changes there have been up to a place.
    fn changes_by(&self, at: GridTime) -> usize {
        self.changes.partition_point(|&(change, _)| change <= at)
    }

    /// Where in the bar and in the form a place is; bars go on before the first and after the last one.
    pub(super) fn position(&self, at: GridTime) -> MetricPosition {
        let last = self.meters.len() - 1;
        let bar = self.bars.partition_point(|&start| start <= at).saturating_sub(1).min(last);
        let meter = self.meters[if at < GridTime::ZERO { 0 } else { bar }];
        let length = i64::from(meter.beats()) * beat(meter);
        let since = (at - self.bars[bar]).units();
        let offset = GridSpan::new(since.rem_euclid(length));
        let bar = bar as i64 + since.div_euclid(length);
        let chorus = self.choruses.partition_point(|&b| b as i64 <= bar).saturating_sub(1);
        let end = self.choruses.get(chorus + 1).copied().unwrap_or(last + 1) as i64;
        MetricPosition { offset, meter, bar: bar - self.choruses[chorus] as i64, chorus, left: end - bar }
    }

    /// Where a line begins whose first note may fall at a place: a quarter note before its bar.
    pub(super) fn start_of_line(&self, first: GridTime) -> GridTime {
        first - self.position(first).offset - GridSpan::QUARTER
    }
}

/// Grid units of a beat.
fn beat(meter: Meter) -> i64 {
    (4 * GridSpan::QUARTER.units() / i64::from(meter.unit())).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(text: &str, choruses: &[u32]) -> GridChart {
        GridChart::new(&text.parse().unwrap(), choruses)
    }

    fn at(chart: &GridChart, units: i64) -> Surroundings {
        chart.surroundings(GridTime::new(units))
    }

    #[test]
    fn the_next_chord_is_another_one() {
        let chart = chart("C | C | G7 / / C", &[]);
        let there = at(&chart, 30);
        let roots = [there.harmony.root, there.next.root].map(|root| root.unwrap().index());
        assert_eq!((roots, there.until), ([0, 7], Some(GridSpan::new(192 - 30))));
        assert_eq!(at(&chart, 280).until, None);
        assert_eq!(at(&chart, -10).harmony, chart.harmony(GridTime::ZERO));
    }

    #[test]
    fn places_know_bar_beat_and_chorus() {
        let chart = chart("C | 3/4 F | G", &[0, 2]);
        let place = |units| {
            let p = at(&chart, units).position;
            (p.offset.units(), p.bar, p.chorus, p.left)
        };
        assert_eq!(place(96 + 30), (30, 1, 0, 1));
        assert_eq!(place(96 + 72), (0, 0, 1, 1));
        assert_eq!(place(-24), (72, -1, 0, 3));
        assert_eq!(place(96 + 72 + 72).1, 1);
        assert_eq!(chart.start_of_line(GridTime::new(96 + 30)), GridTime::new(72));
        assert_eq!(chart.start_of_line(GridTime::new(-1)), GridTime::new(-96 - 24));
    }

    #[test]
    fn transposing_moves_every_class() {
        let chart = chart("key: F\nGm7/F | C7", &[]);
        let up = chart.transposed(2);
        let there = at(&up, 0);
        let classes = [there.harmony.root, there.harmony.bass, there.next.root, up.key];
        assert_eq!(classes.map(|class| class.unwrap().index()), [9, 7, 2, 7]);
        let count = |harmony: Harmony| harmony.flags().iter().sum::<f32>();
        assert_eq!(count(there.harmony), count(chart.harmony(GridTime::ZERO)));
        assert_eq!(at(&up.transposed(-2), 0), at(&chart, 0));
    }
}
