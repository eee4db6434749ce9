//! A take: a solo over its sheet with its band, and all that can be made from it.

use std::io::{Seek, Write};

use sideman_band::audio::{Mix, Stem};
use sideman_band::synth::SoundFont;
use sideman_band::{self as band, BandOptions};
use sideman_corpus::originality::Certificate;
use sideman_corpus::role::roles;
use sideman_formats::notation::PartKey;
use sideman_formats::{Warned, midi};
use sideman_improv::Improvisation;
use sideman_music::{Part, Performance, Pitch, Score, Sheet, Solo, Tempo, TempoMap, Text, TextKind, Time};

use crate::judge::{Explanation, NoteInsight, insights};
use crate::pages::PageFormat;
use crate::sound::{Recording, SoundFormat, record};
use crate::{Error, Lead, Pages, Request, Soloist, TimeMap, Watch, plot};

/// Notes before and behind one that are heard with it.
const AROUND: usize = 3;

/// A solo with its band, played.
#[derive(Debug, Clone)]
pub struct Take {
    pub(crate) sheet: Sheet,
    pub(crate) solo: Solo,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) pages: Pages,
    /// What is performed, by whom, from which seed.
    pub(crate) score: Score,
    pub(crate) band: BandOptions,
    pub(crate) seed: u64,
    pub(crate) performance: Performance,
    pub(crate) caption: String,
    pub(crate) remarks: Vec<(String, String)>,
}

impl Take {
    /// Improvises over a sheet of one chorus, and has the band play it: the same arguments give the same bytes.
    ///
    /// # Errors
    /// When a wish is not known to this soloist, or cannot be met.
    pub fn new(
        soloist: &Soloist,
        sheet: &Sheet,
        request: &Request,
        band: &BandOptions,
        seed: u64,
    ) -> Result<Self, Error> {
        let improvisation = soloist.improvise(sheet, request, seed)?;
        let chorus = if request.plays_choruses() { sheet } else { &improvisation.sheet };
        let score = band::arrange(chorus, &improvisation.solo, band, seed);
        let performance = band::perform(&score, band, seed);
        let caption = caption(sheet, &improvisation.solo, seed);
        let Improvisation { sheet, solo, certificate } = improvisation;
        let mut remarks = vec![("model".to_owned(), soloist.name()), ("seed".to_owned(), seed.to_string())];
        let proof = certificate.as_ref().map(|proof| proof.to_string().trim_end().to_owned());
        remarks.extend(proof.map(|proof| ("originality".to_owned(), proof)));
        let lines: Vec<String> = remarks.iter().map(|(name, words)| format!("{name}: {words}")).collect();
        let performance = told(performance, lines.iter().cloned().chain([midi::written::words(&solo)]));
        let parts = score.parts.iter().take(1).cloned().collect();
        let pages = Pages { score: Score { parts, ..score.clone() }, remarks: lines };
        let band = band.clone();
        Ok(Self { sheet, solo, certificate, pages, score, band, seed, performance, caption, remarks })
    }

    /// A line that is there already over its sheet, with further parts that stand below it, and the band.
    pub fn given(lead: &Lead, others: Vec<Part>, band: &BandOptions, seed: u64) -> Self {
        let (sheet, solo) = (lead.sheet.clone(), lead.solo.clone());
        let mut score = band::arrange(&sheet, &solo, band, seed);
        let behind = score.parts.len().min(1);
        let read = 1 + others.len();
        score.parts.splice(behind..behind, others);
        let performance = band::perform(&score, band, seed);
        let parts = score.parts.iter().take(read).cloned().collect();
        let pages = Pages { score: Score { parts, ..score.clone() }, remarks: Vec::new() };
        let caption = caption(&sheet, &solo, seed);
        let (band, certificate, remarks) = (band.clone(), None, vec![("seed".to_owned(), seed.to_string())]);
        Self { sheet, solo, certificate, pages, score, band, seed, performance, caption, remarks }
    }

    /// Every bar that the solo is played over.
    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// The solo, counted from the first bar of the sheet.
    pub fn solo(&self) -> &Solo {
        &self.solo
    }

    /// What the solo shares with what was learned from, where that is known.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// What stands above a picture: title, instrument, notes, seed.
    pub fn caption(&self) -> &str {
        &self.caption
    }

    /// What its files say of it: names and words.
    pub fn remarks(&self) -> &[(String, String)] {
        &self.remarks
    }

    /// What the soloist reads.
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    /// The band as it is heard.
    pub fn performance(&self) -> &Performance {
        &self.performance
    }

    /// The same notes at another tempo from the beginning, and where it changes in proportion.
    #[must_use]
    pub fn at_tempo(&self, tempo: Tempo) -> Self {
        let first = self.score.sheet.tempo().unwrap_or_default();
        let scaled = |other: Tempo| {
            let micros = u64::from(other.micros()) * u64::from(tempo.micros()) / u64::from(first.micros());
            Tempo::micros_per_quarter(u32::try_from(micros).unwrap_or(u32::MAX))
        };
        let tempos = self.score.tempos.iter().map(|&(at, other)| (at, scaled(other))).collect();
        let sheet = self.score.sheet.clone().with_tempo(Some(tempo));
        let score = Score { sheet: sheet.clone(), tempos, ..self.score.clone() };
        let performance = band::perform(&score, &self.band, self.seed);
        let pages = Pages { score: Score { sheet, ..self.pages.score.clone() }, ..self.pages.clone() };
        Self { score, performance, pages, ..self.clone() }
    }

    /// When what stands on the page sounds.
    pub fn time_map(&self) -> TimeMap {
        let lead = band::lead_in(&self.score, self.band.count_in);
        TimeMap::new(&self.score, &self.performance, lead)
    }

    /// One part by itself, by its place among those of the performance.
    ///
    /// # Errors
    /// When the SoundFont cannot play it.
    pub fn stem(&self, font: &SoundFont, part: usize, mix: &Mix) -> Result<Stem, Error> {
        Ok(Stem::new(font, &self.performance, part, mix)?)
    }

    /// The line around a note of the leading part, by itself and from the first frame on, with another pitch in its
    /// place where one is given; `None` where there is no such note.
    pub fn phrase(&self, note: usize, pitch: Option<Pitch>) -> Option<Performance> {
        let part = self.score.parts.first()?;
        let mut notes = part.notes.get(note.saturating_sub(AROUND)..)?.to_vec();
        let at = note.min(AROUND);
        notes.truncate(at + 1 + AROUND);
        let here = notes.get_mut(at)?;
        here.pitches = pitch.map_or(here.pitches, Into::into);
        let parts = vec![Part { notes, ..part.clone() }];
        let alone = BandOptions { count_in: false, ending: false, ..self.band.clone() };
        let mut played = band::perform(&Score { parts, ..self.score.clone() }, &alone, self.seed);
        let track = played.tracks.first_mut()?;
        let first = track.notes().next()?.0;
        track.events.iter_mut().for_each(|(time, _)| *time = (*time - (first - Time::ZERO)).max(Time::ZERO));
        let tempos = TempoMap::constant(played.tempos.at(first));
        Some(Performance { tempos, chords: Vec::new(), texts: Vec::new(), meters: Vec::new(), ..played })
    }

    /// The solo over its sheet, to be kept or gone on from.
    pub fn lead(&self) -> Lead {
        Lead::new(self.sheet.clone(), self.solo.clone())
    }

    /// What is to be said of each note: of [`insights`](crate::judge::insights).
    ///
    /// # Errors
    /// When the soloist is no player.
    pub fn insights(&self, soloist: &Soloist) -> Result<Vec<NoteInsight>, Error> {
        Ok(insights(soloist.player()?, &self.sheet, &self.solo))
    }

    /// A MIDI file.
    pub fn midi(&self) -> Vec<u8> {
        midi::write(&self.performance)
    }

    /// MusicXML for instruments in a key, and what it cannot carry.
    pub fn musicxml(&self, part: PartKey) -> Warned<Vec<u8>> {
        self.pages.musicxml(part)
    }

    /// The engraved pages for instruments in a key as one picture, and what is left out.
    ///
    /// # Errors
    /// When it is too long to be engraved.
    pub fn pages_svg(&self, part: PartKey) -> Result<Warned<Vec<u8>>, Error> {
        self.pages.written(PageFormat::Svg, part)
    }

    /// The engraved pages for instruments in a key as a PDF, and what is left out.
    ///
    /// # Errors
    /// When it is too long to be engraved.
    pub fn pages_pdf(&self, part: PartKey) -> Result<Warned<Vec<u8>>, Error> {
        self.pages.written(PageFormat::Pdf, part)
    }

    /// The solo as a piano roll with the roles of its notes, as SVG; with an explanation, how surprising they are.
    pub fn roll(&self, explanation: Option<&Explanation>) -> String {
        let surprises = explanation.map(Explanation::surprises);
        let roles = roles(&self.sheet, &self.solo);
        plot::piano_roll(&self.sheet, &self.solo, &roles, surprises.as_deref(), &self.caption)
    }

    /// What each note is to the chords, and how surprising to the player.
    ///
    /// # Errors
    /// When the soloist is no player.
    pub fn explanation(&self, soloist: &Soloist) -> Result<Explanation, Error> {
        Ok(Explanation::new(soloist.player()?, &self.sheet, &self.solo))
    }

    /// Plays the take into files of sound.
    ///
    /// # Errors
    /// When the SoundFont cannot play it, or a file cannot be written.
    pub fn record<W: Write + Seek>(
        &self,
        font: &SoundFont,
        recording: &Recording,
        files: Vec<(SoundFormat, W)>,
        watch: Watch<'_>,
    ) -> Result<(), Error> {
        record(&self.performance, &self.remarks, font, recording, files, watch)
    }
}

fn caption(sheet: &Sheet, solo: &Solo, seed: u64) -> String {
    let title = if sheet.title().is_empty() { "Improvisation" } else { sheet.title() };
    format!("{title} — {}, {} notes, seed {seed}", solo.instrument(), solo.notes().len())
}

/// A performance with words at its beginning.
fn told(mut performance: Performance, words: impl Iterator<Item = String>) -> Performance {
    let remark = |words| (Time::ZERO, Text { kind: TextKind::Remark, words });
    performance.texts.splice(0..0, words.map(remark));
    performance
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::ops::ControlFlow;

    use sideman_formats::musicxml;

    use super::*;
    use crate::{Lead, Source, WorkEvent};

    fn take(seed: u64) -> Take {
        let sheet = "title: Over the Bar\nkey: F\nGm7 | C7 | F6 | %".parse().unwrap();
        Take::new(&Soloist::rules("swing"), &sheet, &Request::default(), &BandOptions::default(), seed)
            .unwrap()
    }

    #[test]
    fn a_take_comes_back_from_its_files() {
        let take = take(3);
        let read = Source::read(&take.midi(), "solo.mid").unwrap().value;
        assert_eq!(Lead::read(read, "solo.mid").unwrap().value.line(take.sheet()).unwrap(), *take.solo());
        let xml = musicxml::read(&take.musicxml(PartKey::C).value).unwrap().remove(0);
        assert_eq!(xml.solo.unwrap().notes().len(), take.solo().notes().len());
        assert!(take.pages_pdf(PartKey::C).unwrap().value.starts_with(b"%PDF"));
        let page = String::from_utf8(take.pages_svg(PartKey::C).unwrap().value).unwrap();
        assert!(page.contains("seed: 3") && page.contains("model: grammar"));
        assert!(take.roll(None).contains("Over the Bar — tenor sax"));
        assert!(take.explanation(&Soloist::rules("swing")).is_err());
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert_eq!(take(3).midi(), take(3).midi());
        assert_ne!(take(3).midi(), take(4).midi());
    }

    #[test]
    fn a_take_is_recorded_into_several_files_at_once() {
        let (mut wav, mut flac) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()));
        let files = vec![(SoundFormat::Wav, &mut wav), (SoundFormat::Flac, &mut flac)];
        let mut last = 0.0;
        let mut watch = |event: WorkEvent<'_>| {
            let WorkEvent::Rendering(done) = event else { panic!("no rendering") };
            last = done;
            ControlFlow::Continue(())
        };
        take(1).record(&SoundFont::built_in(), &Recording::default(), files, &mut watch).unwrap();
        assert!(wav.into_inner().starts_with(b"RIFF") && flac.into_inner().starts_with(b"fLaC"));
        assert_eq!(last, 1.0);
    }
}
