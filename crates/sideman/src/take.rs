//! A take: a solo with its band, handed over as files.

use std::path::{Path, PathBuf};

use anyhow::Result;
use sideman_corpus::role::roles;
use sideman_formats::midi;
use sideman_formats::notation::NotationOptions;
use sideman_improv::line::Surprise;
use sideman_music::{Performance, Score, Sheet, Solo, Text, TextKind, Time};

use crate::cli::Handout;
use crate::command::score;
use crate::sound::Sound;
use crate::terminal::Terminal;
use crate::{output, plot};

/// A solo over the sheet of all its choruses, and how the band plays it.
pub(crate) struct Take<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) solo: &'a Solo,
    pub(crate) score: &'a Score,
    pub(crate) performance: &'a Performance,
    /// What stands above the picture.
    pub(crate) caption: &'a str,
    /// What its files say about it: names and words.
    pub(crate) remarks: &'a [(String, String)],
    /// How surprising each note is, where that is to be drawn.
    pub(crate) surprises: Option<&'a [Surprise]>,
}

impl Take<'_> {
    /// Writes the files of a take in a folder, and gives their paths: MIDI, sound, MusicXML and the piano roll under
    /// its name, and the engraved score under that name with `score` for `solo`, or behind it.
    pub(crate) fn hand_over(
        &self,
        folder: &Path,
        name: &str,
        (sound, handout): (&Sound, &Handout),
        terminal: &Terminal,
    ) -> Result<Vec<PathBuf>> {
        let path = |ending: &str| folder.join(format!("{name}.{ending}"));
        let mut files = Vec::new();
        let mut write = |file: PathBuf, bytes: &[u8]| {
            output::write(&file, bytes)?;
            files.push(file);
            anyhow::Ok(())
        };
        if handout.has("mid") {
            write(path("mid"), &midi::write(&self.remarked()))?;
        }
        if handout.has("svg") {
            let roles = roles(self.sheet, self.solo);
            let roll = plot::piano_roll(self.sheet, self.solo, &roles, self.surprises, self.caption);
            write(path("svg"), roll.as_bytes())?;
        }
        let pages = folder.join(match name.strip_prefix("solo") {
            Some(number) => format!("score{number}"),
            None => format!("{name}-score"),
        });
        let scores = [
            (path("musicxml"), "musicxml"),
            (pages.with_extension("svg"), "svg"),
            (pages.with_extension("pdf"), "pdf"),
        ];
        for (file, ending) in scores.into_iter().filter(|(_, ending)| handout.has(ending)) {
            if let Some(score) = score::written(&self.solo_score(), &self.options(handout), ending) {
                write(file, &score.value)?;
            }
        }
        let heard: Vec<PathBuf> =
            sound.endings().iter().filter(|ending| handout.has(ending)).map(|ending| path(ending)).collect();
        if !heard.is_empty() {
            sound.write(self.performance, self.remarks, &heard, terminal)?;
        }
        Ok([files, heard].concat())
    }

    /// What the soloist reads.
    fn solo_score(&self) -> Score {
        Score { parts: self.score.parts.iter().take(1).cloned().collect(), ..self.score.clone() }
    }

    fn options(&self, handout: &Handout) -> NotationOptions {
        let remarks = self.remarks.iter().map(|(name, words)| format!("{name}: {words}"));
        NotationOptions { part: handout.part, remarks: remarks.collect() }
    }

    /// The performance with the remarks, and with the line as it is written, as words at its beginning.
    fn remarked(&self) -> Performance {
        let remark = |words| (Time::ZERO, Text { kind: TextKind::Remark, words });
        let remarks = self.remarks.iter().map(|(name, words)| format!("{name}: {words}"));
        let mut performance = self.performance.clone();
        let words = remarks.chain([midi::written::words(self.solo)]).map(remark);
        performance.texts.splice(0..0, words);
        performance
    }
}
