//! Models that were learned here: kept on the shelf, each in a file, and ready in memory once they play.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sideman_session::{Soloist, Source};

use crate::problem::{Answer, Problem};
use crate::shelf::Shelf;

/// What the names of models begin with.
const PREFIX: &str = "model-";
/// Models that are listed.
const LISTED: usize = 200;

/// A model in its file.
#[derive(Serialize, Deserialize)]
struct ModelFile {
    title: String,
    /// Its checkpoint, two digits a byte.
    checkpoint: String,
}

/// A model in a list of models.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ModelLine {
    pub(crate) id: String,
    pub(crate) title: String,
}

/// All that were learned.
pub(crate) struct Models {
    shelf: Arc<dyn Shelf>,
    ready: Mutex<BTreeMap<String, Arc<Soloist>>>,
}

/// Models that are ready in memory.
const READY: usize = 16;

impl Models {
    pub(crate) fn new(shelf: Arc<dyn Shelf>) -> Self {
        Self { shelf, ready: Mutex::default() }
    }

    /// Keeps a model as it is read again, so that it plays the same tomorrow; gives its fingerprint.
    pub(crate) fn keep(&self, bytes: &[u8], title: &str) -> Answer<String> {
        let soloist = read(bytes)?;
        let id = Soloist::fingerprint(bytes);
        let checkpoint = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let file = ModelFile { title: title.to_owned(), checkpoint };
        let json = serde_json::to_vec(&file).map_err(Problem::ours)?;
        let unkept = |error| Problem::ours(format!("the model could not be kept: {error}"));
        self.shelf.write(&format!("{PREFIX}{id}"), &json).map_err(unkept)?;
        self.remember(&id, Arc::new(soloist));
        Ok(id)
    }

    fn remember(&self, id: &str, soloist: Arc<Soloist>) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        while ready.len() >= READY {
            ready.pop_first();
        }
        ready.insert(id.to_owned(), soloist);
    }

    /// Who plays with a model.
    pub(crate) fn get(&self, id: &str) -> Answer<Arc<Soloist>> {
        if let Some(ready) = self.ready.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Ok(Arc::clone(ready));
        }
        let bytes = self.file(id).and_then(|file| of_digits(&file.checkpoint));
        let bytes = bytes.ok_or_else(|| Problem::missing("model"))?;
        let soloist = Arc::new(read(&bytes)?);
        self.remember(id, Arc::clone(&soloist));
        Ok(soloist)
    }

    fn file(&self, id: &str) -> Option<ModelFile> {
        let is_id = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = self.shelf.read(&format!("{PREFIX}{id}")).ok().filter(|_| is_id)?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Those that are kept.
    pub(crate) fn list(&self) -> Answer<Vec<ModelLine>> {
        let names = self.shelf.names().map_err(Problem::ours)?;
        let ids = names.iter().filter_map(|name| name.strip_prefix(PREFIX)).take(LISTED);
        let line = |id: &str| Some(ModelLine { title: self.file(id)?.title, id: id.to_owned() });
        let mut lines: Vec<ModelLine> = ids.filter_map(line).collect();
        lines.sort_by(|a, b| (&a.title, &a.id).cmp(&(&b.title, &b.id)));
        Ok(lines)
    }
}

fn read(bytes: &[u8]) -> Answer<Soloist> {
    Ok(Source::read(bytes, "model")?.value.model()?.into())
}

fn of_digits(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
