//! Small pieces for tests.

use sideman_music::{Duration, Instrument, Note, Pitch, Sheet, Solo, Time};

use crate::{Credits, Piece};

/// Eighth notes from the first downbeat on.
pub(crate) fn line(pitches: &[u8]) -> Solo {
    let eighth = Duration::quarters(1, 2);
    let note = |(i, &p): (usize, &u8)| Note::new(Time::ZERO + eighth * i as i64, eighth, Pitch::midi(p));
    Solo::new(Instrument::TenorSax, pitches.iter().enumerate().map(note).collect()).unwrap()
}

/// A piece over four bars of C.
pub(crate) fn piece(id: &str, title: &str, solo: Solo) -> Piece {
    let sheet: Sheet = "C | C | C | C".parse().unwrap();
    Piece { id: id.into(), sheet: sheet.with_title(title), solo: Some(solo), credits: Credits::default() }
}

/// The piece with a performer.
pub(crate) fn by(performer: &str, piece: Piece) -> Piece {
    Piece { credits: Credits { performer: performer.into(), ..piece.credits }, ..piece }
}
