//! The takes that are kept, each one file from which it is made again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sideman_session::Take;
use sideman_session::judge::NoteInsight;

use crate::problem::{Answer, Problem};
use crate::shelf::Shelf;
use crate::take_order::TakeOrder;

/// Takes that are ready in memory.
const READY: usize = 12;
/// Takes that are listed.
const LISTED: usize = 100;
/// The form of the files; one of another form is not read.
const VERSION: u32 = 1;

/// What is kept of a take.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TakeFile {
    version: u32,
    /// Its name on the shelf.
    pub(crate) id: String,
    /// Seconds since 1970.
    made: u64,
    /// What stands above it.
    title: String,
    /// The fingerprint of the model that played.
    pub(crate) model: String,
    /// All that it follows from.
    pub(crate) order: TakeOrder,
}

/// A take that is ready.
#[derive(Debug)]
pub(crate) struct ReadyTake {
    pub(crate) file: TakeFile,
    pub(crate) take: Take,
    /// What is to be said of its notes, once someone has asked.
    pub(crate) insights: OnceLock<Option<Vec<NoteInsight>>>,
}

/// All takes.
pub(crate) struct Takes {
    shelf: Arc<dyn Shelf>,
    /// The latest used first.
    ready: Mutex<VecDeque<Arc<ReadyTake>>>,
}

impl Takes {
    pub(crate) fn new(shelf: Arc<dyn Shelf>) -> Self {
        Self { shelf, ready: Mutex::default() }
    }

    /// Keeps a take that has just been made, so long since 1970.
    pub(crate) fn keep(
        &self,
        order: TakeOrder,
        take: Take,
        model: &str,
        title: String,
        made: Duration,
    ) -> Answer<Arc<ReadyTake>> {
        let id = self.free_id(made.as_millis())?;
        let model = model.to_owned();
        let file = TakeFile { version: VERSION, id, made: made.as_secs(), title, model, order };
        let bytes = serde_json::to_vec_pretty(&file).map_err(Problem::ours)?;
        let unkept = |error| Problem::ours(format!("the take could not be kept: {error}"));
        self.shelf.write(&file.id, &bytes).map_err(unkept)?;
        Ok(self.remember(file, take))
    }

    /// A name that sorts by time and is not taken.
    fn free_id(&self, milliseconds: u128) -> Answer<String> {
        let taken = self.shelf.names().map_err(Problem::ours)?;
        let mut ids = (milliseconds..).map(|number| format!("{number:013}"));
        ids.find(|id| !taken.contains(id)).ok_or_else(|| Problem::ours("there is no room for another take"))
    }

    fn remember(&self, file: TakeFile, take: Take) -> Arc<ReadyTake> {
        let ready = Arc::new(ReadyTake { file, take, insights: OnceLock::new() });
        let mut all = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_front(Arc::clone(&ready));
        all.truncate(READY);
        ready
    }

    /// A take by its id; one that is not ready is made again, by `make`.
    pub(crate) fn get(
        &self,
        id: &str,
        make: impl FnOnce(&TakeFile) -> Answer<Take>,
    ) -> Answer<Arc<ReadyTake>> {
        if let Some(ready) = self.ready(id) {
            return Ok(ready);
        }
        let file = self.file(id)?;
        let take = make(&file)?;
        Ok(self.remember(file, take))
    }

    fn ready(&self, id: &str) -> Option<Arc<ReadyTake>> {
        let mut all = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.iter().position(|ready| ready.file.id == id)?;
        let ready = all.remove(at)?;
        all.push_front(Arc::clone(&ready));
        Some(ready)
    }

    fn file(&self, id: &str) -> Answer<TakeFile> {
        let bytes = Some(id).filter(|id| is_id(id)).and_then(|id| self.shelf.read(id).ok());
        let bytes = bytes.ok_or_else(|| Problem::missing("take"))?;
        let file: TakeFile = serde_json::from_slice(&bytes)
            .map_err(|error| Problem::asked(format!("take {id} cannot be read: {error}")))?;
        match file.version {
            VERSION => Ok(file),
            other => Err(Problem::asked(format!("take {id} is of form {other}, which is not read here"))),
        }
    }

    /// What is kept, newest first.
    pub(crate) fn list(&self) -> Answer<Vec<TakeFile>> {
        let mut names = self.shelf.names().map_err(Problem::ours)?;
        names.retain(|name| is_id(name));
        names.sort_by(|a, b| b.cmp(a));
        Ok(names.iter().take(LISTED).filter_map(|name| self.file(name).ok()).collect())
    }

    /// Throws a take away.
    pub(crate) fn remove(&self, id: &str) -> Answer<()> {
        let file = self.file(id)?;
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).retain(|ready| ready.file.id != id);
        self.shelf.remove(&file.id).map_err(Problem::ours)
    }
}

/// Whether a name on the shelf is that of a take.
fn is_id(name: &str) -> bool {
    !name.is_empty() && name.len() <= 20 && name.bytes().all(|byte| byte.is_ascii_digit())
}

impl TakeFile {
    pub(crate) fn made(&self) -> u64 {
        self.made
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }
}
