//! The model that ships.

use super::model::LineModel;
use crate::Error;

const BYTES: &[u8] = include_bytes!("../../../../models/weimar.safetensors");

/// The file of the model that ships in this program.
pub const fn shipped_bytes() -> &'static [u8] {
    BYTES
}

/// The model that ships in this program; its card is `models/weimar.md`.
///
/// # Errors
/// When the program was built with a model of another version.
pub fn shipped() -> Result<LineModel, Error> {
    LineModel::in_file(BYTES)
}
