//! Texts that recur, each kept once.

use std::collections::BTreeMap;

/// Bytes of text that the pieces of any corpus may have in all: a text that recurs stands once in the file, and once
/// in each piece that has it.
pub(super) const TEXTS: usize = 16 << 20;
/// More of them for each byte of the file; corpora of real music stay below two.
pub(super) const TEXTS_A_BYTE: usize = 16;

/// Texts by the number under which they are written.
#[derive(Default)]
pub(super) struct Texts {
    numbers: BTreeMap<String, u64>,
    pub(super) order: Vec<String>,
}

impl Texts {
    pub(super) fn number(&mut self, text: &str) -> u64 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = self.order.len() as u64;
        self.numbers.insert(text.to_owned(), number);
        self.order.push(text.to_owned());
        number
    }
}
