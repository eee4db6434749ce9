//! Measures of a solo over its sheet, and of a set of solos beside a reference.
//!
//! Each measure is one number for one solo; a set is described by the distribution of its solos. Where an
//! event has several pitches, its highest counts. The chord of a note is the one that sounds at its written
//! onset; notes without one (N.C., or a source without chords) are left out of the measures of harmony.

mod harmony;
mod line;
mod mgeval;
mod phrase;
mod report;

use serde::Serialize;
use sideman_music::{Sheet, Solo};

pub use mgeval::MgevalFeature;
pub use report::{Beside, MeasureReport, MeasureRow, Overlap};

/// A measure that gives one number for a solo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// H1 (Wu and Yang 2020): entropy in bits of the histogram of pitch classes of the onsets in a bar,
    /// `−Σ p log₂ p`, averaged over the bars that have any.
    H1,
    /// H4: the same over windows of four bars, one bar apart.
    H4,
    /// GS, grooving similarity (Wu and Yang 2020): the mean over all pairs of bars, from the first with an
    /// onset to the last, of `1 − |a XOR b| / 64`, where a and b are the sets of onsets on 64 places a bar.
    GroovingSimilarity,
    /// Different pitches (MGEval's pitch count).
    PitchCount,
    /// Notes (MGEval's note count).
    NoteCount,
    /// Notes a bar, over the bars from the first note to the last.
    NotesPerBar,
    /// Highest less lowest pitch, in semitones.
    PitchRange,
    /// Mean size of the intervals between notes, in semitones.
    MeanInterval,
    /// Mean time from onset to onset, in quarter notes.
    MeanIoi,
    /// Share of notes whose class is in the chord: triad, and sixth or seventh.
    ChordTones,
    /// Share of notes whose class is in the usual scale of the chord ([`sideman_music::Chord::scale_tones`]).
    ScaleTones,
    /// Share of notes that MINGUS (Madaghiele et al. 2021) takes for scale tones: every class has one name
    /// there (C C♯ D E♭ E F F♯ G G♯ A B♭ B), the scale is the chord's own notes and the major scale on its
    /// root as they are spelled, and a note counts when its name is among them; so A♭ over D♭ does not.
    /// Only to compare with figures published that way.
    ScaleTonesAsNamed,
    /// Share of notes that are approach tones and resolve: no chord tone, followed within a quarter note
    /// (onset to onset) and by a semitone by a chord tone of the chord there.
    ApproachTones,
    /// Share of notes that are avoid notes: in the scale, no chord tone and no tension that goes with the
    /// chord, and a semitone above a chord tone, such as F over Cmaj7.
    AvoidNotes,
    /// Share of chord tones among the notes on strong beats: the downbeat, and the middle of a bar of an
    /// even number of beats.
    StrongChordTones,
    /// Share of changes to another chord that the line meets with a guide tone (third or seventh): the first
    /// note from the change on, where one comes within a quarter note.
    GuideTones,
    /// Mean notes in a phrase; a phrase ends where nothing sounds for a quarter note or more.
    PhraseNotes,
    /// Mean length of a phrase from its first onset to where its last note stops, in quarter notes.
    PhraseLength,
    /// Mean length of the rests between phrases, in quarter notes.
    RestLength,
    /// Share of the time from the first onset to the end of the last note that is rest between phrases.
    RestShare,
}

impl Measure {
    /// Every measure, in the order of a report.
    pub const ALL: [Self; 20] = [
        Self::H1,
        Self::H4,
        Self::GroovingSimilarity,
        Self::PitchCount,
        Self::NoteCount,
        Self::NotesPerBar,
        Self::PitchRange,
        Self::MeanInterval,
        Self::MeanIoi,
        Self::ChordTones,
        Self::ScaleTones,
        Self::ScaleTonesAsNamed,
        Self::ApproachTones,
        Self::AvoidNotes,
        Self::StrongChordTones,
        Self::GuideTones,
        Self::PhraseNotes,
        Self::PhraseLength,
        Self::RestLength,
        Self::RestShare,
    ];

    /// What a reader calls it, and its unit (empty for a share or a ratio).
    pub const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::H1 => ("H1, pitch-class entropy of 1 bar", "bits"),
            Self::H4 => ("H4, pitch-class entropy of 4 bars", "bits"),
            Self::GroovingSimilarity => ("GS, grooving similarity", ""),
            Self::PitchCount => ("pitch count", "pitches"),
            Self::NoteCount => ("note count", "notes"),
            Self::NotesPerBar => ("density", "notes/bar"),
            Self::PitchRange => ("pitch range", "semitones"),
            Self::MeanInterval => ("mean interval", "semitones"),
            Self::MeanIoi => ("mean inter-onset interval", "quarters"),
            Self::ChordTones => ("chord tones", ""),
            Self::ScaleTones => ("scale tones", ""),
            Self::ScaleTonesAsNamed => ("scale tones as MINGUS names them", ""),
            Self::ApproachTones => ("approach tones that resolve", ""),
            Self::AvoidNotes => ("avoid notes", ""),
            Self::StrongChordTones => ("chord tones on strong beats", ""),
            Self::GuideTones => ("guide tones at changes", ""),
            Self::PhraseNotes => ("phrase", "notes"),
            Self::PhraseLength => ("phrase length", "quarters"),
            Self::RestLength => ("rest between phrases", "quarters"),
            Self::RestShare => ("share of rest", ""),
        }
    }

    /// The measure of one solo; `None` where there is nothing to measure (no note, no chord, no phrase).
    pub fn of(self, sheet: &Sheet, solo: &Solo) -> Option<f64> {
        match self {
            Self::H1 => line::entropy(sheet, solo, 1),
            Self::H4 => line::entropy(sheet, solo, 4),
            Self::GroovingSimilarity => line::grooving_similarity(sheet, solo),
            Self::PitchCount => line::pitch_count(solo),
            Self::NoteCount => line::note_count(solo),
            Self::NotesPerBar => line::notes_per_bar(sheet, solo),
            Self::PitchRange => line::pitch_range(solo),
            Self::MeanInterval => line::mean_interval(solo),
            Self::MeanIoi => line::mean_ioi(solo),
            Self::ChordTones => harmony::chord_tones(sheet, solo),
            Self::ScaleTones => harmony::scale_tones(sheet, solo),
            Self::ScaleTonesAsNamed => harmony::scale_tones_as_named(sheet, solo),
            Self::ApproachTones => harmony::approach_tones(sheet, solo),
            Self::AvoidNotes => harmony::avoid_notes(sheet, solo),
            Self::StrongChordTones => harmony::strong_chord_tones(sheet, solo),
            Self::GuideTones => harmony::guide_tones(sheet, solo),
            Self::PhraseNotes => phrase::notes(solo),
            Self::PhraseLength => phrase::length(solo),
            Self::RestLength => phrase::rest_length(solo),
            Self::RestShare => phrase::rest_share(solo),
        }
    }
}

/// Everything that is measured of one solo.
#[derive(Debug, Clone, PartialEq)]
pub struct SoloMeasures {
    values: [Option<f64>; Measure::ALL.len()],
    features: [Vec<f64>; MgevalFeature::ALL.len()],
}

impl SoloMeasures {
    /// All measures of a solo over its sheet.
    pub fn new(sheet: &Sheet, solo: &Solo) -> Self {
        let values = Measure::ALL.map(|measure| measure.of(sheet, solo));
        Self { values, features: MgevalFeature::ALL.map(|feature| feature.of(solo)) }
    }

    /// The value of one measure, where there was something to measure.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        self.values[measure as usize]
    }

    /// One of MGEval's features: a number, a histogram or a table of transitions, row by row.
    pub fn feature(&self, feature: MgevalFeature) -> &[f64] {
        &self.features[feature as usize]
    }
}

#[cfg(test)]
mod tests;
