//! `render`: any MIDI file as sound.

use anyhow::Result;

use crate::cli::RenderArgs;
use crate::input;
use crate::sound::{self, Sound};
use crate::terminal::Terminal;

pub(super) fn run(args: &RenderArgs, terminal: &Terminal) -> Result<()> {
    sound::tried(&args.out)?;
    let sound = Sound::new(&args.sound)?;
    let mut song = input::source(&args.file, terminal)?.performance()?;
    if let (true, Some(stem)) = (song.title.is_empty(), args.file.file_stem()) {
        song.title = stem.to_string_lossy().into_owned();
    }
    sound.write(&song, &[], &args.out, terminal)?;
    args.out.iter().try_for_each(|file| terminal.say(file.display()))?;
    Ok(())
}
