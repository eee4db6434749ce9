//! A performance mixed and brought to its loudness.

use std::num::NonZeroUsize;
use std::sync::{Arc, mpsc};

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
/// Frames that are kept at most, 64 MiB of them: three minutes.
const KEPT: u64 = 1 << 23;
/// Frames rendered at once.
const BLOCK: usize = 1024;
/// Blocks that may be played before their turn.
const AHEAD: usize = 16;

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
        let first = synth()?;
        let frames = first.dry.frames();
        let mut kept = Vec::with_capacity(if frames <= KEPT { frames as usize } else { 0 });
        let mut level = SoundLevel::new(mix.rate);
        first.played(|block| {
            level.hear(block);
            if frames <= KEPT {
                kept.extend_from_slice(block);
            }
        });
        let kept = Arc::new(kept);
        let sound = || {
            if frames <= KEPT {
                return Ok(WetSound::Kept(kept.clone(), 0));
            }
            Ok(WetSound::Played(Box::new(synth()?)))
        };
        let Some(loudness) = level.meter.integrated() else {
            return Ok(Self::at_gain(sound()?, frames, mix.rate, 0.0));
        };
        let mut gain = (mix.loudness - loudness).min(MOST_GAIN);
        if 20.0 * f64::from(level.peak).log10() + gain > CEILING + GENTLE {
            let limited = Self::at_gain(sound()?, frames, mix.rate, gain);
            gain += mix.loudness - limited.loudness(mix.rate).unwrap_or(mix.loudness);
        }
        Ok(Self::at_gain(sound()?, frames, mix.rate, gain))
    }

    /// The integrated loudness of what is left of it.
    fn loudness(mut self, rate: u32) -> Option<f64> {
        let mut level = SoundLevel::new(rate);
        let mut block = [[0.0; 2]; BLOCK];
        loop {
            let count = self.fill(&mut block);
            if count == 0 {
                return level.meter.integrated();
            }
            level.hear(&block[..count]);
        }
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

/// How loud the frames are that have been heard.
struct SoundLevel {
    meter: LoudnessMeter<2>,
    /// The highest absolute value of a sample.
    peak: f32,
}

impl SoundLevel {
    fn new(rate: u32) -> Self {
        Self { meter: LoudnessMeter::new(rate), peak: 0.0 }
    }

    fn hear(&mut self, block: &[Frame]) {
        self.meter.hear(block);
        self.peak = block.as_flattened().iter().fold(self.peak, |peak, x| peak.max(x.abs()));
    }
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
        self.room.add_to(&mut out[..count], self.level);
        count
    }

    /// Plays to the end, block by block.
    fn played(self, hear: impl FnMut(&[Frame])) {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        if cores == 1 { self.played_alone(hear) } else { self.played_ahead(hear) }
    }

    fn played_alone(mut self, mut hear: impl FnMut(&[Frame])) {
        let mut block = vec![[0.0; 2]; BLOCK];
        loop {
            block.fill([0.0; 2]);
            let count = self.fill(&mut block);
            if count == 0 {
                break;
            }
            hear(&block[..count]);
        }
    }

    /// The next block is played while what the room makes of this one is heard.
    fn played_ahead(self, mut hear: impl FnMut(&[Frame])) {
        let Self { mut dry, mut room, level } = self;
        let (filled, blocks) = mpsc::sync_channel::<Vec<Frame>>(AHEAD);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                loop {
                    let mut block = vec![[0.0; 2]; BLOCK];
                    let count = dry.fill(&mut block);
                    block.truncate(count);
                    if count == 0 || filled.send(block).is_err() {
                        break;
                    }
                }
            });
            for mut block in blocks {
                room.add_to(&mut block, level);
                hear(&block);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::{Duration, Event, Pitch, Time, Track};

    #[test]
    fn one_thread_plays_what_two_play() {
        let note = |beat: i64| {
            let event = Event::Note { pitch: Pitch::midi(60), velocity: 90, duration: Duration::QUARTER };
            (Time::after_start(Duration::QUARTER * beat), event)
        };
        let track = Track { events: (0..3).map(note).collect(), ..Track::default() };
        let performance = Performance { tracks: vec![track], ..Performance::default() };
        let font = SoundFont::built_in();
        let synth = || WetSynth::new(&font, &performance, &Mix::default()).unwrap();
        let (mut alone, mut ahead) = (Vec::new(), Vec::new());
        synth().played_alone(|block| alone.extend_from_slice(block));
        synth().played_ahead(|block| ahead.extend_from_slice(block));
        assert!(alone.iter().any(|frame| *frame != [0.0; 2]));
        assert_eq!(alone, ahead);
    }
}
