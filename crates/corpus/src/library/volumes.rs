//! A corpus of any size in one file, written and read a volume at a time.
//!
//! The file only grows while it is written. Behind its head come frames, each its length in eight bytes and sealed bytes of so
//! many: a volume for some hundred sources, which is a corpus file of its own behind the hashes of their names; the
//! catalogue of all pieces; the table of where these lie. The place of the table ends the file. So what was written is kept
//! when writing is interrupted, and what is read is found in the time of reading the table.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use super::bytes;
use super::catalogue::{Catalogue, CatalogueEntry, Cataloguing};
use super::dataset::{Dataset, VolumeError};
use super::gathering::{MetIds, make_ids_unique};
use super::texts::{KnownTexts, Texts};
use super::{Library, Summary};
use crate::codec::{FileError, Seal, SealedReader, SealedWriter};
use crate::{Piece, digest};

const HEAD: [u8; 10] = *b"sidemanC\x03\x00";
const END: [u8; 8] = *b"sidemanE";
const VOLUME: Seal = Seal { what: "volume of a corpus", magic: *b"sidemanV", version: 1, oldest: 1 };
const CATALOGUE: Seal = Seal { what: "catalogue of a corpus", magic: *b"sidemanK", version: 1, oldest: 1 };
const TABLE: Seal = Seal { what: "table of a corpus", magic: *b"sidemanT", version: 1, oldest: 1 };

/// A corpus in volumes that is being written.
#[derive(Debug)]
pub struct VolumeWriter<W> {
    file: W,
    /// Bytes that are written, of whole frames.
    written: u64,
    /// Where each volume lies, and how many pieces are in it.
    table: Vec<(u64, usize)>,
    /// The digests of the names of the sources that are taken.
    taken: BTreeSet<u64>,
    ids: MetIds,
    cataloguing: Cataloguing,
    summary: Summary,
}

impl<W: Write> VolumeWriter<W> {
    /// Sources that one volume holds as a rule; their pieces are in memory together.
    pub const SOURCES: usize = 256;

    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(mut file: W) -> io::Result<Self> {
        file.write_all(&HEAD)?;
        Ok(Self::behind_head(file))
    }

    fn behind_head(file: W) -> Self {
        Self {
            file,
            written: HEAD.len() as u64,
            table: Vec::new(),
            taken: BTreeSet::new(),
            ids: MetIds::new(),
            cataloguing: Cataloguing::default(),
            summary: Summary::of_files(&[]),
        }
    }

    /// Whether a source of that name is in a volume.
    pub fn has(&self, source: &str) -> bool {
        self.taken.contains(&digest(source.as_bytes()))
    }

    /// How many sources are in volumes.
    pub fn sources(&self) -> usize {
        self.taken.len()
    }

    /// How many pieces are in volumes.
    pub fn pieces(&self) -> usize {
        self.table.iter().map(|row| row.1).sum()
    }

    /// Bytes that are written: what stands behind them is no whole volume.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Adds what was gathered from some sources; the id of a piece that an earlier one has gets a number behind it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add<'a>(
        &mut self,
        sources: impl Iterator<Item = &'a str>,
        mut library: Library,
    ) -> io::Result<()> {
        make_ids_unique(&mut library.pieces, &mut self.ids);
        let sources: Vec<u64> = sources.map(|name| digest(name.as_bytes())).collect();
        let mut volume = SealedWriter::default();
        volume.number(sources.len() as u64);
        sources.iter().for_each(|&source| volume.number(source));
        volume.raw(&library.to_bytes());
        let at = self.written;
        self.frame(&volume.sealed(VOLUME))?;
        self.note(at, sources, &library);
        self.file.flush()
    }

    /// Takes down what is in a volume that lies at a place.
    fn note(&mut self, at: u64, sources: Vec<u64>, library: &Library) {
        self.table.push((at, library.pieces.len()));
        self.taken.extend(sources);
        library.pieces.iter().for_each(|piece| self.cataloguing.add(piece));
        self.summary.add(Summary::of_volume(library));
    }

    fn frame(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(&(bytes.len() as u64).to_le_bytes())?;
        self.file.write_all(bytes)?;
        self.written += 8 + bytes.len() as u64;
        Ok(())
    }

    /// Completes the file, and says what is in it: of duplicates those of melodies, of charts those within a volume; how the
    /// changes of different pieces agree is not looked into.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<(W, Summary)> {
        let (catalogue, copies) = std::mem::take(&mut self.cataloguing).finished();
        self.summary.tunes = catalogue.tunes();
        self.summary.duplicates += copies;
        let catalogue_at = self.written;
        self.frame(&catalogue.to_sealed())?;
        let mut table = SealedWriter::default();
        table.number(catalogue_at);
        table.number(self.table.len() as u64);
        for &(at, pieces) in &self.table {
            table.number(at);
            table.number(pieces as u64);
        }
        let table_at = self.written;
        self.frame(&table.sealed(TABLE))?;
        self.file.write_all(&table_at.to_le_bytes())?;
        self.file.write_all(&END)?;
        self.file.flush()?;
        Ok((self.file, self.summary))
    }
}

impl<F: Read + Write + Seek> VolumeWriter<F> {
    /// Goes on with a file whose writing was interrupted, behind its last whole volume.
    ///
    /// # Errors
    /// When it cannot be read, or is no corpus in volumes.
    pub fn resumed(mut file: F) -> Result<Self, VolumeError> {
        file.rewind()?;
        let mut head = Vec::new();
        (&mut file).take(HEAD.len() as u64).read_to_end(&mut head)?;
        if !HEAD.starts_with(&head) {
            return Err(FileError::NotThisFile("corpus in volumes").into());
        }
        file.write_all(&HEAD[head.len()..])?;
        let mut writer = Self::behind_head(file);
        while let Ok((sources, library)) = frame(&mut writer.file, writer.written).and_then(|b| volume(&b)) {
            let at = writer.written;
            writer.written = writer.file.stream_position()?;
            writer.ids.extend(library.pieces.iter().map(|piece| (piece.id.clone(), 1)));
            writer.note(at, sources, &library);
        }
        writer.file.seek(SeekFrom::Start(writer.written))?;
        Ok(writer)
    }
}

/// The bytes of the frame at a place.
fn frame(file: &mut (impl Read + Seek), at: u64) -> Result<Vec<u8>, VolumeError> {
    file.seek(SeekFrom::Start(at))?;
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length {
        Ok(bytes)
    } else {
        Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())
    }
}

/// The digests of the sources of a volume, and what was gathered from them.
fn volume(sealed: &[u8]) -> Result<(Vec<u64>, Library), VolumeError> {
    let mut reader = SealedReader::open(VOLUME, sealed)?;
    let sources = reader.list(1, SealedReader::number)?;
    Ok((sources, bytes::read(reader.rest())?))
}

/// A corpus in volumes, read where it lies.
#[derive(Debug)]
pub struct Volumes<F> {
    file: Mutex<F>,
    /// Where each volume begins, and then the catalogue and the table: each ends where the next begins.
    begins: Vec<u64>,
    /// The number of pieces in each volume.
    pieces: Vec<usize>,
}

impl Volumes<()> {
    /// Whether bytes begin as a corpus in volumes does.
    pub fn are_in(bytes: &[u8]) -> bool {
        bytes.starts_with(&HEAD)
    }
}

impl<F: Read + Seek + fmt::Debug> Volumes<F> {
    /// Opens a file by reading its table.
    ///
    /// # Errors
    /// When it cannot be read, or is no corpus in volumes, or not complete.
    pub fn open(mut file: F) -> Result<Self, VolumeError> {
        let mut end = [0; 16];
        file.seek(SeekFrom::End(-(end.len() as i64)))?;
        file.read_exact(&mut end)?;
        let (at, mark) = end.split_at(8);
        if mark != END {
            return Err(FileError::NotThisFile("complete corpus in volumes").into());
        }
        let table_at = at.try_into().map_or(0, u64::from_le_bytes);
        let bytes = frame(&mut file, table_at)?;
        let mut reader = SealedReader::open(TABLE, &bytes)?;
        let catalogue_at = reader.number()?;
        let table: Vec<(u64, usize)> = reader.list(2, |r| Ok((r.number()?, r.small()?)))?;
        reader.end()?;
        let (mut begins, pieces): (Vec<u64>, Vec<usize>) = table.into_iter().unzip();
        begins.extend([catalogue_at, table_at]);
        Ok(Self { file: Mutex::new(file), begins, pieces })
    }

    /// The bytes of a volume, or of the catalogue behind them.
    fn frame(&self, number: usize) -> Result<Vec<u8>, VolumeError> {
        let (begin, end) = (self.begins[number], self.begins[number + 1]);
        let bytes = frame(&mut *self.file.lock().unwrap_or_else(PoisonError::into_inner), begin)?;
        let whole = end.checked_sub(begin) == Some(8 + bytes.len() as u64);
        if whole { Ok(bytes) } else { Err(FileError::NotThisFile(VOLUME.what).into()) }
    }

    /// How many pieces there are.
    pub fn pieces(&self) -> usize {
        self.pieces_before(self.pieces.len())
    }

    fn pieces_before(&self, volume: usize) -> usize {
        self.pieces[..volume].iter().fold(0, |sum, &pieces| sum.saturating_add(pieces))
    }

    /// All volumes at once.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn library(&self) -> Result<Library, VolumeError> {
        let mut all = Library::default();
        for number in 0..self.volumes() {
            let (_, Library { pieces, files }) = volume(&self.frame(number)?)?;
            all.pieces.extend(pieces);
            all.files.extend(files);
        }
        Ok(all)
    }

    /// Some of the pieces: for each whether it is one of them.
    pub fn some(&self, chosen: Vec<bool>) -> SomePieces<'_, F> {
        SomePieces { volumes: self, chosen }
    }
}

impl<F: Read + Seek + fmt::Debug> Dataset for Volumes<F> {
    fn volumes(&self) -> usize {
        self.pieces.len()
    }

    fn volume(&self, number: usize) -> Result<Vec<Piece>, VolumeError> {
        let (_, library) = volume(&self.frame(number)?)?;
        if library.pieces.len() != self.pieces[number] {
            return Err(FileError::NotThisFile(VOLUME.what).into());
        }
        Ok(library.pieces)
    }

    fn catalogue(&self) -> Result<Catalogue, VolumeError> {
        let catalogue = Catalogue::from_sealed(&self.frame(self.pieces.len())?)?;
        if catalogue.0.len() != self.pieces() {
            return Err(FileError::NotThisFile(CATALOGUE.what).into());
        }
        Ok(catalogue)
    }
}

/// Some pieces of a corpus in volumes.
#[derive(Debug)]
pub struct SomePieces<'a, F> {
    volumes: &'a Volumes<F>,
    /// For each piece of the corpus whether it is one of them.
    chosen: Vec<bool>,
}

impl<F> SomePieces<'_, F> {
    /// Those of some things for pieces, from number `first` on, whose piece is chosen.
    fn of<T>(&self, first: usize, things: Vec<T>) -> Vec<T> {
        let chosen = self.chosen.iter().skip(first);
        things.into_iter().zip(chosen).filter(|&(_, &chosen)| chosen).map(|(thing, _)| thing).collect()
    }
}

impl<F: Read + Seek + fmt::Debug> Dataset for SomePieces<'_, F> {
    fn volumes(&self) -> usize {
        self.volumes.volumes()
    }

    fn volume(&self, volume: usize) -> Result<Vec<Piece>, VolumeError> {
        let first = self.volumes.pieces_before(volume);
        Ok(self.of(first, self.volumes.volume(volume)?))
    }

    fn catalogue(&self) -> Result<Catalogue, VolumeError> {
        Ok(Catalogue(self.of(0, self.volumes.catalogue()?.0)))
    }
}

impl Library {
    /// The corpus in a file, of one in volumes all of them.
    ///
    /// # Errors
    /// When the bytes are no corpus, one of another version, or a damaged one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        if !Volumes::are_in(bytes) {
            return bytes::read(bytes);
        }
        let read = Volumes::open(Cursor::new(bytes)).and_then(|volumes| volumes.library());
        read.map_err(|error| match error {
            VolumeError::File(error) => error,
            VolumeError::Read(problem) => {
                FileError::Malformed { what: "corpus in volumes", at: bytes.len(), problem }
            }
        })
    }
}

impl Catalogue {
    /// Texts that recur, each once; then the entries, which point to them.
    fn to_sealed(&self) -> Vec<u8> {
        let (mut body, mut texts) = (SealedWriter::default(), Texts::default());
        body.number(self.0.len() as u64);
        for entry in &self.0 {
            body.text(&entry.id);
            for text in [&entry.tune, &entry.style, &entry.performer] {
                body.number(texts.number(text));
            }
            body.number(entry.notes.map_or(0, |notes| 1 + notes as u64));
            body.number(entry.hash);
        }
        texts.before(body).sealed(CATALOGUE)
    }

    fn from_sealed(bytes: &[u8]) -> Result<Self, FileError> {
        let mut reader = SealedReader::open(CATALOGUE, bytes)?;
        let texts = KnownTexts::read(&mut reader, bytes.len())?;
        let entry = |r: &mut SealedReader<'_>| {
            Ok(CatalogueEntry {
                id: r.text()?.to_owned(),
                tune: texts.next(r)?.to_owned(),
                style: texts.next(r)?.to_owned(),
                performer: texts.next(r)?.to_owned(),
                notes: r.small::<usize>()?.checked_sub(1),
                hash: r.number()?,
            })
        };
        let entries = reader.list(6, entry)?;
        reader.end()?;
        Ok(Self(entries))
    }
}

#[cfg(test)]
mod tests;
