//! A fingerprint of what a model was trained on.

use std::fmt::Display;

use sideman_corpus::Piece;

/// A hash of the pieces in their order: ids, charts, notes. FNV-1a over 64 bits (Fowler, Noll and Vo, 1991)
/// in hexadecimal, the same on every machine.
pub fn fingerprint(pieces: &[Piece]) -> String {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    for piece in pieces {
        hash.add(&piece.id);
        hash.add(&piece.sheet);
        for note in piece.solo.iter().flat_map(|solo| solo.notes()) {
            hash.add(note.onset.since_start());
            hash.add(note.duration);
            note.pitches.as_slice().iter().for_each(|pitch| hash.add(pitch.number()));
        }
    }
    format!("{:016x}", hash.0)
}

struct Fnv(u64);

impl Fnv {
    /// Adds a text and its end.
    fn add(&mut self, item: impl Display) {
        for byte in item.to_string().bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
