//! A performance mixed and brought to its loudness.

use sideman_music::Performance;

use super::limiter::Limiter;
use super::room::Room;
use crate::loudness::LoudnessMeter;
use crate::synth::{Frame, SoundFont, Synth, SynthError};

/// Full scale that no peak goes over, in decibels of true peak; what MP3 adds to a peak stays below −1.
const CEILING: f64 = -1.8;
/// What a performance is raised by at most, in decibels.
const MOST_GAIN: f64 = 45.0;
/// Peaks this many decibels over the ceiling cost so little loudness that it is not measured again.
const GENTLE: f64 = 2.0;
/// Seconds of fade at the very end.
const FADE: f64 = 0.3;
/// Frames rendered at once.
const BLOCK: usize = 1024;

/// How a performance is mixed. Levels and places of the parts come from the performance (controllers 7 and 10).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mix {
    /// Frames a second: 44,100 or 48,000.
    pub rate: u32,
    /// Integrated loudness in LUFS (ITU-R BS.1770).
    pub loudness: f64,
    /// Level of the room beside the band, 0 for a dry sound.
    pub room: f32,
}

impl Default for Mix {
    fn default() -> Self {
        Self { rate: 44_100, loudness: -16.0, room: 0.3 }
    }
}

/// A performance being played: the band in its room, at its loudness, below full scale.
pub struct Mixdown {
    band: WetSynth,
    limiter: Limiter,
    gain: f32,
    frames: u64,
    frame: u64,
    fade: u64,
}

impl Mixdown {
    /// Plays the performance through to measure it (twice where the limiter has much to do), in bounded memory;
    /// the mixdown then stands at its beginning.
    pub fn new(font: &SoundFont, performance: &Performance, mix: &Mix) -> Result<Self, SynthError> {
        let mut band = WetSynth::new(font, performance, mix)?;
        let meter = measured(mix.rate, |block| band.fill(block));
        let Some(loudness) = meter.integrated() else {
            return Self::at_gain(font, performance, mix, 0.0);
        };
        let mut gain = (mix.loudness - loudness).min(MOST_GAIN);
        if 20.0 * f64::from(meter.peak()).log10() + gain > CEILING + GENTLE {
            let mut limited = Self::at_gain(font, performance, mix, gain)?;
            let reached = measured(mix.rate, |block| limited.fill(block)).integrated();
            gain += mix.loudness - reached.unwrap_or(mix.loudness);
        }
        Self::at_gain(font, performance, mix, gain)
    }

    fn at_gain(
        font: &SoundFont,
        performance: &Performance,
        mix: &Mix,
        decibels: f64,
    ) -> Result<Self, SynthError> {
        let band = WetSynth::new(font, performance, mix)?;
        let frames = band.synth.frames();
        let mut mixdown = Self {
            band,
            limiter: Limiter::new(factor(CEILING), mix.rate),
            gain: factor(decibels),
            frames,
            frame: 0,
            fade: (FADE * f64::from(mix.rate)) as u64,
        };
        mixdown.advance(&mut [[0.0; 2]; Limiter::DELAY]);
        Ok(mixdown)
    }

    /// Frames of the whole mixdown.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Writes the next frames and says how many; fewer than asked for only at the end. Allocates nothing.
    pub fn fill(&mut self, out: &mut [Frame]) -> usize {
        let left = self.frames - self.frame;
        let count = out.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let out = &mut out[..count];
        self.advance(out);
        for frame in out {
            let fade = (self.frames - self.frame).min(self.fade) as f32 / self.fade as f32;
            *frame = frame.map(|x| x * fade);
            self.frame += 1;
        }
        count
    }

    /// Plays on through the limiter, and silence when the band is done.
    fn advance(&mut self, out: &mut [Frame]) {
        let played = self.band.fill(out);
        out[played..].fill([0.0; 2]);
        for frame in out {
            *frame = self.limiter.next(frame.map(|x| x * self.gain));
        }
    }
}

fn factor(decibels: f64) -> f32 {
    10f64.powf(decibels / 20.0) as f32
}

/// What a meter hears of frames that come until none are left.
fn measured(rate: u32, mut fill: impl FnMut(&mut [Frame]) -> usize) -> LoudnessMeter {
    let mut meter = LoudnessMeter::new(rate);
    let mut block = [[0.0; 2]; BLOCK];
    loop {
        match fill(&mut block) {
            0 => return meter,
            count => meter.hear(&block[..count]),
        }
    }
}

/// The synthesizer in its room.
struct WetSynth {
    synth: Synth,
    room: Room,
    level: f32,
}

impl WetSynth {
    fn new(font: &SoundFont, performance: &Performance, mix: &Mix) -> Result<Self, SynthError> {
        let synth = Synth::new(font, performance, mix.rate)?;
        Ok(Self { synth, room: Room::new(mix.rate), level: mix.room })
    }

    fn fill(&mut self, out: &mut [Frame]) -> usize {
        let count = self.synth.fill(out);
        for frame in &mut out[..count] {
            let room = self.room.next(*frame);
            *frame = [frame[0] + self.level * room[0], frame[1] + self.level * room[1]];
        }
        count
    }
}
