//! A melody with the sheet under it: the one way to read a melody.

use sideman_corpus::import;
use sideman_corpus::library::Library;
use sideman_formats::{Location, Tune, Warned, Warning, WarningKind, chart, midi};
use sideman_music::{Duration, Note, Performance, Pitch, Sheet, Solo, TextKind, Time};

use crate::{Error, Source};

/// A melody and the bars under it; both count from the same first bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// The bars, with chords where the source has any.
    pub sheet: Sheet,
    /// The melody, as loud and as late as it was played where that is known.
    pub solo: Solo,
    /// The same as it was written, counted from its first chorus, where the source says so.
    written: Option<Solo>,
    /// Bars from the first chorus to the first bar of the sheet.
    late: i64,
}

impl Lead {
    /// A line with more notes than this, hours of playing, is none that anyone has played.
    pub const MOST_NOTES: usize = 20_000;
    /// The farthest that a note is played from where it is written: off-beats swing by a sixth of a quarter note, and
    /// what is laid back comes later still.
    const FARTHEST: Duration = Duration::quarters(1, 2);

    /// The first melody of a source, and what was left out of it.
    ///
    /// Of a performance the sheet is what its chord symbols tell, from the first of them on, or what sounds, from the
    /// first bar of the melody on. A first chorus begins where a marker says so, else with the file.
    ///
    /// # Errors
    /// When there is no melody in it.
    pub fn read(source: Source, name: &str) -> Result<Warned<Self>, Error> {
        let none = || Error::Asked(format!("there is no melody in {name}"));
        let lead = match source {
            Source::Performance(song) => Self::of_performance(&song, name),
            Source::Tunes(tunes) => {
                let lead = tunes.into_iter().find_map(|tune| Some(Self::new(tune.sheet, tune.solo?)));
                lead.map(whole).ok_or_else(none)
            }
            Source::Corpus(Library { pieces, .. }) => {
                let lead = pieces.into_iter().find_map(|piece| Some(Self::new(piece.sheet, piece.solo?)));
                lead.map(whole).ok_or_else(none)
            }
            Source::Model(_) => {
                Err(source.other("melody", "give MIDI, MusicXML, ABC or Impro-Visor").of(name))
            }
        }?;
        match lead.value.solo.notes().len() {
            ..=Self::MOST_NOTES => Ok(lead),
            count => Err(Error::Asked(format!(
                "the melody in {name} has {count} notes, and {} are the most; give a part of it",
                Self::MOST_NOTES
            ))),
        }
    }

    /// A melody over bars that are counted from the same first bar.
    pub fn new(sheet: Sheet, solo: Solo) -> Self {
        Self { sheet, solo, written: None, late: 0 }
    }

    /// The melody on the grid, over the bars that the chord symbols tell, where there are any: with symbols, the first
    /// part is the melody.
    fn of_performance(song: &Performance, name: &str) -> Result<Warned<Self>, Error> {
        let leads =
            !song.chords.is_empty() && song.tracks.first().is_some_and(|t| t.notes().next().is_some());
        let options =
            import::ImportOptions { melody: leads.then(|| "1".into()), ..import::ImportOptions::default() };
        let import =
            import::performance(song, name, &options).map_err(|error| Error::from(error).of(name))?;
        let first = import.report.bars.map_or(0, |bars| bars.first - 1);
        let melody = import.pieces.into_iter().find_map(|piece| Some((piece.sheet, piece.solo?)));
        let (own, solo) = melody.ok_or_else(|| Error::Asked(format!("there is no melody in {name}")))?;
        let found = solo.notes().len();
        let (sheet, solo, from) = match chart::of_performance(song) {
            Ok(tune) => over_symbols(&tune, first, &own, &solo)?,
            Err(_) => (own, solo, first),
        };
        let left = found - solo.notes().len();
        let late = from as i64 - first_chorus(song);
        let mut lead = Self { sheet, solo, written: midi::written::line(song), late };
        let mut warnings = import.report.notes;
        if let Some(solo) = lead.written_as_played_in(song) {
            lead.solo = solo;
        } else if left > 0 {
            let words =
                format!("{left} of {found} notes begin behind the last bar of the chart and are left out");
            warnings.push(Warning::new(Location::File, words).of(WarningKind::Notes));
        }
        Ok(Warned { value: lead, warnings })
    }

    /// Whether the source says how the melody is written, so that its rhythm is no guess.
    pub fn is_written(&self) -> bool {
        self.written.is_some()
    }

    /// The melody as it is to be played anew over a chart: as it was written, where the source says that.
    ///
    /// # Errors
    /// When its notes are no line there, which those of a line are.
    pub fn line(&self, chart: &Sheet) -> Result<Solo, Error> {
        self.written.clone().map_or_else(|| self.over(chart), Ok)
    }

    /// The melody over its own bars as it was written, where the source says that, else as it was played.
    pub fn as_written(&self) -> Solo {
        let written = self.written.as_ref().and_then(|line| {
            let notes = self.on_own_bars(line).filter(|note| note.onset < self.sheet.end());
            Solo::new(line.instrument(), notes.collect()).ok()
        });
        written.unwrap_or_else(|| self.solo.clone())
    }

    /// The notes of the written line, counted from the first bar of the sheet.
    fn on_own_bars(&self, written: &Solo) -> impl Iterator<Item = Note> {
        let late = bars_long(&self.sheet, self.late);
        written.notes().iter().map(move |note| Note { onset: note.onset - late, ..*note })
    }

    /// The written line as loud and as late as the first part of a performance plays it, where that plays the same
    /// notes, none farther than [`Self::FARTHEST`] from its place: what was edited since is no longer as it was written.
    fn written_as_played_in(&self, song: &Performance) -> Option<Solo> {
        let written = self.written.as_ref()?;
        let start = bars_long(&self.sheet, self.late + first_chorus(song));
        let end = start + (self.sheet.end() - Time::ZERO);
        let played: Vec<_> = song.tracks.first()?.notes().collect();
        let (line, behind) = played.split_at_checked(written.notes().len())?;
        let note = |(note, &(onset, _, pitch, velocity)): (Note, &(Time, Duration, Pitch, u8))| {
            let delay = onset - start - note.onset;
            let is_the_same = pitch == note.pitch() && delay.abs() <= Self::FARTHEST;
            is_the_same.then_some(Note { velocity: Some(velocity), delay: Some(delay), ..note })
        };
        if behind.iter().any(|&(onset, ..)| onset < Time::ZERO + end) {
            return None;
        }
        let notes: Option<_> = self.on_own_bars(written).zip(line).map(note).collect();
        Solo::new(written.instrument(), notes?).ok()
    }

    /// The melody counted from the first bar of a chart that it is played over.
    ///
    /// # Errors
    /// When its notes are no line there, which those of a line are.
    pub fn over(&self, chart: &Sheet) -> Result<Solo, Error> {
        let late = bars_long(chart, self.late);
        let notes = self.solo.notes().iter().map(|note| Note { onset: note.onset + late, ..*note });
        Ok(Solo::new(self.solo.instrument(), notes.collect())?)
    }

    /// The melody over a chart that is repeated as often as it needs.
    ///
    /// # Errors
    /// When that makes too long a sheet.
    pub fn covered_by(&self, chart: &Sheet) -> Result<Self, Error> {
        let solo = self.over(chart)?;
        let chorus = chart.end() - Time::ZERO;
        let last = solo.notes().last().map_or(Duration::ZERO, |note| note.onset - Time::ZERO);
        let choruses = (last - last % chorus).in_units_of(chorus).max(0) + 1;
        Ok(Self::new(chart.repeated(choruses as usize)?, solo))
    }

    /// The melody in the key of a chart, moved by the shorter way, where both say theirs.
    ///
    /// # Errors
    /// When it leaves the range of pitches there.
    pub fn in_key_of(&self, chart: &Sheet) -> Result<Solo, Error> {
        let tonic = |sheet: &Sheet| sheet.key().map(|key| key.tonic().class());
        let up = match (tonic(&self.sheet), tonic(chart)) {
            (Some(from), Some(to)) => from.nearest(to),
            _ => 0,
        };
        let moved = self.line(chart)?.transposed(up);
        moved.ok_or_else(|| Error::Asked("the melody leaves the range of pitches in this key".into()))
    }
}

fn whole<T>(value: T) -> Warned<T> {
    Warned { value, warnings: Vec::new() }
}

/// A melody that begins with bar `first` of a tune over all of its bars but for those before its first chord, and the
/// number of these.
fn over_symbols(tune: &Tune, first: usize, own: &Sheet, solo: &Solo) -> Result<(Sheet, Solo, usize), Error> {
    let sheet = &tune.sheet;
    let empty = sheet.bars().iter().take_while(|bar| bar.changes().is_empty()).count();
    let empty = empty.min(sheet.bars().len() - 1);
    let style = if sheet.style().is_empty() { own.style() } else { sheet.style() };
    let cut = Sheet::new(sheet.bars()[empty..].to_vec())?
        .with_title(sheet.title())
        .with_composer(sheet.composer())
        .with_style(style)
        .with_key(sheet.key().or(own.key()))
        .with_tempo(sheet.tempo());
    let moved = sheet.bar_start(first) - sheet.bar_start(empty);
    let notes = solo.notes().iter().map(|note| Note { onset: note.onset + moved, ..*note });
    let solo = Solo::new(solo.instrument(), notes.filter(|note| note.onset < cut.end()).collect())?;
    Ok((cut, solo, empty))
}

/// The bar of a performance in which its first chorus begins, where a marker says so, else 0.
fn first_chorus(song: &Performance) -> i64 {
    let begins = song.texts.iter().find(|(_, text)| {
        text.kind == TextKind::Marker && (text.words.starts_with("Chorus") || text.words.starts_with("Head"))
    });
    let bar = song.meters.first().map(|&(_, meter)| meter).unwrap_or_default().bar();
    begins.map_or(0, |(time, _)| (*time - Time::ZERO).in_units_of(bar))
}

/// How long so many bars of a chart are from its start on, over several choruses, or before it.
fn bars_long(chart: &Sheet, bars: i64) -> Duration {
    let count = chart.bars().len() as i64;
    let (choruses, bar) = (bars.div_euclid(count), bars.rem_euclid(count));
    let chorus = chart.end() - Time::ZERO;
    chorus * choruses + (chart.bar_start(bar as usize) - Time::ZERO)
}

#[cfg(test)]
mod tests;
