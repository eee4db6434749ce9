//! The index as bytes: hashes and places.

use crate::FileError;
use crate::codec::{SealedReader, Seal, SealedWriter};

use super::{Grams, Index, RunKind, NotePlace, IndexedSolo};

const SEAL: Seal = Seal { what: "index of originality", magic: *b"sideman#", version: 1 };

impl Index {
    /// The index as a file: about ten bytes a note, none of them a note.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = SealedWriter::default();
        let hashes = self.grams.each_ref().map(Grams::in_order);
        writer.number(self.sources.len() as u64);
        for source in &self.sources {
            [&source.id, &source.performer, &source.tune].into_iter().for_each(|text| writer.text(text));
            writer.number(source.notes.len() as u64);
            let mut before = 0;
            for note in &source.notes {
                writer.signed(i64::from(note.bar) - before);
                writer.number(note.varied.into());
                before = i64::from(note.bar);
            }
            for hash in hashes.iter().flat_map(|all| all.range(source.places())) {
                writer.fixed(*hash.1);
            }
        }
        writer.sealed(SEAL)
    }

    /// The index that a file holds.
    ///
    /// # Errors
    /// When the bytes are no such file, of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        let mut reader = SealedReader::open(SEAL, bytes)?;
        let mut index = Self { sources: Vec::new(), grams: RunKind::ALL.map(|_| Grams::default()) };
        let mut first = 0_u32;
        for _ in 0..reader.count(4)? {
            let [id, performer, tune] = [reader.text()?, reader.text()?, reader.text()?].map(str::to_owned);
            let notes = places(&mut reader)?;
            let mut hashes = RunKind::ALL.map(|_| Vec::new());
            for (kind, hashes) in RunKind::ALL.into_iter().zip(&mut hashes) {
                for _ in 0..notes.len().saturating_sub(kind.size()) {
                    hashes.push(reader.fixed()?);
                }
            }
            let next =
                first.checked_add(notes.len() as u32).ok_or_else(|| reader.malformed("too many notes"))?;
            index.push(IndexedSolo { id, performer, tune, first, notes }, hashes);
            first = next;
        }
        reader.end()?;
        index.grams.iter_mut().for_each(Grams::sort);
        Ok(index)
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
