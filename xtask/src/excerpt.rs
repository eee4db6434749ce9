//! Excerpts of solos and whole solos, on one grid for all sources.

use sideman_corpus::Piece;
use sideman_corpus::role::{Role, roles};
use sideman_improv::line;
use sideman_music::{Chord, Duration, Note, Sheet, Solo};

/// Ticks in a quarter note: the grid on which all sources are compared, so that none is known by its own.
pub(crate) const QUARTER: i64 = 12;
const TICK: Duration = Duration::quarters(1, QUARTER);
/// Fewest notes of an excerpt.
const FEWEST: usize = 24;
/// Bars from one excerpt of a solo to the next, so that they overlap: what is rare is judged at more than one place.
const APART: usize = 4;

/// The pieces with their solos on the player's grid, so that no side is known by finer onsets or lengths than the other
/// can have.
pub(crate) fn on_the_grid<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Vec<Piece> {
    let on_grid = |solo: &Solo| line::decode(&line::encode(solo).0, solo.instrument()).ok();
    let moved = |piece: &Piece| Piece { solo: piece.solo.as_ref().and_then(on_grid), ..piece.clone() };
    pieces.into_iter().map(moved).collect()
}

/// A number of bars of a solo.
pub(crate) struct Excerpt<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) solo: Solo,
    pub(crate) tones: Vec<ExcerptNote>,
    pub(crate) bars: i64,
}

/// A note as the features need it.
pub(crate) struct ExcerptNote {
    /// Onset in ticks from the first downbeat.
    pub(crate) onset: i64,
    /// Bar counted from the first of the excerpt.
    pub(crate) bar: i64,
    /// Ticks from the downbeat.
    pub(crate) place: i64,
    pub(crate) pitch: i32,
    /// Length in ticks.
    pub(crate) length: f64,
    /// Ticks of a beat there.
    pub(crate) beat: i64,
    pub(crate) chord: Option<Chord>,
    pub(crate) role: Option<Role>,
}

impl<'a> Excerpt<'a> {
    /// The excerpts of a piece, one every four bars from the bar of the first note; those with few notes are left out.
    pub(crate) fn all(piece: &'a Piece, bars: i64) -> Vec<Self> {
        let Some((solo, first, last)) = span(piece) else { return Vec::new() };
        let starts = (first..=last + 1 - bars).step_by(APART);
        let cut = |start: i64| Self::cut(&piece.sheet, solo, start, bars);
        starts.filter_map(cut).filter(|excerpt| excerpt.tones.len() >= FEWEST).collect()
    }

    /// All of a solo; `None` where there is no note.
    pub(crate) fn whole(piece: &'a Piece) -> Option<Self> {
        let (solo, first, last) = span(piece)?;
        Self::cut(&piece.sheet, solo, first, last + 1 - first)
    }

    /// The phrases: what a silence of a quarter note and more divides.
    pub(crate) fn phrases(&self) -> Vec<&[ExcerptNote]> {
        self.tones.chunk_by(|a, b| !a.breathes_before(b)).collect()
    }

    fn cut(sheet: &'a Sheet, solo: &Solo, start: i64, bars: i64) -> Option<Self> {
        let bar = |note: &Note| sheet.place(note.onset).0;
        let from = solo.notes().partition_point(|n| bar(n) < start);
        let to = solo.notes().partition_point(|n| bar(n) < start + bars);
        let notes = solo.notes()[from..to].to_vec();
        Some(Self::new(sheet, Solo::new(solo.instrument(), notes).ok()?, start, bars))
    }

    fn new(sheet: &'a Sheet, solo: Solo, start: i64, bars: i64) -> Self {
        let tone = |(note, role): (&Note, Option<Role>)| {
            let (bar, _) = sheet.place(note.onset);
            let onset = note.onset.quantised(TICK);
            let (_, place) = sheet.place(onset);
            ExcerptNote {
                onset: onset.since_start().in_units_of(TICK),
                bar: bar - start,
                place: place.in_units_of(TICK),
                pitch: note.pitch().number().into(),
                length: note.duration.in_units_of(TICK / 100) as f64 / 100.0,
                beat: sheet.meter_at(note.onset).beat().in_units_of(TICK).max(1),
                chord: sheet.chord_at(note.onset),
                role,
            }
        };
        let tones = solo.notes().iter().zip(roles(sheet, &solo)).map(tone).collect();
        Self { sheet, solo, tones, bars }
    }
}

impl ExcerptNote {
    /// Whether a quarter note of silence or more stands before the next note.
    pub(crate) fn breathes_before(&self, next: &Self) -> bool {
        (next.onset - self.onset) as f64 - self.length >= QUARTER as f64
    }
}

/// The solo of a piece, with the bars of its first and its last note.
fn span(piece: &Piece) -> Option<(&Solo, i64, i64)> {
    let solo = piece.solo.as_ref()?;
    let bar = |note: &Note| piece.sheet.place(note.onset).0;
    Some((solo, bar(solo.notes().first()?), bar(solo.notes().last()?)))
}
