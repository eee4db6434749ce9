//! What a musician hears in a line beside its notes, as figures of an excerpt or of a whole solo.
//!
//! A phrase ends where a quarter note or more is silent; its register is the mean of its pitches. The roots, degrees and
//! roles are those of the written chords.

mod average;
mod harmony;
mod phrase;
mod recurrence;
mod register;

use sideman_music::Duration;

use crate::excerpt::Excerpt;
use average::share;

/// A figure of a line.
#[derive(Clone, Copy)]
pub(crate) struct Habit {
    /// Unique.
    pub(crate) name: &'static str,
    pub(crate) unit: Unit,
    /// `None` where there is nothing that it could be said of.
    pub(crate) of: fn(&Excerpt<'_>) -> Option<f64>,
}

/// What a figure counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Semitones,
    /// A share of 1.
    Share,
    /// Notes a bar.
    Notes,
    /// A plain number.
    Ratio,
}

/// How the registers of phrases and of the whole move, and what comes back.
pub(crate) const FORM: [Habit; 5] = [
    Habit {
        name: "spread of phrase registers, semitones",
        unit: Unit::Semitones,
        of: register::spread_of_phrases,
    },
    Habit {
        name: "register from the first to the last third, semitones",
        unit: Unit::Semitones,
        of: register::drift,
    },
    Habit {
        name: "notes more than 10 semitones below the median",
        unit: Unit::Share,
        of: register::low_notes,
    },
    Habit { name: "the same four pitches come back", unit: Unit::Share, of: recurrence::four_pitches },
    Habit { name: "a three-note cell back within two bars", unit: Unit::Share, of: recurrence::cells },
];

/// How phrases follow each other, begin and end.
pub(crate) const PHRASES: [Habit; 7] = [
    Habit { name: "interval over a rest, semitones", unit: Unit::Semitones, of: phrase::interval_over_rest },
    Habit {
        name: "leaps of 8 semitones and more over a rest",
        unit: Unit::Share,
        of: phrase::leaps_over_rest,
    },
    Habit { name: "a phrase's first interval goes up", unit: Unit::Share, of: phrase::first_goes_up },
    Habit { name: "a phrase opens with the last one's rhythm", unit: Unit::Share, of: phrase::same_rhythm },
    Habit {
        name: "a phrase opens with the last one's intervals",
        unit: Unit::Share,
        of: phrase::same_intervals,
    },
    Habit { name: "a phrase's last note on beat 1 or 3", unit: Unit::Share, of: phrase::last_on_strong_beat },
    Habit { name: "a phrase ends outside", unit: Unit::Share, of: phrase::ends_outside },
];

/// Intervals of a minor sixth and more, over rests too.
pub(crate) const SIXTHS: Habit =
    Habit { name: "leaps of a sixth and more", unit: Unit::Share, of: register::sixths };

/// See [`harmony`].
pub(crate) const STEP_INTO_THIRD: Habit = Habit {
    name: "step into the third where roots rise a fourth",
    unit: Unit::Share,
    of: harmony::step_into_third,
};

/// Of lines at 36 to 72 quarter notes a minute alone.
pub(crate) const SHORT_GAPS: Habit =
    Habit { name: "gaps of a 32nd or less at slow tempi", unit: Unit::Share, of: short_gaps };

/// Every habit.
pub(crate) fn all() -> impl Iterator<Item = Habit> {
    FORM.into_iter().chain(PHRASES).chain([SIXTHS, STEP_INTO_THIRD, SHORT_GAPS])
}

fn short_gaps(excerpt: &Excerpt<'_>) -> Option<f64> {
    const SLOW: std::ops::RangeInclusive<u32> = 36..=72;
    excerpt.sheet.tempo().filter(|tempo| SLOW.contains(&tempo.to_bpm()))?;
    let pairs = excerpt.solo.notes().windows(2);
    share(pairs.map(|w| w[1].onset - w[0].onset <= Duration::quarters(1, 8)))
}

#[cfg(test)]
mod tests;
