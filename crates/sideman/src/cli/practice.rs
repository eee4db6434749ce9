//! What can be asked of a practice take.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use sideman_band::practice::Keys;
use sideman_formats::notation::PartKey;
use sideman_music::{Bars, Instrument};

use super::band::PlayerArgs;
use super::chance::ChanceArgs;
use super::sound::TakeSoundArgs;

pub(super) const PRACTICE_EXAMPLES: &str = "\
Examples:
  sideman practice \"Dm7 | G7 | Cmaj7 | %\"                  a band to play with
  sideman practice tune.txt --mute solo --choruses 8       the band alone: the solo is yours
  sideman practice tune.txt --tempo 100..180 --faster 10   ten faster every chorus
  sideman practice tune.txt --loop 5-8 --choruses 16       four bars, over and over
  sideman practice tune.txt --solo lick.mid --keys fourths one chorus, twelve keys
  sideman practice tune.txt --keys \"C F Bb\" --mute bass    in three keys, and you are the bass
  sideman practice tune.txt --trade 4                      four bars the soloist, four bars you

What is muted stays in the score, for it is what you read. Markers in the MIDI file say where each
chorus begins, how fast and in which key it is, and whose turn it is.";

#[derive(Debug, Args)]
pub(crate) struct PracticeArgs {
    /// Bars of chords, such as "Dm7 | G7 | Cmaj7 | %", an irealb:// link, or a file of any kind that holds a chart;
    /// nothing means a 12-bar blues in F
    pub(crate) chart: Option<String>,
    /// Over new changes for the chart, found by rules of substitution: how much is rewritten, and how boldly
    #[arg(long, value_name = "0-100", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) spice: Option<u8>,
    #[command(flatten)]
    pub(crate) course: CourseArgs,
    #[command(flatten)]
    pub(crate) line: SoloArgs,
    /// Leave out a part: it is yours; may be given several times
    #[arg(long, value_enum, help_heading = "The band")]
    pub(crate) mute: Vec<MuteArg>,
    #[command(flatten)]
    pub(crate) players: PlayerArgs,
    #[command(flatten)]
    pub(crate) files: FileArgs,
}

/// How the take goes on from chorus to chorus.
#[derive(Debug, Args)]
#[command(next_help_heading = "The take")]
pub(crate) struct CourseArgs {
    /// Times through the chart or the loop; without it, as many as keys or tempi ask for, or 4
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub(crate) choruses: Option<u16>,
    /// Only these bars, over and over, such as 5-8; the first bar is 1, repeats are written out
    #[arg(long = "loop", value_name = "BARS")]
    pub(crate) bars: Option<Bars>,
    /// Quarter notes a minute, such as 100, or from the first chorus to the last, such as 100..160; without it the
    /// chart's own
    #[arg(long, value_name = "START[..END]")]
    pub(crate) tempo: Option<TempoRange>,
    /// Quarter notes a minute that each chorus is faster than the one before (slower: -5), up to END if there is one
    #[arg(long, value_name = "BPM", allow_hyphen_values = true, value_parser = step)]
    pub(crate) faster: Option<i16>,
    /// The key of each chorus: fourths, fifths or semitones (all twelve keys, upwards), or tonics such as "C F Bb"
    #[arg(long)]
    pub(crate) keys: Option<Keys>,
    /// Take turns of so many bars: the solo plays, then the band alone leaves room for you; in the next chorus you
    /// begin
    #[arg(long, value_name = "BARS", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) trade: Option<u16>,
    /// Begin at once, without two bars of clicks
    #[arg(long)]
    pub(crate) no_count_in: bool,
}

/// What the soloist plays.
#[derive(Debug, Args)]
#[command(next_help_heading = "The solo")]
pub(crate) struct SoloArgs {
    /// A solo over the chart, one or several choruses: MIDI, MusicXML, ABC or Impro-Visor; without it one is improvised
    #[arg(long, value_name = "FILE")]
    pub(crate) solo: Option<PathBuf>,
    /// The same chorus every time, moved from key to key, or (no) a new one; without it yes where there are both a
    /// solo and keys
    #[arg(long, value_name = "yes|no", num_args = 0..=1, default_missing_value = "yes", hide_possible_values = true, value_parser = BoolishValueParser::new())]
    pub(crate) same: Option<bool>,
    /// Who plays: tenor, alto, trumpet, trombone, clarinet, flute, vibes, guitar, piano …; without it that of the
    /// solo, or tenor
    #[arg(long)]
    pub(crate) instrument: Option<Instrument>,
    /// A trained model to improvise with, in place of the one that ships
    #[arg(long, conflicts_with = "solo")]
    pub(crate) model: Option<PathBuf>,
}

/// What is written, and with which seed.
#[derive(Debug, Args)]
#[command(next_help_heading = "The files")]
pub(crate) struct FileArgs {
    /// Folder to write practice.mid, practice.musicxml and the sound to, or the name of one such file
    #[arg(long, default_value = "output")]
    pub(crate) out: PathBuf,
    /// For whom the score is written: C, Bb, Eb, F or bass
    #[arg(long, default_value_t = PartKey::C)]
    pub(crate) part: PartKey,
    #[command(flatten)]
    pub(crate) chance: ChanceArgs,
    /// Hand the sound to a player of the system
    #[arg(long)]
    pub(crate) play: bool,
    #[command(flatten)]
    pub(crate) sound: TakeSoundArgs,
}

/// A part to leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MuteArg {
    /// The bass
    Bass,
    /// The drums; the count-in is still heard
    Drums,
    /// The chords
    #[value(alias = "chords")]
    Piano,
    /// The soloist
    Solo,
}

/// A tempo, or one to start from and one to arrive at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TempoRange {
    pub(crate) start: u16,
    pub(crate) end: Option<u16>,
}

impl std::str::FromStr for TempoRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bpm = |text: &str| text.trim().parse().ok().filter(|bpm| (20..=400).contains(bpm));
        let tempi = match text.split_once("..").or_else(|| text.split_once('-')) {
            Some((start, end)) => bpm(start).zip(bpm(end)).map(|(start, end)| Self { start, end: Some(end) }),
            None => bpm(text).map(|start| Self { start, end: None }),
        };
        tempi.ok_or_else(|| "write a tempo from 20 to 400, or two, such as 100..160".into())
    }
}

fn step(text: &str) -> Result<i16, String> {
    let step = text.trim().parse().ok().filter(|step| (-380..=380).contains(step) && *step != 0);
    step.ok_or_else(|| "write how much faster each chorus is, such as 5, or -5 for slower".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tempi_are_read_as_players_write_them() {
        assert_eq!("120".parse(), Ok(TempoRange { start: 120, end: None }));
        for text in ["100..160", "100-160", "100 .. 160"] {
            assert_eq!(text.parse(), Ok(TempoRange { start: 100, end: Some(160) }));
        }
        for text in ["", "fast", "10", "100..", "100..500", "100..140..160"] {
            assert!(text.parse::<TempoRange>().unwrap_err().contains("100..160"), "{text}");
        }
    }
}
