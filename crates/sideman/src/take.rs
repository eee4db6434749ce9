//! A take: a solo with its band, handed over as files.

use std::path::{Path, PathBuf};

use anyhow::Result;
use sideman_band::synth::SoundFont;
use sideman_formats::midi;
use sideman_music::{Performance, Sheet, Solo};

use crate::terminal::Terminal;
use crate::{output, plot, sound};

/// A solo over the sheet of all its choruses, and how the band plays it.
pub(crate) struct Take<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) solo: &'a Solo,
    pub(crate) performance: &'a Performance,
    /// What stands above the picture.
    pub(crate) caption: &'a str,
}

impl Take<'_> {
    /// Writes `NAME.mid`, `NAME.wav`, `NAME.mp3` and `NAME.svg` in a folder, and gives their paths.
    pub(crate) fn hand_over(
        &self,
        folder: &Path,
        name: &str,
        font: &SoundFont,
        terminal: &Terminal,
    ) -> Result<Vec<PathBuf>> {
        let path = |ending: &str| folder.join(format!("{name}.{ending}"));
        output::write(&path("mid"), &midi::write(self.performance))?;
        output::write(&path("svg"), plot::piano_roll(self.sheet, self.solo, self.caption).as_bytes())?;
        sound::write(self.performance, font, &[path("wav"), path("mp3")], terminal)?;
        Ok(["mid", "wav", "mp3", "svg"].map(path).to_vec())
    }
}
