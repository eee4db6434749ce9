//! `corpus`: a corpus as MIDI files.

use anyhow::Result;
use sideman_band as band;
use sideman_formats::midi;
use sideman_improv::built_in;

use crate::cli::Corpus;
use crate::output;
use crate::terminal::Terminal;

pub(super) fn run(args: &Corpus, terminal: &Terminal) -> Result<()> {
    let pieces = built_in::corpus();
    let mut progress = terminal.progress("writing", pieces.len() as u64);
    for (i, piece) in pieces.iter().enumerate() {
        let Some(solo) = &piece.solo else { continue };
        let options = band::Options { band: band::Band::Duo, swing: band::Swing::Straight, ending: false, ..band::Options::default() };
        let performance = band::play(&piece.sheet, solo, &options, i as u64);
        let name: String = piece.id.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
        output::write(&args.out.join(format!("{name}.mid")), &midi::write(&performance))?;
        progress.at(i as u64 + 1, piece.sheet.title());
    }
    progress.finish();
    terminal.say(format_args!("{} pieces in {}", pieces.len(), args.out.display()))?;
    Ok(())
}
