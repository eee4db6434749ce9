//! Handing a take over as files.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sideman_session::Take;
use sideman_session::judge::Explanation;

use crate::cli::HandoutArgs;
use crate::output;
use crate::sound::{self, Sound};
use crate::terminal::Terminal;

/// Where the files of takes go, and which there are.
pub(crate) struct Handover<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) handout: &'a HandoutArgs,
    pub(crate) sound: Sound,
    pub(crate) terminal: &'a Terminal,
}

impl Handover<'_> {
    /// Writes the files of a take and says their names: MIDI, sound, MusicXML and the piano roll under its name, and the
    /// engraved score under that name with `score` for `solo`, or behind it. Gives the first file of sound.
    pub(crate) fn write(
        &self,
        take: &Take,
        name: &str,
        explanation: Option<&Explanation>,
    ) -> Result<Option<PathBuf>> {
        let path = |ending: &str| self.folder.join(format!("{name}.{ending}"));
        let pages = |ending: &str| {
            self.folder.join(match name.strip_prefix("solo") {
                Some(number) => format!("score{number}.{ending}"),
                None => format!("{name}-score.{ending}"),
            })
        };
        let part = self.handout.part;
        self.file("mid", path("mid"), || take.midi())?;
        self.file("svg", path("svg"), || take.roll(explanation).into_bytes())?;
        self.file("musicxml", path("musicxml"), || take.musicxml(part).value)?;
        self.file("svg", pages("svg"), || take.pages_svg(part).value)?;
        self.file("pdf", pages("pdf"), || take.pages_pdf(part).value)?;
        let heard: Vec<PathBuf> = self.sound.endings().iter().map(|ending| path(ending)).collect();
        if !heard.is_empty() {
            self.sound.write(take.performance(), take.remarks(), &heard, self.terminal)?;
        }
        heard.iter().try_for_each(|file| self.terminal.say(file.display()))?;
        Ok(heard.into_iter().next())
    }

    /// Writes a file of a kind that is asked for.
    fn file(&self, kind: &str, file: PathBuf, bytes: impl FnOnce() -> Vec<u8>) -> Result<()> {
        if self.handout.has(kind) {
            output::write(&file, &bytes())?;
            self.terminal.say(file.display())?;
        }
        Ok(())
    }
}

/// Hands a file of sound to a player of the system.
pub(crate) fn play(sound: Option<&Path>) -> Result<()> {
    sound::play(sound.context("there is no sound to play; leave out --sound none and --only")?)
}
