//! What is said to a person: results on standard output, progress and complaints on standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The two streams, and how much to say on them.
pub(crate) struct Terminal {
    quiet: bool,
}

impl Terminal {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// A result, on standard output.
    pub(crate) fn say(&self, words: impl Display) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{words}")
    }

    /// What is being done, on standard error; nothing when quiet.
    pub(crate) fn note(&self, words: impl Display) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{words}");
        }
    }

    /// What went wrong, with its causes, on standard error.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        let _ = writeln!(io::stderr().lock(), "error: {error:#}");
    }

    /// A bar for work of so many steps: drawn on a terminal, plain lines now and then elsewhere.
    pub(crate) fn progress(&self, what: &'static str, steps: u64) -> Progress<'_> {
        let drawn = !self.quiet && io::stderr().is_terminal();
        let target = if drawn { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(steps), target);
        let template = "{prefix} {wide_bar:.cyan/blue} {pos}/{len}  {msg}  {eta} left";
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress { terminal: self, what, bar, drawn, steps, tenths: 0 }
    }
}

/// Work under way.
pub(crate) struct Progress<'a> {
    terminal: &'a Terminal,
    what: &'static str,
    bar: ProgressBar,
    drawn: bool,
    steps: u64,
    tenths: u64,
}

impl Progress<'_> {
    /// So many steps are done, and this is to be said of them.
    pub(crate) fn at(&mut self, step: u64, words: &str) {
        self.bar.set_message(words.to_owned());
        self.bar.set_position(step);
        let tenths = step * 10 / self.steps.max(1);
        if !self.drawn && !words.is_empty() && tenths > self.tenths {
            self.tenths = tenths;
            self.terminal.note(format_args!("{} {step}/{}  {words}", self.what, self.steps));
        }
    }

    /// All is done.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}
