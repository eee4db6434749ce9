//! What is written, heard by independent ears: symphonia decodes, ebur128 measures.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use common::{decoded, hertz_near, line, note, take_as, tone};
use ebur128::{EbuR128, Mode};
use sideman_band::audio::{BitRate, Bits, Encoder, Flac, Mix, Mixdown, Mp3, Tags, Wav};
use sideman_band::synth::SoundFont;
use sideman_music::Performance;

fn blues_lick() -> Performance {
    let solo =
        line(66, &[(58, 1, 2), (61, 1, 2), (63, 1, 1), (64, 1, 2), (65, 3, 2), (68, 1, 1), (70, 2, 1)]);
    let bass = line(32, &[(34, 1, 1), (38, 1, 1), (41, 1, 1), (43, 1, 1), (46, 1, 1), (44, 1, 1)]);
    let drums: Vec<_> = (0..6).map(|beat| note(beat, [51, 44][beat as usize % 2], 80)).collect();
    common::band(vec![(0, solo), (1, bass), (9, drums)])
}

fn loudness_and_peak(frames: &[f32], rate: u32) -> (f64, f64) {
    let mut meter = EbuR128::new(2, rate, Mode::I | Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(frames).unwrap();
    let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
    (meter.loudness_global().unwrap(), 20.0 * peak.log10())
}

#[test]
fn a_wav_is_as_long_loud_and_safe_as_it_should_be() {
    for (rate, bits) in [(44_100, Bits::Sixteen), (48_000, Bits::TwentyFour)] {
        let take = take_as(&blues_lick(), rate, |sink, rate| Box::new(Wav::new(sink, rate, bits).unwrap()));
        let sound = decoded(take.bytes, "wav");
        assert_eq!(sound.rate, rate);
        assert_eq!(sound.samples.len() as u64, 2 * take.frames);
        let (loudness, peak) = loudness_and_peak(&sound.samples, rate);
        assert!((loudness + 16.0).abs() < 1.0, "{loudness} LUFS");
        assert!(peak < -1.0, "{peak} dBTP");
        let mean = sound.samples.iter().map(|&x| f64::from(x)).sum::<f64>() / sound.samples.len() as f64;
        assert!(mean.abs() < 1e-3, "DC {mean}");
    }
}

#[test]
fn an_mp3_is_as_long_loud_and_safe_as_the_wav() {
    for bit_rate in [BitRate::Constant(192), BitRate::Variable(2)] {
        let tags = Tags { title: "Lick".into(), tempo: Some(120), ..Tags::default() };
        let take = take_as(&blues_lick(), 44_100, |sink, rate| {
            Box::new(Mp3::new(sink, rate, bit_rate, &tags).unwrap())
        });
        let sound = decoded(take.bytes, "mp3");
        assert_eq!(sound.samples.len() as u64, 2 * take.frames);
        let (loudness, peak) = loudness_and_peak(&sound.samples, 44_100);
        assert!((loudness + 16.0).abs() < 1.0, "{loudness} LUFS");
        assert!(peak < -1.0, "{peak} dBTP");
    }
}

/// Silence, a tone, noise at full scale, one side alone, and a block that is not full.
fn all_sorts(rate: u32) -> Vec<[f32; 2]> {
    let mut frames = vec![[0.0; 2]; 5000];
    frames.extend(tone(440.0, 0.5, rate));
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    frames.extend((0..9000).map(|_| [noise(), noise()]));
    frames.extend((0..9000).map(|i| [0.0, noise() * (i as f32 / 9000.0).powi(8)]));
    frames.extend([[1.5, -1.5]; 3]);
    frames
}

/// Frames as a WAV and as a FLAC.
fn wav_and_flac(frames: &[[f32; 2]], rate: u32, bits: Bits) -> [Vec<u8>; 2] {
    let (mut wav, mut flac) = (std::io::Cursor::new(Vec::new()), std::io::Cursor::new(Vec::new()));
    {
        let mut wav = Wav::new(&mut wav, rate, bits).unwrap();
        let mut flac = Flac::new(&mut flac, rate, bits, &Tags::default()).unwrap();
        for encoder in [&mut wav as &mut dyn Encoder, &mut flac] {
            frames.chunks(777).for_each(|block| encoder.push(block).unwrap());
            encoder.finish().unwrap();
        }
    }
    [wav.into_inner(), flac.into_inner()]
}

#[test]
fn a_flac_is_the_wav_bit_by_bit() {
    for (rate, bits) in [(44_100, Bits::Sixteen), (48_000, Bits::TwentyFour)] {
        let sorts = all_sorts(rate);
        for frames in [&sorts[..], &sorts[6000..6001], &sorts[6000..6003], &sorts[6000..10_097]] {
            let [wav, flac] = wav_and_flac(frames, rate, bits);
            let (wav, flac) = (decoded(wav, "wav"), decoded(flac, "flac"));
            assert_eq!((flac.rate, flac.samples.len()), (rate, 2 * frames.len()));
            assert!(wav.samples == flac.samples, "{} frames at {rate}", frames.len());
        }
    }
}

#[test]
fn the_head_of_a_flac_tells_what_its_frames_are() {
    for (frames, digest) in [
        (0, *b"\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04\xe9\x80\x09\x98\xec\xf8\x42\x7e"),
        (4, *b"\x4a\xe7\x13\x36\xe4\x4b\xf9\xbf\x79\xd2\x75\x2e\x23\x48\x18\xa5"),
    ] {
        let [_, flac] = wav_and_flac(&vec![[0.0; 2]; frames], 44_100, Bits::Sixteen);
        let info = &flac[8..42];
        assert_eq!(&info[..4], [16, 0, 16, 0], "blocks of 4096 samples");
        assert_eq!(info[4..10] == [0; 6], frames == 0, "no frame has a size");
        assert_eq!(u32::from_be_bytes(info[14..18].try_into().unwrap()) as usize, frames);
        assert_eq!(info[18..], digest);
    }
}

#[test]
fn a_flac_is_shorter_than_a_wav_and_says_what_it_is() {
    let remarks = vec![("model".to_string(), "classic".to_string())];
    let tags = Tags { title: "Lick".into(), tempo: Some(120), remarks };
    let take = take_as(&blues_lick(), 44_100, |sink, rate| {
        Box::new(Flac::new(sink, rate, Bits::Sixteen, &tags).unwrap())
    });
    assert!((take.bytes.len() as u64) < 4 * take.frames * 6 / 10, "{} bytes", take.bytes.len());
    for comment in ["TITLE=Lick", "BPM=120", "MODEL=classic"] {
        assert!(take.bytes.windows(comment.len()).any(|bytes| bytes == comment.as_bytes()), "{comment}");
    }
}

#[test]
fn a_test_tone_keeps_its_pitch_through_every_encoder() {
    let frames = tone(440.0, 2.0, 44_100);
    let mut wav = std::io::Cursor::new(Vec::new());
    let mut mp3 = std::io::Cursor::new(Vec::new());
    {
        let mut wav = Wav::new(&mut wav, 44_100, Bits::Sixteen).unwrap();
        let mut mp3 = Mp3::new(&mut mp3, 44_100, BitRate::Variable(2), &Tags::default()).unwrap();
        for encoder in [&mut wav as &mut dyn Encoder, &mut mp3] {
            encoder.push(&frames).unwrap();
            encoder.finish().unwrap();
        }
    }
    for (bytes, format) in [(wav.into_inner(), "wav"), (mp3.into_inner(), "mp3")] {
        let sound = decoded(bytes, format);
        let left: Vec<f32> = sound.samples.iter().step_by(2).copied().collect();
        let cents = 1200.0 * (hertz_near(&left[8192..], 440.0, 44_100) / 440.0).log2();
        assert!(cents.abs() < 1.0, "{format}: {cents} cents");
        let level = (left.iter().map(|x| x * x).sum::<f32>() / left.len() as f32).sqrt();
        assert!((level - 0.5 / 2f32.sqrt()).abs() < 0.01, "{format}: {level}");
    }
}

#[test]
fn the_built_in_bank_sounds_a_at_440() {
    let take = take_as(&common::band(vec![(0, line(66, &[(69, 4, 1)]))]), 44_100, |sink, rate| {
        Box::new(Mp3::new(sink, rate, BitRate::Variable(0), &Tags::default()).unwrap())
    });
    let sound = decoded(take.bytes, "mp3");
    let left: Vec<f32> = sound.samples.iter().step_by(2).copied().skip(8000).take(5000).collect();
    let cents = 1200.0 * (hertz_near(&left, 440.0, 44_100) / 440.0).log2();
    assert!(cents.abs() < 1.0, "{cents} cents");
}

#[test]
fn how_long_the_buffers_are_does_not_change_a_take() {
    let play = |length: usize| {
        let mut mixdown = Mixdown::new(&SoundFont::built_in(), &blues_lick(), &Mix::default()).unwrap();
        let mut frames = Vec::new();
        let mut block = vec![[0.0; 2]; length];
        loop {
            match mixdown.fill(&mut block) {
                0 => return frames,
                count => frames.extend_from_slice(&block[..count]),
            }
        }
    };
    let whole = play(1 << 20);
    assert!(whole == play(1) && whole == play(777));
}

#[test]
fn silence_stays_silent_and_ends() {
    let take = take_as(&Performance::default(), 44_100, |sink, rate| {
        Box::new(Wav::new(sink, rate, Bits::Sixteen).unwrap())
    });
    let sound = decoded(take.bytes, "wav");
    assert!(sound.samples.iter().all(|&x| x == 0.0));
}
