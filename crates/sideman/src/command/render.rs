//! `render`: any MIDI file as sound.

use anyhow::{Context, Result};
use sideman_formats::midi;

use crate::cli::Render;
use crate::terminal::Terminal;
use crate::{output, sound};

pub(super) fn run(args: &Render, terminal: &Terminal) -> Result<()> {
    let bytes = output::read(&args.file)?;
    let read = midi::read(&bytes).with_context(|| args.file.display().to_string())?;
    for warning in &read.warnings {
        terminal.note(format_args!("{}: {warning}", args.file.display()));
    }
    let font = sound::soundfont(args.soundfont.as_deref())?;
    sound::write(&read.value, &font, std::slice::from_ref(&args.out), terminal)?;
    terminal.say(args.out.display())?;
    Ok(())
}
