//! Sound files, and handing them to a player.

mod soundfont;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use sideman_band::audio::{BitRate, Bits, Encoder, Flac, Mix, Mixdown, Mp3, Tags, Wav, record};
use sideman_band::synth::SoundFont;
use sideman_music::{Performance, Time};

use crate::cli::{SoundOptions, TakeSound};
use crate::output::Draft;
use crate::terminal::Terminal;

/// How performances become files of sound.
pub(crate) struct Sound {
    /// None where no sound is asked for.
    font: Option<SoundFont>,
    mix: Mix,
    bits: Bits,
    bit_rate: BitRate,
    /// Endings of the files that a take gets.
    endings: Vec<&'static str>,
}

impl Sound {
    /// WAV and MP3, with the SoundFont of the configuration.
    pub(crate) fn usual() -> Result<Self> {
        let (bits, bit_rate) = (Bits::Sixteen, BitRate::Variable(2));
        let (font, mix) = (Some(soundfont::find(None)?), Mix::default());
        Ok(Self { font, mix, bits, bit_rate, endings: vec!["wav", "mp3"] })
    }

    /// As asked.
    pub(crate) fn new(options: &SoundOptions) -> Result<Self> {
        Ok(Self { font: Some(soundfont::find(options.soundfont.as_deref())?), ..Self::mute(options) })
    }

    fn mute(options: &SoundOptions) -> Self {
        let mix = Mix { rate: options.rate, ..Mix::default() };
        Self { font: None, mix, bits: options.bits, bit_rate: options.bitrate, endings: Vec::new() }
    }

    /// As asked, for takes.
    pub(crate) fn of_takes(wishes: &TakeSound) -> Result<Self> {
        let endings: Vec<_> = wishes.sound.iter().filter_map(|kind| kind.ending()).collect();
        let options = &wishes.options;
        Ok(if endings.is_empty() { Self::mute(options) } else { Self { endings, ..Self::new(options)? } })
    }

    /// Endings of the files that a take gets.
    pub(crate) fn endings(&self) -> &[&'static str] {
        &self.endings
    }

    /// Renders a performance into files, each by its ending, with remarks (name and words) in those that hold any.
    pub(crate) fn write(
        &self,
        performance: &Performance,
        remarks: &[(String, String)],
        files: &[PathBuf],
        terminal: &Terminal,
    ) -> Result<()> {
        let Some(font) = &self.font else { return Ok(()) };
        let tempo = Some(performance.tempos.at(Time::ZERO).to_bpm());
        let tags = Tags { title: performance.title.clone(), tempo, remarks: remarks.to_vec() };
        let drafts = files.iter().map(|file| Draft::new(file)).collect::<Result<Vec<_>>>()?;
        let mut encoders = Vec::new();
        for (file, draft) in files.iter().zip(&drafts) {
            encoders.push(self.encoder(file, draft, &tags)?);
        }
        let mut sinks: Vec<&mut dyn Encoder> =
            encoders.iter_mut().map(|e| &mut **e as &mut dyn Encoder).collect();
        let mut progress = terminal.progress("rendering", 100);
        let mut take = Mixdown::new(font, performance, &self.mix)?;
        record(&mut take, &mut sinks, |done| progress.at((done * 100.0) as u64, ""))?;
        progress.finish();
        drop(encoders);
        drafts.into_iter().try_for_each(Draft::keep)
    }

    fn encoder(&self, file: &Path, draft: &Draft, tags: &Tags) -> Result<Box<dyn Encoder>> {
        let (writer, rate) = (draft.writer()?, self.mix.rate);
        match file.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("wav") => Ok(Box::new(Wav::new(writer, rate, self.bits)?)),
            Some("flac") => Ok(Box::new(Flac::new(writer, rate, self.bits, tags)?)),
            Some("mp3") => Ok(Box::new(Mp3::new(writer, rate, self.bit_rate, tags)?)),
            _ => bail!(
                "{}: the kind of sound is not known; end the name in .wav, .mp3 or .flac",
                file.display()
            ),
        }
    }
}

/// Programs that play a sound file, and what they need to be told.
const PLAYERS: [(&str, &[&str]); 7] = [
    ("afplay", &[]),
    ("pw-play", &[]),
    ("paplay", &[]),
    ("aplay", &["-q"]),
    ("play", &["-q"]),
    ("ffplay", &["-nodisp", "-autoexit", "-loglevel", "error"]),
    ("mpv", &["--no-video", "--really-quiet"]),
];

/// Hands a sound file to the first player that the system has and that takes it.
pub(crate) fn play(file: &Path) -> Result<()> {
    let plays = |(program, options): &(&str, &[&str])| {
        let quiet = Command::new(program)
            .args(*options)
            .arg(file)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .status();
        quiet.is_ok_and(|status| status.success())
    };
    if PLAYERS.iter().any(plays) {
        return Ok(());
    }
    let names: Vec<&str> = PLAYERS.iter().map(|(program, _)| *program).collect();
    bail!("no player could play {}; tried {}; open the file yourself", file.display(), names.join(", "))
}
