//! The corpus file.
//!
//! After the header come the texts that recur, each once (styles, performers, chord symbols …); then the
//! pieces, which point to them; then the files; then what stands beside the bars of some pieces, which version 1 did not
//! keep. Version 3 is a row of such corpora ([`super::Volumes`]). Times are fractions of quarter notes, onsets relative to the
//! onset before.

use sideman_formats::WarningKind;
use sideman_music::{
    Bar, Change, Chord, Duration, Instrument, Key, Meter, Note, Pitch, Pitches, Sheet, Solo, Tempo, Time,
};

use super::texts::{KnownTexts, Texts};
use super::{FileRecord, FileWarning, Library};
use crate::codec::{FileError, Seal, SealedReader, SealedWriter};
use crate::{Credits, Piece};

const SEAL: Seal = Seal { what: "corpus", magic: *b"sidemanC", version: 2, oldest: 1 };

impl Library {
    /// The corpus as a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut texts = Texts::default();
        let mut body = SealedWriter::default();
        body.number(self.pieces.len() as u64);
        self.pieces.iter().for_each(|piece| write_piece(&mut body, &mut texts, piece));
        body.number(self.files.len() as u64);
        self.files.iter().for_each(|file| write_file(&mut body, file));
        let beside: Vec<(usize, &Piece)> =
            self.pieces.iter().enumerate().filter(|(_, piece)| !beside(&piece.sheet).is_empty()).collect();
        body.number(beside.len() as u64);
        for (place, piece) in beside {
            body.number(place as u64);
            write_beside(&mut body, &mut texts, &piece.sheet);
        }
        texts.before(body).sealed(SEAL)
    }
}

/// The corpus in a file that is not in volumes.
pub(super) fn read(bytes: &[u8]) -> Result<Library, FileError> {
    let mut reader = SealedReader::open(SEAL, bytes)?;
    let texts = KnownTexts::read(&mut reader, bytes.len())?;
    let chords = texts.all().iter().map(|text| text.parse().ok()).collect();
    let known = Known { chords, texts };
    let mut pieces = reader.list(8, |r| read_piece(r, &known))?;
    let files = reader.list(4, read_file)?;
    if reader.version() > 1 {
        reader.list(4, |r| read_beside(r, &known, &mut pieces))?;
    }
    reader.end()?;
    Ok(Library { pieces, files })
}

/// Whether bytes begin as a corpus does.
pub(super) fn is_corpus(bytes: &[u8]) -> bool {
    bytes.starts_with(&SEAL.magic)
}

/// A hash of all that is in some pieces, whatever their order: what a checkpoint says of the corpus it learned
/// from. The same on every machine.
pub fn fingerprint<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> u64 {
    fingerprint_of(pieces.into_iter().map(hash_of).collect())
}

/// The fingerprint of pieces with these hashes.
pub(crate) fn fingerprint_of(mut hashes: Vec<u64>) -> u64 {
    hashes.sort_unstable();
    let mut writer = SealedWriter::default();
    hashes.into_iter().for_each(|hash| writer.number(hash));
    writer.hash()
}

/// A hash of all that is in a piece.
pub(crate) fn hash_of(piece: &Piece) -> u64 {
    let (mut writer, mut texts) = (SealedWriter::default(), Texts::default());
    write_piece(&mut writer, &mut texts, piece);
    if !beside(&piece.sheet).is_empty() {
        write_beside(&mut writer, &mut texts, &piece.sheet);
    }
    texts.hash_behind(writer)
}

/// The texts of a file, and the chords among them.
struct Known<'a> {
    texts: KnownTexts<'a>,
    chords: Vec<Option<Chord>>,
}

fn write_piece(w: &mut SealedWriter, texts: &mut Texts, piece: &Piece) {
    let Piece { id, sheet, solo, credits } = piece;
    w.text(id);
    w.text(sheet.title());
    for text in [sheet.composer(), sheet.style(), &credits.performer, &credits.feel, &credits.id] {
        w.number(texts.number(text));
    }
    w.number(sheet.key().map_or(0, |key| 1 + texts.number(&key.to_string())));
    w.number(sheet.tempo().map_or(0, |tempo| tempo.micros().into()));
    w.number(credits.instrument.map_or(0, |instrument| 1 + texts.number(instrument.name())));
    w.number(credits.choruses.len() as u64);
    credits.choruses.iter().for_each(|&bar| w.number(bar.into()));
    write_bars(w, texts, sheet.bars());
    w.number(solo.as_ref().map_or(0, |solo| 1 + texts.number(solo.instrument().name())));
    if let Some(solo) = solo {
        write_notes(w, solo.notes());
    }
}

fn read_piece(r: &mut SealedReader<'_>, known: &Known<'_>) -> Result<Piece, FileError> {
    let (id, title) = (r.text()?.to_owned(), r.text()?);
    let [composer, style, performer, feel, credit] = {
        let mut texts = [const { String::new() }; 5];
        for text in &mut texts {
            *text = known.texts.next(r)?.to_owned();
        }
        texts
    };
    let key = match r.number()? {
        0 => None,
        number => Some(known.texts.at(r, number - 1)?.parse::<Key>().map_err(|error| r.malformed(error))?),
    };
    let tempo = Some(r.small()?).filter(|&micros| micros > 0).map(Tempo::micros_per_quarter);
    let instrument = read_instrument(r, known)?;
    let choruses = r.list(1, SealedReader::small)?;
    let bars = read_bars(r, known)?;
    let sheet = Sheet::new(bars).map_err(|error| r.malformed(error))?;
    let sheet =
        sheet.with_title(title).with_composer(&composer).with_style(&style).with_key(key).with_tempo(tempo);
    let solo = match read_instrument(r, known)? {
        Some(instrument) => Some(Solo::new(instrument, read_notes(r)?).map_err(|error| r.malformed(error))?),
        None => None,
    };
    Ok(Piece { id, sheet, solo, credits: Credits { id: credit, performer, instrument, feel, choruses } })
}

impl Known<'_> {
    fn chord(&self, r: &SealedReader<'_>, number: u64) -> Result<Chord, FileError> {
        let chord = usize::try_from(number).ok().and_then(|n| *self.chords.get(n)?);
        chord.ok_or_else(|| r.malformed("it names a chord that is not there"))
    }
}

fn read_instrument(r: &mut SealedReader<'_>, known: &Known<'_>) -> Result<Option<Instrument>, FileError> {
    match r.number()? {
        0 => Ok(None),
        number => known.texts.at(r, number - 1)?.parse().map(Some).map_err(|error| r.malformed(error)),
    }
}

/// Each bar: how many changes it has, whether a meter and a section follow, then those.
fn write_bars(w: &mut SealedWriter, texts: &mut Texts, bars: &[Bar]) {
    w.number(bars.len() as u64);
    let mut meter = Meter::COMMON;
    for bar in bars {
        let new = std::mem::replace(&mut meter, bar.meter()) != bar.meter();
        w.number(
            (bar.changes().len() as u64) << 2 | u64::from(new) << 1 | u64::from(bar.section().is_some()),
        );
        if new {
            w.number(meter.beats().into());
            w.number(meter.unit().into());
        }
        if let Some(section) = bar.section() {
            w.number(texts.number(section));
        }
        bar.changes().iter().for_each(|change| write_change(w, texts, change));
    }
}

fn write_change(w: &mut SealedWriter, texts: &mut Texts, change: &Change) {
    write_duration(w, change.at);
    w.number(change.chord.map_or(0, |chord| 1 + texts.number(&chord.to_string())));
}

fn read_change(r: &mut SealedReader<'_>, known: &Known<'_>) -> Result<Change, FileError> {
    let at = read_duration(r)?;
    let chord = match r.number()? {
        0 => None,
        number => Some(known.chord(r, number - 1)?),
    };
    Ok(Change { at, chord })
}

/// The chords over the pickup, which has the place 0, and what may be played in the place of those in bars, from 1.
fn beside(sheet: &Sheet) -> Vec<(usize, &[Change])> {
    let bars = sheet.bars().iter().enumerate().map(|(i, bar)| (i + 1, bar.alternatives()));
    [(0, sheet.pickup())].into_iter().chain(bars).filter(|(_, changes)| !changes.is_empty()).collect()
}

fn write_beside(w: &mut SealedWriter, texts: &mut Texts, sheet: &Sheet) {
    let all = beside(sheet);
    w.number(all.len() as u64);
    for (place, changes) in all {
        w.number(place as u64);
        w.number(changes.len() as u64);
        changes.iter().for_each(|change| write_change(w, texts, change));
    }
}

/// What stands beside the bars of one piece, which is put there.
fn read_beside(r: &mut SealedReader<'_>, known: &Known<'_>, pieces: &mut [Piece]) -> Result<(), FileError> {
    let place: usize = r.small()?;
    let all = r.list(3, |r| Ok((r.small::<usize>()?, r.list(2, |r| read_change(r, known))?)))?;
    let piece = pieces.get_mut(place).ok_or_else(|| r.malformed("it names a piece that is not there"))?;
    let (mut bars, mut pickup) = (piece.sheet.bars().to_vec(), Vec::new());
    for (place, changes) in all {
        match place.checked_sub(1) {
            None => pickup = changes,
            Some(bar) => {
                let bar = bars.get_mut(bar).ok_or_else(|| r.malformed("it names a bar that is not there"))?;
                *bar = std::mem::take(bar).with_alternatives(changes);
            }
        }
    }
    let sheet = piece.sheet.with_bars(bars).map_err(|error| r.malformed(error))?;
    piece.sheet = sheet.with_pickup(pickup);
    Ok(())
}

fn read_bars(r: &mut SealedReader<'_>, known: &Known<'_>) -> Result<Vec<Bar>, FileError> {
    let mut meter = Meter::COMMON;
    r.list(1, |r| {
        let flags = r.number()?;
        if flags & 2 != 0 {
            let (beats, unit) = (r.small()?, r.small()?);
            meter = Meter::new(beats, unit).ok_or_else(|| r.malformed("a meter is not known"))?;
        }
        let section = if flags & 1 != 0 { Some(known.texts.next(r)?) } else { None };
        let mut changes = Vec::new();
        for _ in 0..flags >> 2 {
            changes.push(read_change(r, known)?);
        }
        let bar = Bar::new(meter, changes);
        Ok(section.into_iter().fold(bar, Bar::with_section))
    })
}

/// Each note: velocity or 0, how many pitches and whether there is a delay; then times and pitches.
fn write_notes(w: &mut SealedWriter, notes: &[Note]) {
    w.number(notes.len() as u64);
    let mut before = Time::ZERO;
    for note in notes {
        w.number(note.velocity.unwrap_or(0).into());
        let pitches = note.pitches.as_slice();
        w.number((pitches.len() as u64) << 1 | u64::from(note.delay.is_some()));
        write_duration(w, note.onset - before);
        write_duration(w, note.duration);
        note.delay.into_iter().for_each(|delay| write_duration(w, delay));
        pitches.iter().for_each(|pitch| w.number(pitch.number().into()));
        before = note.onset;
    }
}

fn read_notes(r: &mut SealedReader<'_>) -> Result<Vec<Note>, FileError> {
    let mut before = Time::ZERO;
    r.list(6, |r| {
        let velocity = Some(r.small()?).filter(|&v| v > 0);
        let flags = r.number()?;
        let onset = before + read_duration(r)?;
        let duration = read_duration(r)?;
        let delay = if flags & 1 != 0 { Some(read_duration(r)?) } else { None };
        let pitches = read_pitches(r, flags >> 1)?;
        before = onset;
        Ok(Note { onset, duration, pitches, velocity, delay })
    })
}

fn read_pitches(r: &mut SealedReader<'_>, count: u64) -> Result<Pitches, FileError> {
    let pitch = |r: &mut SealedReader<'_>| {
        Pitch::new(r.small()?).ok_or_else(|| r.malformed("a pitch is out of range"))
    };
    if count == 1 {
        return pitch(r).map(Pitches::from);
    }
    let mut pitches = Vec::new();
    for _ in 0..count {
        pitches.push(pitch(r)?);
    }
    Pitches::new(pitches).ok_or_else(|| r.malformed("a note has no pitch"))
}

fn write_duration(w: &mut SealedWriter, duration: Duration) {
    let (n, d) = duration.as_quarters();
    w.signed(n);
    w.number(d.unsigned_abs());
}

fn read_duration(r: &mut SealedReader<'_>) -> Result<Duration, FileError> {
    let (n, d): (i64, i64) = (r.signed()?, r.small()?);
    let unit = usize::try_from(d).ok().and_then(|d| UNITS.get(d));
    Ok(unit.map_or_else(|| Duration::quarters(n, d), |&unit| unit * n))
}

/// A quarter note divided by 0 (which counts as 1) to 960: whole ticks for every division that is written.
static UNITS: [Duration; 961] = {
    let mut units = [Duration::QUARTER; 961];
    let mut parts = 1;
    while parts < units.len() {
        units[parts] = Duration::quarters(1, parts as i64);
        parts += 1;
    }
    units
};

fn write_file(w: &mut SealedWriter, file: &FileRecord) {
    w.text(&file.name);
    w.number(file.pieces as u64);
    w.text(file.skipped.as_deref().unwrap_or(""));
    w.number(file.warnings.len() as u64);
    for warning in &file.warnings {
        w.text(warning.kind.name());
        w.text(&warning.words);
    }
}

fn read_file(r: &mut SealedReader<'_>) -> Result<FileRecord, FileError> {
    let (name, pieces) = (r.text()?.to_owned(), r.small()?);
    let skipped = Some(r.text()?.to_owned()).filter(|why| !why.is_empty());
    let (kinds, least) = if r.version() > 1 { (true, 2) } else { (false, 1) };
    let warning = |r: &mut SealedReader<'_>| {
        let kind = if kinds { WarningKind::of_name(r.text()?) } else { None };
        Ok(FileWarning { kind: kind.unwrap_or_default(), words: r.text()?.to_owned() })
    };
    Ok(FileRecord { name, pieces, skipped, warnings: r.list(least, warning)? })
}
