//! Handing a take over as files.

use std::cell::OnceCell;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sideman_session::judge::Explanation;
use sideman_session::{Error, Take};

use crate::cli::HandoutArgs;
use crate::output::{self, Hold};
use crate::sound::{self, Sound};
use crate::terminal::Terminal;
use crate::usage::refuse;

/// Where the files of takes go, and which there are.
pub(crate) struct Handover<'a> {
    folder: &'a Path,
    handout: &'a HandoutArgs,
    sound: Sound,
    terminal: &'a Terminal,
    /// From the first file on.
    hold: OnceCell<Hold>,
    /// Whether other processes of this run write there too.
    shared: bool,
}

impl<'a> Handover<'a> {
    /// Tries the folder, and that there are files to write and to play.
    pub(crate) fn new(
        folder: &'a Path,
        handout: &'a HandoutArgs,
        sound: Sound,
        play: bool,
        terminal: &'a Terminal,
    ) -> Result<Self> {
        let written = ["mid", "svg", "musicxml", "pdf"].iter().any(|kind| handout.has(kind));
        let heard = !sound.endings().is_empty();
        refuse(!written && !heard, "--only and --sound leave no file to write; ask for the same in both")?;
        refuse(play && !heard, "there is no sound to --play; leave out --sound none and --only")?;
        output::folder_tried(folder, output::LITTLE)?;
        Ok(Self { folder, handout, sound, terminal, hold: OnceCell::new(), shared: false })
    }

    /// Lets the other processes of this run write there too.
    pub(crate) fn shared(self) -> Self {
        Self { shared: true, ..self }
    }

    /// The folder, to which no other run writes from now on.
    pub(crate) fn held(&self) -> Result<&Path> {
        if self.hold.get().is_none() {
            let _ = self.hold.set(Hold::new(self.folder, self.shared, self.terminal)?);
        }
        Ok(self.folder)
    }

    /// Writes the files of a take, then says their names: MIDI, sound, MusicXML and the piano roll under its name, and the
    /// engraved score under that name with `score` for `solo`, or behind it. Gives the first file of sound.
    pub(crate) fn write(
        &self,
        take: &Take,
        name: &str,
        explanation: Option<&Explanation>,
    ) -> Result<Option<PathBuf>> {
        let folder = self.held()?;
        let path = |ending: &str| folder.join(format!("{name}.{ending}"));
        let pages = |ending: &str| {
            folder.join(match name.strip_prefix("solo") {
                Some(number) => format!("score{number}.{ending}"),
                None => format!("{name}-score.{ending}"),
            })
        };
        let part = self.handout.part;
        let mut files = [
            self.file("mid", path("mid"), || Ok(take.midi()))?,
            self.file("svg", path("svg"), || Ok(take.roll(explanation).into_bytes()))?,
            self.file("musicxml", path("musicxml"), || Ok(take.musicxml(part).value))?,
            self.file("svg", pages("svg"), || Ok(take.pages_svg(part)?.value))?,
            self.file("pdf", pages("pdf"), || Ok(take.pages_pdf(part)?.value))?,
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
        let heard: Vec<PathBuf> = self.sound.endings().iter().map(|ending| path(ending)).collect();
        if !heard.is_empty() {
            self.sound.write(take.performance(), take.remarks(), &heard, self.terminal)?;
        }
        files.extend(heard.iter().cloned());
        files.iter().try_for_each(|file| self.terminal.say(file.display()))?;
        Ok(heard.into_iter().next())
    }

    /// Writes a file of a kind, where it is asked for and can be made.
    fn file(
        &self,
        kind: &str,
        file: PathBuf,
        bytes: impl FnOnce() -> Result<Vec<u8>, Error>,
    ) -> Result<Option<PathBuf>> {
        if !self.handout.has(kind) {
            return Ok(None);
        }
        match bytes() {
            Ok(bytes) => output::write(&file, &bytes)?,
            Err(error) => {
                self.terminal.note(format_args!("{} is left out: {error}", file.display()));
                return Ok(None);
            }
        }
        Ok(Some(file))
    }

    /// What is said of a take beside its files.
    pub(crate) fn say(&self, words: impl Display) -> Result<()> {
        Ok(self.terminal.say(words)?)
    }
}

/// Hands a file of sound to a player of the system.
pub(crate) fn play(sound: Option<&Path>) -> Result<()> {
    sound::play(sound.context("there is no sound to play; leave out --sound none and --only")?)
}
