//! What the classifier knows of an excerpt.
//!
//! Left out on purpose is what tells a source and not a player: instrument and register, loudness, timing off the grid,
//! tempo, and the grid itself.

mod harmony;
mod line;
mod phrase;
mod point;
mod rhythm;
mod shares;

use sideman_corpus::measure::Measure;

use crate::excerpt::Excerpt;
use crate::habits::{self, Habit};
use point::Points;
pub(super) use point::{Group, Point};

/// A group's measures, its habits, and what else is known of it.
type Chapter = (Group, &'static [Measure], &'static [Habit], fn(&Excerpt<'_>, &mut Points));

const CHAPTERS: [Chapter; 5] = [
    (
        Group::Line,
        &[Measure::H1, Measure::H4, Measure::PitchCount, Measure::PitchRange, Measure::MeanInterval],
        &[habits::SIXTHS],
        line::describe,
    ),
    (
        Group::Rhythm,
        &[Measure::GroovingSimilarity, Measure::NotesPerBar, Measure::MeanIoi],
        &[habits::SHORT_GAPS],
        rhythm::describe,
    ),
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
        &[habits::STEP_INTO_THIRD],
        harmony::describe,
    ),
    (
        Group::Phrase,
        &[Measure::PhraseNotes, Measure::PhraseLength, Measure::RestLength, Measure::RestShare],
        &habits::PHRASES,
        phrase::describe,
    ),
    (Group::Form, &[], &habits::FORM, |_, _| {}),
];

/// The features of an excerpt; of all excerpts the same ones in the same order.
pub(super) fn of(excerpt: &Excerpt<'_>) -> Vec<Point> {
    let mut points = Points::default();
    for (group, measures, habits, describe) in CHAPTERS {
        points.group = group;
        for measure in measures {
            points.push(measure.name().0, measure.of(excerpt.sheet, &excerpt.solo));
        }
        for habit in habits {
            points.push(habit.name, (habit.of)(excerpt));
        }
        describe(excerpt, &mut points);
    }
    points.into_inner()
}
