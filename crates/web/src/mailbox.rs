//! What goes in and out: a head in JSON, and bytes behind it.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// One letter at a time, from the page or to it.
#[derive(Debug, Default)]
pub struct Mailbox {
    bytes: Vec<u8>,
    head: usize,
}

impl Mailbox {
    /// A letter; what cannot be written as JSON has no head.
    pub fn letter(head: &impl Serialize, body: &[u8]) -> Self {
        let mut bytes = serde_json::to_vec(head).unwrap_or_default();
        let head = bytes.len();
        bytes.extend_from_slice(body);
        Self { bytes, head }
    }

    /// Room for a letter of so many bytes, of which the first are its head.
    pub fn make_room(&mut self, bytes: usize, head: usize) -> &mut [u8] {
        self.bytes.clear();
        self.bytes.resize(bytes, 0);
        self.head = head.min(bytes);
        &mut self.bytes
    }

    /// Where its bytes lie.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many of its bytes are the head.
    pub fn head(&self) -> usize {
        self.head
    }

    /// Takes the letter out: its head, where it is one of this kind, and the bytes behind it.
    pub fn take<T: DeserializeOwned>(&mut self) -> (Option<T>, Vec<u8>) {
        let head = serde_json::from_slice(&self.bytes[..self.head]).ok();
        let body = self.bytes.split_off(self.head);
        *self = Self::default();
        (head, body)
    }
}
