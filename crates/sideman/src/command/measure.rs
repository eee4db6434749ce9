//! `measure`: how solos measure, beside those of a reference.

use anyhow::{Result, ensure};
use sideman_corpus::library::Library;
use sideman_corpus::measure::{MeasureReport, SoloMeasures};

use crate::cli::Measure;
use crate::terminal::Terminal;
use crate::{output, plot, source};

pub(super) fn run(args: &Measure, terminal: &Terminal) -> Result<()> {
    let set = solos(&source::corpus(&args.solos, terminal)?)?;
    let reference = match &args.against {
        Some(path) => solos(&source::corpus(std::slice::from_ref(path), terminal)?)?,
        None => Vec::new(),
    };
    let report = MeasureReport::new(&set, &reference);
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

/// The solos of a corpus, at least one.
fn solos(library: &Library) -> Result<Vec<SoloMeasures>> {
    let solos = measured(library);
    ensure!(!solos.is_empty(), "there are only charts here, and no solo to measure");
    Ok(solos)
}

/// Each solo of a corpus, measured.
pub(super) fn measured(library: &Library) -> Vec<SoloMeasures> {
    library.pieces.iter().filter_map(|p| Some(SoloMeasures::new(&p.sheet, p.solo.as_ref()?))).collect()
}
