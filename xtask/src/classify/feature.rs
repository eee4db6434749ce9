//! What the classifier knows of an excerpt.
//!
//! Left out on purpose is what tells a source and not a player: instrument and register, loudness, timing off the grid,
//! tempo, and the grid itself.

mod harmony;
mod line;
mod phrase;
mod rhythm;
mod shares;

use sideman_corpus::measure::Measure;

use super::excerpt::Excerpt;

/// What a feature is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// Which intervals follow each other, and the contour they make.
    Line,
    /// When notes begin.
    Rhythm,
    /// How long they sound.
    Articulation,
    /// What they are to the chords.
    Harmony,
    /// How they form phrases.
    Phrase,
    /// What comes back, and how the excerpt moves.
    Form,
}

impl Group {
    pub(super) const ALL: [Self; 6] =
        [Self::Line, Self::Rhythm, Self::Articulation, Self::Harmony, Self::Phrase, Self::Form];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Rhythm => "rhythm",
            Self::Articulation => "articulation",
            Self::Harmony => "harmony",
            Self::Phrase => "phrases",
            Self::Form => "form",
        }
    }
}

/// One feature of an excerpt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Point {
    pub(super) group: Group,
    pub(super) name: String,
    pub(super) value: Option<f64>,
}

/// A group's measures, and what else is known of it.
type Chapter = (Group, &'static [Measure], fn(&Excerpt<'_>, &mut Points));

const CHAPTERS: [Chapter; 4] = [
    (
        Group::Line,
        &[Measure::H1, Measure::H4, Measure::PitchCount, Measure::PitchRange, Measure::MeanInterval],
        line::describe,
    ),
    (Group::Rhythm, &[Measure::GroovingSimilarity, Measure::NotesPerBar, Measure::MeanIoi], rhythm::describe),
    (
        Group::Harmony,
        &[
            Measure::ChordTones,
            Measure::ScaleTones,
            Measure::ApproachTones,
            Measure::AvoidNotes,
            Measure::StrongChordTones,
            Measure::GuideTones,
        ],
        harmony::describe,
    ),
    (
        Group::Phrase,
        &[Measure::PhraseNotes, Measure::PhraseLength, Measure::RestLength, Measure::RestShare],
        phrase::describe,
    ),
];

/// The features of an excerpt; of all excerpts the same ones in the same order.
pub(super) fn of(excerpt: &Excerpt<'_>) -> Vec<Point> {
    let mut points = Points { points: Vec::new(), group: Group::Line };
    for (group, measures, describe) in CHAPTERS {
        points.group = group;
        for measure in measures {
            points.push(measure.name().0, measure.of(excerpt.sheet, &excerpt.solo));
        }
        describe(excerpt, &mut points);
    }
    points.points
}

/// Features as they are gathered, under the group of the moment.
pub(super) struct Points {
    points: Vec<Point>,
    pub(super) group: Group,
}

impl Points {
    fn push(&mut self, name: impl Into<String>, value: Option<f64>) {
        self.points.push(Point { group: self.group, name: name.into(), value });
    }

    /// The mean of some values.
    fn mean(&mut self, name: &str, values: impl IntoIterator<Item = f64>) {
        let values: Vec<f64> = values.into_iter().collect();
        self.push(name, mean(&values));
    }

    /// Their spread.
    fn spread(&mut self, name: &str, values: impl IntoIterator<Item = f64>) {
        let values: Vec<f64> = values.into_iter().collect();
        let value = mean(&values)
            .map(|m| (values.iter().map(|v| (v - m).powi(2)).sum::<f64>() / values.len() as f64).sqrt());
        self.push(name, value);
    }

    /// The share of those that hold.
    fn share(&mut self, name: &str, flags: impl IntoIterator<Item = bool>) {
        self.mean(name, flags.into_iter().map(|flag| f64::from(u8::from(flag))));
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
