//! Sound files, and handing them to a player.

mod soundfont;

use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use sideman_band::audio::Mix;
use sideman_band::synth::SoundFont;
use sideman_music::Performance;
use sideman_session::sound::{Recording, SoundFormat, record};

use crate::cli::{HandoutArgs, SoundArgs, TakeSoundArgs};
use crate::output::{self, Draft};
use crate::terminal::Terminal;
use crate::usage::{misuse, refuse};

/// The SoundFont of the environment or the configuration, else the built-in one.
pub(crate) fn usual_font() -> Result<SoundFont> {
    soundfont::find(None)
}

/// The endings of the sound that `jam` leaves.
const USUAL: [&str; 2] = ["wav", "mp3"];

/// How performances become files of sound.
pub(crate) struct Sound {
    /// None where no sound is written: there is no need to make one ready.
    font: Option<SoundFont>,
    recording: Recording,
    /// Endings of the files that a take gets.
    endings: Vec<&'static str>,
}

impl Sound {
    /// WAV and MP3, with the SoundFont of the configuration.
    pub(crate) fn usual(handout: &HandoutArgs) -> Result<Self> {
        Self::with(
            None,
            Recording::default(),
            USUAL.into_iter().filter(|ending| handout.has(ending)).collect(),
        )
    }

    /// As asked, for files that are named one by one.
    pub(crate) fn new(args: &SoundArgs) -> Result<Self> {
        let font = Some(soundfont::find(args.soundfont.as_deref())?);
        Ok(Self { font, recording: recording(args), endings: Vec::new() })
    }

    /// As asked, for takes.
    pub(crate) fn of_takes(args: &TakeSoundArgs, handout: &HandoutArgs) -> Result<Self> {
        let asked = args.sound.iter().filter_map(|kind| kind.ending());
        let endings = asked.filter(|ending| handout.has(ending)).collect();
        Self::with(args.options.soundfont.as_deref(), recording(&args.options), endings)
    }

    fn with(soundfont: Option<&str>, recording: Recording, endings: Vec<&'static str>) -> Result<Self> {
        let font = if endings.is_empty() { None } else { Some(soundfont::find(soundfont)?) };
        Ok(Self { font, recording, endings })
    }

    /// Endings of the files that a take gets.
    pub(crate) fn endings(&self) -> &[&'static str] {
        &self.endings
    }

    /// Records a performance into files, each by its ending, with remarks (name and words) in those that hold any.
    pub(crate) fn write(
        &self,
        performance: &Performance,
        remarks: &[(String, String)],
        files: &[PathBuf],
        terminal: &Terminal,
    ) -> Result<()> {
        let Some(font) = &self.font else { return Ok(()) };
        let formats = files.iter().map(|file| format(file)).collect::<Result<Vec<_>>>()?;
        for (file, &format) in files.iter().zip(&formats) {
            output::tried(file, self.recording.room(performance, format))?;
        }
        let drafts = files.iter().map(|file| Draft::new(file)).collect::<Result<Vec<_>>>()?;
        let writers = drafts.iter().map(Draft::writer).collect::<Result<Vec<_>>>()?;
        let mut gauge = terminal.gauge("rendering", 100);
        let sinks = formats.into_iter().zip(writers).collect();
        record(performance, remarks, font, &self.recording, sinks, &mut |event| gauge.show(&event))?;
        gauge.finish();
        drafts.into_iter().try_for_each(Draft::keep)
    }
}

/// Makes sure before long work that files of sound can be written.
pub(crate) fn tried(files: &[PathBuf]) -> Result<()> {
    let plain =
        |file: &PathBuf| file.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>();
    let plain: Vec<PathBuf> = files.iter().map(plain).collect();
    let twice = plain.iter().enumerate().find(|(i, file)| plain[..*i].contains(file));
    refuse(twice.is_some(), "one file of --out is named twice")?;
    files.iter().try_for_each(|file| format(file).and_then(|_| output::tried(file, output::LITTLE)))
}

fn recording(args: &SoundArgs) -> Recording {
    Recording { mix: Mix { rate: args.rate, ..Mix::default() }, bits: args.bits, bit_rate: args.bitrate }
}

fn format(file: &Path) -> Result<SoundFormat> {
    let format = output::ending(file).as_deref().and_then(SoundFormat::of_ending);
    let words =
        || format!("{}: the kind of sound is not known; end the name in .wav, .mp3 or .flac", file.display());
    format.ok_or_else(|| misuse(words()))
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
