//! Everything that is to be said of a note: its role, its surprise, what else was likely, who has played it.

use serde::Serialize;
use sideman_corpus::originality::{Match, SharedLick};
use sideman_corpus::role::roles;
use sideman_corpus::{Credits, Piece};
use sideman_improv::line::{Expectation, LinePlayer};
use sideman_music::{Sheet, Solo};

use super::explanation::ExplainedNote;

/// Pitches that are told beside the one that was played.
const LIKELY: usize = 6;

/// What is to be said of a note of a solo.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoteInsight {
    /// Where it stands, what it is to the chord, how surprising it is.
    pub note: ExplainedNote,
    /// The likeliest pitches there, the likeliest first.
    pub likely: Vec<LikelyPitch>,
    /// The longest run of the corpus that goes through it.
    pub shared: Option<Match>,
}

/// A pitch that might have been played.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LikelyPitch {
    /// As MIDI numbers it.
    pub pitch: u8,
    /// Its name.
    pub name: String,
    /// Given the place of the note, from 0 to 1.
    pub probability: f64,
}

/// What is to be said of each note of a solo over its sheet.
pub fn insights(player: &LinePlayer, sheet: &Sheet, solo: &Solo) -> Vec<NoteInsight> {
    let credits = Credits { instrument: Some(solo.instrument()), ..Credits::default() };
    let piece = Piece { id: String::new(), sheet: sheet.clone(), solo: Some(solo.clone()), credits };
    let licks = player.model().index.licks(sheet, solo);
    let expected = player.expectations(&piece, LIKELY).into_iter();
    let notes = solo.notes().iter().zip(roles(sheet, solo)).zip(expected).enumerate();
    let insight = |(i, ((note, role), Expectation { surprise, likely }))| NoteInsight {
        note: ExplainedNote::new(sheet, note, role, surprise),
        likely: likely.into_iter().map(|(pitch, probability)| LikelyPitch::new(pitch, probability)).collect(),
        shared: through(&licks, i).cloned(),
    };
    notes.map(insight).collect()
}

/// The longest run that goes through a note.
fn through(licks: &[SharedLick], note: usize) -> Option<&Match> {
    let goes = |lick: &&SharedLick| (lick.first..=lick.first + lick.shared.intervals).contains(&note);
    licks.iter().filter(goes).map(|lick| &lick.shared).max_by_key(|shared| shared.intervals)
}

impl LikelyPitch {
    fn new(pitch: sideman_music::Pitch, probability: f64) -> Self {
        Self { pitch: pitch.number(), name: pitch.to_string(), probability }
    }
}
