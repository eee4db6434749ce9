//! What can be wrong with a grammar.

/// A grammar that cannot be read, or cannot fill a chart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is not a grammar.
    #[error("grammar, line {line}: {what}")]
    Text {
        /// Counted from 1.
        line: usize,
        /// What is wrong there, and what would be right.
        what: String,
    },
    /// No rule applies to a symbol with these arguments.
    #[error("grammar: no rule applies to {call}; add one for these arguments, such as `{call} -> R(length)`")]
    NoRule {
        /// The symbol with its arguments.
        call: String,
    },
    /// The rules go on for ever, or nearly.
    #[error(
        "grammar, line {line}: after {steps} steps the rules have not come to an end; let an argument grow smaller"
    )]
    Endless {
        /// The rule that was applied last.
        line: usize,
        /// How many symbols had been replaced.
        steps: usize,
    },
    /// A length that is not above zero, or not a whole number of ticks.
    #[error("grammar, line {line}: {length} quarter notes is not the length of a note")]
    Length {
        /// The rule that asks for it.
        line: usize,
        /// In quarter notes.
        length: String,
    },
    /// The melody is longer or shorter than asked.
    #[error(
        "grammar: {found} quarter notes were made where {asked} were asked; let every rule fill its argument exactly"
    )]
    Sum {
        /// What the rules made.
        found: sideman_music::Duration,
        /// What they were asked for.
        asked: sideman_music::Duration,
    },
    /// The abstract melody is not one line.
    #[error(transparent)]
    Line(#[from] sideman_music::Error),
}
