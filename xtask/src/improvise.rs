//! Solos over the charts of a corpus, to be judged beside its own: `CORPUS --out FILE [--model FILE] [--split FILE]
//! [--charts N] [--takes N] [--best-of N] [--rhythm TEMPERATURE] [--pitch TEMPERATURE] [--top-p SHARE]`.

use std::fs;

use sideman_corpus::{Credits, Library, Piece, Side};
use sideman_improv::Model;
use sideman_music::{Bars, Sheet};
use sideman_session::{Request, Soloist};

use crate::solos;

/// Improvises over the first chorus of all tunes, or of so many, so many times, with the player's defaults.
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

/// The sheet of the first whole chorus, without what is played before and after it.
fn first_chorus(piece: &Piece) -> Sheet {
    let bars = piece.sheet.bars().len();
    let starts: Vec<usize> = piece.credits.choruses.iter().map(|&bar| bar as usize).collect();
    let (first, length) = whole_chorus(&starts, bars);
    let chorus = Bars::new(first + 1, first + length).and_then(|bars| piece.sheet.excerpt(bars));
    chorus.unwrap_or_else(|| piece.sheet.clone())
}

/// The first bar of a chorus, from 0, and its length, where choruses start at some of so many bars.
///
/// Between two starts lies a chorus; the length that most of them have is the right one, and of two the greater: some are
/// cut short. After a single start, the chorus lasts to the end; but where a solo comes into the last bar, it is on the
/// downbeat after a chorus, and where the most of it stands before the start, that is what remains of the chorus before.
fn whole_chorus(starts: &[usize], bars: usize) -> (usize, usize) {
    let starts: Vec<usize> = starts.iter().copied().filter(|&start| start < bars).collect();
    let inner = || starts.windows(2).map(|w| (w[0], w[1].saturating_sub(w[0]))).filter(|(_, l)| *l > 0);
    let times = |length: usize| inner().filter(|(_, l)| *l == length).count();
    if let Some(length) = inner().map(|(_, length)| length).max_by_key(|&l| (times(l), l)) {
        return inner().find(|(_, l)| *l == length).unwrap_or((0, bars));
    }
    let start = starts.first().copied().unwrap_or(0);
    let (first, length) = if start > bars - start { (0, start) } else { (start, bars - start) };
    (first, if length > 4 && length % 4 == 1 { length - 1 } else { length })
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
            charts: count("--charts", usize::MAX)?,
            takes: count("--takes", 10)?,
            request,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intro_and_a_tag_are_no_chorus() {
        for (starts, bars, chorus) in [
            (&[0, 32, 64][..], 98, (0, 32)),
            (&[8, 20], 21, (8, 12)),
            (&[0, 1, 33, 65], 99, (1, 32)),
            (&[0, 24, 36, 48], 60, (24, 12)),
            (&[0, 30, 62], 64, (30, 32)),
            (&[1], 34, (1, 32)),
            (&[2], 37, (2, 35)),
            (&[8], 9, (0, 8)),
            (&[0], 13, (0, 12)),
            (&[], 18, (0, 18)),
            (&[0, 40], 32, (0, 32)),
        ] {
            assert_eq!(whole_chorus(starts, bars), chorus, "{starts:?} of {bars}");
        }
    }

    #[test]
    fn the_first_chorus_is_cut_out() {
        let sheet: Sheet = "G7 | Cm7 | F7 | Cm7 | F7".parse().unwrap();
        let credits = Credits { choruses: vec![1, 3], ..Credits::default() };
        let piece = Piece { id: String::new(), sheet: sheet.clone(), solo: None, credits };
        let chorus = first_chorus(&piece);
        assert_eq!(chorus.bars().len(), 2);
        assert_eq!(chorus.chords()[0].1, sheet.excerpt(Bars::new(2, 2).unwrap()).unwrap().chords()[0].1);
    }
}
