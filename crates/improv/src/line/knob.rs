//! What a player can be asked for in words, and where a corpus has its middle.

use sideman_corpus::measure::Measure;
use sideman_music::{Duration, Sheet, Solo};

/// A manner of playing that is one number of a whole solo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knob {
    /// Notes a bar.
    Density,
    /// How high the line lies, measured from the middle of the instrument's range.
    Register,
    /// The share of notes outside the usual scale of their chord.
    Outside,
    /// The share of time that is rest between phrases.
    Space,
    /// Notes in a phrase.
    PhraseLength,
    /// How late the notes come.
    LaidBack,
}

/// The number of knobs.
pub(super) const KNOBS: usize = 6;
/// How many settings of a knob the network tells apart.
pub(super) const SETTINGS: usize = 10;

impl Knob {
    /// Every knob.
    pub const ALL: [Self; KNOBS] =
        [Self::Density, Self::Register, Self::Outside, Self::Space, Self::PhraseLength, Self::LaidBack];

    /// The number that a solo has; `None` where there is nothing to measure.
    pub fn of(self, sheet: &Sheet, solo: &Solo) -> Option<f64> {
        match self {
            Self::Density => Measure::NotesPerBar.of(sheet, solo),
            Self::Register => mean(solo.notes().iter().map(|n| f64::from(n.pitch().number()))).map(|pitch| {
                let range = solo.instrument().range();
                pitch - f64::from(range.start().number() + range.end().number()) / 2.0
            }),
            Self::Outside => Measure::ScaleTones.of(sheet, solo).map(|inside| 1.0 - inside),
            Self::Space => Measure::RestShare.of(sheet, solo),
            Self::PhraseLength => Measure::PhraseNotes.of(sheet, solo),
            Self::LaidBack => mean(solo.notes().iter().filter_map(|n| n.delay).map(quarters)),
        }
    }
}

fn quarters(duration: Duration) -> f64 {
    let (over, under) = duration.as_quarters();
    over as f64 / under as f64
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// The setting at a percentile.
pub(super) fn setting(percentile: usize) -> u32 {
    (percentile * SETTINGS / 100).min(SETTINGS - 1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_tenths_of_the_corpus() {
        assert_eq!([0, 9, 10, 50, 99, 100].map(setting), [0, 0, 1, 5, 9, 9]);
    }
}
