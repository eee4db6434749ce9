//! What can be asked of a take.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sideman_music::{Instrument, Key, Pitch};

use super::band::BandArgs;
use super::chance::ChanceArgs;
use super::number;
use super::score::HandoutArgs;
use super::sound::TakeSoundArgs;
use super::wishes::WishArgs;

#[derive(Debug, Args)]
pub(crate) struct JamArgs {
    /// Folder to write to
    #[arg(long, default_value = "output")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) chance: ChanceArgs,
    /// Hand the sound to a player of the system
    #[arg(long)]
    pub(crate) play: bool,
    #[command(flatten)]
    pub(crate) handout: HandoutArgs,
}

pub(super) const IMPROVISE_EXAMPLES: &str = "\
Examples:
  sideman improvise                                   a 12-bar blues in F
  sideman improvise \"Dm7 | G7 | Cmaj7 | %\" --choruses 4
  sideman improvise mytune.txt --key Eb --tempo 180 --instrument trumpet
  sideman improvise --like Parker --density 80 --outside 30
  sideman improvise --keep output/solo.musicxml --bars 5-8      new bars 5 to 8, the others kept
  sideman improvise --trade 4 --keep mine.musicxml              it plays four bars, your melody four
  sideman improvise --trade 4:drums --choruses 4 --intro        four bars of intro, then fours with the drummer
  sideman improvise --with classic --argmax           the exercise it grew out of, likeliest value every time

A chart is bars between |, with chords and slashes sharing the beats of a bar; % repeats a bar,
|: :| repeats, 1. and 2. begin endings, [A] a section; a file may begin with lines such as
  title: My Tune      key: Eb      meter: 3/4      tempo: 140";

#[derive(Debug, Args)]
pub(crate) struct ImproviseArgs {
    /// Bars of chords, such as "Dm7 | G7 | Cmaj7 | %", or a file of them; nothing means a 12-bar blues in F
    pub(crate) chart: Option<String>,
    /// A trained model of any recipe; without one the player that ships
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
    /// What improvises
    #[arg(long, value_enum, default_value_t = WithArg::Player, conflicts_with = "model")]
    pub(crate) with: WithArg,
    /// A file of grammar rules, in place of the built-in ones
    #[arg(long, conflicts_with = "model")]
    pub(crate) grammar: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) taste: TasteArgs,
    /// Times through the chart
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub(crate) choruses: u16,
    /// Stop after this many values (notes and rests)
    #[arg(long, conflicts_with_all = ["beats", "choruses"], value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) values: Option<u32>,
    /// Stop after this many beats
    #[arg(long, conflicts_with = "choruses", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) beats: Option<u32>,
    /// Quarter notes a minute; without it the chart's own tempo, or 150
    #[arg(long, value_parser = clap::value_parser!(u16).range(20..=400))]
    pub(crate) tempo: Option<u16>,
    /// Move the chart to this key, such as Eb or Gm
    #[arg(long)]
    pub(crate) key: Option<Key>,
    /// Play over new changes for the chart, found by rules of substitution: how much is rewritten, and how boldly
    #[arg(long, value_name = "0-100", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) spice: Option<u8>,
    /// Who plays: tenor, alto, trumpet, trombone, clarinet, flute, vibes, guitar, piano …
    #[arg(long, default_value = "tenor sax")]
    pub(crate) instrument: Instrument,
    /// How many solos to play, each from a seed of its own
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) takes: u16,
    #[command(flatten)]
    pub(crate) chance: ChanceArgs,
    /// Folder to write to
    #[arg(long, default_value = "output")]
    pub(crate) out: PathBuf,
    /// Hand the sound to a player of the system
    #[arg(long)]
    pub(crate) play: bool,
    /// Tell of each note what it is to the chords and how surprising it is, here and below the piano roll
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) wishes: WishArgs,
    #[command(flatten)]
    pub(crate) handout: HandoutArgs,
    #[command(flatten)]
    pub(crate) band: BandArgs,
    #[command(flatten)]
    pub(crate) sound: TakeSoundArgs,
}

/// What improvises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WithArg {
    /// The network that ships, which knows the chart and real solos
    Player,
    /// The classic exercise: a small network that learns the built-in corpus first, and is kept
    Classic,
    /// A grammar of rules with weights, the baseline
    Grammar,
}

/// How values are chosen.
#[derive(Debug, Args)]
pub(crate) struct TasteArgs {
    /// Always the likeliest value, as the original exercise did
    #[arg(long, conflicts_with_all = ["temperature", "top_p"])]
    pub(crate) argmax: bool,
    /// Below 1 plays safer, above 1 wilder; 1 without it
    #[arg(long, value_parser = number::positive)]
    pub(crate) temperature: Option<f32>,
    /// Choose among the likeliest values that together have this probability
    #[arg(long, value_parser = number::share)]
    pub(crate) top_p: Option<f32>,
    /// The first note of the classic, such as Bb4
    #[arg(long)]
    pub(crate) start: Option<Pitch>,
}
