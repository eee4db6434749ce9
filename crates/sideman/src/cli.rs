//! What can be typed.

mod band;
mod chance;
mod chart;
mod gather;
mod harmony;
mod info;
mod learn;
mod number;
mod play;
mod practice;
mod score;
mod sound;
mod studio;
mod wishes;

use clap::{Parser, Subcommand};

pub(crate) use band::{BandArgs, PlayerArgs};
pub(crate) use chart::ChartArgs;
pub(crate) use gather::{CorpusArgs, ImportArgs, MeasureArgs, OriginalityArgs};
pub(crate) use harmony::{ReharmonizeArgs, SurpriseArgs};
pub(crate) use info::InfoArgs;
pub(crate) use learn::{EvaluateArgs, ExplainArgs, RecipeArg, SizeArg, TrainArgs};
pub(crate) use play::{ImproviseArgs, JamArgs, WithArg};
pub(crate) use practice::{CourseArgs, FileArgs, MuteArg, PracticeArgs, TempoRange};
pub(crate) use score::{HandoutArgs, ScoreArgs};
pub(crate) use sound::{BankArgs, RenderArgs, SoundArgs, TakeSoundArgs};
pub(crate) use studio::StudioArgs;
pub(crate) use wishes::{LastNote, RuleArgs};

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
    Jam(JamArgs),
    /// Open the studio: hear it play, practise with it, watch it learn, in the browser
    Studio(StudioArgs),
    /// Learn from a corpus, or from the built-in one
    #[command(after_help = learn::TRAIN_EXAMPLES)]
    Train(TrainArgs),
    /// Say how well a player knows solos that it has not learned from
    Evaluate(EvaluateArgs),
    /// Say what each note of a solo is to the chords, and how surprising
    Explain(ExplainArgs),
    /// Play a new solo over a chart
    #[command(after_help = play::IMPROVISE_EXAMPLES)]
    Improvise(Box<ImproviseArgs>),
    /// Make a take to practise with: faster every chorus, in other keys, some bars over and over, in turns
    #[command(after_help = practice::PRACTICE_EXAMPLES)]
    Practice(PracticeArgs),
    /// Show a chart as bars with its form, or write it in another format
    Chart(ChartArgs),
    /// Say how surprising each chord of a chart is, and which substitution explains it
    #[command(after_help = harmony::SURPRISE_EXAMPLES)]
    Surprise(SurpriseArgs),
    /// Find new changes for a tune, by rules of substitution
    #[command(alias = "reharmonise", after_help = harmony::REHARMONIZE_EXAMPLES)]
    Reharmonize(ReharmonizeArgs),
    /// Engrave a solo or a chart, or write it for other programs of notation
    #[command(after_help = score::SCORE_EXAMPLES)]
    Score(ScoreArgs),
    /// Gather music of any kind into one corpus file
    #[command(after_help = gather::IMPORT_EXAMPLES)]
    Import(ImportArgs),
    /// Look into a corpus, make a smaller one, or write it out as MIDI files
    Corpus(CorpusArgs),
    /// Measure solos, beside those of a reference
    Measure(MeasureArgs),
    /// Say what solos share with a corpus, and whether that is more than players share
    Originality(OriginalityArgs),
    /// Write the built-in sound as a SoundFont for other programs
    Bank(BankArgs),
    /// Turn a MIDI file into sound
    #[command(after_help = sound::RENDER_EXAMPLES)]
    Render(RenderArgs),
    /// Say what a file holds: a model, a corpus, a chart, a MIDI file
    Info(InfoArgs),
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
