//! Excerpts of solos, on one grid for all sources.

use sideman_corpus::Piece;
use sideman_corpus::role::{Role, roles};
use sideman_music::{Chord, Duration, Note, Sheet, Solo};

/// Ticks in a quarter note: the grid on which all sources are compared, so that none is known by its own.
pub(super) const QUARTER: i64 = 12;
const TICK: Duration = Duration::quarters(1, QUARTER);
/// Fewest notes of an excerpt.
const FEWEST: usize = 24;

/// A number of bars of a solo.
pub(super) struct Excerpt<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) solo: Solo,
    pub(super) tones: Vec<ExcerptNote>,
    pub(super) bars: i64,
}

/// A note as the features need it.
pub(super) struct ExcerptNote {
    /// Onset in ticks from the first downbeat.
    pub(super) onset: i64,
    /// Bar counted from the first of the excerpt.
    pub(super) bar: i64,
    /// Ticks from the downbeat.
    pub(super) place: i64,
    pub(super) pitch: i32,
    /// Length in ticks.
    pub(super) length: f64,
    /// Ticks of a beat there.
    pub(super) beat: i64,
    pub(super) chord: Option<Chord>,
    pub(super) role: Option<Role>,
}

impl<'a> Excerpt<'a> {
    /// The excerpts of a piece, one behind the other from the bar of the first note; those with few notes are left out.
    pub(super) fn all(piece: &'a Piece, bars: i64) -> Vec<Self> {
        let (Some(solo), sheet) = (&piece.solo, &piece.sheet) else { return Vec::new() };
        let bar = |note: &Note| sheet.place(note.onset).0;
        let (Some(first), Some(last)) = (solo.notes().first().map(bar), solo.notes().last().map(bar)) else {
            return Vec::new();
        };
        let whole = (last + 1 - first) / bars;
        let cut = |i: i64| {
            let start = first + i * bars;
            let from = solo.notes().partition_point(|n| bar(n) < start);
            let to = solo.notes().partition_point(|n| bar(n) < start + bars);
            let notes = solo.notes()[from..to].to_vec();
            (notes.len() >= FEWEST)
                .then(|| Self::new(sheet, Solo::new(solo.instrument(), notes).ok()?, start, bars))?
        };
        (0..whole).filter_map(cut).collect()
    }

    fn new(sheet: &'a Sheet, solo: Solo, start: i64, bars: i64) -> Option<Self> {
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
        Some(Self { sheet, solo, tones, bars })
    }
}
