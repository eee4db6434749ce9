//! What is in a corpus, in numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use sideman_formats::WarningKind;
use sideman_music::{Chord, Duration, PitchClass, Sheet, Time};

use super::{FileRecord, Library};
use crate::tune::{copies, line, named, own_key, same_melodies};
use crate::{Piece, title_key};

/// The report of a corpus.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Summary {
    /// Files that were looked at, those in archives one by one.
    pub files: usize,
    /// Files from which pieces were taken.
    pub taken: usize,
    /// Files that were skipped.
    pub skipped: usize,
    /// Pieces that have chords.
    pub sheets: usize,
    /// Pieces that have a melody or a solo.
    pub solos: usize,
    /// Of these, those without any chord.
    pub solos_without_chords: usize,
    /// Notes of all solos.
    pub notes: usize,
    /// Bars of all sheets.
    pub bars: usize,
    /// Hours that the solos last, from their first note to the end of their last, at the tempo of their
    /// sheets; 120 quarter notes a minute where that is unknown.
    pub hours: f64,
    /// Different tunes, known by title or melody.
    pub tunes: usize,
    /// Pieces that repeat an earlier one: its melody, in whatever key, or without a melody its title and
    /// changes. They are kept, and stay on one side of a split.
    pub duplicates: usize,
    /// Pieces in each style; the empty name is for those whose style is not known.
    pub styles: BTreeMap<String, usize>,
    /// Chord symbols of each kind, without their roots.
    pub chord_kinds: BTreeMap<String, usize>,
    /// Titles of different tunes that share their changes, in whatever key: told, never merged.
    pub shared_changes: Vec<Vec<String>>,
    /// How far the chords agree where several pieces hold one tune.
    pub agreement: Option<Agreement>,
    /// Each file that was skipped, with the reason.
    pub skipped_files: Vec<(String, String)>,
    /// Warnings of the readers, over all files.
    pub warnings: usize,
    /// The same by kind, those that touch most files first.
    pub warning_kinds: Vec<WarningTally>,
}

/// How far pieces of one tune have the same chords: a measure of how sound the sources are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// Pairs that were compared: the first piece of a tune with each other one that is no duplicate.
    pub pairs: usize,
    /// Those whose charts have the same number of bars.
    pub same_length: usize,
    /// Over these, the share of quarter notes on which the roots agree, in the key in which most do.
    pub roots: f64,
    /// The same for root, triad and seventh.
    pub chords: f64,
}

/// The warnings of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WarningTally {
    /// The name of the kind.
    pub kind: &'static str,
    /// Files that have some.
    pub files: usize,
    /// Warnings in all.
    pub warnings: usize,
}

impl WarningTally {
    /// Those of the files, worst first; kinds without any are left out.
    fn all(files: &[FileRecord]) -> Vec<Self> {
        let tally = |kind: WarningKind| {
            let counts = files.iter().map(|file| file.warnings.iter().filter(|w| w.kind == kind).count());
            let counts: Vec<usize> = counts.filter(|&count| count > 0).collect();
            Self { kind: kind.name(), files: counts.len(), warnings: counts.iter().sum() }
        };
        let mut all: Vec<Self> =
            WarningKind::ALL.into_iter().map(tally).filter(|tally| tally.files > 0).collect();
        all.sort_by_key(Self::worst_first);
        all
    }

    fn worst_first(&self) -> std::cmp::Reverse<(usize, usize)> {
        std::cmp::Reverse((self.files, self.warnings))
    }
}

impl Summary {
    /// The report of a corpus.
    pub fn new(library: &Library) -> Self {
        let pieces = &library.pieces;
        let lines: Vec<Vec<i8>> = pieces.iter().map(line).collect();
        let same = same_melodies(&lines);
        let tunes = named(&pieces.iter().map(own_key).collect::<Vec<_>>(), &same);
        let mut copies = copies(&same);
        copies.extend(repeated_charts(pieces, &tunes));
        Self {
            tunes: tunes.iter().collect::<BTreeSet<_>>().len(),
            duplicates: copies.len(),
            shared_changes: shared_changes(pieces, &tunes),
            agreement: agreement(pieces, &tunes, &copies),
            ..Self::of_files(&library.files).and_of_pieces(pieces)
        }
    }

    /// Of a volume of a corpus: what can be added up over all, and of duplicates the charts in it.
    pub(super) fn of_volume(library: &Library) -> Self {
        let keys: Vec<String> = library.pieces.iter().map(own_key).collect();
        let duplicates = repeated_charts(&library.pieces, &keys).len();
        Self { duplicates, ..Self::of_files(&library.files).and_of_pieces(&library.pieces) }
    }

    /// What became of files, and of no pieces.
    pub(super) fn of_files(files: &[FileRecord]) -> Self {
        let skipped = files.iter().filter_map(|f| Some((f.name.clone(), f.skipped.clone()?)));
        let skipped_files: Vec<(String, String)> = skipped.collect();
        Self {
            files: files.len(),
            taken: files.len() - skipped_files.len(),
            skipped: skipped_files.len(),
            warnings: files.iter().map(|file| file.warnings.len()).sum(),
            warning_kinds: WarningTally::all(files),
            skipped_files,
            ..Self::default()
        }
    }

    /// The same, and what is counted of each piece by itself.
    fn and_of_pieces(self, pieces: &[Piece]) -> Self {
        let count = |of: &dyn Fn(&Piece) -> usize| pieces.iter().map(of).sum::<usize>();
        let has_chords = |p: &Piece| p.sheet.chords().iter().any(|(_, chord)| chord.is_some());
        let kinds = pieces.iter().flat_map(|p| p.sheet.chords());
        Self {
            sheets: count(&|p| has_chords(p).into()),
            solos: count(&|p| p.solo.is_some().into()),
            solos_without_chords: count(&|p| (p.solo.is_some() && !has_chords(p)).into()),
            notes: count(&|p| p.solo.as_ref().map_or(0, |s| s.notes().len())),
            bars: count(&|p| p.sheet.bars().len()),
            hours: pieces.iter().map(seconds).fold(0.0, |sum, seconds| sum + seconds) / 3600.0,
            styles: tally(pieces.iter().map(|p| p.sheet.style().to_lowercase())),
            chord_kinds: tally(kinds.filter_map(|(_, c)| Some(c.as_ref()?.quality.to_string()))),
            ..self
        }
    }

    /// Adds what can be added up of another one; the rest stays.
    pub(super) fn add(&mut self, other: Self) {
        for (sum, more) in [
            (&mut self.files, other.files),
            (&mut self.taken, other.taken),
            (&mut self.skipped, other.skipped),
            (&mut self.sheets, other.sheets),
            (&mut self.solos, other.solos),
            (&mut self.solos_without_chords, other.solos_without_chords),
            (&mut self.notes, other.notes),
            (&mut self.bars, other.bars),
            (&mut self.duplicates, other.duplicates),
            (&mut self.warnings, other.warnings),
        ] {
            *sum += more;
        }
        self.hours += other.hours;
        for (sum, more) in [(&mut self.styles, other.styles), (&mut self.chord_kinds, other.chord_kinds)] {
            more.into_iter().for_each(|(name, count)| *sum.entry(name).or_default() += count);
        }
        self.skipped_files.extend(other.skipped_files);
        for more in other.warning_kinds {
            match self.warning_kinds.iter_mut().find(|tally| tally.kind == more.kind) {
                Some(tally) => {
                    tally.files += more.files;
                    tally.warnings += more.warnings;
                }
                None => self.warning_kinds.push(more),
            }
        }
        self.warning_kinds.sort_by_key(WarningTally::worst_first);
    }
}

fn tally(names: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    names.fold(BTreeMap::new(), |mut tally, name| {
        *tally.entry(name).or_default() += 1;
        tally
    })
}

fn seconds(piece: &Piece) -> f64 {
    let span = piece.solo.as_ref().and_then(|s| Some(s.notes().last()?.end() - s.notes().first()?.onset));
    piece.sheet.tempo().unwrap_or_default().clock(span.unwrap_or_default()).as_secs_f64()
}

/// The pieces without a line that repeat the changes of an earlier one over their tune.
fn repeated_charts(pieces: &[Piece], tunes: &[String]) -> Vec<usize> {
    let mut charts = BTreeSet::new();
    let alone = pieces.iter().enumerate().filter(|(_, piece)| piece.solo.is_none());
    let repeated = |&(i, piece): &(usize, &Piece)| {
        changes(&piece.sheet).is_some_and(|changes| !charts.insert((&tunes[i], changes)))
    };
    alone.filter(repeated).map(|(i, _)| i).collect()
}

/// What a change of chord is, in any key: when, how far its root is from the first one, which triad and seventh.
type Move = (Duration, i32, String);

/// The changes of one time through a chart, relative to its first chord; `None` for fewer than eight bars
/// with four changes, which tell nothing.
fn changes(sheet: &Sheet) -> Option<Vec<Move>> {
    let home = sheet.chords().iter().find_map(|(_, chord)| *chord)?.root.class();
    let mut before = None;
    let moves = sheet.chords().iter().filter_map(|&(at, chord)| {
        let (chord, at) = (chord?, at.since_start());
        let basic = (home.up_to(chord.root.class()), basic_kind(&chord));
        (before.replace(basic.clone()).as_ref() != Some(&basic)).then_some((at, basic.0, basic.1))
    });
    let moves: Vec<Move> = moves.collect();
    (sheet.bars().len() >= 8 && moves.len() >= 4).then(|| once(moves, sheet.end().since_start()))
}

/// The first of several times through: the shortest part of which the whole consists.
fn once(mut moves: Vec<Move>, length: Duration) -> Vec<Move> {
    let repeats = |&times: &usize| {
        let (part, turn) = (moves.len() / times, length / times as i64);
        moves.len().is_multiple_of(times)
            && turn * times as i64 == length
            && moves.iter().zip(&moves[part..]).all(|(a, b)| (a.0 + turn, a.1, &a.2) == (b.0, b.1, &b.2))
    };
    let times = (2..=moves.len() / 4).rev().find(repeats).unwrap_or(1);
    moves.truncate(moves.len() / times);
    moves
}

fn basic_kind(chord: &Chord) -> String {
    format!("{:?} {:?}", chord.quality.triad(), chord.quality.seventh())
}

/// The titles of tunes that have the same changes under different names.
fn shared_changes(pieces: &[Piece], tunes: &[String]) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<Vec<Move>, BTreeMap<&String, &str>> = BTreeMap::new();
    for (piece, tune) in pieces.iter().zip(tunes) {
        if let Some(changes) = changes(&piece.sheet).filter(|_| !title_key(piece.sheet.title()).is_empty()) {
            groups.entry(changes).or_default().entry(tune).or_insert(piece.sheet.title());
        }
    }
    let titles = groups.into_values().filter(|tunes| tunes.len() > 1);
    titles.map(|tunes| tunes.into_values().map(str::to_owned).collect()).collect()
}

fn agreement(pieces: &[Piece], tunes: &[String], copies: &BTreeSet<usize>) -> Option<Agreement> {
    let mut first: BTreeMap<&String, &Sheet> = BTreeMap::new();
    let (mut pairs, mut shares) = (0, Vec::new());
    for (i, piece) in
        pieces.iter().enumerate().filter(|(i, p)| !copies.contains(i) && !p.sheet.chords().is_empty())
    {
        let Some(other) = first.insert(&tunes[i], &piece.sheet) else { continue };
        first.insert(&tunes[i], other);
        pairs += 1;
        if other.bars().len() == piece.sheet.bars().len() {
            shares.extend(agreeing(other, &piece.sheet));
        }
    }
    let mean = |of: fn(&(f64, f64)) -> f64| shares.iter().map(of).sum::<f64>() / shares.len().max(1) as f64;
    (pairs > 0).then(|| Agreement {
        pairs,
        same_length: shares.len(),
        roots: mean(|s| s.0),
        chords: mean(|s| s.1),
    })
}

/// The shares of quarter notes on which the roots, and the roots, triads and sevenths, of two charts agree,
/// in the key in which most roots do.
fn agreeing(a: &Sheet, b: &Sheet) -> Option<(f64, f64)> {
    let quarters = a.end().min(b.end()).since_start().in_units_of(Duration::QUARTER);
    let places = (0..quarters).map(|i| Time::ZERO + Duration::QUARTER * i);
    let pairs: Vec<(Chord, Chord)> =
        places.filter_map(|at| Some((a.chord_at(at)?, b.chord_at(at)?))).collect();
    let moved = |pair: &(Chord, Chord)| pair.0.root.class().up_to(pair.1.root.class());
    let in_key = |by: usize| pairs.iter().filter(move |pair| moved(pair) == by as i32);
    let key = PitchClass::all().map(PitchClass::index).max_by_key(|&by| (in_key(by).count(), by == 0))?;
    let chords = in_key(key).filter(|(a, b)| basic_kind(a) == basic_kind(b)).count();
    let share = |count: usize| count as f64 / pairs.len() as f64;
    (!pairs.is_empty()).then(|| (share(in_key(key).count()), share(chords)))
}

/// Most lines of a list in a printed report.
const LINES: usize = 12;

impl fmt::Display for Summary {
    /// A report for people; long lists are cut, the numbers are not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, taken, skipped, sheets, solos, notes, bars, hours, .. } = self;
        writeln!(f, "{files} files: {taken} taken, {skipped} skipped, {} warnings", self.warnings)?;
        for (name, why) in self.skipped_files.iter().take(LINES) {
            writeln!(f, "  {name}: {why}")?;
        }
        rest(f, self.skipped_files.len())?;
        writeln!(f, "{sheets} sheets with chords, {bars} bars, {} kinds of chord", self.chord_kinds.len())?;
        writeln!(
            f,
            "{solos} solos, {notes} notes, {hours:.1} hours, {} without chords",
            self.solos_without_chords
        )?;
        writeln!(f, "{} tunes, {} duplicates (kept)", self.tunes, self.duplicates)?;
        write_common(f, "styles", &self.styles)?;
        write_common(f, "chords", &self.chord_kinds)?;
        if let Some(Agreement { pairs, same_length, roots, chords }) = self.agreement {
            let (roots, chords) = (100.0 * roots, 100.0 * chords);
            write!(f, "{pairs} pairs of charts of one tune, {same_length} of one length: ")?;
            writeln!(f, "{roots:.0} % of roots agree, {chords:.0} % of chords")?;
        }
        if !self.shared_changes.is_empty() {
            writeln!(f, "{} sets of tunes share their changes:", self.shared_changes.len())?;
        }
        for titles in self.shared_changes.iter().take(LINES) {
            writeln!(f, "  {}", titles.join(" · "))?;
        }
        rest(f, self.shared_changes.len())?;
        if !self.warning_kinds.is_empty() {
            writeln!(f, "{:<20} {:>7} {:>9}", "warnings about", "files", "warnings")?;
        }
        let mut rows = self.warning_kinds.iter();
        rows.try_for_each(|WarningTally { kind, files, warnings }| {
            writeln!(f, "{kind:<20} {files:>7} {warnings:>9}")
        })
    }
}

fn rest(f: &mut fmt::Formatter<'_>, all: usize) -> fmt::Result {
    if all > LINES { writeln!(f, "  … and {} more", all - LINES) } else { Ok(()) }
}

/// The commonest names of a tally.
fn write_common(f: &mut fmt::Formatter<'_>, what: &str, tally: &BTreeMap<String, usize>) -> fmt::Result {
    let mut common: Vec<(&String, &usize)> = tally.iter().collect();
    common.sort_by(|a, b| b.1.cmp(a.1));
    let named = |(name, count): &(&String, &usize)| {
        let name = match (name.as_str(), what) {
            ("", "styles") => "unknown",
            ("", _) => "major triad",
            (name, _) => name,
        };
        format!("{name} {count}")
    };
    let list: Vec<String> = common.iter().take(LINES).map(named).collect();
    writeln!(f, "{what}: {}{}", list.join(", "), if common.len() > LINES { ", …" } else { "" })
}
