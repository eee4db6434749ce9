//! `measure`: how solos measure, beside those of a reference.

use std::slice;

use anyhow::Result;
use sideman_session::{judge, plot};

use crate::cli::MeasureArgs;
use crate::terminal::Terminal;
use crate::{input, output};

pub(super) fn run(args: &MeasureArgs, terminal: &Terminal) -> Result<()> {
    args.plot.iter().try_for_each(|plot| output::picture_tried(plot))?;
    let solos = input::corpus(&args.solos, terminal)?.pieces;
    let reference = match &args.against {
        Some(path) => input::corpus(slice::from_ref(path), terminal)?.pieces,
        None => Vec::new(),
    };
    let report = judge::measure(&solos, &reference)?;
    if let Some(file) = &args.plot {
        output::write(file, plot::bands(&report).as_bytes())?;
    }
    if args.json {
        terminal.say(serde_json::to_string(&report)?)?;
    } else {
        terminal.say(&report)?;
    }
    Ok(())
}
