//! One part of a performance by itself, at once.

use sideman_music::Performance;

use super::mixdown::{Mix, WetSynth, factor};
use crate::synth::{Frame, SoundFont, SynthError};

/// Decibels by which a stem is raised: the middle of what a [`Mixdown`](super::Mixdown) raises takes of the trio by, so
/// that stems played together are about as loud as the files.
const GAIN: f64 = 11.0;

/// A part being played in its room, alone. Nothing is measured first and nothing limited, so the first frames are there
/// at once and the stems of all parts add up; the sum may go over full scale.
pub struct Stem {
    synth: WetSynth,
    gain: f32,
}

impl Stem {
    /// Plays the track at a place of the performance, counted from 0; of one that is not there, silence.
    ///
    /// # Errors
    /// When the SoundFont cannot play it, or it is far too long.
    pub fn new(
        font: &SoundFont,
        performance: &Performance,
        track: usize,
        mix: &Mix,
    ) -> Result<Self, SynthError> {
        let tracks = performance.tracks.get(track).into_iter().cloned().collect();
        let alone = Performance { tracks, texts: Vec::new(), ..performance.clone() };
        Ok(Self { synth: WetSynth::new(font, &alone, mix)?, gain: factor(GAIN) })
    }

    /// Frames of the whole stem with the time it takes to fade.
    pub fn frames(&self) -> u64 {
        self.synth.dry.frames()
    }

    /// Writes the next frames and says how many; fewer than asked for only at the end. Allocates nothing.
    pub fn fill(&mut self, out: &mut [Frame]) -> usize {
        let count = self.synth.fill(out);
        out[..count].iter_mut().for_each(|frame| *frame = frame.map(|x| x * self.gain));
        count
    }
}
