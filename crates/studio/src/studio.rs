//! What the handlers share: who plays, with what sound, the takes, the work under way.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sideman_band::synth::SoundFont;
use sideman_corpus::Piece;
use sideman_improv::built_in;
use sideman_music::Sheet;
use sideman_session::{Soloist, Source};

use crate::jobs::Jobs;
use crate::memory::Memory;
use crate::models::Models;
use crate::problem::{Answer, Problem};
use crate::shelf::Shelf;
use crate::takes::Takes;
use crate::trade::Trade;
use crate::trial::Trial;

/// A file that the studio is opened with.
#[derive(Debug)]
pub struct OpenedFile {
    /// What complaints call it.
    pub name: String,
    /// Charts, tunes, a corpus or a model.
    pub bytes: Vec<u8>,
}

/// What finds the sound that takes are played with.
type FindFont = Box<dyn Fn() -> Result<SoundFont, String> + Send + Sync>;
/// What says how long ago 1970 is.
type Clock = Box<dyn Fn() -> Duration + Send + Sync>;

/// What a studio begins with.
pub struct Setup {
    /// Where takes are kept.
    pub shelf: Box<dyn Shelf>,
    /// Finds the SoundFont; asked once, when the first sound is needed.
    pub font: FindFont,
    /// Says how long ago 1970 is.
    pub clock: Clock,
    /// The file of the model that improvises where no other is opened.
    pub model: &'static [u8],
    /// Charts, models and corpora to begin with.
    pub files: Vec<OpenedFile>,
}

/// What is remembered of each kind.
const LESSONS: usize = 200;
const TRIALS: usize = 8;
const TRADES: usize = 8;

/// A running studio: what both doors ask.
pub struct Studio {
    pub(crate) shelf: Arc<dyn Shelf>,
    pub(crate) takes: Takes,
    pub(crate) models: Models,
    /// Music that was handed over to learn from or to be judged.
    pub(crate) lessons: Memory<Vec<Piece>>,
    pub(crate) trials: Memory<Trial>,
    pub(crate) trades: Memory<Trade>,
    built_in: OnceLock<Vec<Piece>>,
    pub(crate) jobs: Jobs,
    pub(crate) clock: Clock,
    /// When it began, since 1970.
    pub(crate) began: Duration,
    /// The charts it was opened with.
    pub(crate) charts: Vec<Sheet>,
    /// The solos it was opened with.
    pub(crate) pieces: Vec<Piece>,
    /// Tells the model from others.
    pub(crate) fingerprint: String,
    model: Cow<'static, [u8]>,
    soloist: OnceLock<Result<Arc<Soloist>, String>>,
    find_font: FindFont,
    font: OnceLock<Result<SoundFont, String>>,
}

impl Studio {
    /// Opens what it begins with.
    ///
    /// # Errors
    /// When a file is nothing to play with.
    pub fn new(setup: Setup) -> Result<Self, String> {
        let (mut charts, mut pieces, mut model) = (Vec::new(), Vec::new(), Cow::Borrowed(setup.model));
        for OpenedFile { name, bytes } in setup.files {
            match Source::read(&bytes, &name).map_err(|error| error.to_string())?.value {
                Source::Model(_) => model = Cow::Owned(bytes),
                Source::Corpus(library) => pieces.extend(library.pieces),
                other => charts.extend(other.charts().map_err(|error| format!("{name}: {error}"))?),
            }
        }
        let shelf: Arc<dyn Shelf> = Arc::from(setup.shelf);
        Ok(Self {
            takes: Takes::new(Arc::clone(&shelf)),
            models: Models::new(Arc::clone(&shelf)),
            shelf,
            lessons: Memory::of(LESSONS),
            trials: Memory::of(TRIALS),
            trades: Memory::of(TRADES),
            built_in: OnceLock::new(),
            jobs: Jobs::default(),
            began: (setup.clock)(),
            clock: setup.clock,
            charts,
            pieces,
            fingerprint: Soloist::fingerprint(&model),
            model,
            soloist: OnceLock::new(),
            find_font: setup.font,
            font: OnceLock::new(),
        })
    }

    /// Reads the model and finds the sound, which are wanted first; says whether both are there.
    pub fn warm(&self) -> bool {
        self.soloist().is_ok() && self.font().is_ok()
    }

    /// Who improvises: the model it was opened with, or the player that ships. Read at the first call.
    pub(crate) fn soloist(&self) -> Answer<Arc<Soloist>> {
        let read = || match self.model {
            Cow::Borrowed(bytes) => Soloist::in_file(bytes).map(Arc::new).map_err(|error| error.to_string()),
            Cow::Owned(ref bytes) => {
                let soloist = Source::read(bytes, "model").and_then(|source| source.value.model());
                soloist.map(|model| Arc::new(model.into())).map_err(|error| error.to_string())
            }
        };
        self.soloist.get_or_init(read).clone().map_err(Problem::ours)
    }

    /// A model that was learned here, or who improvises else.
    pub(crate) fn soloist_of(&self, model: Option<&str>) -> Answer<Arc<Soloist>> {
        model.map_or_else(|| self.soloist(), |model| self.models.get(model))
    }

    /// Whether it was opened with solos.
    pub(crate) fn has_own_solos(&self) -> bool {
        self.pieces.iter().any(|piece| piece.solo.is_some())
    }

    /// Solos to lay others beside: those it was opened with, else the corpus that comes with the program.
    pub(crate) fn reference(&self) -> &[Piece] {
        if self.has_own_solos() {
            return &self.pieces;
        }
        self.built_in.get_or_init(built_in::corpus)
    }

    /// The solos of some imports.
    pub(crate) fn lesson_pieces(&self, lessons: &[u64]) -> Answer<Vec<Piece>> {
        let mut pieces = Vec::new();
        for &lesson in lessons {
            let found =
                self.lessons.get(lesson).ok_or_else(|| Problem::missing("import; drop the file again"))?;
            pieces.extend(found.iter().cloned());
        }
        Ok(pieces)
    }

    /// What takes sound like. Found at the first call.
    pub(crate) fn font(&self) -> Answer<SoundFont> {
        self.font.get_or_init(|| (self.find_font)()).clone().map_err(Problem::ours)
    }
}
