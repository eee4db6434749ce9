use proptest::prelude::*;
use sideman_music::{
    Chord, Duration, Event, Key, Meter, Mode, Performance, Pitch, Tempo, TempoMap, Text, TextKind, Time,
    Track,
};

use super::{read, write};
use crate::{Error, Warned};

/// A file of a type and a time division, with these tracks.
fn file(kind: u8, division: u16, tracks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = [b"MThd".as_slice(), &[0, 0, 0, 6, 0, kind, 0, tracks.len() as u8]].concat();
    bytes.extend(division.to_be_bytes());
    for track in tracks {
        bytes.extend([b"MTrk".as_slice(), &(track.len() as u32).to_be_bytes(), track].concat());
    }
    bytes
}

const END: [u8; 4] = [0, 0xFF, 0x2F, 0];

fn track(events: &[u8]) -> Vec<u8> {
    [events, &END].concat()
}

fn quarters(n: i64, d: i64) -> Duration {
    Duration::quarters(n, d)
}

fn at(n: i64, d: i64) -> Time {
    Time::after_start(quarters(n, d))
}

/// Onset, length in ticks of 96, pitch.
fn notes(track: &Track) -> Vec<(i64, i64, u8)> {
    let ticks = |d: Duration| d.in_units_of(quarters(1, 96));
    track
        .notes()
        .map(|(time, length, pitch, _)| (ticks(time.since_start()), ticks(length), pitch.number()))
        .collect()
}

fn only_track(bytes: &[u8]) -> (Vec<(i64, i64, u8)>, Vec<String>) {
    let Warned { value, warnings } = read(bytes).unwrap();
    assert_eq!(value.tracks.len(), 1);
    (notes(&value.tracks[0]), warnings.iter().map(ToString::to_string).collect())
}

#[test]
fn a_file_of_one_track_is_split_by_channel() {
    let events = [0, 0x90, 60, 80, 0, 0x99, 36, 90, 48, 0x89, 36, 0, 48, 0x80, 60, 0];
    let song = read(&file(0, 96, &[&track(&events)])).unwrap();
    assert_eq!(song.warnings, [""; 0]);
    let tracks = song.value.tracks;
    assert_eq!(tracks.iter().map(|t| t.channel).collect::<Vec<_>>(), [0, 9]);
    assert_eq!((notes(&tracks[0]), notes(&tracks[1])), (vec![(0, 96, 60)], vec![(0, 48, 36)]));
}

#[test]
fn the_songs_of_a_sequential_file_follow_each_other_on_downbeats() {
    let song = track(&[0, 0x90, 60, 80, 96, 0x80, 60, 0]);
    let read = read(&file(2, 96, &[&song, &song])).unwrap().value;
    assert_eq!(notes(&read.tracks[1]), [(384, 96, 60)]);
}

#[test]
fn frames_become_musical_time() {
    let song = track(&[0, 0x90, 60, 80, 50, 60, 0]);
    let (found, _) = only_track(&file(0, u16::from_be_bytes([-25_i8 as u8, 4]), &[&song]));
    assert_eq!(found, [(0, 96, 60)]); // 50 ticks of 1/100 s are half a second, a quarter at 120
    let fast = track(&[0, 0xFF, 0x51, 3, 0x03, 0xD0, 0x90, 0, 0x90, 60, 80, 25, 60, 0]);
    let (found, _) = only_track(&file(0, u16::from_be_bytes([-25_i8 as u8, 4]), &[&fast]));
    assert_eq!(found, [(0, 96, 60)]);
}

#[test]
fn running_status_goes_on_over_other_events() {
    let sysex = [0, 0xF0, 2, 1, 0xF7];
    let text = [0, 0xFF, 1, 1, b'x'];
    let events = [&[0, 0x90, 60, 80][..], &sysex, &[48, 60, 0], &text, &[0, 62, 80, 48, 62, 0]].concat();
    let (found, warnings) = only_track(&file(0, 96, &[&track(&events)]));
    assert_eq!((found, warnings), (vec![(0, 48, 60), (48, 48, 62)], vec![]));
}

#[test]
fn unfinished_notes_end_with_the_next_or_with_the_track() {
    let events = [0, 0x90, 60, 80, 96, 60, 80, 96, 60, 0, 0, 64, 80, 48, 62, 80, 48, 62, 0];
    let (found, warnings) = only_track(&file(0, 96, &[&track(&events)]));
    assert_eq!(found, [(0, 96, 60), (96, 96, 60), (192, 96, 64), (240, 48, 62)]);
    assert!(warnings[0].contains("2 notes are never ended"), "{warnings:?}");
}

#[test]
fn a_note_struck_again_before_its_release_keeps_its_length() {
    let events = [0, 0x90, 60, 80, 96, 60, 70, 0, 60, 0, 96, 60, 0, 0, 61, 80, 0, 61, 0];
    let (found, warnings) = only_track(&file(0, 96, &[&track(&events)]));
    assert_eq!((found, warnings), (vec![(0, 96, 60), (96, 96, 60), (192, 1, 61)], vec![]));
}

#[test]
fn words_are_read_leniently_and_chords_are_told_from_them() {
    let text = |kind: u8, words: &[u8]| [&[0, 0xFF, kind, words.len() as u8][..], words].concat();
    let words = [
        text(3, b" Caf\xE9\0"),
        text(1, b"Bbm7/Eb"),
        text(1, b"N.C."),
        text(1, b"A ballad"),
        text(6, b"Coda"),
    ];
    let song = read(&file(1, 96, &[&track(&words.concat())])).unwrap().value;
    assert_eq!(song.title, "Café");
    assert_eq!(song.chords, [(Time::ZERO, Some("Bbm7/Eb".parse().unwrap())), (Time::ZERO, None)]);
    assert_eq!(song.texts.iter().map(|(_, t)| t.words.as_str()).collect::<Vec<_>>(), ["A ballad", "Coda"]);
    let karaoke = read(&file(1, 96, &[&track(&[text(1, b"@TSong"), text(1, b"A")].concat())])).unwrap().value;
    assert_eq!((karaoke.chords.len(), karaoke.texts.len()), (0, 2));
}

#[test]
fn known_damage_is_repaired_with_its_place() {
    let song = track(&[0, 0x90, 60, 80, 96, 60, 0]);
    let junk = [&song[..], b"junk"].concat();
    let (found, warnings) = only_track(&file(1, 96, &[&junk]));
    assert_eq!(
        (found.len(), warnings),
        (1, vec!["byte 33: what follows the end of the track is left out".to_owned()])
    );

    let mut lying = file(1, 96, &[&song, &song]);
    lying[21] = 99;
    let read_anyway = read(&lying).unwrap();
    assert_eq!(read_anyway.value.tracks.len(), 2);
    assert_eq!(read_anyway.warnings, ["byte 14: a chunk says it has 99 bytes, and has 11"]);

    let broken_key = track(&[0, 0xFF, 0x59, 1, 0, 0, 0x90, 60, 80, 96, 60, 0]);
    let (found, warnings) = only_track(&file(1, 96, &[&broken_key]));
    assert_eq!(
        (found.len(), warnings),
        (1, vec!["byte 22: an event that no file may hold is left out".to_owned()])
    );

    let whole = file(1, 96, &[&song, &song]);
    let cut = read(&whole[..whole.len() - 6]).unwrap();
    assert_eq!(cut.value.tracks.iter().map(|t| notes(t).len()).collect::<Vec<_>>(), [1, 1]);
    assert!(
        cut.warnings.iter().any(|w| w.to_string().starts_with("byte 33: a chunk says it has 11 bytes")),
        "{:?}",
        cut.warnings
    );
    let behind = [file(0, 96, &[&song]), vec![0; 100]].concat();
    assert_eq!(only_track(&behind).0.len(), 1);
    let wrapped = [b"RIFF\x30\0\0\0RMIDdata\x1e\0\0\0".as_slice(), &file(0, 96, &[&song])].concat();
    assert_eq!(only_track(&wrapped).0.len(), 1);
}

#[test]
fn complaints_name_the_byte() {
    assert_eq!(read(b""), Err(Error::NotThisFormat("a MIDI file")));
    assert_eq!(read(b"RIFF\0\0\0\0WAVE"), Err(Error::NotThisFormat("a MIDI file")));
    let song = file(1, 96, &[&track(&[0, 0x90, 60, 80, 96, 60, 0])]);
    let complaint = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert!(complaint(&song[..10]).starts_with("byte 10: "));
    assert!(complaint(&song[..14]).starts_with("byte 14: "));
    let changed = |at: usize, byte: u8| [&song[..at], &[byte], &song[at + 1..]].concat();
    assert!(complaint(&changed(9, 3)).starts_with("byte 8: "));
    assert!(complaint(&changed(13, 0)).starts_with("byte 12: "));
    assert!(complaint(&changed(23, 0x10)).starts_with("byte 22: "));
}

#[test]
fn a_pickup_moves_everything_by_whole_bars() {
    let pitch = Pitch::midi(60);
    let note = Event::Note { pitch, velocity: 64, duration: quarters(1, 1) };
    let meters = vec![(Time::ZERO, Meter::WALTZ)];
    let tracks =
        vec![Track { name: String::new(), channel: 0, events: vec![(at(-1, 1), note), (at(0, 1), note)] }];
    let song = read(&write(&Performance { meters: meters.clone(), tracks, ..Performance::default() }))
        .unwrap()
        .value;
    assert_eq!(song.meters, meters);
    assert_eq!(notes(&song.tracks[0]), [(192, 96, 60), (288, 96, 60)]);
}

#[test]
fn every_file_at_hand_is_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/midi");
    let Ok(files) = std::fs::read_dir(&folder) else { return println!("skipped: no {}", folder.display()) };
    for file in files.map(|file| file.unwrap().path()) {
        let bytes = std::fs::read(&file).unwrap();
        let song = read(&bytes).unwrap();
        let count = song.value.tracks.iter().map(|t| t.notes().count()).sum::<usize>();
        println!("{}: {} parts, {count} notes, {:?}", file.display(), song.value.tracks.len(), song.warnings);
        assert!(count > 0);
        let again = read(&write(&song.value)).unwrap().value;
        assert_eq!(again.tracks.iter().map(|t| t.notes().count()).sum::<usize>(), count);
        assert_eq!(write(&again), write(&read(&write(&again)).unwrap().value));
    }
}

prop_compose! {
    fn words()(words in "[a-zé]([a-z ♭]{0,8}[a-z])?") -> String { words }
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (0_u8..128, 1_u8..128, 1_i64..2000).prop_map(|(pitch, velocity, ticks)| Event::Note {
            pitch: Pitch::midi(pitch),
            velocity,
            duration: quarters(ticks, 480)
        }),
        (0_u8..128).prop_map(Event::Program),
        (0_u8..128, 0_u8..128).prop_map(|(controller, value)| Event::Control { controller, value }),
        (-0x2000_i16..0x2000).prop_map(Event::Bend),
    ]
}

/// Values at different times of the grid.
fn timed<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<(Time, T)>> {
    prop::collection::btree_map(0_i64..20_000, value, 0..6)
        .prop_map(|map| map.into_iter().map(|(ticks, value)| (at(ticks, 480), value)).collect())
}

fn chord() -> impl Strategy<Value = Option<Chord>> {
    prop::sample::select(vec!["Cmaj7", "F#m7b5", "Bb7alt", "Ebdim7", "G7sus4", "A/C#", "N.C."])
        .prop_map(|symbol| symbol.parse().ok())
}

prop_compose! {
    /// A part in which no key is struck while it sounds, for a MIDI file cannot say which one ends.
    fn part()(name in "[A-Z][a-z]{0,5}", channel in 0_u8..16, gaps in prop::collection::vec((0_i64..900, event()), 0..30))
        -> Track {
        let mut time = Time::ZERO;
        let mut busy = [Time::ZERO; 128];
        let mut events = Vec::new();
        for (gap, event) in gaps {
            time += quarters(gap, 480);
            if let Event::Note { pitch, duration, .. } = event {
                let busy = &mut busy[usize::from(pitch.number())];
                if *busy > time { continue }
                *busy = time + duration;
            }
            events.push((time, event));
        }
        Track { name, channel, events }
    }
}

prop_compose! {
    fn performance()(
        title in prop::option::of(words()),
        tempos in timed((1_u32..0x100_0000).prop_map(Tempo::micros_per_quarter)),
        meters in timed((1_u8..=32, 0_u32..6).prop_map(|(beats, unit)| Meter::new(beats, 1 << unit).unwrap())),
        keys in timed((-7_i32..=7, prop::bool::ANY).prop_map(|(fifths, minor)| {
            Key::from_fifths(fifths, if minor { Mode::Minor } else { Mode::Major }).unwrap()
        })),
        texts in timed((prop::sample::select(vec![TextKind::Marker, TextKind::Remark, TextKind::Lyric]), words())
            .prop_map(|(kind, words)| Text { kind, words })),
        chords in timed(chord()),
        tracks in prop::collection::vec(part(), 0..5),
    ) -> Performance {
        let tempos = TempoMap::new(tempos);
        Performance { title: title.unwrap_or_default(), tempos, meters, keys, texts, chords, tracks }
    }
}

/// Reads any bytes, and checks that what comes of them is no larger than they allow.
fn read_within_bounds(bytes: &[u8]) {
    let Ok(Warned { value, warnings }) = read(bytes) else { return };
    let events: usize = value.tracks.iter().map(|track| track.events.capacity()).sum();
    assert!(events <= 4 * bytes.len() && value.tracks.len() <= bytes.len() && warnings.len() <= 33);
    let names: usize = value.tracks.iter().map(|track| track.name.len()).sum();
    let words: usize = value.texts.iter().map(|(_, text)| text.words.len()).sum();
    assert!(words <= 2 * bytes.len() && names <= 32 * bytes.len());
    assert!(value.tracks.iter().flat_map(Track::notes).all(|(_, duration, ..)| duration > Duration::ZERO));
    write(&value);
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(performance in performance()) {
        let bytes = write(&performance);
        let song = read(&bytes).unwrap();
        prop_assert_eq!(&song.value, &performance);
        prop_assert_eq!(song.warnings, [""; 0]);
        prop_assert_eq!(write(&song.value), bytes);
    }

    #[test]
    fn a_cut_or_changed_file_is_read_or_refused(
        performance in performance(),
        cut in 0_usize..4000,
        changes in prop::collection::vec((0_usize..4000, prop::num::u8::ANY), 0..12),
    ) {
        let mut bytes = write(&performance);
        for (at, byte) in changes {
            if let Some(place) = bytes.get_mut(at) { *place = byte }
        }
        read_within_bounds(&bytes[..cut.min(bytes.len())]);
        read_within_bounds(&bytes);
    }

    #[test]
    fn random_bytes_are_read_or_refused(
        kind in 0_u8..3,
        division in prop::num::u16::ANY,
        length in prop::num::u32::ANY,
        bytes in prop::collection::vec(prop::num::u8::ANY, 0..2000),
    ) {
        read_within_bounds(&bytes);
        let head = [b"MThd\0\0\0\x06\0".as_slice(), &[kind, 0, 1], &division.to_be_bytes(), b"MTrk"].concat();
        read_within_bounds(&[&head[..], &length.to_be_bytes(), &bytes].concat());
    }
}

#[test]
fn hostile_files_take_time_and_memory_in_proportion() {
    let strikes = [0, 60, 1].repeat(100_000);
    let releases = [0, 60, 0].repeat(100_000);
    let one_key = track(&[&[0, 0x90, 60, 1][..], &strikes, &[1, 61, 1], &strikes, &releases].concat());
    read_within_bounds(&file(0, 96, &[&one_key]));
    read_within_bounds(&[file(1, 96, &[]), b"MTrk\0\0\0\0".repeat(50_000)].concat());
    read_within_bounds(&[file(1, 96, &[]), b"MTrk\xFF\xFF\xFF\xFF".repeat(50_000)].concat());
    let texts = [&[0, 0xFF, 0x01, 0xFF, 0xFF, 0xFF, 0x7F][..]; 50_000].concat();
    read_within_bounds(&file(0, 1, &[&texts]));
    read_within_bounds(&file(0, 1, &[&[0xFF, 0xFF, 0xFF, 0x7F, 0xC0, 1].repeat(50_000)]));
    read_within_bounds(&file(0, 96, &[&[0, 0xF1, 1].repeat(50_000)]));
}

#[test]
fn tracks_without_end_are_left_out() {
    let note = track(&[0, 0x90, 60, 80, 96, 0x80, 60, 0]);
    let mut bytes = file(1, 96, &vec![&note[..]; 1100]);
    bytes[10..12].copy_from_slice(&1100_u16.to_be_bytes());
    let Warned { value, warnings } = read(&bytes).unwrap();
    assert_eq!(value.tracks.len(), 1024);
    assert!(warnings[0].words.contains("more than 1024 tracks"), "{warnings:?}");
}
