use std::io::Cursor;

use super::*;
use crate::library::{FileRecord, fingerprint};
use crate::originality::Index;
use crate::testing::{by, line, piece};
use crate::{HeldOutShares, Side, Split, tunes};

/// Pieces of a few tunes, as they are gathered from the sources of one volume.
fn library(volume: u8) -> Library {
    let pitch = |i: u8, n: u32| 50 + ((n * (3 + u32::from(i)) + n * n * u32::from(volume)) % 23) as u8;
    let melody = |i| line(&(0..40).map(|n| pitch(i, n)).collect::<Vec<_>>());
    let pieces = (0..4).map(|i| by("Someone", piece(&format!("{i}"), &format!("Tune {}", i % 3), melody(i))));
    let record =
        |skipped| FileRecord { name: format!("v{volume}"), pieces: 4, skipped, warnings: Vec::new() };
    Library { pieces: pieces.collect(), files: vec![record(None), record(Some("no music".into()))] }
}

fn source(volume: u8) -> String {
    format!("source {volume}")
}

fn written(volumes: impl Iterator<Item = u8>) -> VolumeWriter<Cursor<Vec<u8>>> {
    let mut writer = VolumeWriter::new(Cursor::new(Vec::new())).unwrap();
    volumes.for_each(|volume| writer.add([source(volume).as_str()].into_iter(), library(volume)).unwrap());
    writer
}

fn complete(volumes: impl Iterator<Item = u8>) -> Vec<u8> {
    written(volumes).finish().unwrap().0.into_inner()
}

#[test]
fn what_is_written_in_volumes_is_read_volume_by_volume_and_at_once() {
    let bytes = complete(0..3);
    let volumes = Volumes::open(Cursor::new(&bytes)).unwrap();
    let all = Library::from_bytes(&bytes).unwrap();
    assert_eq!((volumes.volumes(), volumes.pieces(), all.pieces.len(), all.files.len()), (3, 12, 12, 6));
    let read: Vec<Piece> = (0..3).flat_map(|volume| volumes.volume(volume).unwrap()).collect();
    assert_eq!(read, all.pieces);
    let ids: Vec<&str> = read.iter().map(|piece| piece.id.as_str()).collect();
    assert_eq!(ids, ["0", "1", "2", "3", "0~2", "1~2", "2~2", "3~2", "0~3", "1~3", "2~3", "3~3"]);
    let catalogue = volumes.catalogue().unwrap();
    assert_eq!(catalogue, Catalogue::of(&all.pieces));
    assert_eq!(catalogue.fingerprint(), fingerprint(&all.pieces));
    let names: Vec<&String> = catalogue.0.iter().map(|entry| &entry.tune).collect();
    assert_eq!(names, tunes(&all.pieces).iter().collect::<Vec<_>>());
    assert_eq!(Index::of(&volumes, &catalogue).unwrap(), Index::new(&all.pieces));
}

#[test]
fn the_summary_adds_up() {
    let (file, summary) = written(0..3).finish().unwrap();
    let all = Summary::new(&Library::from_bytes(&file.into_inner()).unwrap());
    let exact = |summary: &Summary| Summary {
        hours: 0.0,
        shared_changes: Vec::new(),
        agreement: None,
        ..summary.clone()
    };
    assert_eq!(exact(&summary), exact(&all));
    assert!((summary.hours - all.hours).abs() < 1e-9);
}

#[test]
fn sides_hold_what_the_split_says() {
    let bytes = complete(0..3);
    let volumes = Volumes::open(Cursor::new(&bytes)).unwrap();
    let catalogue = volumes.catalogue().unwrap();
    let held_out = HeldOutShares { validation: 0.3, test: 0.0 };
    let split = Split::by_tune(&catalogue, held_out);
    let all = Library::from_bytes(&bytes).unwrap().pieces;
    assert_eq!(split, Split::by_tune(&Catalogue::of(&all), held_out));
    let mut sizes = Vec::new();
    for side in [Side::Train, Side::Validation] {
        let one = volumes.some(split.sides().iter().map(|&s| s == side).collect());
        let read: Vec<Piece> = (0..one.volumes()).flat_map(|volume| one.volume(volume).unwrap()).collect();
        assert_eq!(read.iter().collect::<Vec<_>>(), split.pieces(&all, side).collect::<Vec<_>>());
        assert_eq!(one.catalogue().unwrap().0.len(), read.len());
        sizes.push(read.len());
    }
    assert!(sizes.iter().all(|&size| size > 0) && sizes.iter().sum::<usize>() == 12, "{sizes:?}");
}

#[test]
fn writing_goes_on_behind_the_last_whole_volume_to_the_same_bytes() {
    let whole = complete(0..3);
    let two = written(0..2).file.into_inner();
    let third = written(0..3).file.into_inner();
    for torn in [two.len(), two.len() + 3, third.len() - 1] {
        let mut writer = VolumeWriter::resumed(Cursor::new(third[..torn].to_vec())).unwrap();
        assert_eq!((writer.written(), writer.sources(), writer.pieces()), (two.len() as u64, 2, 8));
        assert!(writer.has(&source(1)) && !writer.has(&source(2)));
        writer.file.get_mut().truncate(two.len());
        writer.add([source(2).as_str()].into_iter(), library(2)).unwrap();
        assert!(writer.finish().unwrap().0.into_inner() == whole);
    }
    for head in [0, 4] {
        let begun = VolumeWriter::resumed(Cursor::new(HEAD[..head].to_vec())).unwrap();
        assert_eq!((begun.written(), begun.file.into_inner()), (HEAD.len() as u64, HEAD.to_vec()));
    }
    assert!(VolumeWriter::resumed(Cursor::new(b"MThd, and so on".to_vec())).is_err());
}

#[test]
fn what_is_cut_or_changed_is_refused() {
    let bytes = complete(0..2);
    let read = |bytes: &[u8]| -> Result<usize, VolumeError> {
        let volumes = Volumes::open(Cursor::new(bytes))?;
        volumes.catalogue()?;
        Ok(volumes.library()?.pieces.len())
    };
    assert_eq!(read(&bytes), Ok(8));
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end]).is_err(), "{end}");
        assert!(Library::from_bytes(&bytes[..end]).is_err(), "{end}");
    }
    for place in HEAD.len()..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0x55;
        assert!(read(&changed).is_err(), "{place}");
    }
}

/// Else a short table could ask for one volume again and again.
#[test]
fn volumes_that_overlap_are_refused() {
    let mut writer = written(0..1);
    writer.table.push(writer.table[0]);
    let bytes = writer.finish().unwrap().0.into_inner();
    assert!(Volumes::open(Cursor::new(&bytes)).unwrap().volume(0).is_err());
    assert!(Library::from_bytes(&bytes).is_err());
}

#[test]
fn volumes_in_volumes_are_refused() {
    let inner = complete(0..1);
    let mut volume = SealedWriter::default();
    volume.number(0);
    volume.raw(&inner);
    let mut writer = VolumeWriter::new(Cursor::new(Vec::new())).unwrap();
    let at = writer.written;
    writer.frame(&volume.sealed(VOLUME)).unwrap();
    writer.table.push((at, 4));
    let bytes = writer.finish().unwrap().0.into_inner();
    let volumes = Volumes::open(Cursor::new(&bytes)).unwrap();
    assert!(matches!(volumes.volume(0), Err(VolumeError::File(FileError::Version { .. }))));
}
