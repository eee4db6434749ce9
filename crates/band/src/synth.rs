//! From a performance to frames of sound, through a SoundFont.
//!
//! A [`Synth`] streams: each [`Synth::fill`] goes on where the last one ended, allocates nothing, and how long the
//! buffers are does not change the sound.

mod check;
mod compressed;
mod error;
mod schedule;
mod soundfont;
mod vorbis;

use std::ops::RangeInclusive;

use rustysynth_ext::{Synthesizer, SynthesizerSettings};
use sideman_music::Performance;

pub use self::error::SynthError;
use self::schedule::{MidiMessage, Schedule};
pub use self::soundfont::SoundFont;

/// A frame of stereo sound: left and right, full scale from −1 to 1.
pub type Frame = [f32; 2];

/// Frames between two looks at the messages that are due: 1.5 ms at 44.1 kHz.
const BLOCK: usize = 64;
/// Frames a second that can be rendered.
const RATES: RangeInclusive<u32> = 16_000..=192_000;
/// Voices of a channel that may sound at once.
const POLYPHONY: usize = 128;
/// A performance being played: the sum of its channels, in their order.
pub struct Synth {
    channels: Vec<ChannelSynth>,
    frames: u64,
    frame: u64,
}

impl Synth {
    /// A player at the first frame of the performance, at `rate` frames a second (16,000 to 192,000).
    ///
    /// # Errors
    /// At another rate, or when the performance is far too long.
    pub fn new(font: &SoundFont, performance: &Performance, rate: u32) -> Result<Self, SynthError> {
        if !RATES.contains(&rate) {
            return Err(SynthError::Rate(rate));
        }
        let mut settings = SynthesizerSettings::new(rate as i32);
        settings.block_size = BLOCK;
        settings.maximum_polyphony = POLYPHONY;
        settings.enable_reverb_and_chorus = false;
        let schedule = Schedule::new(performance, rate, font.slurred)?;
        let channel = |schedule| {
            let synthesizer = Synthesizer::new(&font.font, &settings).map_err(|_| SynthError::Rate(rate))?;
            Ok(ChannelSynth::new(synthesizer, schedule))
        };
        let channels = schedule.channels().into_iter().map(channel).collect::<Result<_, _>>()?;
        Ok(Self { channels, frames: schedule.frames, frame: 0 })
    }

    /// Frames of the whole performance with the time it takes to fade.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Writes the next frames and says how many; fewer than asked for only at the end.
    pub fn fill(&mut self, out: &mut [Frame]) -> usize {
        let left_over = usize::try_from(self.frames - self.frame).unwrap_or(usize::MAX);
        let count = out.len().min(left_over);
        let out = &mut out[..count];
        out.fill([0.0; 2]);
        self.channels.iter_mut().for_each(|channel| channel.add_to(out));
        self.frame += count as u64;
        count
    }

    /// Its channels, to be played side by side and summed in this order.
    pub(crate) fn into_channels(self) -> Vec<ChannelSynth> {
        self.channels
    }
}

/// What one channel plays.
pub(crate) struct ChannelSynth {
    synthesizer: Synthesizer,
    schedule: Schedule,
    frame: u64,
    left: [f32; BLOCK],
    right: [f32; BLOCK],
    used: usize,
}

impl ChannelSynth {
    fn new(synthesizer: Synthesizer, schedule: Schedule) -> Self {
        Self { synthesizer, schedule, frame: 0, left: [0.0; BLOCK], right: [0.0; BLOCK], used: BLOCK }
    }

    /// Adds its next frames.
    pub(crate) fn add_to(&mut self, out: &mut [Frame]) {
        for frame in out {
            if self.used == BLOCK {
                self.next_block();
            }
            *frame = [frame[0] + self.left[self.used], frame[1] + self.right[self.used]];
            self.used += 1;
            self.frame += 1;
        }
    }

    /// Sends what is due in the coming block, then renders it.
    fn next_block(&mut self) {
        while let Some(MidiMessage { channel, status, data }) =
            self.schedule.due(self.frame + BLOCK as u64 / 2)
        {
            let [data1, data2] = data.map(i32::from);
            self.synthesizer.process_midi_message(i32::from(channel), i32::from(status), data1, data2);
        }
        self.synthesizer.render(&mut self.left, &mut self.right);
        self.used = 0;
    }
}
