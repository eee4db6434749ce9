//! What can be asked of sound.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sideman_band::audio::{BitRate, Bits};

#[derive(Debug, Args)]
pub(crate) struct BankArgs {
    /// Where the SoundFont goes
    #[arg(long)]
    pub(crate) out: PathBuf,
}

pub(super) const RENDER_EXAMPLES: &str = "\
Examples:
  sideman render tune.mid --out tune.mp3
  sideman render tune.mid --out tune.flac --rate 48000 --bits 24
  sideman render tune.mid --out tune.wav --soundfont system

The sound is -16 LUFS loud, and no peak goes over -1 dBTP.";

#[derive(Debug, Args)]
pub(crate) struct RenderArgs {
    /// A MIDI file
    pub(crate) file: PathBuf,
    /// Where the sound goes: files ending in .wav, .mp3 or .flac
    #[arg(long, required = true)]
    pub(crate) out: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) sound: SoundArgs,
}

/// How sound is made.
#[derive(Debug, Args)]
#[command(next_help_heading = "The sound")]
pub(crate) struct SoundArgs {
    /// Whose voices sound: a file ending in .sf2 or .sf3, `system` for a bank that the system has, or `built-in`;
    /// without it what $SIDEMAN_SOUNDFONT or a line `soundfont = "FILE"` in the file sideman/config.toml of the
    /// configuration folder names
    #[arg(long, value_name = "FILE")]
    pub(crate) soundfont: Option<String>,
    /// Frames a second: 44100 or 48000
    #[arg(long, default_value_t = 44_100, value_parser = rate)]
    pub(crate) rate: u32,
    /// Bits of a sample in WAV and FLAC: 16 or 24
    #[arg(long, default_value = "16", value_parser = bits)]
    pub(crate) bits: Bits,
    /// Of MP3: V0 (best) to V9 (smallest) as the sound needs, or kilobits a second throughout, such as 192
    #[arg(long, default_value_t = BitRate::Variable(2))]
    pub(crate) bitrate: BitRate,
}

/// Which files of sound a take has, and how they are made.
#[derive(Debug, Args)]
#[command(next_help_heading = "The sound")]
pub(crate) struct TakeSoundArgs {
    /// Files of sound to write, with commas between: wav, mp3, flac, or none
    #[arg(long, value_delimiter = ',', default_value = "wav,mp3", value_name = "KINDS")]
    pub(crate) sound: Vec<SoundEnding>,
    #[command(flatten)]
    pub(crate) options: SoundArgs,
}

/// A kind of sound file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SoundEnding {
    Wav,
    Mp3,
    Flac,
    None,
}

impl SoundEnding {
    /// The ending of such files.
    pub(crate) const fn ending(self) -> Option<&'static str> {
        match self {
            Self::Wav => Some("wav"),
            Self::Mp3 => Some("mp3"),
            Self::Flac => Some("flac"),
            Self::None => None,
        }
    }
}

fn rate(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|rate| [44_100, 48_000].contains(rate)).ok_or("write 44100 or 48000".into())
}

fn bits(text: &str) -> Result<Bits, String> {
    match text {
        "16" => Ok(Bits::Sixteen),
        "24" => Ok(Bits::TwentyFour),
        _ => Err("write 16 or 24".into()),
    }
}
