//! `render`: any MIDI file as sound.

use anyhow::{Context, Result};
use sideman_formats::midi;

use crate::cli::Render;
use crate::output;
use crate::sound::Sound;
use crate::terminal::Terminal;

pub(super) fn run(args: &Render, terminal: &Terminal) -> Result<()> {
    let bytes = output::read(&args.file)?;
    let mut read = midi::read(&bytes).with_context(|| args.file.display().to_string())?;
    for warning in &read.warnings {
        terminal.note(format_args!("{}: {warning}", args.file.display()));
    }
    if let (true, Some(stem)) = (read.value.title.is_empty(), args.file.file_stem()) {
        read.value.title = stem.to_string_lossy().into_owned();
    }
    Sound::new(&args.sound)?.write(&read.value, &[], &args.out, terminal)?;
    args.out.iter().try_for_each(|file| terminal.say(file.display()))?;
    Ok(())
}
