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

use rustysynth_ext::{Synthesizer, SynthesizerSettings};
use sideman_music::Performance;

pub use self::error::SynthError;
use self::schedule::{MidiMessage, Schedule};
pub use self::soundfont::SoundFont;

/// A frame of stereo sound: left and right, full scale from −1 to 1.
pub type Frame = [f32; 2];

/// Frames between two looks at the messages that are due: 1.5 ms at 44.1 kHz.
const BLOCK: usize = 64;
/// Voices that may sound at once.
const POLYPHONY: usize = 128;
/// A performance being played.
pub struct Synth {
    synthesizer: Synthesizer,
    schedule: Schedule,
    frame: u64,
    left: [f32; BLOCK],
    right: [f32; BLOCK],
    used: usize,
}

impl Synth {
    /// A player at the first frame of the performance, at `rate` frames a second (16,000 to 192,000).
    pub fn new(font: &SoundFont, performance: &Performance, rate: u32) -> Result<Self, SynthError> {
        let mut settings = SynthesizerSettings::new(i32::try_from(rate).unwrap_or(i32::MAX));
        settings.block_size = BLOCK;
        settings.maximum_polyphony = POLYPHONY;
        settings.enable_reverb_and_chorus = false;
        let synthesizer = Synthesizer::new(&font.font, &settings).map_err(|_| SynthError::Rate(rate))?;
        let schedule = Schedule::new(performance, rate, font.slurred)?;
        Ok(Self { synthesizer, schedule, frame: 0, left: [0.0; BLOCK], right: [0.0; BLOCK], used: BLOCK })
    }

    /// Frames of the whole performance with the time it takes to fade.
    pub fn frames(&self) -> u64 {
        self.schedule.frames
    }

    /// Writes the next frames and says how many; fewer than asked for only at the end.
    pub fn fill(&mut self, out: &mut [Frame]) -> usize {
        let left_over = usize::try_from(self.schedule.frames - self.frame).unwrap_or(usize::MAX);
        let count = out.len().min(left_over);
        for frame in &mut out[..count] {
            if self.used == BLOCK {
                self.next_block();
            }
            *frame = [self.left[self.used], self.right[self.used]];
            self.used += 1;
            self.frame += 1;
        }
        count
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
