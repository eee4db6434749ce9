//! What is kept, in memory, with a list of the changes that the page has still to copy.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use sideman_studio::Shelf;

/// A shelf whose changes are told.
#[derive(Debug, Default, Clone)]
pub(crate) struct PageShelf(Arc<Lying>);

#[derive(Debug, Default)]
struct Lying {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    changed: Mutex<VecDeque<String>>,
}

impl PageShelf {
    /// The next name under which something was put or taken away, and what lies there now.
    pub(crate) fn change(&self) -> Option<(String, Option<Vec<u8>>)> {
        let name = self.0.changed.lock().unwrap_or_else(PoisonError::into_inner).pop_front()?;
        let bytes = self.0.files.read(&name).ok();
        Some((name, bytes))
    }

    /// Puts there what was kept before.
    pub(crate) fn lay(&self, name: &str, bytes: &[u8]) {
        // A shelf in memory refuses nothing.
        let _ = self.0.files.write(name, bytes);
    }

    fn note(&self, name: &str) {
        self.0.changed.lock().unwrap_or_else(PoisonError::into_inner).push_back(name.to_owned());
    }
}

impl Shelf for PageShelf {
    fn names(&self) -> io::Result<Vec<String>> {
        self.0.files.names()
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.0.files.read(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.note(name);
        self.0.files.write(name, bytes)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.note(name);
        self.0.files.remove(name)
    }
}
