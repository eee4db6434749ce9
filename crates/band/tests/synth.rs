//! Playing: on time, to the end, out of any bytes.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use common::{band, dry, line, note};
use proptest::prelude::*;
use sideman_band::bank;
use sideman_band::synth::{Frame, SoundFont, Synth, SynthError};
use sideman_music::{Duration, Event, Performance, Pitch, Tempo, TempoMap, Time, Track};

const RATE: u32 = 44_100;

fn level(frames: &[Frame]) -> f32 {
    (frames.as_flattened().iter().map(|x| x * x).sum::<f32>() / frames.len().max(1) as f32).sqrt()
}

#[test]
fn blocks_of_any_length_give_the_same_sound() {
    let performance =
        band(vec![(0, line(11, &[(60, 1, 3), (64, 2, 3), (67, 1, 7)])), (9, vec![note(1, 51, 80)])]);
    let whole = dry(&performance, RATE);
    let mut synth = Synth::new(&SoundFont::built_in(), &performance, RATE).unwrap();
    let mut pieces = Vec::new();
    for length in [1, 31, 32, 33, 1000].into_iter().cycle() {
        let mut block = vec![[0.0; 2]; length];
        match synth.fill(&mut block) {
            0 => break,
            count => pieces.extend_from_slice(&block[..count]),
        }
    }
    assert!(pieces == whole);
}

#[test]
fn filling_a_buffer_allocates_nothing() {
    let performance =
        band(vec![(0, line(66, &[(60, 1, 2); 8])), (9, (0..4).map(|i| note(i, 51, 90)).collect())]);
    let mut synth = Synth::new(&SoundFont::built_in(), &performance, RATE).unwrap();
    let mut block = vec![[0.0; 2]; 512];
    let info = allocation_counter::measure(|| while synth.fill(&mut block) > 0 {});
    assert_eq!(info.count_total, 0);
}

#[test]
fn notes_begin_within_a_millisecond_of_their_time() {
    let beats = [0, 2, 3, 5];
    let performance = Performance {
        tempos: TempoMap::new(vec![
            (Time::ZERO, Tempo::bpm(120)),
            (Time::after_start(Duration::QUARTER * 3), Tempo::bpm(240)),
        ]),
        ..band(vec![(9, beats.map(|beat| note(beat, 37, 100)).to_vec())])
    };
    let sound = dry(&performance, RATE);
    for seconds in [0.0, 1.0, 1.5, 2.0] {
        let at = (seconds * f64::from(RATE)) as usize;
        let onset = sound[at.saturating_sub(400)..].iter().position(|frame| frame[0].abs() > 0.003).unwrap();
        let late = (onset as f64 - 400f64.min(at as f64)) / f64::from(RATE);
        assert!(late.abs() < 0.001, "{late} s after {seconds}");
    }
}

#[test]
fn nothing_goes_on_after_the_end() {
    let pedal = |time| (time, Event::Control { controller: 64, value: 127 });
    for program in 0..128 {
        let mut events = line(program, &[(55, 1, 1), (60, 0, 1)]);
        events.insert(1, pedal(Time::ZERO));
        let sound = dry(&band(vec![(0, events)]), 22_050);
        assert!(level(&sound[..11_025]) > 1e-3, "program {program} is silent");
        assert!(level(&sound[sound.len() - 2_205..]) < 1e-4, "program {program} goes on");
    }
}

#[test]
fn a_pickup_before_the_first_bar_is_played() {
    let before = (Time::ZERO - Duration::QUARTER, note(0, 60, 90).1);
    let performance = band(vec![(0, vec![before])]);
    assert!(level(&dry(&performance, RATE)[..4_410]) > 1e-3);
}

#[test]
fn a_performance_of_a_year_is_refused() {
    let far = Time::after_start(Duration::QUARTER * 100_000_000);
    let note = Event::Note { pitch: Pitch::midi(60), velocity: 64, duration: Duration::QUARTER };
    let track = Track { events: vec![(far, note)], ..Track::default() };
    let performance = Performance { tracks: vec![track], ..Performance::default() };
    let refused = Synth::new(&SoundFont::built_in(), &performance, RATE);
    assert!(matches!(refused, Err(SynthError::TooLong(..))));
}

#[test]
fn a_performance_lasts_as_long_as_its_notes_fill() {
    let minutes = |notes: usize, minutes: i64| {
        let note = |at| {
            (
                Time::after_start(Duration::QUARTER * at),
                Event::Note { pitch: Pitch::midi(60), velocity: 64, duration: Duration::QUARTER },
            )
        };
        let events = (0..notes as i64 - 1).chain([minutes * 120 - 1]).map(note).collect();
        let tempos = TempoMap::new(vec![(Time::ZERO, Tempo::bpm(120))]);
        let performance = Performance {
            tracks: vec![Track { events, ..Track::default() }],
            tempos,
            ..Performance::default()
        };
        Synth::new(&SoundFont::built_in(), &performance, RATE).is_ok()
    };
    assert!(minutes(2, 10) && !minutes(2, 11));
    assert!(minutes(300, 12) && !minutes(300, 13));
    assert!(minutes(7000, 60) && !minutes(7000, 61));
}

#[test]
fn rates_that_cannot_be_rendered_are_refused() {
    for rate in [0, 8_000, 1_000_000, u32::MAX] {
        let refused = Synth::new(&SoundFont::built_in(), &Performance::default(), rate);
        assert!(matches!(refused, Err(SynthError::Rate(r)) if r == rate));
    }
}

/// A small font to damage: the built-in one without most of its sound would not be whole, so one is made of the
/// same chunks with a single tone.
fn small_font() -> Vec<u8> {
    let chunk = |id: &[u8; 4], body: &[u8]| [id, &(body.len() as u32).to_le_bytes()[..], body].concat();
    let words = |numbers: &[u16]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
    let header = |bag: u16| [&[b'x'; 20][..], &words(&[0, 0, bag]), &[0; 12]].concat();
    let instrument = |bag: u16| [&[b'x'; 20][..], &words(&[bag])].concat();
    let numbers: Vec<u8> = [0u32, 1_000, 100, 900, 44_100].iter().flat_map(|n| n.to_le_bytes()).collect();
    let sample = [&[b'x'; 20][..], &numbers, &[60, 0, 0, 0, 1, 0]].concat();
    let wave: Vec<u8> = (0..1_046i32).flat_map(|i| ((i * 577 % 8_000) as i16).to_le_bytes()).collect();
    let pdta = [
        chunk(b"phdr", &[header(0), header(1)].concat()),
        chunk(b"pbag", &words(&[0, 0, 1, 0])),
        chunk(b"pmod", &[0; 10]),
        chunk(b"pgen", &words(&[41, 0, 0, 0])),
        chunk(b"inst", &[instrument(0), instrument(1)].concat()),
        chunk(b"ibag", &words(&[0, 0, 2, 0])),
        chunk(b"imod", &[0; 10]),
        chunk(b"igen", &words(&[54, 1, 53, 0, 0, 0])),
        chunk(b"shdr", &[sample, vec![0; 46]].concat()),
    ];
    let lists = [
        chunk(b"LIST", &[&b"INFO"[..], &chunk(b"ifil", &[2, 0, 1, 0])].concat()),
        chunk(b"LIST", &[&b"sdta"[..], &chunk(b"smpl", &wave)].concat()),
        chunk(b"LIST", &[&b"pdta"[..], &pdta.concat()].concat()),
    ];
    chunk(b"RIFF", &[&b"sfbk"[..], &lists.concat()].concat())
}

/// Loads bytes and, where they are a font, plays it over its keys.
fn try_out(bytes: &[u8]) -> Result<(), SynthError> {
    let font = SoundFont::read(bytes)?;
    let chord = [0, 36, 60, 84, 127].map(|key| note(0, key, 100)).to_vec();
    let bend = (Time::ZERO, Event::Bend(8191));
    let mut synth = Synth::new(&font, &band(vec![(0, [vec![bend], chord].concat())]), RATE)?;
    let mut block = [[0.0; 2]; 256];
    for _ in 0..60 {
        synth.fill(&mut block);
    }
    Ok(())
}

#[test]
fn a_small_font_of_somebody_else_plays() {
    try_out(&small_font()).unwrap();
    try_out(&bank::built_in()).unwrap();
}

#[test]
fn what_is_no_font_is_refused_with_a_way_out() {
    for bytes in [&b""[..], b"RIFF", b"RIFF\xff\xff\xff\xffsfbk", b"MThd\0\0\0\x06\0\0\0\0\0\0"] {
        let message = SoundFont::read(bytes).unwrap_err().to_string();
        assert!(message.contains(".sf2"), "{message}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damaged_fonts_never_panic(places in prop::collection::vec((0usize..3_200, any::<u8>()), 1..6), cut in 0usize..200) {
        let mut bytes = small_font();
        // The sound itself is not worth damaging: what counts stands before and after it.
        let sound = 76..76 + 2_080;
        for (place, value) in places {
            let place = if sound.contains(&place) { place + sound.len() } else { place };
            let length = bytes.len();
            bytes[place % length] = value;
        }
        bytes.truncate(bytes.len() - if cut < 100 { 0 } else { cut });
        let _ = try_out(&bytes);
    }
}
