//! The course of a practice take: how many choruses, each in which key and at which tempo.

use sideman_music::{Key, Mode, Sheet, Tempo};

use super::key::key;
use super::keys::Keys;
use super::ramp::Ramp;
use crate::options::BandOptions;

/// Once through the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// Its key, of which the mode is that of the chart.
    pub key: Key,
    /// Its tempo.
    pub tempo: Tempo,
}

impl Pass {
    /// `Chorus 2, 110 bpm, in F`.
    pub(super) fn name(self, chorus: usize) -> String {
        let mode = if self.key.mode() == Mode::Minor { " minor" } else { "" };
        format!("Chorus {}, {} bpm, in {}{mode}", chorus + 1, self.tempo.to_bpm(), self.key.tonic())
    }
}

/// Choruses of a take where nothing says how many.
const CHORUSES: usize = 4;

/// How a take goes on from chorus to chorus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// How many times through the chart; without it as many as keys or tempi ask for, or four.
    pub choruses: Option<usize>,
    /// The key of each; without it that of the chart.
    pub keys: Option<Keys>,
    /// How the tempo goes on from that of the first.
    pub ramp: Ramp,
}

impl Course {
    /// The passes over a chart, the first at the tempo that `options` have for it.
    pub fn passes(&self, chart: &Sheet, options: &BandOptions) -> Vec<Pass> {
        let start = options.tempo_for(chart);
        let asked = self.keys.as_ref().map(Keys::count).max(self.ramp.choruses(start));
        let choruses = self.choruses.or(asked).unwrap_or(CHORUSES);
        let home = key(chart);
        let key = |chorus| self.keys.as_ref().map_or(home, |keys| keys.key(home, chorus));
        (0..choruses).map(|i| Pass { key: key(i), tempo: self.ramp.tempo(start, i, choruses) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(course: &Course, bpm: Option<u16>) -> Vec<(String, u32)> {
        let chart: Sheet = "tempo: 90\nDm7 | G7 | C6".parse().unwrap();
        let options = BandOptions { tempo: bpm.map(Tempo::bpm), ..BandOptions::default() };
        let passes = course.passes(&chart, &options).into_iter();
        passes.map(|pass| (pass.key.tonic().to_string(), pass.tempo.to_bpm())).collect()
    }

    #[test]
    fn a_take_is_as_long_as_its_keys_or_tempi_ask_for() {
        let level = Course { choruses: None, keys: None, ramp: Ramp::Level };
        assert_eq!(told(&level, None), vec![("C".to_string(), 90); 4]);
        let keys = Course { keys: "C F Bb".parse().ok(), ..level.clone() };
        assert_eq!(told(&keys, Some(100)), ["C", "F", "Bb"].map(|key| (key.to_string(), 100)));
        let faster = Course { ramp: Ramp::new(Some(10), Some(Tempo::bpm(130))), ..keys.clone() };
        let names = ["C", "F", "Bb", "C", "F"].map(str::to_string);
        let wanted: Vec<_> = names.into_iter().zip([90, 100, 110, 120, 130]).collect();
        assert_eq!(told(&faster, None), wanted);
        let two = Course { choruses: Some(2), ..faster };
        assert_eq!(told(&two, None), wanted[..2]);
    }
}
