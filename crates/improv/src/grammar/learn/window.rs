//! Solos in windows: categories, durations and slopes.

use std::ops::Range;

use sideman_corpus::Piece;
use sideman_music::{Duration, Note, Sheet, Time};

use super::super::melody::{NoteCategory, Slope};
use super::super::realise::chord_for;

/// The grid of windows: twelve in a quarter note.
pub(super) const GRID: Duration = Duration::quarters(1, 12);
pub(super) const TICKS: i64 = 12;
/// Semitones from the note before within which a pitch is looked for.
const OCTAVE: i32 = 12;

/// A note or rest of a window; times in ticks, twelve in a quarter note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WindowNote {
    /// `None` is a rest.
    pub(super) pitch: Option<WindowPitch>,
    pub(super) ticks: i64,
}

/// What a note of a window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WindowPitch {
    pub(super) category: NoteCategory,
    /// Semitones from the note before in the window.
    pub(super) step: Option<i32>,
}

/// Four beats of a solo or so, filled with notes and rests exactly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct AbstractWindow {
    /// Whether its first note began in the window before.
    pub(super) tied: bool,
    pub(super) notes: Vec<WindowNote>,
}

/// A note on the grid.
#[derive(Clone, Copy)]
struct GridNote {
    start: i64,
    end: i64,
    pitch: i32,
}

/// The windows of each chorus of a piece, so many quarter notes each; what a chorus has behind the last whole window is
/// left out. Notes that sound over a border are split.
pub(super) fn windows(piece: &Piece, quarters: i64) -> Vec<Vec<AbstractWindow>> {
    let Some(solo) = &piece.solo else { return Vec::new() };
    let notes = on_grid(solo.notes());
    let window = |ticks: Range<i64>| window(&piece.sheet, &notes, ticks);
    spans(piece, quarters).into_iter().map(|chorus| chorus.into_iter().map(window).collect()).collect()
}

/// The windows of each chorus in ticks.
fn spans(piece: &Piece, quarters: i64) -> Vec<Vec<Range<i64>>> {
    let sheet = &piece.sheet;
    let ticks = |time: Time| time.since_start().in_units_of(GRID);
    let starts = piece.credits.choruses.iter().map(|&bar| ticks(sheet.bar_start(bar as usize)));
    let mut edges: Vec<i64> = [0].into_iter().chain(starts).chain([ticks(sheet.end())]).collect();
    edges.sort_unstable();
    edges.dedup();
    let length = quarters.max(1) * TICKS;
    let chorus = |edge: &[i64]| -> Vec<Range<i64>> {
        let starts = (0..(edge[1] - edge[0]) / length).map(|i| edge[0] + i * length);
        starts.map(|start| start..start + length).collect()
    };
    edges.windows(2).map(chorus).filter(|chorus| !chorus.is_empty()).collect()
}

/// The notes that begin in the windows of a solo, and the nats of all pitches there once their categories and directions are
/// known: each is any of those within an octave of the note before that have both; the first of a window, any of its
/// category that the instrument has.
pub(super) fn pitch_choices(piece: &Piece, quarters: i64) -> (usize, f64) {
    let Some(solo) = &piece.solo else { return (0, 0.0) };
    let notes = on_grid(solo.notes());
    let range = solo.instrument().range();
    let range = i32::from(range.start().number())..=i32::from(range.end().number());
    let (mut count, mut nats) = (0, 0.0);
    for ticks in spans(piece, quarters).into_iter().flatten() {
        count += notes.iter().filter(|note| ticks.contains(&note.start)).count();
        let inside = clipped(&notes, &ticks);
        for (i, note) in inside.iter().enumerate() {
            let next = inside.get(i + 1).map(|next| next.pitch);
            let of = |pitch: i32| {
                category(&piece.sheet, &GridNote { pitch, ..*note }, next.map(|next| next - pitch))
            };
            let own = of(note.pitch);
            let before = i.checked_sub(1).map(|before| inside[before].pitch);
            let fits = |&pitch: &i32| match before {
                None => of(pitch) == own,
                Some(before) => {
                    of(pitch) == own && (pitch - before).signum() == (note.pitch - before).signum()
                }
            };
            let reach = before.map_or(range.clone(), |before| {
                let octave = OCTAVE.max((note.pitch - before).abs());
                before - octave..=before + octave
            });
            nats += (reach.filter(fits).count().max(1) as f64).ln();
        }
    }
    (count, nats)
}

/// The notes from one tick to another, cut there.
fn clipped(notes: &[GridNote], ticks: &Range<i64>) -> Vec<GridNote> {
    let first = notes.partition_point(|note| note.end <= ticks.start);
    let inside = notes[first..].iter().take_while(|note| note.start < ticks.end);
    inside
        .map(|note| GridNote { start: note.start.max(ticks.start), end: note.end.min(ticks.end), ..*note })
        .collect()
}

/// The notes from one tick to another as a window.
fn window(sheet: &Sheet, notes: &[GridNote], ticks: Range<i64>) -> AbstractWindow {
    let inside = clipped(notes, &ticks);
    let Range { start, end } = ticks;
    let tied = notes.iter().any(|note| note.start < start && note.end > start);
    let (mut made, mut at) = (Vec::new(), start);
    for (i, note) in inside.iter().enumerate() {
        if note.start > at {
            made.push(WindowNote { pitch: None, ticks: note.start - at });
        }
        let next = inside.get(i + 1).map(|next| next.pitch - note.pitch);
        let category = category(sheet, note, next);
        let step = i.checked_sub(1).map(|before| note.pitch - inside[before].pitch);
        made.push(WindowNote { pitch: Some(WindowPitch { category, step }), ticks: note.end - note.start });
        at = note.end;
    }
    if end > at {
        made.push(WindowNote { pitch: None, ticks: end - at });
    }
    AbstractWindow { tied, notes: made }
}

/// Chord tone, else colour tone, else approach where the next note is exactly a semitone away, else arbitrary.
fn category(sheet: &Sheet, note: &GridNote, next: Option<i32>) -> NoteCategory {
    let chord = chord_for(sheet, Time::after_start(GRID * note.start));
    let class = sideman_music::PitchClass::new(note.pitch);
    match () {
        () if chord.tones().contains(class) => NoteCategory::Chord,
        () if chord.colours().contains(class) => NoteCategory::Colour,
        () if next.is_some_and(|step| step.abs() == 1) => NoteCategory::Approach,
        () => NoteCategory::Arbitrary,
    }
}

/// Notes on the grid, each at least a tick long, none overlapping; of two on one tick the later.
fn on_grid(notes: &[Note]) -> Vec<GridNote> {
    let mut grid: Vec<GridNote> = Vec::with_capacity(notes.len());
    for note in notes {
        let start = note.onset.since_start().in_units_of(GRID);
        let end = note.end().since_start().in_units_of(GRID).max(start + 1);
        while grid.last().is_some_and(|last| last.start >= start) {
            grid.pop();
        }
        if let Some(last) = grid.last_mut() {
            last.end = last.end.min(start);
        }
        grid.push(GridNote { start, end, pitch: note.pitch().number().into() });
    }
    grid
}

impl AbstractWindow {
    /// The maximal runs of notes in one direction, each as places from..to among the notes that step, with its slope.
    pub(super) fn slopes(&self) -> Vec<(usize, Slope)> {
        let mut runs: Vec<(usize, Slope)> = Vec::new();
        for step in self.notes.iter().filter_map(|note| note.pitch?.step) {
            match runs.last_mut() {
                Some((count, slope)) if slope.least.signum() == step.signum() => {
                    *count += 1;
                    slope.least = slope.least.min(step);
                    slope.greatest = slope.greatest.max(step);
                }
                _ => runs.push((1, Slope { least: step, greatest: step })),
            }
        }
        runs
    }

    /// What is compared: place of the first note, consonance, notes, rest, mean of the greatest steps, starts on the
    /// beat, slopes.
    pub(super) fn features(&self) -> [f64; 7] {
        let beats = |ticks: i64| ticks as f64 / TICKS as f64;
        let sounding = || self.notes.iter().filter_map(|note| Some((note.pitch?, note.ticks)));
        let worth = |category| match category {
            NoteCategory::Chord => 0.8,
            NoteCategory::Approach => 0.6,
            NoteCategory::Colour => 0.4,
            _ => 0.1,
        };
        let first =
            self.notes.iter().take_while(|note| note.pitch.is_none()).map(|note| note.ticks).sum::<i64>();
        let rest = self.notes.iter().filter(|note| note.pitch.is_none()).map(|note| note.ticks).sum::<i64>();
        let slopes = self.slopes();
        let greatest = |&(_, slope): &(usize, Slope)| f64::from(slope.greatest.abs().max(slope.least.abs()));
        let mean = slopes.iter().map(greatest).sum::<f64>() / slopes.len().max(1) as f64;
        let silent = sounding().next().is_none();
        [
            beats(first),
            sounding().map(|(pitch, ticks)| worth(pitch.category) * beats(ticks)).sum(),
            sounding().count() as f64,
            beats(rest),
            mean,
            f64::from(u8::from(!silent && first % TICKS == 0)),
            slopes.len() as f64,
        ]
    }
}

impl AbstractWindow {
    /// The window cut into parts of so many ticks; the first note of each steps from nowhere.
    pub(super) fn parts(&self, ticks: i64) -> Vec<Self> {
        let (mut parts, mut part, mut left, mut tied) = (Vec::new(), Vec::new(), ticks, self.tied);
        for note in &self.notes {
            let mut rest = *note;
            while rest.ticks > 0 {
                let taken = rest.ticks.min(left);
                let first = part.iter().all(|note: &WindowNote| note.pitch.is_none());
                let pitch =
                    rest.pitch.map(|pitch| WindowPitch { step: pitch.step.filter(|_| !first), ..pitch });
                part.push(WindowNote { pitch, ticks: taken });
                (rest.ticks, left) = (rest.ticks - taken, left - taken);
                rest.pitch = rest.pitch.map(|pitch| WindowPitch { step: Some(0), ..pitch });
                if left == 0 {
                    parts.push(Self { tied, notes: std::mem::take(&mut part) });
                    left = ticks;
                    tied = rest.ticks > 0 && rest.pitch.is_some();
                }
            }
        }
        parts
    }
}
