//! What the handlers share: who plays, with what sound, the takes, the work under way.

use std::sync::{Arc, OnceLock};

use sideman_band::synth::SoundFont;
use sideman_corpus::Piece;
use sideman_improv::built_in;
use sideman_music::Sheet;
use sideman_session::{Soloist, Source};
use tokio::sync::Semaphore;

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

/// What a studio begins with.
pub struct Setup {
    /// Where takes are kept.
    pub shelf: Box<dyn Shelf>,
    /// Finds the SoundFont; asked once, when the first sound is needed.
    pub font: FindFont,
    /// Charts, models and corpora to begin with.
    pub files: Vec<OpenedFile>,
}

/// What is remembered of each kind.
const LESSONS: usize = 200;
const TRIALS: usize = 8;
const TRADES: usize = 8;

/// Heavy work that goes on at once.
const AT_ONCE: usize = 2;

/// The state of a running studio.
pub(crate) struct Studio {
    pub(crate) shelf: Arc<dyn Shelf>,
    pub(crate) takes: Takes,
    pub(crate) models: Models,
    /// Music that was handed over to learn from or to be judged.
    pub(crate) lessons: Memory<Vec<Piece>>,
    pub(crate) trials: Memory<Trial>,
    pub(crate) trades: Memory<Trade>,
    built_in: OnceLock<Vec<Piece>>,
    pub(crate) jobs: Arc<Jobs>,
    /// What a change has to bring.
    pub(crate) token: String,
    /// The charts it was opened with.
    pub(crate) charts: Vec<Sheet>,
    /// The solos it was opened with.
    pub(crate) pieces: Vec<Piece>,
    /// Tells the model from others.
    pub(crate) fingerprint: String,
    model: Option<Vec<u8>>,
    soloist: OnceLock<Result<Arc<Soloist>, String>>,
    find_font: FindFont,
    font: OnceLock<Result<SoundFont, String>>,
    heavy: Semaphore,
}

impl Studio {
    /// # Errors
    /// When a file is nothing to play with, or there is no chance to make a token from.
    pub(crate) fn new(setup: Setup) -> Result<Self, String> {
        let (mut charts, mut pieces, mut model) = (Vec::new(), Vec::new(), None);
        for OpenedFile { name, bytes } in setup.files {
            match Source::read(&bytes, &name).map_err(|error| error.to_string())?.value {
                Source::Model(_) => model = Some(bytes),
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
            jobs: Arc::default(),
            token: token()?,
            charts,
            pieces,
            fingerprint: Soloist::fingerprint(model.as_deref()),
            model,
            soloist: OnceLock::new(),
            find_font: setup.font,
            font: OnceLock::new(),
            heavy: Semaphore::new(AT_ONCE),
        })
    }

    /// Who improvises: the model it was opened with, or the player that ships. Read at the first call.
    pub(crate) fn soloist(&self) -> Answer<Arc<Soloist>> {
        let read = || {
            let soloist = match &self.model {
                Some(bytes) => {
                    Source::read(bytes, "model").and_then(|source| Ok(source.value.model()?.into()))
                }
                None => Soloist::shipped(),
            };
            soloist.map(Arc::new).map_err(|error| error.to_string())
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

    /// Does work that would hold up others, beside them; not much of it at once.
    pub(crate) async fn heavy<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let _turn = self.heavy.acquire().await.map_err(Problem::ours)?;
        let studio = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&studio)).await.map_err(Problem::ours)?
    }
}

/// 128 bits that nobody can guess.
fn token() -> Result<String, String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| format!("there is no chance on this machine: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
