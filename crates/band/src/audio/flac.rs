//! FLAC files (RFC 9639): lossless, about half as long as WAV.

mod bits;
mod frame;

use std::io::{Seek, SeekFrom, Write};

use self::bits::BitWriter;
use self::frame::{BLOCK, FlacStream};
use super::{AudioError, Bits, Encoder, Tags};
use crate::synth::Frame;

/// A FLAC file being written to a sink.
pub struct Flac<W: Write + Seek> {
    sink: W,
    stream: FlacStream,
    /// Samples of the block that is not full yet, left and right.
    block: [Vec<i32>; 2],
    frames: u64,
    /// Bytes of the shortest and the longest frame.
    sizes: [usize; 2],
    digest: md5::Context,
    /// Where what is known only at the end is written.
    head: u64,
}

/// The most bytes of a metadata block, whose length has 24 bits.
const MOST_COMMENTS: usize = (1 << 24) - 1;
/// Bytes of STREAMINFO.
const STREAM_INFO: usize = 34;

impl<W: Write + Seek> Flac<W> {
    /// Stereo at `rate` frames a second.
    ///
    /// # Errors
    /// When the rate is none that a frame can name, or the sink refuses bytes.
    pub fn new(mut sink: W, rate: u32, bits: Bits, tags: &Tags) -> Result<Self, AudioError> {
        if ![44_100, 48_000].contains(&rate) {
            let reason = format!("{rate} frames a second are not encoded");
            return Err(AudioError::Unsupported { format: "FLAC", reason });
        }
        let comments = comments(tags);
        if comments.len() > MOST_COMMENTS {
            return Err(AudioError::Full {
                format: "FLAC",
                most: "16 MB of title and remarks; shorten the title",
            });
        }
        sink.write_all(b"fLaC")?;
        sink.write_all(&block_header(0, STREAM_INFO))?;
        let head = sink.stream_position()?;
        sink.write_all(&[0; STREAM_INFO])?;
        sink.write_all(&block_header(0x84, comments.len()))?;
        sink.write_all(&comments)?;
        let stream = FlacStream { rate, bits };
        let block = [Vec::with_capacity(BLOCK), Vec::with_capacity(BLOCK)];
        Ok(Self { sink, stream, block, frames: 0, sizes: [usize::MAX, 0], digest: md5::Context::new(), head })
    }

    fn write_block(&mut self) -> Result<(), AudioError> {
        let number = (self.frames - 1) / BLOCK as u64;
        let bytes = self.stream.frame(number, &self.block);
        self.sizes = [self.sizes[0].min(bytes.len()), self.sizes[1].max(bytes.len())];
        self.sink.write_all(&bytes)?;
        self.block.iter_mut().for_each(Vec::clear);
        Ok(())
    }

    /// STREAMINFO (§8.2): the sizes of blocks and frames, rate, channels, bits, frames, digest of the samples.
    fn stream_info(&self) -> Vec<u8> {
        let mut out = BitWriter::default();
        let sizes = if self.frames == 0 { [0, 0] } else { self.sizes };
        [BLOCK, BLOCK].iter().for_each(|&size| out.put(size as u64, 16));
        sizes.iter().for_each(|&size| out.put(size as u64, 24));
        out.put(u64::from(self.stream.rate), 20);
        out.put(1, 3);
        out.put(u64::from(self.stream.bits.count()) - 1, 5);
        out.put(self.frames, 36);
        [out.into_bytes(), self.digest.clone().finalize().to_vec()].concat()
    }
}

impl<W: Write + Seek> Encoder for Flac<W> {
    fn push(&mut self, frames: &[Frame]) -> Result<(), AudioError> {
        let bytes = usize::from(self.stream.bits.count() / 8);
        for frame in frames {
            for (channel, &x) in self.block.iter_mut().zip(frame) {
                let sample = self.stream.bits.sample(x);
                self.digest.consume(&sample.to_le_bytes()[..bytes]);
                channel.push(sample);
            }
            self.frames += 1;
            if self.block[0].len() == BLOCK {
                self.write_block()?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), AudioError> {
        if !self.block[0].is_empty() {
            self.write_block()?;
        }
        self.sink.seek(SeekFrom::Start(self.head))?;
        self.sink.write_all(&self.stream_info())?;
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn tags_that_a_block_cannot_hold_are_refused() {
        let flac = |length| {
            let tags = Tags { title: "x".repeat(length), ..Tags::default() };
            Flac::new(Cursor::new(Vec::new()), 44_100, Bits::Sixteen, &tags)
        };
        assert!(flac(MOST_COMMENTS - 1000).is_ok());
        assert!(matches!(flac(MOST_COMMENTS), Err(AudioError::Full { .. })));
    }
}
