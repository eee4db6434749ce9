//! What can be asked of charts.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Chart {
    /// Bars of chords, an irealb:// link, or a file: text, iReal Pro, MusicXML, Impro-Visor, ABC, MIDI with chord symbols
    pub(crate) chart: String,
    /// Which tune of a playlist, by number or title
    #[arg(long)]
    pub(crate) tune: Option<String>,
    /// Written for instruments in this key
    #[arg(long, value_enum, default_value_t = PartKey::C)]
    pub(crate) part: PartKey,
    /// Where it goes: a file ending in .txt, .musicxml, .mid or .ireal
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

/// What key a part is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PartKey {
    /// As it sounds
    #[value(name = "C")]
    C,
    /// For trumpet, clarinet, soprano and tenor
    #[value(name = "Bb")]
    Bb,
    /// For alto and baritone
    #[value(name = "Eb")]
    Eb,
    /// For horn
    #[value(name = "F")]
    F,
}
