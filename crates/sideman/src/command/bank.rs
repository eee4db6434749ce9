//! `bank`: the built-in sound as a SoundFont for other programs.

use anyhow::Result;

use crate::cli::BankArgs;
use crate::output;
use crate::terminal::Terminal;

pub(super) fn run(args: &BankArgs, terminal: &Terminal) -> Result<()> {
    output::tried(&args.out, output::LITTLE)?;
    output::write(&args.out, &sideman_band::bank::built_in())?;
    terminal.say(args.out.display())?;
    Ok(())
}
