//! A value that was read, with what had to be guessed or left out.

/// A value, and what was read in another way than written, or left out, each with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warned<T> {
    /// What was read.
    pub value: T,
    /// Complaints, in the order of the file.
    pub warnings: Vec<String>,
}
