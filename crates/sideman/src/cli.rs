//! What can be typed.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sideman_corpus::library::Filter;
use sideman_music::{Instrument, Key, Pitch};

/// Learns jazz with an LSTM and improvises: chart in, solo and band out.
///
/// Begin with `sideman jam`: it learns from a corpus of its own before your eyes, plays a solo over a blues with a
/// rhythm section, and leaves MIDI, WAV, MP3 and pictures in the folder `output`.
#[derive(Debug, Parser)]
#[command(name = "sideman", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Leave out progress and remarks: results and errors alone
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Learn from the built-in corpus and play a blues: everything at once
    Jam(Jam),
    /// Learn from a corpus, or from the built-in one
    Train(Train),
    /// Play a new solo over a chart
    #[command(after_help = IMPROVISE_EXAMPLES)]
    Improvise(Improvise),
    /// Show a chart as bars with its form, or write it in another format
    Chart(Chart),
    /// Gather music of any kind into one corpus file
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(Import),
    /// Look into a corpus, make a smaller one, or write it out as MIDI files
    Corpus(Corpus),
    /// Measure solos, beside those of a reference
    Measure(Measure),
    /// Say what solos share with a corpus, and whether that is more than players share
    Originality(Originality),
    /// Write the built-in sound as a SoundFont for other programs
    Bank(Bank),
    /// Turn a MIDI file into sound
    Render(Render),
    /// Say what a file holds: a model, a corpus, a chart, a MIDI file
    Info(Info),
}

const IMPROVISE_EXAMPLES: &str = "\
Examples:
  sideman improvise                                   a 12-bar blues in F
  sideman improvise \"Dm7 | G7 | Cmaj7 | %\" --choruses 4
  sideman improvise mytune.txt --key Eb --tempo 180 --instrument trumpet
  sideman improvise --argmax                          what the network finds likeliest, every time

A chart is bars between |, with chords and slashes sharing the beats of a bar; % repeats a bar,
|: :| repeats, 1. and 2. begin endings, [A] a section; a file may begin with lines such as
  title: My Tune      key: Eb      meter: 3/4      tempo: 140";

/// What every command with chance in it takes.
#[derive(Debug, Args)]
pub(crate) struct Chance {
    /// Where chance begins: the same seed gives the same notes
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

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

#[derive(Debug, Args)]
pub(crate) struct Train {
    /// What to learn from: a corpus, MIDI files, folders; nothing means the built-in corpus
    pub(crate) corpus: Vec<PathBuf>,
    /// How to learn
    #[arg(long, default_value = "classic", value_parser = ["classic"])]
    pub(crate) recipe: String,
    /// A JSON list of the ids to learn from and to be tested on; without it, one tune in seven is held out
    #[arg(long)]
    pub(crate) split: Option<PathBuf>,
    /// Times to go through the training
    #[arg(long)]
    pub(crate) epochs: Option<usize>,
    /// Windows of 30 values drawn for each epoch
    #[arg(long)]
    pub(crate) windows: Option<usize>,
    /// Threads to use; the result does not depend on them
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    #[command(flatten)]
    pub(crate) chance: Chance,
    /// Where the model goes
    #[arg(long)]
    pub(crate) out: PathBuf,
}

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
    /// A SoundFont to play with, in place of the built-in sound
    #[arg(long)]
    pub(crate) soundfont: Option<PathBuf>,
    /// Folder to write to
    #[arg(long, default_value = "output")]
    pub(crate) out: PathBuf,
    /// Hand the sound to a player of the system
    #[arg(long)]
    pub(crate) play: bool,
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

const IMPORT_EXAMPLES: &str = "\
Examples:
  sideman import solos/ more.zip --out mine.sideman
  sideman import song.mid --melody 3 --chords piano --bars 5..36 --out song.sideman
  sideman train mine.sideman --out mine.safetensors

From a MIDI file the melody and its chords are found, and a table says what was taken and why.";

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files, folders and archives (.zip, .gz, .tar, .tar.gz) of any mixture
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The part with the melody, by number or name, in the MIDI files that are named
    #[arg(long)]
    pub(crate) melody: Option<String>,
    /// The part with the chords, by number or name
    #[arg(long)]
    pub(crate) chords: Option<String>,
    /// The bars to take, such as 5..36
    #[arg(long, value_parser = bars)]
    pub(crate) bars: Option<RangeInclusive<usize>>,
    /// Of several notes at once take the highest alone
    #[arg(long)]
    pub(crate) monophonic: bool,
    /// Write the report as one JSON object and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    /// Where the corpus goes
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Corpus {
    /// Which corpus: built-in, or a file that `import` has written
    pub(crate) corpus: PathBuf,
    /// Keep the pieces for which this holds, such as 'performer=Charlie Parker' or 'tempo>200'
    #[arg(long)]
    pub(crate) filter: Vec<Filter>,
    /// Show how the solos measure
    #[arg(long)]
    pub(crate) report: bool,
    /// Where it goes: a file ending in .sideman, or a folder for its pieces as MIDI
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Measure {
    /// Solos: a corpus, or files, folders and archives
    #[arg(required = true)]
    pub(crate) solos: Vec<PathBuf>,
    /// The corpus to hold them against
    #[arg(long)]
    pub(crate) against: Option<PathBuf>,
    /// Write one JSON object and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    /// Draw the measures beside the bands of the reference, as SVG
    #[arg(long, requires = "against")]
    pub(crate) plot: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Originality {
    /// Solos: a corpus, or files, folders and archives
    #[arg(required = true)]
    pub(crate) solos: Vec<PathBuf>,
    /// The corpus that they may have taken from
    #[arg(long)]
    pub(crate) corpus: PathBuf,
    /// Write one JSON list and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Bank {
    /// Where the SoundFont goes
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Render {
    /// A MIDI file
    pub(crate) file: PathBuf,
    /// A SoundFont to play with, in place of the built-in sound
    #[arg(long)]
    pub(crate) soundfont: Option<PathBuf>,
    /// Where the sound goes: a file ending in .wav or .mp3
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Info {
    /// A model, a corpus, a chart or a MIDI file
    pub(crate) file: PathBuf,
}

fn bars(text: &str) -> Result<RangeInclusive<usize>, String> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    match (first.parse(), last.trim_start_matches('=').parse()) {
        (Ok(first), Ok(last)) if 1 <= first && first <= last => Ok(first..=last),
        _ => Err("write two bar numbers, such as 5..36".into()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
