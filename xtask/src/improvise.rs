//! Solos over the charts of a corpus, to be judged beside its own: `CORPUS --out FILE [--model FILE] [--split FILE]
//! [--charts N] [--takes N] [--best-of N] [--rhythm TEMPERATURE] [--pitch TEMPERATURE] [--top-p SHARE]`.

use std::fs;

use sideman_corpus::{Credits, Library, Piece, Side};
use sideman_improv::Choice;
use sideman_improv::line::{LineModel, LinePlayer, PlayerOptions, shipped};
use sideman_music::Sheet;

use crate::solos;

/// Improvises over the first chorus of so many tunes, so many times, with the player's defaults.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let asked = Asked::read(arguments)?;
    let player = LinePlayer::new(asked.model);
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
            let take = player.improvise(&sheet, &asked.options, seed).map_err(|e| e.to_string())?;
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
    let bars = piece.sheet.bars();
    let end = piece.credits.choruses.iter().map(|&b| b as usize).find(|&b| b > 0 && b < bars.len());
    let whole = &piece.sheet;
    Sheet::new(bars[..end.unwrap_or(bars.len())].to_vec()).map_or_else(
        |_| whole.clone(),
        |sheet| {
            sheet
                .with_title(whole.title())
                .with_key(whole.key())
                .with_tempo(whole.tempo())
                .with_style(whole.style())
        },
    )
}

struct Asked {
    pieces: Vec<Piece>,
    model: LineModel,
    out: String,
    charts: usize,
    takes: usize,
    options: PlayerOptions,
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
        let top_p = number("--top-p")?;
        let choice = |name: &str, standard: Choice| -> Result<Choice, String> {
            let Choice::Sample { temperature, top_p: usual } = standard else { return Ok(standard) };
            let temperature = number(name)?.unwrap_or(temperature);
            Ok(Choice::Sample { temperature, top_p: top_p.unwrap_or(usual) })
        };
        let usual = PlayerOptions::default();
        let options = PlayerOptions {
            rhythm: choice("--rhythm", usual.rhythm)?,
            pitch: choice("--pitch", usual.pitch)?,
            candidates: count("--best-of", usual.candidates)?,
            ..usual
        };
        let corpus = arguments.first().ok_or("name a corpus first")?;
        let mut pieces = solos::pieces(corpus)?;
        if let Some(file) = option("--split") {
            let split = solos::listed(&pieces, file)?;
            pieces = split.pieces(&pieces, Side::Validation).cloned().collect();
        }
        let model = match option("--model") {
            None => shipped(),
            Some(file) => LineModel::from_bytes(&fs::read(file).map_err(|e| format!("{file}: {e}"))?),
        };
        Ok(Self {
            pieces,
            model: model.map_err(|e| e.to_string())?,
            out: option("--out").ok_or("say where the corpus goes with --out")?.to_owned(),
            charts: count("--charts", 20)?,
            takes: count("--takes", 10)?,
            options,
        })
    }
}
