//! The rows of the database.

use std::collections::BTreeMap;

use rusqlite::limits::Limit;
use rusqlite::{Connection, Row};
use sideman_music::Tempo;

use crate::Error;

const MAGIC: &[u8] = b"SQLite format 3\0";
const TABLES: [&str; 3] = ["solo_info", "beats", "melody"];

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

/// A database held in memory, read only.
pub(super) struct Database(Connection);

impl Database {
    /// The database in these bytes, if it has the three tables.
    ///
    /// A hostile file can hold views that never end or values that never fit: only plain tables are read, with
    /// limits on the length of a value and on the work of all queries, in proportion to the size of the file.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, Error> {
        const NAME: &str = "a SQLite database with the tables solo_info, beats and melody";
        if !bytes.starts_with(MAGIC) || bytes.len() < 100 {
            return Err(Error::NotThisFormat(NAME));
        }
        let database = Self::connect(bytes).map_err(Error::in_part("header"))?;
        let count = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN (?1, ?2, ?3) \
                     AND sql LIKE 'CREATE TABLE%'";
        let tables: i64 =
            database.0.query_row(count, TABLES, |row| row.get(0)).map_err(Error::in_part("schema"))?;
        if tables == 3 { Ok(database) } else { Err(Error::NotThisFormat(NAME)) }
    }

    fn connect(bytes: &[u8]) -> rusqlite::Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        let size = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, size)?;
        // A file left in write-ahead mode (two bytes of the header) cannot be opened from memory.
        let bytes_read =
            std::io::Read::chain(&bytes[..18], std::io::Read::chain(&[1u8, 1][..], &bytes[20..]));
        connection.deserialize_read_exact("main", bytes_read, bytes.len(), true)?;
        let mut steps = bytes.len() / 1000 + 10_000;
        let out_of_steps = move || {
            steps = steps.saturating_sub(1);
            steps == 0
        };
        connection.progress_handler(10_000, Some(out_of_steps))?;
        Ok(Self(connection))
    }

    pub(super) fn infos(&self) -> Result<Vec<SoloRow>, Error> {
        let columns = "melid, performer, title, instrument, style, rhythmfeel, key, avgtempo";
        self.rows("solo_info", columns, "melid", |row| {
            let tempo = row.get::<_, Option<f64>>(7)?.filter(|bpm| (1.0..2000.0).contains(bpm));
            Ok(SoloRow {
                melid: row.get(0)?,
                performer: text(row, 1)?,
                title: text(row, 2)?,
                instrument: text(row, 3)?,
                style: text(row, 4)?,
                feel: text(row, 5)?,
                key: text(row, 6)?,
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
                signature: text(row, 4)?,
                chord: text(row, 5)?,
                form: text(row, 6)?,
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
        let mut query = self.0.prepare(&query).map_err(Error::in_part(&table))?;
        let rows = query.query_map([], |row| read(row)).map_err(Error::in_part(&table))?;
        rows.enumerate()
            .map(|(i, row)| row.map_err(Error::in_part(&format!("{table}, row {}", i + 1))))
            .collect()
    }
}

fn text(row: &Row, column: usize) -> rusqlite::Result<String> {
    Ok(row.get::<_, Option<String>>(column)?.unwrap_or_default())
}

fn by_solo<T>(rows: Vec<(Option<i64>, T)>) -> BTreeMap<i64, Vec<T>> {
    let mut solos: BTreeMap<i64, Vec<T>> = BTreeMap::new();
    for (melid, row) in rows {
        solos.entry(melid.unwrap_or(-1)).or_default().push(row);
    }
    solos
}
