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
    pub(super) fn sample(self, x: f32) -> i32 {
        let full_scale = ((1i32 << (self.count() - 1)) - 1) as f32;
        (x.clamp(-1.0, 1.0) * full_scale).round() as i32
    }
}

/// A WAV file being written to a sink.
pub struct Wav<W: Write + Seek> {
    writer: Option<WavWriter<W>>,
    bits: Bits,
}

impl<W: Write + Seek> Wav<W> {
    /// Stereo at `rate` frames a second.
    pub fn new(sink: W, rate: u32, bits: Bits) -> Result<Self, AudioError> {
        let bits_per_sample = bits.count();
        let spec =
            WavSpec { channels: 2, sample_rate: rate, bits_per_sample, sample_format: SampleFormat::Int };
        let writer = Some(WavWriter::new(sink, spec).map_err(refused)?);
        Ok(Self { writer, bits })
    }
}

impl<W: Write + Seek> Encoder for Wav<W> {
    fn push(&mut self, frames: &[Frame]) -> Result<(), AudioError> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        for &x in frames.as_flattened() {
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
