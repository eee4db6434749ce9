//! What a player can be asked for by a number: where, among the solos it has learned from, a solo of its own shall lie.

use std::ops::{Index, IndexMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sideman_corpus::measure::Measure;
use sideman_music::{Duration, Sheet, Solo};

/// One row for each control: its documentation, variant, field, name, and the number that a solo has; `None` where
/// there is nothing to measure.
macro_rules! controls {
    ($($(#[$doc:meta])* $variant:ident $field:ident $name:literal = $measure:expr;)*) => {
        /// A property of playing that is one number of a whole solo.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Control { $($(#[$doc])* $variant,)* }

        /// Something for each control.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct Controls<T> { $($(#[$doc])* pub $field: T,)* }

        impl Control {
            /// Every control.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name, in words.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The name of its embedding.
            pub(super) const fn embedding(self) -> &'static str {
                match self { $(Self::$variant => concat!("of ", $name),)* }
            }

            /// The number that a solo has; `None` where there is nothing to measure.
            pub fn of(self, sheet: &Sheet, solo: &Solo) -> Option<f64> {
                let measure: fn(&Sheet, &Solo) -> Option<f64> = match self { $(Self::$variant => $measure,)* };
                measure(sheet, solo)
            }
        }

        impl<T> Controls<T> {
            /// What a function gives for each.
            pub(super) fn from_fn(mut of: impl FnMut(Control) -> T) -> Self {
                Self { $($field: of(Control::$variant),)* }
            }
        }

        impl<T> Index<Control> for Controls<T> {
            type Output = T;

            fn index(&self, control: Control) -> &T {
                match control { $(Control::$variant => &self.$field,)* }
            }
        }

        impl<T> IndexMut<Control> for Controls<T> {
            fn index_mut(&mut self, control: Control) -> &mut T {
                match control { $(Control::$variant => &mut self.$field,)* }
            }
        }
    };
}

controls! {
    /// Notes a bar.
    Density density "density" = |sheet, solo| Measure::NotesPerBar.of(sheet, solo);
    /// How high the line lies, measured from the middle of the instrument's range.
    Register register "register" = |_, solo| register(solo);
    /// The share of notes outside the usual scale of their chord.
    Outside outside "outside" = |sheet, solo| Measure::ScaleTones.of(sheet, solo).map(|inside| 1.0 - inside);
    /// The share of time that is rest between phrases.
    Space space "space" = |sheet, solo| Measure::RestShare.of(sheet, solo);
    /// Notes in a phrase.
    PhraseLength phrase_length "phrase length" = |sheet, solo| Measure::PhraseNotes.of(sheet, solo);
    /// How late the notes come.
    LaidBack laid_back "laid back" = |_, solo| mean(solo.notes().iter().filter_map(|n| n.delay).map(quarters));
}

/// How many settings of a control the network tells apart.
pub(super) const SETTINGS: usize = 10;

impl<T> Controls<T> {
    /// The same for what a function makes of each.
    pub fn map<U>(&self, mut to: impl FnMut(&T) -> U) -> Controls<U> {
        Controls::from_fn(|control| to(&self[control]))
    }

    /// Each in the order of [`Control::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        Control::ALL.iter().map(|&control| &self[control])
    }
}

impl<T: Serialize> Serialize for Controls<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Controls<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Vec::<T>::deserialize(deserializer)?;
        if values.len() != Control::ALL.len() {
            return Err(de::Error::invalid_length(values.len(), &"one value for each control"));
        }
        let mut values = values.into_iter();
        Ok(Controls::from_fn(|_| values.next().unwrap_or_default()))
    }
}

fn register(solo: &Solo) -> Option<f64> {
    let range = solo.instrument().range();
    let middle = f64::from(range.start().number() + range.end().number()) / 2.0;
    mean(solo.notes().iter().map(|n| f64::from(n.pitch().number()))).map(|pitch| pitch - middle)
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

    #[test]
    fn a_file_holds_one_value_for_each() {
        let numbers = Controls::from_fn(|control| Some(control as u8));
        let json = serde_json::to_string(&numbers).unwrap();
        assert_eq!(json, "[0,1,2,3,4,5]");
        assert_eq!(serde_json::from_str::<Controls<Option<u8>>>(&json).unwrap(), numbers);
        assert!(serde_json::from_str::<Controls<u8>>("[0,1,2,3,4]").is_err());
    }
}
