//! A performance mixed and brought to its loudness.

use std::sync::Arc;

use ebur128::{EbuR128, Mode};
use sideman_music::Performance;

use super::limiter::Limiter;
use super::room::Room;
use crate::synth::{Frame, SoundFont, Synth, SynthError};

/// Full scale that no peak goes over, in decibels of true peak; what MP3 adds to a peak stays below −1.
const CEILING: f64 = -1.8;
/// What a performance is raised by at most, in decibels.
const MOST_GAIN: f64 = 45.0;
/// Peaks this many decibels over the ceiling cost so little loudness that it is not measured again.
const GENTLE: f64 = 2.0;
/// Seconds of fade at the very end.
const FADE: f64 = 0.3;
/// Frames that are kept at most, 64 MiB of them: three minutes.
const KEPT: u64 = 1 << 23;
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
    sound: WetSound,
    limiter: Limiter,
    gain: f32,
    frames: u64,
    frame: u64,
    fade: u64,
}

impl Mixdown {
    /// Plays the performance through to measure it, in bounded memory; the mixdown then stands at its beginning. What
    /// is not too long is kept for that, the rest is played again.
    pub fn new(font: &SoundFont, performance: &Performance, mix: &Mix) -> Result<Self, SynthError> {
        let synth = || WetSynth::new(font, performance, mix);
        let mut first = synth()?;
        let frames = first.dry.frames();
        let mut kept = Vec::with_capacity(if frames <= KEPT { frames as usize } else { 0 });
        let SoundLevel { loudness, peak } = measured(mix.rate, |block| {
            let count = first.fill(block);
            if frames <= KEPT {
                kept.extend_from_slice(&block[..count]);
            }
            count
        });
        let kept = Arc::new(kept);
        let sound = || {
            if frames <= KEPT {
                return Ok(WetSound::Kept(kept.clone(), 0));
            }
            Ok(WetSound::Played(Box::new(synth()?)))
        };
        let Some(loudness) = loudness else {
            return Ok(Self::at_gain(sound()?, frames, mix.rate, 0.0));
        };
        let mut gain = (mix.loudness - loudness).min(MOST_GAIN);
        if 20.0 * peak.log10() + gain > CEILING + GENTLE {
            let mut limited = Self::at_gain(sound()?, frames, mix.rate, gain);
            let reached = measured(mix.rate, |block| limited.fill(block)).loudness;
            gain += mix.loudness - reached.unwrap_or(mix.loudness);
        }
        Ok(Self::at_gain(sound()?, frames, mix.rate, gain))
    }

    fn at_gain(sound: WetSound, frames: u64, rate: u32, decibels: f64) -> Self {
        let mut mixdown = Self {
            sound,
            limiter: Limiter::new(factor(CEILING), rate),
            gain: factor(decibels),
            frames,
            frame: 0,
            fade: (FADE * f64::from(rate)) as u64,
        };
        mixdown.advance(&mut [[0.0; 2]; Limiter::DELAY]);
        mixdown
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
        let played = self.sound.fill(out);
        out[played..].fill([0.0; 2]);
        for frame in out {
            *frame = self.limiter.next(frame.map(|x| x * self.gain));
        }
    }
}

pub(super) fn factor(decibels: f64) -> f32 {
    10f64.powf(decibels / 20.0) as f32
}

/// How loud frames are.
struct SoundLevel {
    /// Integrated loudness in LUFS (ITU-R BS.1770); none for silence.
    loudness: Option<f64>,
    /// The highest absolute value of a sample.
    peak: f64,
}

/// How loud the frames are that come until none are left. Of each second the meter keeps ten numbers.
fn measured(rate: u32, mut fill: impl FnMut(&mut [Frame]) -> usize) -> SoundLevel {
    let mut meter =
        EbuR128::new(2, rate, Mode::I | Mode::SAMPLE_PEAK).expect("the rate is one that can be rendered");
    let mut block = [[0.0; 2]; BLOCK];
    loop {
        let count = fill(&mut block);
        if count == 0 {
            break;
        }
        meter.add_frames_f32(block[..count].as_flattened()).expect("frames are of two channels");
    }
    let loudness = meter.loudness_global().ok().filter(|loudness| loudness.is_finite());
    let peak = |side| meter.sample_peak(side).unwrap_or(0.0);
    SoundLevel { loudness, peak: peak(0).max(peak(1)) }
}

/// A performance in its room, from its beginning: kept, with the place in it, or played.
enum WetSound {
    Kept(Arc<Vec<Frame>>, usize),
    Played(Box<WetSynth>),
}

impl WetSound {
    fn fill(&mut self, out: &mut [Frame]) -> usize {
        match self {
            Self::Played(synth) => synth.fill(out),
            Self::Kept(frames, at) => {
                let count = out.len().min(frames.len() - *at);
                out[..count].copy_from_slice(&frames[*at..*at + count]);
                *at += count;
                count
            }
        }
    }
}

/// The synthesizer in its room.
pub(super) struct WetSynth {
    pub(super) dry: Synth,
    room: Room,
    level: f32,
}

impl WetSynth {
    pub(super) fn new(font: &SoundFont, performance: &Performance, mix: &Mix) -> Result<Self, SynthError> {
        let dry = Synth::new(font, performance, mix.rate)?;
        Ok(Self { dry, room: Room::new(mix.rate), level: mix.room })
    }

    pub(super) fn fill(&mut self, out: &mut [Frame]) -> usize {
        let count = self.dry.fill(out);
        for frame in &mut out[..count] {
            let room = self.room.next(*frame);
            *frame = [frame[0] + self.level * room[0], frame[1] + self.level * room[1]];
        }
        count
    }
}
