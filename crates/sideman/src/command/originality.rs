//! `originality`: what a solo shares with a corpus, and whether that is more than players share.

use anyhow::{Result, ensure};
use sideman_corpus::originality::{Humans, Index, Policy};

use crate::cli::Originality;
use crate::source;
use crate::terminal::Terminal;

pub(super) fn run(args: &Originality, terminal: &Terminal) -> Result<()> {
    let corpus = source::corpus(std::slice::from_ref(&args.corpus), terminal)?;
    let solos = source::corpus(&args.solos, terminal)?;
    let index = Index::new(&corpus.pieces);
    let humans = Humans::new(&index.borrowings_of_humans());
    let policy = Policy::new(&humans);
    let played = solos.pieces.iter().filter_map(|piece| Some((piece, piece.solo.as_ref()?)));
    let certificates: Vec<_> =
        played.map(|(piece, solo)| (&piece.id, index.certify(&piece.sheet, solo, &policy))).collect();
    ensure!(!certificates.is_empty(), "there are only charts here, and no solo to look at");
    if args.json {
        let all: Vec<_> = certificates.iter().map(|(_, certificate)| certificate).collect();
        terminal.say(serde_json::to_string(&all)?)?;
    } else {
        certificates
            .iter()
            .try_for_each(|(id, certificate)| terminal.say(format_args!("{id}\n{certificate}")))?;
    }
    Ok(())
}
