//! A sheet as the network sees it: harmony, meter and form at each grid unit.

use sideman_lstm::NONE;
use sideman_music::{Chord, Meter, PitchClass, PitchClassSet, Seventh, Sheet, Triad};

use super::grid::{QUARTER, unit};

/// Kinds of chords: each triad with each seventh or none, and N.C.
pub(super) const KINDS: usize = 8 * 5 + 1;
/// Flags of a chord: its tones, then its scale, from C upwards.
pub(super) const FLAGS: usize = 24;

/// A chord in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Harmony {
    /// Pitch class of the root; [`NONE`] for N.C.
    pub(super) root: u32,
    pub(super) kind: u32,
    /// Pitch class of the bass; [`NONE`] for N.C.
    pub(super) bass: u32,
    pub(super) tones: PitchClassSet,
    pub(super) scale: PitchClassSet,
    /// Third and seventh.
    pub(super) guides: PitchClassSet,
}

impl Harmony {
    const SILENT: Self = Self {
        root: NONE,
        kind: KINDS as u32 - 1,
        bass: NONE,
        tones: PitchClassSet::EMPTY,
        scale: PitchClassSet::EMPTY,
        guides: PitchClassSet::EMPTY,
    };

    fn new(chord: Option<Chord>) -> Self {
        let Some(chord) = chord else { return Self::SILENT };
        Self {
            root: chord.root.class().index() as u32,
            kind: kind(chord.quality.triad(), chord.quality.seventh()),
            bass: chord.bass_class().index() as u32,
            tones: chord.tones(),
            scale: chord.scale_tones(),
            guides: chord.guide_tones(),
        }
    }

    /// The pitch class as a degree above the root.
    pub(super) fn degree(&self, class: PitchClass) -> u32 {
        if self.root == NONE { NONE } else { PitchClass::new(self.root as i32).up_to(class) as u32 }
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

/// A sheet in grid units.
#[derive(Debug, Clone)]
pub(super) struct Chart {
    /// Where each change falls, in grid units, and what it changes to.
    changes: Vec<(i64, Harmony)>,
    /// Where each bar starts, and where the last one ends.
    bars: Vec<i64>,
    meters: Vec<Meter>,
    /// The bars at which a chorus begins, the first being bar 0.
    choruses: Vec<usize>,
    /// Pitch class of the key; [`NONE`] when unknown.
    pub(super) key: u32,
}

/// Where in the bar and in the form a grid unit falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Units since the downbeat.
    pub(super) offset: i64,
    pub(super) meter: Meter,
    /// Bars since the chorus began; negative in a pickup.
    pub(super) bar: i64,
    /// Choruses before this one.
    pub(super) chorus: usize,
    /// Bars until the chorus ends, this one counted.
    pub(super) left: i64,
}

impl Chart {
    /// `choruses` are the bars at which a chorus begins; none means one chorus.
    pub(super) fn new(sheet: &Sheet, choruses: &[u32]) -> Self {
        let bars = (0..=sheet.bars().len()).map(|b| unit(sheet.bar_start(b))).collect();
        let inner = choruses.iter().map(|&b| b as usize).filter(|&b| b > 0 && b < sheet.bars().len());
        Self {
            changes: sheet.chords().iter().map(|&(at, chord)| (unit(at), Harmony::new(chord))).collect(),
            bars,
            meters: sheet.bars().iter().map(|b| b.meter()).collect(),
            choruses: [0].into_iter().chain(inner).collect(),
            key: sheet.key().map_or(NONE, |k| k.tonic().class().index() as u32),
        }
    }

    /// The chart `semitones` higher.
    pub(super) fn transposed(&self, semitones: i32) -> Self {
        let up =
            |class: u32| if class == NONE { NONE } else { (class as i32 + semitones).rem_euclid(12) as u32 };
        let set = |s: PitchClassSet| s.iter().map(|c| c.transposed(semitones)).collect();
        let mut chart = self.clone();
        chart.key = up(self.key);
        for (_, h) in &mut chart.changes {
            *h = Harmony {
                root: up(h.root),
                bass: up(h.bass),
                tones: set(h.tones),
                scale: set(h.scale),
                guides: set(h.guides),
                ..*h
            };
        }
        chart
    }

    /// The chart with the chords of another, begun again as often as they are needed.
    pub(super) fn with_chords_of(&self, other: &Self) -> Self {
        let length = |chart: &Self| chart.bars.last().map_or(0, |&end| end.max(1));
        let times = (length(self) / length(other) + 1).min(self.bars.len() as i64);
        let again = |time: i64| other.changes.iter().map(move |&(at, h)| (at + time * length(other), h));
        Self { changes: (0..times).flat_map(again).collect(), key: other.key, ..self.clone() }
    }

    /// The chord that sounds at a unit, the next other one, and the units until that.
    pub(super) fn harmony(&self, unit: i64) -> (Harmony, Harmony, Option<i64>) {
        let after = self.changes.partition_point(|&(at, _)| at <= unit);
        let here = self.changes.get(after.saturating_sub(1)).map_or(Harmony::SILENT, |&(_, h)| h);
        let next = self.changes[after.max(1).min(self.changes.len())..].iter().find(|(_, h)| *h != here);
        next.map_or((here, here, None), |&(at, h)| (here, h, Some(at - unit)))
    }

    pub(super) fn place(&self, unit: i64) -> Place {
        let (first, last) = (0, self.meters.len() - 1);
        let inside = self.bars.partition_point(|&b| b <= unit).saturating_sub(1);
        let bar = inside.min(last);
        let meter = self.meters[if unit < 0 { first } else { bar }];
        let length = i64::from(meter.beats()) * beat(meter);
        let past = (unit - self.bars[bar]).div_euclid(length);
        let offset = (unit - self.bars[bar]).rem_euclid(length);
        let bar = bar as i64 + past;
        let chorus = self.choruses.partition_point(|&b| b as i64 <= bar).saturating_sub(1);
        let end = self.choruses.get(chorus + 1).copied().unwrap_or(last + 1) as i64;
        Place { offset, meter, bar: bar - self.choruses[chorus] as i64, chorus, left: end - bar }
    }
}

/// Grid units of a beat.
pub(super) fn beat(meter: Meter) -> i64 {
    (4 * QUARTER / i64::from(meter.unit())).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(text: &str, choruses: &[u32]) -> Chart {
        Chart::new(&text.parse().unwrap(), choruses)
    }

    #[test]
    fn the_next_chord_is_another_one() {
        let chart = chart("C | C | G7 / / C", &[]);
        let (here, next, until) = chart.harmony(30);
        assert_eq!((here.root, next.root, until), (0, 7, Some(192 - 30)));
        assert_eq!(chart.harmony(280).2, None);
        assert_eq!(chart.harmony(-10).0.root, 0);
    }

    #[test]
    fn places_know_bar_beat_and_chorus() {
        let chart = chart("C | 3/4 F | G", &[0, 2]);
        let place = chart.place(96 + 30);
        assert_eq!((place.offset, place.bar, place.chorus, place.left), (30, 1, 0, 1));
        let place = chart.place(96 + 72);
        assert_eq!((place.offset, place.bar, place.chorus, place.left), (0, 0, 1, 1));
        let place = chart.place(-24);
        assert_eq!((place.offset, place.bar, place.chorus), (72, -1, 0));
        assert_eq!(chart.place(96 + 72 + 72).bar, 1);
    }

    #[test]
    fn transposing_moves_every_class() {
        let chart = chart("key: F\nGm7/F | C7", &[]);
        let up = chart.transposed(2);
        let (here, next, _) = up.harmony(0);
        assert_eq!((here.root, here.bass, next.root, up.key), (9, 7, 2, 7));
        assert_eq!(here.flags().iter().sum::<f32>(), chart.harmony(0).0.flags().iter().sum::<f32>());
        assert_eq!(up.transposed(-2).harmony(0), chart.harmony(0));
    }
}
