//! What is heard: performances recorded into files of sound.

use std::io::{Seek, Write};

use sideman_band::audio::{self, BitRate, Bits, Encoder, Flac, Mix, Mixdown, Mp3, Tags, Wav};
use sideman_band::synth::SoundFont;
use sideman_music::{Performance, Time};

use crate::{Error, Watch, WorkEvent};

/// A kind of sound file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundFormat {
    /// Every sample as it is.
    Wav,
    /// The same, packed.
    Flac,
    /// Much smaller, nearly the same.
    Mp3,
}

impl SoundFormat {
    /// The kind that the ending of a file asks for: `wav`, `flac` or `mp3`.
    pub fn of_ending(ending: &str) -> Option<Self> {
        match ending.to_ascii_lowercase().as_str() {
            "wav" => Some(Self::Wav),
            "flac" => Some(Self::Flac),
            "mp3" => Some(Self::Mp3),
            _ => None,
        }
    }
}

/// How sound is recorded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recording {
    /// Rate, loudness and room.
    pub mix: Mix,
    /// Of a sample in WAV and FLAC.
    pub bits: Bits,
    /// Of MP3.
    pub bit_rate: BitRate,
}

impl Default for Recording {
    /// 44,100 frames a second, 16 bits, MP3 of the quality V2.
    fn default() -> Self {
        Self { mix: Mix::default(), bits: Bits::Sixteen, bit_rate: BitRate::Variable(2) }
    }
}

impl Recording {
    /// Bytes that a file of a performance takes about: of WAV exactly, but for its end; of what is packed no more than
    /// usual.
    pub fn room(&self, performance: &Performance, format: SoundFormat) -> u64 {
        let seconds = performance.tempos.clock(Time::ZERO, performance.end()).as_secs();
        let sample = match self.bits {
            Bits::Sixteen => 2,
            Bits::TwentyFour => 3,
        };
        let wav = seconds.saturating_mul(u64::from(self.mix.rate) * 2 * sample);
        match format {
            SoundFormat::Wav => wav,
            SoundFormat::Flac => wav / 3,
            SoundFormat::Mp3 => wav / 16,
        }
    }
}

/// Plays a performance into files of sound, with remarks (names and words) in those that hold any.
///
/// # Errors
/// When the SoundFont cannot play it, or a file cannot be written.
pub fn record<W: Write + Seek>(
    performance: &Performance,
    remarks: &[(String, String)],
    font: &SoundFont,
    recording: &Recording,
    files: Vec<(SoundFormat, W)>,
    watch: Watch<'_>,
) -> Result<(), Error> {
    let tempo = Some(performance.tempos.at(Time::ZERO).to_bpm());
    let tags = Tags { title: performance.title.clone(), tempo, remarks: remarks.to_vec() };
    let encoder = |(format, file)| encoder(format, file, recording, &tags);
    let mut encoders = files.into_iter().map(encoder).collect::<Result<Vec<_>, _>>()?;
    let mut sinks: Vec<&mut dyn Encoder> =
        encoders.iter_mut().map(|e| &mut **e as &mut dyn Encoder).collect();
    let mut mixdown = Mixdown::new(font, performance, &recording.mix)?;
    audio::record(&mut mixdown, &mut sinks, |done| {
        let _ = watch(WorkEvent::Rendering(done));
    })?;
    Ok(())
}

fn encoder<'a, W: Write + Seek + 'a>(
    format: SoundFormat,
    file: W,
    recording: &Recording,
    tags: &Tags,
) -> Result<Box<dyn Encoder + 'a>, Error> {
    let Recording { mix: Mix { rate, .. }, bits, bit_rate } = *recording;
    Ok(match format {
        SoundFormat::Wav => Box::new(Wav::new(file, rate, bits)?),
        SoundFormat::Flac => Box::new(Flac::new(file, rate, bits, tags)?),
        SoundFormat::Mp3 => Box::new(Mp3::new(file, rate, bit_rate, tags)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::{Duration, Event, Pitch, Track};

    #[test]
    fn a_minute_of_sound_takes_ten_megabytes() {
        let (pitch, velocity) = (Pitch::new(60).unwrap(), 64);
        let note = Event::Note { pitch, velocity, duration: Duration::QUARTER * 120 };
        let track = Track { events: vec![(Time::ZERO, note)], ..Track::default() };
        let song = Performance { tracks: vec![track], ..Performance::default() };
        let recording = Recording::default();
        assert_eq!(recording.room(&song, SoundFormat::Wav), 60 * 44_100 * 4);
        let fine = Recording { bits: Bits::TwentyFour, ..recording };
        assert_eq!(fine.room(&song, SoundFormat::Wav), 60 * 44_100 * 6);
        assert!(recording.room(&song, SoundFormat::Mp3) < recording.room(&song, SoundFormat::Flac));
    }
}
