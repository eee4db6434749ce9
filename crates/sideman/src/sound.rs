//! Sound files, and handing them to a player.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use sideman_band::audio::{BitRate, Bits, Encoder, Mix, Mp3, Tags, Take, Wav, record};
use sideman_band::synth::SoundFont;
use sideman_music::{Performance, Time};

use crate::output::{self, Draft};
use crate::terminal::Terminal;

/// Bits a second, in thousands, of the MP3 files.
const KILOBITS: u32 = 192;

/// The SoundFont of a file, or the one the program makes.
pub(crate) fn soundfont(file: Option<&Path>) -> Result<SoundFont> {
    let Some(file) = file else { return Ok(SoundFont::built_in()) };
    SoundFont::read(&output::read(file)?).with_context(|| format!("{} cannot be played with", file.display()))
}

/// Renders a performance into files, each by its ending: `.wav` or `.mp3`.
pub(crate) fn write(
    performance: &Performance,
    font: &SoundFont,
    files: &[PathBuf],
    terminal: &Terminal,
) -> Result<()> {
    let mix = Mix::default();
    let drafts = files.iter().map(|file| Draft::new(file)).collect::<Result<Vec<_>>>()?;
    let mut encoders = Vec::new();
    for (file, draft) in files.iter().zip(&drafts) {
        encoders.push(encoder(file, draft, performance, &mix)?);
    }
    let mut sinks: Vec<&mut dyn Encoder> =
        encoders.iter_mut().map(|e| &mut **e as &mut dyn Encoder).collect();
    let mut take = Take::new(font, performance, &mix)?;
    let mut progress = terminal.progress("rendering", 100);
    record(&mut take, &mut sinks, |done| progress.at((done * 100.0) as u64, ""))?;
    progress.finish();
    drop(encoders);
    drafts.into_iter().try_for_each(Draft::keep)
}

fn encoder(file: &Path, draft: &Draft, performance: &Performance, mix: &Mix) -> Result<Box<dyn Encoder>> {
    let writer = draft.writer()?;
    match file.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("wav") => Ok(Box::new(Wav::new(writer, mix.rate, Bits::Sixteen)?)),
        Some("mp3") => {
            let tempo = Some(performance.tempos.at(Time::ZERO).to_bpm());
            let tags = Tags { title: performance.title.clone(), tempo, remarks: Vec::new() };
            Ok(Box::new(Mp3::new(writer, mix.rate, BitRate::Constant(KILOBITS), &tags)?))
        }
        _ => bail!("{}: the kind of sound is not known; end the name in .wav or .mp3", file.display()),
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
