//! What can be asked of sound.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Bank {
    /// Where the SoundFont goes
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Render {
    /// A MIDI file
    pub(crate) file: PathBuf,
    /// A SoundFont to play with, in place of the built-in sound
    #[arg(long)]
    pub(crate) soundfont: Option<PathBuf>,
    /// Where the sound goes: a file ending in .wav or .mp3
    #[arg(long)]
    pub(crate) out: PathBuf,
}
