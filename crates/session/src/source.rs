//! What bytes hold, told by their content: the one place where that is found out.

mod contents;

use sideman_corpus::library::{self, FileContent, Library, NamedBytes};
use sideman_corpus::title_key;
use sideman_formats::{Location, PlayedForm, Tune, Warned, Warning, WarningKind, chart, midi};
use sideman_improv::Model;
use sideman_music::{Performance, Sheet};

use crate::Error;

/// The chart that is played when none is given.
const BLUES: &str = include_str!("../charts/blues-in-f.txt");

/// What some bytes hold.
#[derive(Debug)]
pub enum Source {
    /// Charts, each with a melody or without: text, iReal Pro, MusicXML, ABC, Impro-Visor, a database of solos.
    Tunes(Vec<Tune>),
    /// A MIDI file.
    Performance(Box<Performance>),
    /// A corpus, gathered before or from an archive.
    Corpus(Library),
    /// A trained model.
    Model(Model),
}

impl Source {
    /// Reads bytes of any kind. `name` is what complaints call them, and helps where content does not tell.
    ///
    /// # Errors
    /// When they are damaged, or of no known kind.
    pub fn read(bytes: &[u8], name: &str) -> Result<Warned<Self>, Error> {
        Self::by_content(bytes, name).map_err(|error| error.of(name))
    }

    /// Reads what is typed in place of a file: bars of chords such as `Dm7 | G7`, or an `irealb://` link.
    ///
    /// # Errors
    /// When it is neither; of a chord that is not known, with the bar.
    pub fn typed(text: &str) -> Result<Warned<Self>, Error> {
        if text.contains("://") {
            return tunes(text.as_bytes(), "").map_err(|error| error.of("the link cannot be read"));
        }
        let tune =
            Tune::from_text(text).map_err(|error| Error::from(error).of("the chart cannot be read"))?;
        Ok(told(vec![tune]))
    }

    /// A blues in F, which is played when nothing is given.
    ///
    /// # Errors
    /// When the program was built with a chart that cannot be read.
    pub fn blues() -> Result<Self, Error> {
        Ok(Self::typed(BLUES)?.value)
    }

    fn by_content(bytes: &[u8], name: &str) -> Result<Warned<Self>, Error> {
        match FileContent::of(bytes) {
            FileContent::Archive => archive(bytes, name),
            FileContent::Corpus => Ok(whole(Self::Corpus(Library::from_bytes(bytes)?))),
            FileContent::Checkpoint => Ok(whole(Self::Model(Model::from_bytes(bytes)?))),
            FileContent::Midi => Ok(midi::read(bytes)?.map(|song| Self::Performance(Box::new(song)))),
            FileContent::Tunes => tunes(bytes, name),
        }
    }

    /// All charts in it; of a performance the one that its chord symbols tell.
    ///
    /// # Errors
    /// When it holds none.
    pub fn charts(self) -> Result<Vec<Sheet>, Error> {
        match self {
            Self::Tunes(tunes) => Ok(tunes.into_iter().map(|tune| tune.sheet).collect()),
            Self::Performance(song) => Ok(vec![chart::of_performance(&song)?.sheet]),
            Self::Corpus(library) => Ok(library.pieces.into_iter().map(|piece| piece.sheet).collect()),
            Self::Model(_) => Err(self.other("chart", "give bars of chords, or a file with some")),
        }
    }

    /// How the order of the bars of each chart came about, where the source writes them otherwise.
    pub fn forms(&self) -> Vec<PlayedForm> {
        match self {
            Self::Tunes(tunes) => tunes.iter().map(|tune| tune.form.clone()).collect(),
            Self::Performance(_) => vec![PlayedForm::default()],
            Self::Corpus(library) => vec![PlayedForm::default(); library.pieces.len()],
            Self::Model(_) => Vec::new(),
        }
    }

    /// The one chart in it.
    ///
    /// # Errors
    /// When it holds none or several.
    pub fn chart(self) -> Result<Sheet, Error> {
        let mut charts = self.charts()?;
        match charts.len() {
            1 => Ok(charts.remove(0)),
            count => Err(Error::Asked(format!("there are {count} charts here; give a file of one"))),
        }
    }

    /// The same with one of its tunes alone: by number, counted from 1, or by title; or what stands apart from the
    /// form of one, by its title such as `Some Tune: solos`.
    ///
    /// # Errors
    /// When there is no such tune.
    pub fn chosen(mut self, tune: &str) -> Result<Self, Error> {
        let none =
            |count| Error::unmet("tune", format!("there is no {tune:?} among the {count} charts here"));
        match &mut self {
            Self::Tunes(tunes) => {
                let chosen = match find(tunes.iter().map(|t| &t.sheet), tune) {
                    Some(at) => tunes.swap_remove(at),
                    None => apart(tunes, tune).ok_or_else(|| none(tunes.len()))?,
                };
                *tunes = vec![chosen];
            }
            Self::Corpus(Library { pieces, .. }) => {
                let at = find(pieces.iter().map(|p| &p.sheet), tune).ok_or_else(|| none(pieces.len()))?;
                *pieces = vec![pieces.swap_remove(at)];
            }
            Self::Performance(_) | Self::Model(_) => {}
        }
        Ok(self)
    }

    /// The model in it.
    ///
    /// # Errors
    /// When it holds something else.
    pub fn model(self) -> Result<Model, Error> {
        match self {
            Self::Model(model) => Ok(model),
            other => Err(other.other("model", "give what a training has written")),
        }
    }

    /// The performance in it.
    ///
    /// # Errors
    /// When it holds something else.
    pub fn performance(self) -> Result<Performance, Error> {
        match self {
            Self::Performance(song) => Ok(*song),
            other => Err(other.other("performance", "give a MIDI file")),
        }
    }

    pub(crate) fn other(&self, wanted: &'static str, hint: &'static str) -> Error {
        Error::Other { wanted, found: self.kind().to_owned(), hint }
    }

    /// What it is, in a word or two.
    fn kind(&self) -> &'static str {
        match self {
            Self::Tunes(tunes) if tunes.iter().all(|tune| tune.solo.is_none()) => "a chart",
            Self::Tunes(_) => "a tune",
            Self::Performance(_) => "a MIDI file",
            Self::Corpus(_) => "a corpus",
            Self::Model(_) => "a model",
        }
    }
}

fn whole(value: Source) -> Warned<Source> {
    Warned { value, warnings: Vec::new() }
}

/// The tunes that a reader of charts and solos finds; each complaint with its title where there are several.
fn tunes(bytes: &[u8], name: &str) -> Result<Warned<Source>, Error> {
    Ok(told(sideman_formats::read(bytes, name)?))
}

/// Tunes, and their complaints beside them.
fn told(mut tunes: Vec<Tune>) -> Warned<Source> {
    let several = tunes.len() > 1;
    let mut warnings = Vec::new();
    for tune in &mut tunes {
        let part = Location::Part(tune.sheet.title().to_owned());
        let of = |warning: Warning| match several {
            true => Warning::new(part.clone(), &warning).of(warning.kind),
            false => warning,
        };
        warnings.extend(tune.warnings.drain(..).map(of));
    }
    Warned { value: Source::Tunes(tunes), warnings }
}

/// What stands apart from the form of a tune, by its title.
fn apart(tunes: &[Tune], title: &str) -> Option<Tune> {
    let key = title_key(title);
    let sheet =
        tunes.iter().flat_map(|tune| &tune.form.apart).find(|sheet| title_key(sheet.title()) == key)?;
    let (solo, spelling, credits, form, warnings) = Default::default();
    Some(Tune { sheet: sheet.clone(), solo, spelling, credits, form, warnings })
}

/// The music in an archive, and why its other files are skipped.
fn archive(bytes: &[u8], name: &str) -> Result<Warned<Source>, Error> {
    let file = NamedBytes { name: name.to_owned(), bytes: Ok(bytes.to_owned()) };
    let library = library::gather([file].into_iter(), 1, |_| ());
    if library.pieces.is_empty() {
        return Err(Error::Asked("there is no music in this archive".into()));
    }
    let skipped = library.files.iter().filter_map(|file| Some((&file.name, file.skipped.as_ref()?)));
    let warning = |(name, why): (&String, &String)| {
        Warning::new(Location::Part(name.clone()), format!("skipped: {why}")).of(WarningKind::LeftOut)
    };
    let warnings = skipped.map(warning).collect();
    Ok(Warned { value: Source::Corpus(library), warnings })
}

/// The place of the sheet with this number (from 1) or title.
fn find<'a>(sheets: impl Iterator<Item = &'a Sheet>, tune: &str) -> Option<usize> {
    let number = tune.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    let key = title_key(tune);
    let is_it = |(i, sheet): &(usize, &Sheet)| Some(*i) == number || title_key(sheet.title()) == key;
    sheets.enumerate().find(is_it).map(|(i, _)| i)
}

#[cfg(test)]
mod tests;
