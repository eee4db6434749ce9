//! The index as bytes: hashes and places.

use crate::FileError;
use crate::codec::{Seal, SealedReader, SealedWriter};

use super::Index;
use super::runs::{IndexedSolo, NotePlace, RunKind};

const SEAL: Seal = Seal { what: "index of originality", magic: *b"sideman#", version: 1, oldest: 1 };

impl Index {
    /// The index as a file: about ten bytes a note, none of them a note.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = SealedWriter::default();
        writer.number(self.0.len() as u64);
        for solo in &self.0 {
            [&solo.id, &solo.performer, &solo.tune].into_iter().for_each(|text| writer.text(text));
            writer.number(solo.notes.len() as u64);
            let mut before = 0;
            for note in &solo.notes {
                writer.signed(i64::from(note.bar) - before);
                writer.number(note.varied.into());
                before = i64::from(note.bar);
            }
            solo.hashes.iter().flatten().for_each(|&hash| writer.fixed(hash));
        }
        writer.sealed(SEAL)
    }

    /// The index that a file holds.
    ///
    /// # Errors
    /// When the bytes are no such file, of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        let mut reader = SealedReader::open(SEAL, bytes)?;
        let (mut solos, mut first) = (Vec::new(), 0_u32);
        for _ in 0..reader.count(4)? {
            let [id, performer, tune] = [reader.text()?, reader.text()?, reader.text()?].map(str::to_owned);
            let notes = places(&mut reader)?;
            let mut hashes = RunKind::ALL.map(|_| Vec::new());
            for (kind, hashes) in RunKind::ALL.into_iter().zip(&mut hashes) {
                *hashes = reader.fixed_list(notes.len().saturating_sub(kind.size()))?;
            }
            let next =
                first.checked_add(notes.len() as u32).ok_or_else(|| reader.malformed("too many notes"))?;
            solos.push(IndexedSolo { id, performer, tune, first, notes, hashes });
            first = next;
        }
        reader.end()?;
        Ok(Self(solos))
    }
}

fn places(reader: &mut SealedReader<'_>) -> Result<Vec<NotePlace>, FileError> {
    let mut notes = Vec::new();
    let mut before = 0_i64;
    for _ in 0..reader.count(2)? {
        let bar = before.checked_add(reader.signed()?).and_then(|bar| i32::try_from(bar).ok());
        let bar = bar.ok_or_else(|| reader.malformed("a bar is out of range"))?;
        notes.push(NotePlace { bar, varied: reader.small()? });
        before = bar.into();
    }
    Ok(notes)
}
