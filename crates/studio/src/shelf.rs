//! Where things are kept from one run to the next.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};

/// Small files under plain names, each written whole or not at all. A name is letters, digits and hyphens.
pub trait Shelf: Send + Sync {
    /// The names on it, in any order.
    ///
    /// # Errors
    /// When it cannot be looked at.
    fn names(&self) -> io::Result<Vec<String>>;

    /// What lies under a name.
    ///
    /// # Errors
    /// When nothing does, or it cannot be read.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;

    /// Puts bytes under a name, in the place of what lies there.
    ///
    /// # Errors
    /// When they cannot be kept.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Takes away what lies under a name, where something does.
    ///
    /// # Errors
    /// When it cannot be taken away.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// A shelf that is gone with the process.
impl Shelf for Mutex<BTreeMap<String, Vec<u8>>> {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let shelf = self.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), bytes.to_owned());
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}
