//! MP3 files with ID3v2.4 tags.

use std::fmt;
use std::io::{Seek, SeekFrom, Write};
use std::str::FromStr;

use rusty_mp3::{Mp3Encoder, Mp3EncoderConfig, vbr_quality_index};
use sideman_music::Error;

use super::{AudioError, Encoder, Tags};
use crate::synth::Frame;

/// How many bits a second of sound may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BitRate {
    /// The same throughout, in kilobits a second (32 to 320). The frames are kept until the end.
    Constant(u32),
    /// As many as the sound needs: 0 is best, 9 smallest.
    Variable(u8),
}

/// Kilobits a second that MPEG-1 Layer III has.
const CONSTANT: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];

impl fmt::Display for BitRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(kilobits) => write!(f, "{kilobits}"),
            Self::Variable(quality) => write!(f, "V{quality}"),
        }
    }
}

impl FromStr for BitRate {
    type Err = Error;

    /// Kilobits a second such as `192`, or `V0` to `V9`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let constant = text.parse().ok().filter(|kilobits| CONSTANT.contains(kilobits)).map(Self::Constant);
        let quality = text.strip_prefix(['v', 'V']).and_then(|quality| quality.parse().ok());
        let variable = quality.filter(|quality| *quality <= 9).map(Self::Variable);
        let hint = "write V0 (best) to V9 (smallest), or kilobits a second: 128, 160, 192, 224, 256 or 320";
        constant.or(variable).ok_or_else(|| Error::new("bit rate", text, hint))
    }
}

/// An MP3 file being written to a sink.
pub struct Mp3<W: Write + Seek> {
    sink: W,
    encoder: Mp3Encoder,
    rate: u32,
    /// Where the first frame stands, which tells how long the sound is and is written last.
    first_frame: u64,
}

impl<W: Write + Seek> Mp3<W> {
    /// Stereo at `rate` frames a second: 32,000, 44,100 or 48,000.
    pub fn new(mut sink: W, rate: u32, bit_rate: BitRate, tags: &Tags) -> Result<Self, AudioError> {
        if ![32_000, 44_100, 48_000].contains(&rate) {
            let reason = format!("{rate} frames a second are not encoded");
            return Err(AudioError::Unsupported { format: "MP3", reason });
        }
        sink.write_all(&id3(tags))?;
        let first_frame = sink.stream_position()?;
        let config = match bit_rate {
            BitRate::Constant(kbps) => Mp3EncoderConfig { bitrate_kbps: kbps, vbr_quality: None },
            BitRate::Variable(quality) => {
                Mp3EncoderConfig { bitrate_kbps: 0, vbr_quality: Some(vbr_quality_index(f32::from(quality))) }
            }
        };
        Ok(Self { sink, encoder: Mp3Encoder::new(config), rate, first_frame })
    }

    fn drain(&mut self) -> Result<(), AudioError> {
        while let Ok(packet) = self.encoder.next_packet() {
            self.sink.write_all(&packet)?;
        }
        Ok(())
    }
}

impl<W: Write + Seek> Encoder for Mp3<W> {
    fn push(&mut self, frames: &[Frame]) -> Result<(), AudioError> {
        let pushed = self.encoder.push_pcm_f32(frames.as_flattened(), 2, self.rate);
        pushed.map_err(|error| AudioError::Unsupported { format: "MP3", reason: error.to_string() })?;
        self.drain()
    }

    fn finish(&mut self) -> Result<(), AudioError> {
        self.encoder.finish();
        self.drain()?;
        if let Some(frame) = self.encoder.lame_tag_frame() {
            self.sink.seek(SeekFrom::Start(self.first_frame))?;
            self.sink.write_all(frame)?;
            self.sink.seek(SeekFrom::End(0))?;
        }
        Ok(self.sink.flush()?)
    }
}

/// An ID3v2.4 tag; empty when there is nothing to say.
fn id3(tags: &Tags) -> Vec<u8> {
    let mut frames = Vec::new();
    if !tags.title.is_empty() {
        frames.extend(text_frame(b"TIT2", &tags.title));
    }
    if let Some(tempo) = tags.tempo {
        frames.extend(text_frame(b"TBPM", &tempo.to_string()));
    }
    for (name, words) in &tags.remarks {
        frames.extend(text_frame(b"TXXX", &format!("{name}\0{words}")));
    }
    if frames.is_empty() {
        return frames;
    }
    [b"ID3\x04\x00\x00".as_slice(), &synchsafe(frames.len()), &frames].concat()
}

/// A text frame in UTF-8.
fn text_frame(id: &[u8; 4], words: &str) -> Vec<u8> {
    [id.as_slice(), &synchsafe(words.len() + 1), &[0, 0, 3], words.as_bytes()].concat()
}

/// A length in four bytes of seven bits.
fn synchsafe(length: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (length >> shift & 127) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_frames_of_id3() {
        let remarks = vec![("model".to_string(), "classic".to_string())];
        let tags = Tags { title: "Été".into(), tempo: Some(160), remarks };
        let mut wanted = b"ID3\x04\0\0\0\0\0\x3f".to_vec();
        wanted.extend(b"TIT2\0\0\0\x06\0\0\x03\xc3\x89t\xc3\xa9");
        wanted.extend(b"TBPM\0\0\0\x04\0\0\x03160");
        wanted.extend(b"TXXX\0\0\0\x0e\0\0\x03model\0classic");
        wanted[9] = (wanted.len() - 10) as u8;
        assert_eq!(id3(&tags), wanted);
        assert_eq!(id3(&Tags::default()), b"");
        assert_eq!(synchsafe(0x0123_4567 & 0x0fff_ffff), [0x09, 0x0d, 0x0a, 0x67]);
    }

    #[test]
    fn bit_rates_are_read_back() {
        for rate in [BitRate::Constant(192), BitRate::Variable(2)] {
            assert_eq!(rate.to_string().parse(), Ok(rate));
        }
        assert_eq!("v0".parse(), Ok(BitRate::Variable(0)));
        assert!(["", "V", "V10", "100", "-1", "best"].iter().all(|text| text.parse::<BitRate>().is_err()));
    }

    #[test]
    fn rates_that_mp3_lacks_are_refused() {
        let sink = std::io::Cursor::new(Vec::new());
        let refused = Mp3::new(sink, 96_000, BitRate::Variable(2), &Tags::default());
        assert!(matches!(refused, Err(AudioError::Unsupported { format: "MP3", .. })));
    }
}
