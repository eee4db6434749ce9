use sideman_corpus::{Credits, Library, Piece, Side, Split};
use sideman_improv::line::{LineModel, LinePlayer, PlayerOptions};
use sideman_music::Bars;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let model = LineModel::from_bytes(&std::fs::read(&a[1]).unwrap()).unwrap();
    let pieces = Library::from_bytes(&std::fs::read("/tmp/w/p/wj.sideman").unwrap()).unwrap().pieces;
    let split =
        Split::listed(&pieces, &std::fs::read_to_string("/work/shared/data/wjazzd/split.json").unwrap())
            .unwrap();
    let v: Vec<&Piece> = split.pieces(&pieces, Side::Validation).collect();
    let player = LinePlayer::new(model);
    let (n, takes): (usize, u64) = (a[3].parse().unwrap(), a[4].parse().unwrap());
    let mut tunes: Vec<&Piece> = Vec::new();
    for p in v {
        if tunes.iter().all(|t| t.sheet.title() != p.sheet.title())
            && p.sheet.chords().iter().any(|(_, c)| c.is_some())
        {
            tunes.push(p);
        }
    }
    let start = std::time::Instant::now();
    let (mut out, mut bars) = (Vec::new(), 0);
    for (i, t) in tunes.iter().enumerate() {
        let all = t.sheet.bars().len();
        let starts: Vec<usize> = t.credits.choruses.iter().map(|&b| b as usize).chain([all]).collect();
        let (from, to) =
            starts.windows(2).map(|w| (w[0], w[1])).max_by_key(|(a, b)| b - a).unwrap_or((0, all));
        let sheet = t.sheet.excerpt(Bars::new(from + 1, to).unwrap()).unwrap();
        for k in 0..takes {
            let options = PlayerOptions {
                candidates: n,
                instrument: t.credits.instrument.unwrap_or(sideman_music::Instrument::TenorSax),
                ..PlayerOptions::default()
            };
            let Ok(take) = player.improvise(&sheet, &options, (i as u64) * 1000 + k) else { continue };
            bars += take.sheet.bars().len();
            let choruses = (0..options.choruses).map(|c| (c * sheet.bars().len()) as u32).collect();
            let id = format!("{}-{k}", t.id);
            let credits = Credits {
                id: id.clone(),
                instrument: Some(take.solo.instrument()),
                choruses,
                ..Credits::default()
            };
            out.push(Piece { id, sheet: take.sheet, solo: Some(take.solo), credits });
        }
    }
    println!("{} solos {bars} bars {:.1} s", out.len(), start.elapsed().as_secs_f64());
    std::fs::write(&a[2], Library { pieces: out, files: Vec::new() }.to_bytes()).unwrap();
}
