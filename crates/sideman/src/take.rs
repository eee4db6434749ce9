//! A take: a solo with its band, handed over as files.

use std::path::{Path, PathBuf};

use anyhow::Result;
use sideman_corpus::role::roles;
use sideman_formats::midi;
use sideman_improv::line::Surprise;
use sideman_music::{Performance, Sheet, Solo, Text, TextKind, Time};

use crate::sound::Sound;
use crate::terminal::Terminal;
use crate::{output, plot};

/// A solo over the sheet of all its choruses, and how the band plays it.
pub(crate) struct Take<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) solo: &'a Solo,
    pub(crate) performance: &'a Performance,
    /// What stands above the picture.
    pub(crate) caption: &'a str,
    /// What its files say about it: names and words.
    pub(crate) remarks: &'a [(String, String)],
    /// How surprising each note is, where that is to be drawn.
    pub(crate) surprises: Option<&'a [Surprise]>,
}

impl Take<'_> {
    /// Writes `NAME.mid`, `NAME.svg` and the sound in a folder, and gives their paths.
    pub(crate) fn hand_over(
        &self,
        folder: &Path,
        name: &str,
        sound: &Sound,
        terminal: &Terminal,
    ) -> Result<Vec<PathBuf>> {
        let path = |ending: &str| folder.join(format!("{name}.{ending}"));
        output::write(&path("mid"), &midi::write(&self.remarked()))?;
        let roles = roles(self.sheet, self.solo);
        let roll = plot::piano_roll(self.sheet, self.solo, &roles, self.surprises, self.caption);
        output::write(&path("svg"), roll.as_bytes())?;
        let heard: Vec<PathBuf> = sound.endings().iter().map(|ending| path(ending)).collect();
        sound.write(self.performance, self.remarks, &heard, terminal)?;
        Ok([vec![path("mid")], heard, vec![path("svg")]].concat())
    }

    /// The performance with the remarks as words at its beginning.
    fn remarked(&self) -> Performance {
        let word = |(name, words): &(String, String)| {
            (Time::ZERO, Text { kind: TextKind::Remark, words: format!("{name}: {words}") })
        };
        let mut performance = self.performance.clone();
        performance.texts.splice(0..0, self.remarks.iter().map(word));
        performance
    }
}
