//! Traits of the gap from a note to the next.

use super::super::chart::GridChart;
use super::super::echo::Echo;
use super::super::encode::{GridNote, shortest};
use super::super::grid::{GridSpan, GridTime, SpanClass};
use super::traits::{BREATH, TraitTable, numbered, phrase, role_of, table};

/// Upper ends of classes of gaps in units of the grid: 32nd, triplet 16th, 16th, triplet eighth, eighth, triplet quarter,
/// dotted eighth, quarter, dotted quarter, half, whole, more.
const GAPS: [i64; 11] = [3, 4, 7, 9, 14, 17, 20, 27, 40, 60, 108];
/// Upper ends of classes of tempo in quarter notes a minute.
const TEMPI: [u32; 4] = [80, 120, 165, 220];
/// Upper ends of classes of the notes that a phrase has.
const PHRASES: [usize; 8] = [1, 2, 4, 7, 11, 17, 26, 40];
/// Places in a quarter note that are told apart, in units; others are one class.
const PHASES: [i64; 7] = [0, 6, 8, 12, 15, 16, 18];

/// The class of a gap, after that of the gap before; the place in the quarter note, by tempo; whether a silence ends the
/// phrase, by its notes so far, by the role of its last note, and by where that falls; whether the rhythm goes on as it did
/// before, by how long it has; the beat of the bar, by how the last note falls; a gap of a 32nd, by tempo; the notes of the
/// last bar against the next gap.
pub(super) const TABLES: [TraitTable; 9] = [
    table(13, 12),
    table(5, 8),
    table(9, 2),
    table(4, 2),
    table(3, 2),
    table(7, 2),
    table(3, 5),
    table(5, 2),
    table(6, 3),
];

/// What is known before a gap is chosen.
pub(super) struct GapTraits<'a> {
    chart: &'a GridChart,
    last: &'a GridNote,
    echo: Option<GridSpan>,
    rows: [Option<usize>; 9],
}

fn class(ends: &[i64], value: i64) -> usize {
    ends.partition_point(|&end| end < value)
}

impl<'a> GapTraits<'a> {
    /// What is known after some notes; `None` before the first.
    pub(super) fn after(
        chart: &'a GridChart,
        tempo: Option<u32>,
        past: &'a [GridNote],
        echo: &Echo,
    ) -> Option<Self> {
        let last = past.last()?;
        let before = past.iter().rev().nth(1).map(|before| class(&GAPS, (last.onset - before.onset).units()));
        let tempo = tempo.map(|tempo| TEMPI.partition_point(|&end| end < tempo));
        let place = chart.position(last.onset);
        let on_beat = place.phase() == 0;
        let falls = if !on_beat { 2 } else { usize::from(place.beat() % 2 == 1) };
        let bar = past.iter().rev().take_while(|note| (last.onset - note.onset).units() < 96).count();
        let rows = [
            Some(before.map_or(0, |class| class + 1)),
            tempo,
            Some(PHRASES.partition_point(|&end| end < phrase(past))),
            Some(role_of(&chart.harmony(last.onset), last.pitch.number().into())),
            Some(falls),
            echo.gap.map(|(_, reach)| (reach as usize).min(6)),
            Some(falls),
            tempo,
            Some((bar / 3).min(5)),
        ];
        Some(Self { chart, last, echo: echo.gap.map(|(gap, _)| gap), rows })
    }

    /// The traits that a gap has.
    pub(super) fn of(&self, gap: SpanClass) -> impl Iterator<Item = usize> {
        let span = gap.span();
        let onset: GridTime = self.last.onset + span;
        let place = self.chart.position(onset);
        let phase = PHASES.iter().position(|&at| at == place.phase()).unwrap_or(PHASES.len());
        let held = self.last.hold.map_or(GridSpan::UNIT, shortest);
        let breath = usize::from(span - held >= BREATH);
        let beat = if phase == 0 { (place.beat() as usize).min(3) } else { 4 };
        let size = class(&GAPS, span.units());
        let columns = [
            size,
            phase,
            breath,
            breath,
            breath,
            usize::from(self.echo == Some(span)),
            beat,
            usize::from(size == 0),
            breath * 2 + usize::from(breath == 0 && size > 4),
        ];
        numbered(TABLES, self.rows, columns.map(Some))
    }
}
