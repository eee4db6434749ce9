//! Texts that recur, each kept once.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::codec::{FileError, SealedReader, SealedWriter};

/// Bytes of text that the pieces of any corpus may have in all: a text that recurs stands once in the file, and once
/// in each piece that has it.
const TEXTS: usize = 16 << 20;
/// More of them for each byte of the file; corpora of real music stay below two.
const TEXTS_A_BYTE: usize = 16;

/// Texts by the number under which they are written.
#[derive(Default)]
pub(super) struct Texts {
    numbers: BTreeMap<String, u64>,
    order: Vec<String>,
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

    /// The texts, and behind them what points to them.
    pub(super) fn before(self, body: SealedWriter) -> SealedWriter {
        let mut writer = SealedWriter::default();
        writer.number(self.order.len() as u64);
        self.order.iter().for_each(|text| writer.text(text));
        writer.append(body);
        writer
    }

    /// A hash of what points to the texts and of these behind it.
    pub(super) fn hash_behind(self, mut body: SealedWriter) -> u64 {
        self.order.iter().for_each(|text| body.text(text));
        body.hash()
    }
}

/// The texts of a file, from which no more is copied than the pieces of any corpus have.
pub(super) struct KnownTexts<'a> {
    texts: Vec<&'a str>,
    /// Bytes that may still be copied.
    budget: Cell<usize>,
}

impl<'a> KnownTexts<'a> {
    /// Those that come next in a file of so many bytes.
    pub(super) fn read(r: &mut SealedReader<'a>, bytes: usize) -> Result<Self, FileError> {
        let texts = r.list(1, SealedReader::text)?;
        Ok(Self { texts, budget: Cell::new(TEXTS + TEXTS_A_BYTE * bytes) })
    }

    pub(super) fn all(&self) -> &[&'a str] {
        &self.texts
    }

    /// The text of a number.
    pub(super) fn at(&self, r: &SealedReader<'_>, number: u64) -> Result<&'a str, FileError> {
        let text = usize::try_from(number).ok().and_then(|n| self.texts.get(n).copied());
        let text = text.ok_or_else(|| r.malformed("it names a text that is not there"))?;
        let left = self.budget.get().checked_sub(text.len());
        self.budget.set(left.ok_or_else(|| r.malformed("its texts recur more than those of any corpus"))?);
        Ok(text)
    }

    /// The text of the number that comes next.
    pub(super) fn next(&self, r: &mut SealedReader<'_>) -> Result<&'a str, FileError> {
        let number = r.number()?;
        self.at(r, number)
    }
}
