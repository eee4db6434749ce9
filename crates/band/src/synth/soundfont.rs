//! SoundFonts: the built-in one, or bytes from outside.

use std::sync::{Arc, OnceLock};

use super::check::check;
use super::compressed::unpacked;
use super::error::SynthError;
use crate::bank;

/// A SoundFont ready to play; copies share it.
#[derive(Debug, Clone)]
pub struct SoundFont {
    pub(super) font: Arc<rustysynth_ext::SoundFont>,
    /// The bank whose presets sound as those of bank 0 do when one note goes over into the next.
    pub(super) slurred: Option<u8>,
}

impl SoundFont {
    /// The bank the program makes itself, made at the first call and kept. Where its bytes have been kept, to
    /// [`read`](Self::read) them gives the same in a tenth of the time.
    pub fn built_in() -> Self {
        static FONT: OnceLock<SoundFont> = OnceLock::new();
        let font = FONT.get_or_init(|| match load(&bank::built_in()) {
            Ok(font) => font,
            Err(error) => unreachable!("the built-in bank is whole: {error}"),
        });
        font.clone()
    }

    /// A SoundFont 2 or 3 from its bytes.
    ///
    /// # Errors
    /// When they are no font that can be played.
    pub fn read(bytes: &[u8]) -> Result<Self, SynthError> {
        load(bytes)
    }
}

fn load(bytes: &[u8]) -> Result<SoundFont, SynthError> {
    check(bytes).map_err(SynthError::SoundFont)?;
    let unpacked = unpacked(bytes).map_err(SynthError::SoundFont)?;
    let mut bytes = unpacked.as_deref().unwrap_or(bytes);
    let font = rustysynth_ext::SoundFont::new(&mut bytes)
        .map_err(|error| SynthError::SoundFont(error.to_string()))?;
    let slurred = (font.get_info().get_bank_name() == bank::NAME).then_some(bank::SLURRED);
    Ok(SoundFont { font: Arc::new(font), slurred })
}
