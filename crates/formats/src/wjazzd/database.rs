//! The rows of the database.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rusqlite::limits::Limit;
use rusqlite::types::Type;
use rusqlite::{Connection, Row};
use sideman_music::Tempo;

use crate::Error;

const MAGIC: &[u8] = b"SQLite format 3\0";
const TABLES: [&str; 3] = ["solo_info", "beats", "melody"];
const TABLES_THERE: &str = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN (?1, ?2, ?3) \
    AND sql LIKE 'CREATE TABLE%'";
const COLUMNS_COMPUTED: &str = "SELECT (SELECT count(*) FROM pragma_table_xinfo(?1) WHERE hidden > 0) \
    + (SELECT count(*) FROM pragma_table_xinfo(?2) WHERE hidden > 0) \
    + (SELECT count(*) FROM pragma_table_xinfo(?3) WHERE hidden > 0)";

/// One solo.
pub(super) struct SoloRow {
    pub(super) melid: i64,
    pub(super) performer: String,
    pub(super) title: String,
    pub(super) instrument: String,
    pub(super) style: String,
    pub(super) feel: String,
    pub(super) key: String,
    pub(super) tempo: Option<Tempo>,
}

/// One beat as it was played; empty texts where nothing changes.
pub(super) struct BeatRow {
    pub(super) onset: f64,
    pub(super) bar: i64,
    pub(super) beat: i64,
    pub(super) signature: String,
    pub(super) chord: String,
    pub(super) form: String,
    pub(super) chorus: i64,
}

/// One note.
pub(super) struct NoteRow {
    pub(super) onset: f64,
    pub(super) seconds: f64,
    pub(super) pitch: f64,
    pub(super) bar: i64,
    pub(super) beat: i64,
    pub(super) tatum: i64,
    pub(super) division: i64,
    /// In decibels.
    pub(super) loudness: Option<f64>,
}

/// The longest text or other value, in bytes.
const LONGEST_VALUE: i32 = 1 << 16;
/// Instructions of the database's machine that a query may take, and more for each byte of the file: sorting a row of
/// notes takes some hundred.
const INSTRUCTIONS: usize = 2_000_000;
const INSTRUCTIONS_A_BYTE: usize = 10;
const TOO_MUCH_TEXT: &str = "the texts of all rows are longer than the file";
/// Instructions between two looks at how many there were.
const LOOK: i32 = 1000;

/// A database held in memory, read only.
pub(super) struct Database {
    connection: Connection,
    /// Instructions that a query may take, counted in looks.
    looks: usize,
    /// Those that the query under way may still take.
    looks_left: Arc<AtomicUsize>,
    /// Bytes of text that may still be read: rows can share the pages that their texts lie on.
    texts: Cell<usize>,
}

impl Database {
    /// The database in these bytes, if it has the three tables.
    ///
    /// A hostile file can hold views that never end, columns that are computed and values that never fit: only plain
    /// columns of plain tables are read, with limits on the length of a value, on all texts and on the work of each
    /// query, in proportion to the size of the file.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, Error> {
        const NAME: &str = "a SQLite database with the tables solo_info, beats and melody";
        if !bytes.starts_with(MAGIC) || bytes.len() < 100 {
            return Err(Error::NotThisFormat(NAME));
        }
        let database = Self::connect(bytes).map_err(Error::in_part("header"))?;
        let count = |query: &str| -> Result<i64, Error> {
            let row = database.connection.query_row(query, TABLES, |row| row.get(0));
            row.map_err(Error::in_part("schema"))
        };
        if count(TABLES_THERE)? != 3 {
            return Err(Error::NotThisFormat(NAME));
        }
        if count(COLUMNS_COMPUTED)? > 0 {
            return Err(Error::in_part("schema")("its tables have columns that are computed"));
        }
        Ok(database)
    }

    fn connect(bytes: &[u8]) -> rusqlite::Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        let size = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, size.min(LONGEST_VALUE))?;
        // A file left in write-ahead mode (two bytes of the header) cannot be opened from memory.
        let bytes_read =
            std::io::Read::chain(&bytes[..18], std::io::Read::chain(&[1u8, 1][..], &bytes[20..]));
        connection.deserialize_read_exact("main", bytes_read, bytes.len(), true)?;
        let looks = (INSTRUCTIONS + INSTRUCTIONS_A_BYTE * bytes.len()) / LOOK as usize;
        let looks_left = Arc::new(AtomicUsize::new(looks));
        let counted = Arc::clone(&looks_left);
        let out_of_looks =
            move || counted.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_err();
        connection.progress_handler(LOOK, Some(out_of_looks))?;
        Ok(Self { connection, looks, looks_left, texts: Cell::new(4 * bytes.len()) })
    }

    /// The text in a column, empty where there is none.
    fn text(&self, row: &Row, column: usize) -> rusqlite::Result<String> {
        let text = row.get::<_, Option<String>>(column)?.unwrap_or_default();
        let left = self.texts.get().checked_sub(text.len());
        let more = || rusqlite::Error::FromSqlConversionFailure(column, Type::Text, TOO_MUCH_TEXT.into());
        self.texts.set(left.ok_or_else(more)?);
        Ok(text)
    }

    pub(super) fn infos(&self) -> Result<Vec<SoloRow>, Error> {
        let columns = "melid, performer, title, instrument, style, rhythmfeel, key, avgtempo";
        self.rows("solo_info", columns, "melid", |row| {
            let tempo = row.get::<_, Option<f64>>(7)?.filter(|bpm| (1.0..2000.0).contains(bpm));
            Ok(SoloRow {
                melid: row.get(0)?,
                performer: self.text(row, 1)?,
                title: self.text(row, 2)?,
                instrument: self.text(row, 3)?,
                style: self.text(row, 4)?,
                feel: self.text(row, 5)?,
                key: self.text(row, 6)?,
                tempo: tempo.map(|bpm| Tempo::micros_per_quarter((60e6 / bpm).round() as u32)),
            })
        })
    }

    /// The beats of each solo, in order.
    pub(super) fn beats(&self) -> Result<BTreeMap<i64, Vec<BeatRow>>, Error> {
        let columns = "melid, onset, bar, beat, signature, chord, form, chorus_id";
        let rows = self.rows("beats", columns, "melid, bar, beat", |row| {
            let beat = BeatRow {
                onset: row.get::<_, Option<f64>>(1)?.unwrap_or(f64::NAN),
                bar: row.get(2)?,
                beat: row.get(3)?,
                signature: self.text(row, 4)?,
                chord: self.text(row, 5)?,
                form: self.text(row, 6)?,
                chorus: row.get::<_, Option<i64>>(7)?.unwrap_or(0),
            };
            Ok((row.get::<_, Option<i64>>(0)?, beat))
        })?;
        Ok(by_solo(rows))
    }

    /// The notes of each solo, in order.
    pub(super) fn melody(&self) -> Result<BTreeMap<i64, Vec<NoteRow>>, Error> {
        let columns = "melid, onset, duration, pitch, bar, beat, tatum, division, loud_med";
        let rows = self.rows("melody", columns, "eventid", |row| {
            let tone = NoteRow {
                onset: row.get(1)?,
                seconds: row.get(2)?,
                pitch: row.get(3)?,
                bar: row.get(4)?,
                beat: row.get(5)?,
                tatum: row.get(6)?,
                division: row.get(7)?,
                loudness: row.get::<_, Option<f64>>(8)?.filter(|l| l.is_finite()),
            };
            Ok((row.get::<_, Option<i64>>(0)?, tone))
        })?;
        Ok(by_solo(rows))
    }

    fn rows<T>(
        &self,
        table: &str,
        columns: &str,
        order: &str,
        read: impl Fn(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let query = format!("SELECT {columns} FROM {table} ORDER BY {order}");
        let table = format!("table {table}");
        self.looks_left.store(self.looks, Relaxed);
        let mut query = self.connection.prepare(&query).map_err(Error::in_part(&table))?;
        let rows = query.query_map([], |row| read(row)).map_err(Error::in_part(&table))?;
        rows.enumerate()
            .map(|(i, row)| row.map_err(Error::in_part(&format!("{table}, row {}", i + 1))))
            .collect()
    }
}

fn by_solo<T>(rows: Vec<(Option<i64>, T)>) -> BTreeMap<i64, Vec<T>> {
    let mut solos: BTreeMap<i64, Vec<T>> = BTreeMap::new();
    for (melid, row) in rows {
        solos.entry(melid.unwrap_or(-1)).or_default().push(row);
    }
    solos
}
