//! WAV files.

use std::io::{Seek, Write};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::{AudioError, Encoder};
use crate::synth::Frame;

/// Bits of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bits {
    /// As on a compact disc.
    Sixteen,
    /// For further work.
    TwentyFour,
}

impl Bits {
    pub(super) const fn count(self) -> u16 {
        match self {
            Self::Sixteen => 16,
            Self::TwentyFour => 24,
        }
    }

    /// The nearest sample to a value from −1 to 1.
    #[inline]
    pub(super) fn sample(self, x: f32) -> i32 {
        let full_scale = ((1i32 << (self.count() - 1)) - 1) as f32;
        let x = x.clamp(-1.0, 1.0) * full_scale;
        (x + 0.5f32.copysign(x)) as i32
    }
}

/// A WAV file being written to a sink.
pub struct Wav<W: Write + Seek> {
    writer: Option<WavWriter<W>>,
    bits: Bits,
    /// Frames that the file still has room for.
    room: u64,
}

/// The most bytes of samples that the 32 bits of a RIFF size count, with the chunks before them.
const MOST_BYTES: u64 = u32::MAX as u64 - 256;

impl<W: Write + Seek> Wav<W> {
    /// Stereo at `rate` frames a second.
    pub fn new(sink: W, rate: u32, bits: Bits) -> Result<Self, AudioError> {
        let bits_per_sample = bits.count();
        let spec =
            WavSpec { channels: 2, sample_rate: rate, bits_per_sample, sample_format: SampleFormat::Int };
        let writer = Some(WavWriter::new(sink, spec).map_err(refused)?);
        Ok(Self { writer, bits, room: MOST_BYTES / (2 * u64::from(bits.count() / 8)) })
    }
}

impl<W: Write + Seek> Encoder for Wav<W> {
    fn push(&mut self, frames: &[Frame]) -> Result<(), AudioError> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let room = self.room.checked_sub(frames.len() as u64);
        self.room =
            room.ok_or(AudioError::Full { format: "WAV", most: "4 GiB of sound; choose FLAC for more" })?;
        let samples = frames.as_flattened();
        if self.bits == Bits::Sixteen {
            let mut writer = writer.get_i16_writer(samples.len() as u32);
            samples.iter().for_each(|&x| writer.write_sample(self.bits.sample(x) as i16));
            return writer.flush().map_err(refused);
        }
        for &x in samples {
            writer.write_sample(self.bits.sample(x)).map_err(refused)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), AudioError> {
        self.writer.take().map_or(Ok(()), |writer| writer.finalize().map_err(refused))
    }
}

fn refused(error: hound::Error) -> AudioError {
    match error {
        hound::Error::IoError(error) => AudioError::Io(error),
        other => AudioError::Unsupported { format: "WAV", reason: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_file_whose_sizes_would_wrap_is_refused() {
        let mut wav = Wav::new(Cursor::new(Vec::new()), 44_100, Bits::Sixteen).unwrap();
        assert!(wav.room * 4 + 256 <= u64::from(u32::MAX));
        wav.room = 2;
        wav.push(&[[0.0; 2]; 2]).unwrap();
        assert!(wav.push(&[[0.0; 2]]).unwrap_err().to_string().contains("FLAC"));
        wav.finish().unwrap();
    }
}
