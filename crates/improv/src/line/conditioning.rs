//! Who plays what in which style, as the network is told it.

use sideman_music::Instrument;

use super::control::Controls;

/// How many styles and performers a model can know by name.
pub(super) const STYLES: usize = 64;
pub(super) const PERFORMERS: usize = 256;

/// What holds for a whole solo; what is `None` is unknown, or not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Conditioning {
    /// Its number in the background.
    pub(super) style: Option<u32>,
    /// Its number in the background.
    pub(super) performer: Option<u32>,
    pub(super) instrument: Option<Instrument>,
    /// Quarter notes a minute.
    pub(super) tempo: Option<u32>,
    /// The setting of each control.
    pub(super) controls: Controls<Option<u32>>,
}

impl Conditioning {
    /// The same without the settings of the controls.
    pub(super) fn without_controls(self) -> Self {
        Self { controls: Controls::default(), ..self }
    }

    /// Whether the setting of a control is told.
    pub(super) fn has_controls(&self) -> bool {
        self.controls.iter().any(Option::is_some)
    }
}
