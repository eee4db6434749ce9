//! What is said to a person: results on standard output, progress and complaints on standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sideman_improv::{Epoch, TrainingEvent};
use sideman_session::WorkEvent;

/// The two streams, and how much to say on them.
pub(crate) struct Terminal {
    quiet: bool,
}

impl Terminal {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// A result, on standard output. Its reader may leave; the work goes on, for it leaves files as well.
    pub(crate) fn say(&self, words: impl Display) -> io::Result<()> {
        match writeln!(io::stdout().lock(), "{}", printable(words)) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            said => said,
        }
    }

    /// What is being done, on standard error; nothing when quiet.
    pub(crate) fn note(&self, words: impl Display) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{}", printable(words));
        }
    }

    /// What went wrong, with its causes, on standard error.
    pub(crate) fn error(&self, words: impl Display) {
        let _ = writeln!(io::stderr().lock(), "error: {}", printable(words));
    }

    /// A gauge for work of so many steps (0 where that is not known yet): drawn on a terminal, plain lines now and then
    /// elsewhere.
    pub(crate) fn gauge(&self, what: &'static str, steps: u64) -> Gauge<'_> {
        let drawn = !self.quiet && io::stderr().is_terminal();
        let target = if drawn { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(steps), target);
        let template = "{prefix} {wide_bar:.cyan/blue} {pos}/{len}  {msg}  {eta} left";
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        let (began, held_out) = (Instant::now(), String::new());
        Gauge { terminal: self, what, bar, drawn, steps, tenths: 0, began, held_out }
    }
}

/// Words with what would steer the terminal, or turn the direction of reading, as its escape: names come from files.
fn printable(words: impl Display) -> String {
    let steers = |c: char| match c {
        '\n' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    };
    let words = words.to_string();
    if !words.contains(steers) {
        return words;
    }
    let escaped = |c: char| if steers(c) { c.escape_default().to_string() } else { c.into() };
    words.chars().map(escaped).collect()
}

/// Work under way.
pub(crate) struct Gauge<'a> {
    terminal: &'a Terminal,
    what: &'static str,
    bar: ProgressBar,
    drawn: bool,
    steps: u64,
    tenths: u64,
    began: Instant,
    /// The last held-out loss, in words.
    held_out: String,
}

impl Gauge<'_> {
    /// So many steps are done, and this is to be said of them.
    pub(crate) fn at(&mut self, step: u64, words: &str) {
        self.bar.set_message(printable(words));
        self.bar.set_position(step);
        let tenths = step * 10 / self.steps.max(1);
        if !self.drawn && !words.is_empty() && tenths > self.tenths {
            self.tenths = tenths;
            self.terminal.note(format_args!("{} {step}/{}  {words}", self.what, self.steps));
        }
    }

    /// Shows an event.
    pub(crate) fn show(&mut self, event: &WorkEvent<'_>) -> ControlFlow<()> {
        match event {
            WorkEvent::Reading(at) => {
                self.at(at.sources as u64, &format!("{} pieces from {} files", at.pieces, at.files));
            }
            WorkEvent::Rendering(done) => self.at((done * 100.0) as u64, ""),
            WorkEvent::Training(event) => self.training(event),
        }
        ControlFlow::Continue(())
    }

    fn training(&mut self, event: &TrainingEvent<'_>) {
        match *event {
            TrainingEvent::Step { epoch, of, done, loss } => {
                let words = format!("epoch {epoch}/{of}  loss {loss:.3}{}", self.held_out);
                self.of(100 * of as u64);
                self.at(100 * (epoch as u64 - 1) + (100.0 * done) as u64, &words);
            }
            TrainingEvent::Epoch(epoch, state) => self.epoch(epoch, event.done(), state.is_some()),
            TrainingEvent::Settling { round, of } => {
                self.of(of as u64);
                self.at(
                    round as u64,
                    &format!("playing, and settling what its lines are like, round {round}/{of}"),
                );
            }
        }
    }

    /// Shows that an epoch is over, and how much of the training; after steps or without any.
    fn epoch(&mut self, epoch: &Epoch, done: f64, after_steps: bool) {
        let best = if after_steps && epoch.best { " best" } else { "" };
        let held_out = epoch.held_out.map(|loss| format!("  held-out {loss:.3}{best}"));
        self.held_out = held_out.unwrap_or_default();
        let Epoch { number, of, loss, .. } = *epoch;
        if after_steps {
            self.of(100 * of as u64);
            self.at(100 * number as u64, &format!("epoch {number}/{of}  loss {loss:.3}{}", self.held_out));
        } else {
            let left = self.began.elapsed().as_secs_f64() * (1.0 / done - 1.0);
            self.of(of as u64);
            self.at(number as u64, &format!("loss {loss:.3}{}  {left:.1} s left", self.held_out));
        }
    }

    fn of(&mut self, steps: u64) {
        self.steps = steps;
        self.bar.set_length(steps);
    }

    /// All is done.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn nothing_that_is_said_steers_the_terminal() {
        assert_eq!(printable("Até\n\tlogo ♭"), "Até\n\tlogo ♭");
        assert_eq!(printable("\u{1b}]0;x\u{7}\r\u{9b}m\u{202e}"), r"\u{1b}]0;x\u{7}\r\u{9b}m\u{202e}");
    }
}
