//! What is remembered for as long as the process lasts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Values under numbers; the oldest is forgotten when there are too many.
#[derive(Debug)]
pub(crate) struct Memory<T> {
    next: AtomicU64,
    most: usize,
    values: Mutex<BTreeMap<u64, Arc<T>>>,
}

impl<T> Memory<T> {
    /// Room for so many.
    pub(crate) fn of(most: usize) -> Self {
        Self { next: AtomicU64::new(1), most, values: Mutex::default() }
    }

    /// Remembers a value; gives its number.
    pub(crate) fn keep(&self, value: T) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        values.insert(number, Arc::new(value));
        while values.len() > self.most {
            values.pop_first();
        }
        number
    }

    pub(crate) fn get(&self, number: u64) -> Option<Arc<T>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten() {
        let memory = Memory::of(2);
        let numbers = ["a", "b", "c"].map(|value| memory.keep(value));
        assert!(
            memory.get(numbers[0]).is_none() && memory.get(numbers[2]).is_some_and(|value| *value == "c")
        );
    }
}
