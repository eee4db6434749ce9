//! What can be asked of a take.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sideman_music::{Instrument, Key, Pitch};

use super::Chance;
use super::band::BandOptions;
use super::sound::TakeSound;

#[derive(Debug, Args)]
pub(crate) struct Jam {
    /// Folder to write to
    #[arg(long, default_value = "output")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) chance: Chance,
    /// Hand the sound to a player of the system
    #[arg(long)]
    pub(crate) play: bool,
}

pub(super) const IMPROVISE_EXAMPLES: &str = "\
Examples:
  sideman improvise                                   a 12-bar blues in F
  sideman improvise \"Dm7 | G7 | Cmaj7 | %\" --choruses 4
  sideman improvise mytune.txt --key Eb --tempo 180 --instrument trumpet
  sideman improvise --argmax                          what the network finds likeliest, every time

A chart is bars between |, with chords and slashes sharing the beats of a bar; % repeats a bar,
|: :| repeats, 1. and 2. begin endings, [A] a section; a file may begin with lines such as
  title: My Tune      key: Eb      meter: 3/4      tempo: 140";

#[derive(Debug, Args)]
pub(crate) struct Improvise {
    /// Bars of chords, such as "Dm7 | G7 | Cmaj7 | %", or a file of them; nothing means a 12-bar blues in F
    pub(crate) chart: Option<String>,
    /// A trained model; without one the built-in corpus is learned first, and kept
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
    /// What improvises: the network, or the grammar that is its baseline
    #[arg(long, value_enum, default_value_t = With::Network)]
    pub(crate) with: With,
    /// A file of grammar rules, in place of the built-in ones
    #[arg(long)]
    pub(crate) grammar: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) taste: Taste,
    /// Times through the chart
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub(crate) choruses: u16,
    /// Stop after this many values (notes and rests)
    #[arg(long, conflicts_with = "beats")]
    pub(crate) values: Option<usize>,
    /// Stop after this many beats
    #[arg(long)]
    pub(crate) beats: Option<u32>,
    /// Quarter notes a minute; without it the chart's own tempo, or 150
    #[arg(long, value_parser = clap::value_parser!(u16).range(20..=400))]
    pub(crate) tempo: Option<u16>,
    /// Move the chart to this key, such as Eb or Gm
    #[arg(long)]
    pub(crate) key: Option<Key>,
    /// Who plays: tenor, alto, trumpet, trombone, clarinet, flute, vibes, guitar, piano …
    #[arg(long, default_value = "tenor sax")]
    pub(crate) instrument: Instrument,
    /// How many solos to play, each from a seed of its own
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) takes: u16,
    #[command(flatten)]
    pub(crate) chance: Chance,
    /// Folder to write to
    #[arg(long, default_value = "output")]
    pub(crate) out: PathBuf,
    /// Hand the sound to a player of the system
    #[arg(long)]
    pub(crate) play: bool,
    #[command(flatten)]
    pub(crate) band: BandOptions,
    #[command(flatten)]
    pub(crate) sound: TakeSound,
}

/// What improvises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum With {
    /// A trained LSTM
    Network,
    /// A grammar of rules with weights
    Grammar,
}

/// How values are chosen.
#[derive(Debug, Args)]
pub(crate) struct Taste {
    /// Always the likeliest value, as the original exercise did
    #[arg(long, conflicts_with_all = ["temperature", "top_p"])]
    pub(crate) argmax: bool,
    /// Below 1 plays safer, above 1 wilder
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    pub(crate) temperature: f32,
    /// Choose among the likeliest values that together have this probability
    #[arg(long, default_value_t = 0.95, value_parser = share)]
    pub(crate) top_p: f32,
    /// The first note, such as Bb4
    #[arg(long)]
    pub(crate) start: Option<Pitch>,
}

fn positive(text: &str) -> Result<f32, String> {
    number_in(text, "above 0, at most 10", |x| x > 0.0 && x <= 10.0)
}

fn share(text: &str) -> Result<f32, String> {
    number_in(text, "above 0, at most 1", |x| x > 0.0 && x <= 1.0)
}

fn number_in(text: &str, range: &str, within: impl Fn(f32) -> bool) -> Result<f32, String> {
    text.parse().ok().filter(|&x| within(x)).ok_or_else(|| format!("write a number {range}"))
}
