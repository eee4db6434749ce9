//! The built-in bank: whole, in tune, balanced, without clicks.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use common::{band, dry, hertz_near, line, note};
use ebur128::{EbuR128, Mode};
use rustysynth_ext::{LoopMode, SoundFont};
use sideman_band::bank;
use sideman_music::Event;

const PIANO: u8 = 0;
const ELECTRIC_PIANO: u8 = 4;
const VIBRAPHONE: u8 = 11;
const GUITAR: u8 = 26;
const BASS: u8 = 32;
const TRUMPET: u8 = 56;
const TROMBONE: u8 = 57;
const MUTED_TRUMPET: u8 = 59;
const ALTO: u8 = 65;
const TENOR: u8 = 66;
const CLARINET: u8 = 71;
const FLUTE: u8 = 73;
/// Programs and the lowest key of the fifth and more they are judged on.
const VOICES: [(u8, u8); 12] = [
    (PIANO, 60),
    (ELECTRIC_PIANO, 60),
    (VIBRAPHONE, 65),
    (GUITAR, 55),
    (BASS, 33),
    (TRUMPET, 60),
    (TROMBONE, 48),
    (MUTED_TRUMPET, 62),
    (ALTO, 58),
    (TENOR, 53),
    (CLARINET, 58),
    (FLUTE, 67),
];

fn font() -> &'static SoundFont {
    static FONT: LazyLock<SoundFont> = LazyLock::new(|| SoundFont::new(&mut &bank::built_in()[..]).unwrap());
    &FONT
}

#[test]
fn every_general_midi_program_both_kits_and_slurred_winds_have_a_preset() {
    let font = font();
    let presets: BTreeSet<_> = font
        .get_presets()
        .iter()
        .map(|preset| (preset.get_bank_number(), preset.get_patch_number()))
        .collect();
    let wanted = (0..128).map(|program| (0, program)).chain([(128, 0), (128, 40)]);
    let (slurred, others) = presets.into_iter().partition::<BTreeSet<_>, _>(|preset| preset.0 == 1);
    assert_eq!(others, wanted.collect());
    let winds = (56..80).chain([40, 52]);
    assert!(winds.into_iter().all(|program| slurred.contains(&(1, program))), "{slurred:?}");
    assert!(!slurred.contains(&(1, 0)));
}

#[test]
fn every_key_and_velocity_sounds_once() {
    for instrument in font().get_instruments() {
        for (key, velocity) in (0..128).flat_map(|key| (1..128).map(move |velocity| (key, velocity))) {
            let regions =
                instrument.get_regions().iter().filter(|region| region.contains(key, velocity)).count();
            assert_eq!(regions, 1, "{} key {key} velocity {velocity}", instrument.get_name());
        }
    }
}

#[test]
fn every_voice_has_velocity_layers_and_several_key_zones() {
    for instrument in font().get_instruments() {
        let regions = instrument.get_regions();
        let layers: BTreeSet<_> = regions.iter().map(|region| region.get_velocity_range_start()).collect();
        let zones: BTreeSet<_> = regions.iter().map(|region| region.get_key_range_start()).collect();
        assert!(layers.len() >= 2 && zones.len() >= 5, "{}", instrument.get_name());
    }
}

/// A click is a jump in the slope: where the end of a loop meets its beginning, the slope must change no more than
/// it does within the loop.
#[test]
fn loops_do_not_click() {
    let font = font();
    let data = font.get_wave_data();
    let mut loops = 0;
    for instrument in font.get_instruments() {
        for region in instrument.get_regions() {
            if region.get_sample_modes() == LoopMode::NoLoop {
                continue;
            }
            let cycle = &data[region.get_sample_start_loop() as usize..region.get_sample_end_loop() as usize];
            let at = |i: usize| i32::from(cycle[i % cycle.len()]);
            let bend = |i: usize| (at(i + 2) - 2 * at(i + 1) + at(i)).abs();
            let within = (0..cycle.len() - 2).map(bend).max().unwrap();
            let seam = (cycle.len() - 2..cycle.len()).map(bend).max().unwrap();
            assert!(seam <= within + 2, "{}: {seam} over {within}", instrument.get_name());
            loops += 1;
        }
    }
    assert!(loops > 200, "{loops}");
}

/// The other kind of click: where the onset goes over into the loop.
#[test]
fn onsets_go_over_into_loops_smoothly() {
    let font = font();
    let data = font.get_wave_data();
    for instrument in font.get_instruments() {
        for region in
            instrument.get_regions().iter().filter(|region| region.get_sample_modes() != LoopMode::NoLoop)
        {
            let (start, end) =
                (region.get_sample_start_loop() as usize, region.get_sample_end_loop() as usize);
            let bend =
                |i: usize| (i32::from(data[i + 1]) - 2 * i32::from(data[i]) + i32::from(data[i - 1])).abs();
            let within = (start + 8..end - 8).map(bend).max().unwrap();
            let entry = (start - 2..start + 2).map(bend).max().unwrap();
            assert!(entry <= within + 2, "{}: {entry} over {within}", instrument.get_name());
        }
    }
}

#[test]
fn every_voice_is_in_tune_to_a_cent() {
    for (program, low) in VOICES {
        for key in [low - 5, low, low + 7, low + 14] {
            let sound = dry(&band(vec![(0, line(program, &[(key, 2, 1)]))]), 44_100);
            let left: Vec<f32> = sound.iter().map(|frame| frame[0]).collect();
            let wind = program >= TRUMPET;
            let (from, to) = if wind { (7_500, 13_500) } else { (16_000, 42_000) };
            let wanted = 440.0 * 2f64.powf((f64::from(key) - 69.0) / 12.0);
            let cents = 1200.0 * (hertz_near(&left[from..to], wanted, 44_100) / wanted).log2();
            assert!(cents.abs() < 1.0, "program {program} key {key}: {cents:.2} cents");
        }
    }
}

#[test]
fn no_two_strokes_of_the_ride_are_alike() {
    let stroke = |velocity| {
        let events = vec![note(0, 51, velocity)];
        let sound: Vec<f64> =
            dry(&band(vec![(9, events)]), 44_100).iter().take(13_000).map(|f| f64::from(f[0])).collect();
        let level = sound.iter().map(|x| x * x).sum::<f64>().sqrt();
        sound.into_iter().map(|x| x / level).collect::<Vec<_>>()
    };
    let alike = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let strokes = [55, 65, 75, 85].map(stroke);
    assert!(strokes.windows(2).all(|two| alike(&two[0], &two[1]) < 0.95));
    assert!(alike(&strokes[0], &stroke(56)) > 0.99, "within a layer they are");
}

/// The lowest level about a place, over windows of 10 ms.
fn lowest_near(sound: &[[f32; 2]], seconds: f64) -> f64 {
    let at = (seconds * 44_100.0) as usize;
    let level =
        |from: usize| sound[from..from + 441].iter().map(|frame| f64::from(frame[0]).powi(2)).sum::<f64>();
    (at - 1_000..at + 2_000).step_by(110).map(level).fold(f64::MAX, f64::min).sqrt()
}

#[test]
fn winds_slur_where_they_are_told_to() {
    for (program, key) in VOICES.into_iter().filter(|voice| voice.0 >= TRUMPET) {
        let two = line(program, &[(key, 1, 1), (key + 3, 1, 1)]);
        let joint = two[2].0;
        let mut slurred = two.clone();
        slurred.insert(2, (joint, Event::Control { controller: 68, value: 127 }));
        let heard = |events| lowest_near(&dry(&band(vec![(0, events)]), 44_100), 0.5);
        let (tongued, slurred) = (heard(two), heard(slurred));
        assert!(slurred > 1.3 * tongued, "program {program}: {slurred} and {tongued}");
    }
}

#[test]
fn the_voices_are_balanced_within_3_lu() {
    let loudness = VOICES.map(|(program, low)| {
        let phrase = [0, 3, 7, 10, 5, 12, 9, 2].map(|step| (low + step, 1, 2));
        let sound = dry(&band(vec![(0, line(program, &phrase))]), 48_000);
        let mut meter = EbuR128::new(2, 48_000, Mode::I).unwrap();
        meter.add_frames_f32(sound[..4 * 24_000].as_flattened()).unwrap();
        meter.loudness_global().unwrap()
    });
    let (low, high) = loudness.iter().fold((0f64, -99f64), |(low, high), &x| (low.min(x), high.max(x)));
    assert!(high - low <= 3.0, "{high:.1} to {low:.1} LUFS: {loudness:.1?}");
}
