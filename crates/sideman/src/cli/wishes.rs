//! What can be asked of the player, in musicians' words.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sideman_music::{Bars, Duration, NoteName, Pitch};

/// How the line goes; each number from 0 to 100 is a percentile of the solos it has learned from, 50 their middle.
#[derive(Debug, Args)]
#[command(next_help_heading = "The line (percentiles: 50 is the middle of the corpus)")]
pub(crate) struct WishArgs {
    /// Play like this performer, such as "Charlie Parker"; an unknown name is answered with the known ones
    #[arg(long, value_name = "PERFORMER")]
    pub(crate) like: Option<String>,
    /// Notes a bar
    #[arg(long, value_name = "0-100", value_parser = percentile())]
    pub(crate) density: Option<u8>,
    /// How high
    #[arg(long, value_name = "0-100", value_parser = percentile())]
    pub(crate) register: Option<u8>,
    /// How much outside the chords' scales
    #[arg(long, value_name = "0-100", value_parser = percentile())]
    pub(crate) outside: Option<u8>,
    /// How much rest between phrases
    #[arg(long, value_name = "0-100", value_parser = percentile())]
    pub(crate) space: Option<u8>,
    /// Notes in a phrase
    #[arg(long, value_name = "0-100", value_parser = percentile())]
    pub(crate) phrase_length: Option<u8>,
    /// How late behind the beat
    #[arg(long, value_name = "0-100", value_parser = percentile())]
    pub(crate) laid_back: Option<u8>,
    /// Of how many solos the best is taken, by how it measures beside real ones
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) best_of: u8,
    /// For rhythm alone, in place of --temperature
    #[arg(long, value_parser = super::number::positive)]
    pub(crate) rhythm_temperature: Option<f32>,
    /// For pitch alone, in place of --temperature
    #[arg(long, value_parser = super::number::positive)]
    pub(crate) pitch_temperature: Option<f32>,
    /// The longest run, in intervals, that it may share with what it has learned from; never more than humans share
    #[arg(long, value_name = "INTERVALS")]
    pub(crate) max_copy: Option<usize>,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// What must hold, exactly.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules that always hold")]
pub(crate) struct RuleArgs {
    /// Lowest and highest note, such as Bb3..F5; without it the instrument's range
    #[arg(long, value_name = "LOW..HIGH", value_parser = range)]
    pub(crate) range: Option<RangeInclusive<Pitch>>,
    /// The longest rest, in quarter notes
    #[arg(long, value_name = "QUARTERS", value_parser = super::number::quarters)]
    pub(crate) longest_rest: Option<Duration>,
    /// The most notes in a phrase; a rest of a quarter note or more ends it
    #[arg(long, value_name = "NOTES", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) longest_phrase: Option<u16>,
    /// What the last note is
    #[arg(long, value_enum, default_value_t = LastNote::Chord)]
    pub(crate) end: LastNote,
    /// A note that falls on the downbeat of a bar, such as 5=Bb; may be given several times
    #[arg(long, value_name = "BAR=NOTE", value_parser = target)]
    pub(crate) target: Vec<(usize, NoteName)>,
    /// Take the rhythm of the melody in this file, and other pitches
    #[arg(long, value_name = "FILE", conflicts_with_all = ["pitches_of", "keep"])]
    pub(crate) rhythm_of: Option<PathBuf>,
    /// Take the pitches of the melody in this file, and another rhythm
    #[arg(long, value_name = "FILE", conflicts_with = "keep")]
    pub(crate) pitches_of: Option<PathBuf>,
    /// Keep the melody in this file and go on after it, or fill the bars of --bars, or trade with it
    #[arg(long, value_name = "FILE")]
    pub(crate) keep: Option<PathBuf>,
    /// The bars to fill, such as 5-8; may be given several times
    #[arg(long, value_name = "FIRST-LAST", requires = "keep")]
    pub(crate) bars: Vec<Bars>,
    /// Play so many bars and leave as many to the melody of --keep, or to you; 4:drums (drums alone) leaves them to the
    /// drummer
    #[arg(long, value_name = "BARS", conflicts_with = "bars", value_parser = turns)]
    pub(crate) trade: Option<Turns>,
}

/// How long a turn is, and whose the others are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turns {
    pub(crate) bars: usize,
    /// Whether the drummer plays the others.
    pub(crate) drums: bool,
}

/// What the last note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LastNote {
    /// Any note
    Any,
    /// A tone of its chord
    Chord,
    /// The third or seventh of its chord
    Guide,
}

fn percentile() -> clap::builder::RangedI64ValueParser<u8> {
    clap::value_parser!(u8).range(0..=100)
}

fn range(text: &str) -> Result<RangeInclusive<Pitch>, String> {
    let parts = text.split_once("..").and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
    parts
        .filter(|(low, high): &(Pitch, Pitch)| low.number() < high.number())
        .map(|(low, high)| low..=high)
        .ok_or("write the lowest note and a higher one, such as Bb3..F5".into())
}

/// The bars of a turn where nothing is said.
const FOURS: usize = 4;

fn turns(text: &str) -> Result<Turns, String> {
    let (bars, drums) = match text.split_once(':') {
        Some((bars, "drums")) => (bars.parse().ok(), true),
        None if text == "drums" => (Some(FOURS), true),
        _ => (text.parse().ok(), false),
    };
    let known = bars.filter(|bars| (1..=64).contains(bars));
    known.map(|bars| Turns { bars, drums }).ok_or("write 1 to 64 bars, such as 4, or 4:drums".into())
}

fn target(text: &str) -> Result<(usize, NoteName), String> {
    let parts = text.split_once('=').and_then(|(bar, note)| Some((bar.parse().ok()?, note.parse().ok()?)));
    parts.filter(|&(bar, _)| bar > 0).ok_or("write a bar and a note, such as 5=Bb".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_bars_and_who_plays_the_others() {
        assert_eq!(turns("4"), Ok(Turns { bars: 4, drums: false }));
        assert_eq!(turns("drums"), Ok(Turns { bars: 4, drums: true }));
        assert_eq!(turns("8:drums"), Ok(Turns { bars: 8, drums: true }));
        for text in ["", "0", "65", "4:", "4:bass", "drums:4", ":drums"] {
            assert!(turns(text).is_err(), "{text}");
        }
    }
}
