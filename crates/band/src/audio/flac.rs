//! FLAC files (RFC 9639): lossless, about half as long as WAV.

use std::io::{Seek, SeekFrom, Write};

use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr, StreamInfo};
use flacenc::config;
use flacenc::error::{Verified, Verify};
use flacenc::source::{Context, Fill, FrameBuf};

use super::{AudioError, Bits, Encoder, Tags};
use crate::synth::Frame;

/// A FLAC file being written to a sink.
pub struct Flac<W: Write + Seek> {
    sink: W,
    config: Verified<config::Encoder>,
    bits: Bits,
    /// Samples of the block that is not full yet, left and right in turn.
    block: Vec<i32>,
    buffer: FrameBuf,
    info: StreamInfo,
    digest: Context,
    /// Bytes of the frame that is written.
    bytes: ByteSink,
    /// Where what is known only at the end is written.
    head: u64,
}

/// Frames of a block.
const BLOCK: usize = 4096;
const CHANNELS: usize = 2;
/// Bytes of STREAMINFO.
const STREAM_INFO: usize = 34;

impl<W: Write + Seek> Flac<W> {
    /// Stereo at `rate` frames a second.
    ///
    /// # Errors
    /// When the rate is neither 44,100 nor 48,000, or the sink refuses bytes.
    pub fn new(mut sink: W, rate: u32, bits: Bits, tags: &Tags) -> Result<Self, AudioError> {
        if ![44_100, 48_000].contains(&rate) {
            return Err(unsupported(format!("{rate} frames a second are not encoded")));
        }
        let comments = comments(tags);
        sink.write_all(b"fLaC")?;
        sink.write_all(&block_header(0, STREAM_INFO))?;
        let head = sink.stream_position()?;
        sink.write_all(&[0; STREAM_INFO])?;
        sink.write_all(&block_header(0x84, comments.len()))?;
        sink.write_all(&comments)?;
        let depth = usize::from(bits.count());
        Ok(Self {
            sink,
            config: config::Encoder::default().into_verified().map_err(|(_, e)| unsupported(e))?,
            bits,
            block: Vec::with_capacity(CHANNELS * BLOCK),
            buffer: FrameBuf::with_size(CHANNELS, BLOCK).map_err(unsupported)?,
            info: StreamInfo::new(rate as usize, CHANNELS, depth).map_err(unsupported)?,
            digest: Context::new(depth, CHANNELS),
            bytes: ByteSink::new(),
            head,
        })
    }

    fn write_block(&mut self) -> Result<(), AudioError> {
        let number = self.digest.total_samples() / BLOCK;
        (&mut self.buffer, &mut self.digest).fill_interleaved(&self.block).map_err(unsupported)?;
        let frame = flacenc::encode_fixed_size_frame(&self.config, &self.buffer, number, &self.info);
        let frame = frame.map_err(unsupported)?;
        self.info.update_frame_info(&frame);
        self.bytes.clear();
        frame.write(&mut self.bytes).map_err(unsupported)?;
        self.sink.write_all(self.bytes.as_slice())?;
        self.block.clear();
        Ok(())
    }

    /// STREAMINFO (§8.2): the sizes of blocks and frames, rate, channels, bits, frames, digest of the samples.
    fn stream_info(&mut self) -> Result<ByteSink, AudioError> {
        let mut bytes = ByteSink::new();
        self.info.set_md5_digest(&self.digest.md5_digest());
        self.info.set_block_sizes(BLOCK, BLOCK).map_err(unsupported)?;
        if self.info.total_samples() == 0 {
            self.info.set_frame_sizes(0, 0).map_err(unsupported)?;
        }
        self.info.write(&mut bytes).map_err(unsupported)?;
        Ok(bytes)
    }
}

fn unsupported(reason: impl ToString) -> AudioError {
    AudioError::Unsupported { format: "FLAC", reason: reason.to_string() }
}

impl<W: Write + Seek> Encoder for Flac<W> {
    fn push(&mut self, frames: &[Frame]) -> Result<(), AudioError> {
        for frame in frames {
            self.block.extend(frame.map(|x| self.bits.sample(x)));
            if self.block.len() == CHANNELS * BLOCK {
                self.write_block()?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), AudioError> {
        if !self.block.is_empty() {
            self.write_block()?;
        }
        let info = self.stream_info()?;
        self.sink.seek(SeekFrom::Start(self.head))?;
        self.sink.write_all(info.as_slice())?;
        self.sink.seek(SeekFrom::End(0))?;
        Ok(self.sink.flush()?)
    }
}

/// A kind of metadata block, 128 more for the last one, and its length (§8.1).
fn block_header(kind: u8, length: usize) -> [u8; 4] {
    let [_, a, b, c] = (length as u32).to_be_bytes();
    [kind, a, b, c]
}

/// The tags as Vorbis comments (§8.6).
fn comments(tags: &Tags) -> Vec<u8> {
    let mut list = Vec::new();
    if !tags.title.is_empty() {
        list.push(format!("TITLE={}", tags.title));
    }
    list.extend(tags.tempo.map(|tempo| format!("BPM={tempo}")));
    let field =
        |name: &str| name.to_uppercase().replace(|c: char| !(' '..='}').contains(&c) || c == '=', "_");
    list.extend(tags.remarks.iter().map(|(name, words)| format!("{}={words}", field(name))));
    let text = |words: &str| [&(words.len() as u32).to_le_bytes(), words.as_bytes()].concat();
    let mut bytes = text(concat!("sideman ", env!("CARGO_PKG_VERSION")));
    bytes.extend((list.len() as u32).to_le_bytes());
    list.iter().for_each(|comment| bytes.extend(text(comment)));
    bytes
}
