//! Performances to play, and ears to hear them with.

#![allow(dead_code, reason = "each test file uses its part of this")]
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::io::Cursor;

use sideman_band::audio::{self, Encoder, Mix, Mixdown};
use sideman_band::synth::{Frame, SoundFont, Synth};
use sideman_music::{Duration, Event, Performance, Pitch, Time, Track};

/// A note of a quarter on a beat.
pub(crate) fn note(beat: i64, key: u8, velocity: u8) -> (Time, Event) {
    let event = Event::Note { pitch: Pitch::midi(key), velocity, duration: Duration::QUARTER };
    (Time::after_start(Duration::QUARTER * beat), event)
}

/// Notes one after the other on a program: key, and length as a fraction of quarters.
pub(crate) fn line(program: u8, notes: &[(u8, i64, i64)]) -> Vec<(Time, Event)> {
    let mut events = vec![(Time::ZERO, Event::Program(program))];
    let mut time = Time::ZERO;
    for &(key, numerator, denominator) in notes {
        let duration = Duration::quarters(numerator, denominator);
        events.push((time, Event::Note { pitch: Pitch::midi(key), velocity: 90, duration }));
        time += duration;
    }
    events
}

/// A performance at 120 of parts on channels.
pub(crate) fn band(parts: Vec<(u8, Vec<(Time, Event)>)>) -> Performance {
    let track = |(channel, events)| Track { channel, events, ..Track::default() };
    Performance { tracks: parts.into_iter().map(track).collect(), ..Performance::default() }
}

/// A take as a file.
pub(crate) struct File {
    pub(crate) bytes: Vec<u8>,
    pub(crate) frames: u64,
}

/// Records a performance with an encoder.
pub(crate) fn take_as(
    performance: &Performance,
    rate: u32,
    encoder: impl for<'a> FnOnce(&'a mut Cursor<Vec<u8>>, u32) -> Box<dyn Encoder + 'a>,
) -> File {
    let mix = Mix { rate, ..Mix::default() };
    let mut mixdown = Mixdown::new(&SoundFont::built_in(), performance, &mix).unwrap();
    let mut sink = Cursor::new(Vec::new());
    {
        let mut encoder = encoder(&mut sink, rate);
        audio::record(&mut mixdown, &mut [encoder.as_mut()], |_| ()).unwrap();
    }
    File { bytes: sink.into_inner(), frames: mixdown.frames() }
}

/// What a decoder makes of a file: interleaved samples.
pub(crate) struct Sound {
    pub(crate) samples: Vec<f32>,
    pub(crate) rate: u32,
}

/// Decodes with symphonia.
pub(crate) fn decoded(bytes: Vec<u8>, extension: &str) -> Sound {
    use symphonia::core::codecs::audio::AudioDecoderOptions;
    use symphonia::core::formats::probe::Hint;
    use symphonia::core::formats::{FormatOptions, TrackType};
    use symphonia::core::io::MediaSourceStream;

    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    let mut hint = Hint::new();
    hint.with_extension(extension);
    let options = FormatOptions::default();
    let mut format =
        symphonia::default::get_probe().probe(&hint, stream, options, Default::default()).unwrap();
    let track = format.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap().clone();
    let codecs = symphonia::default::get_codecs();
    let mut decoder = codecs.make_audio_decoder(&parameters, &AudioDecoderOptions::default()).unwrap();
    let mut sound = Sound { samples: Vec::new(), rate: parameters.sample_rate.unwrap() };
    let mut block = Vec::new();
    while let Some(packet) = format.next_packet().unwrap() {
        let buffer = decoder.decode(&packet).unwrap();
        buffer.copy_to_vec_interleaved::<f32>(&mut block);
        sound.samples.extend_from_slice(&block);
    }
    sound
}

/// A sine at half of full scale on both sides.
pub(crate) fn tone(hertz: f64, seconds: f64, rate: u32) -> Vec<Frame> {
    let frames = (seconds * f64::from(rate)) as usize;
    let at = |i: usize| (std::f64::consts::TAU * hertz * i as f64 / f64::from(rate)).sin() as f32 * 0.5;
    (0..frames).map(|i| [at(i); 2]).collect()
}

/// Frequency of the strongest sinusoid within half a semitone: the peak of the Hann-windowed Fourier sum, found by
/// bisection.
pub(crate) fn hertz_near(samples: &[f32], hertz: f64, rate: u32) -> f64 {
    let strength = |f: f64| {
        let (mut re, mut im) = (0.0, 0.0);
        for (i, &x) in samples.iter().enumerate() {
            let place = i as f64 / samples.len() as f64;
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * place).cos();
            let angle = std::f64::consts::TAU * f * i as f64 / f64::from(rate);
            re += f64::from(x) * window * angle.cos();
            im += f64::from(x) * window * angle.sin();
        }
        re * re + im * im
    };
    let at = |cents: f64| hertz * 2f64.powf(cents / 1200.0);
    let best =
        (-10..=10).map(|i| f64::from(i) * 5.0).max_by(|a, b| strength(at(*a)).total_cmp(&strength(at(*b))));
    let (mut low, mut high) = (best.unwrap() - 5.0, best.unwrap() + 5.0);
    while high - low > 0.01 {
        let third = (high - low) / 3.0;
        if strength(at(low + third)) < strength(at(high - third)) { low += third } else { high -= third }
    }
    at((low + high) / 2.0)
}

/// A performance without room, limiter and loudness.
pub(crate) fn dry(performance: &Performance, rate: u32) -> Vec<Frame> {
    let mut synth = Synth::new(&SoundFont::built_in(), performance, rate).unwrap();
    let mut frames = vec![[0.0; 2]; synth.frames() as usize];
    assert_eq!(synth.fill(&mut frames), frames.len());
    frames
}
