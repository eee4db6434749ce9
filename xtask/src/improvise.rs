//! Solos over the charts of a corpus, to be judged beside its own: `CORPUS --out FILE [--model FILE] [--split FILE]
//! [--charts N] [--takes N] [--best-of N] [--rhythm TEMPERATURE] [--pitch TEMPERATURE] [--top-p SHARE]`.

use std::fs;

use sideman_corpus::{Credits, Library, Piece, Side};
use sideman_improv::Model;
use sideman_music::{Bars, Sheet};
use sideman_session::{Request, Soloist};

use crate::solos;

/// Improvises over the first chorus of so many tunes, so many times, with the player's defaults.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let asked = Asked::read(arguments)?;
    let mut tunes: Vec<&Piece> = Vec::new();
    for piece in &asked.pieces {
        let new = tunes.iter().all(|t| t.sheet.title() != piece.sheet.title());
        if new && piece.sheet.chords().iter().any(|(_, chord)| chord.is_some()) {
            tunes.push(piece);
        }
    }
    let mut pieces = Vec::new();
    for (chart, tune) in tunes.iter().take(asked.charts).enumerate() {
        let sheet = first_chorus(tune);
        for take in 0..asked.takes {
            let seed = (chart * 1000 + take) as u64;
            let take = asked.soloist.improvise(&sheet, &asked.request, seed).map_err(|e| e.to_string())?;
            let instrument = Some(take.solo.instrument());
            let credits =
                Credits { id: format!("{}-{seed}", sheet.title()), instrument, ..Credits::default() };
            pieces.push(Piece { id: credits.id.clone(), sheet: take.sheet, solo: Some(take.solo), credits });
        }
    }
    println!("{} solos over {} charts", pieces.len(), tunes.len().min(asked.charts));
    fs::write(&asked.out, Library { pieces, files: Vec::new() }.to_bytes()).map_err(|e| e.to_string())
}

/// The sheet of the first chorus.
fn first_chorus(piece: &Piece) -> Sheet {
    let bars = piece.sheet.bars().len();
    let end = piece.credits.choruses.iter().map(|&bar| bar as usize).find(|&bar| bar > 0 && bar < bars);
    let first = end.and_then(|end| piece.sheet.excerpt(Bars::new(1, end)?));
    first.unwrap_or_else(|| piece.sheet.clone())
}

struct Asked {
    pieces: Vec<Piece>,
    soloist: Soloist,
    out: String,
    charts: usize,
    takes: usize,
    request: Request,
}

impl Asked {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let option = |name: &str| {
            let at = arguments.iter().position(|a| a == name)?;
            arguments.get(at + 1).map(String::as_str)
        };
        let number = |name: &str| -> Result<Option<f32>, String> {
            let wrong = |n: &str| format!("{name} wants a number, not {n}");
            option(name).map(|n| n.parse().map_err(|_| wrong(n))).transpose()
        };
        let count = |name: &str, standard: usize| number(name).map(|n| n.map_or(standard, |n| n as usize));
        let request = Request {
            rhythm_temperature: number("--rhythm")?,
            pitch_temperature: number("--pitch")?,
            top_p: number("--top-p")?,
            candidates: count("--best-of", Request::default().candidates)?,
            ..Request::default()
        };
        let corpus = arguments.first().ok_or("name a corpus first")?;
        let mut pieces = solos::pieces(corpus)?;
        if let Some(file) = option("--split") {
            let split = solos::listed(&pieces, file)?;
            pieces = split.pieces(&pieces, Side::Validation).cloned().collect();
        }
        let model = |file: &str| {
            let bytes = fs::read(file).map_err(|e| format!("{file}: {e}"))?;
            Ok::<_, String>(Model::from_bytes(&bytes).map_err(|e| format!("{file}: {e}"))?.into())
        };
        let soloist = match option("--model") {
            None => Soloist::shipped().map_err(|e| e.to_string())?,
            Some(file) => model(file)?,
        };
        Ok(Self {
            pieces,
            soloist,
            out: option("--out").ok_or("say where the corpus goes with --out")?.to_owned(),
            charts: count("--charts", 20)?,
            takes: count("--takes", 10)?,
            request,
        })
    }
}
