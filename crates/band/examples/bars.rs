//! Prints what the band plays, bar by bar: `cargo run -p sideman-band --example bars -- STYLE SEED "CHART"`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "it is an example that prints")]

use sideman_band::{BandOptions, Style, arrange};
use sideman_music::{Duration, Instrument, Player, Sheet, Solo};

fn main() {
    let mut words = std::env::args().skip(1);
    let style = words.next().map(|name| Style::named(&name).unwrap());
    let seed = words.next().map_or(1, |n| n.parse().unwrap());
    let chart = words
        .next()
        .unwrap_or("F7 | Bb7 | F7 | Cm7 F7 | Bb7 | % | F7 | D7 | Gm7 | C7 | F7 D7 | Gm7 C7".into());
    let sheet: Sheet = chart.parse().unwrap();
    let solo = Solo::new(Instrument::TenorSax, vec![]).unwrap();
    let score = arrange(&sheet, &solo, &BandOptions { style, ..BandOptions::default() }, seed);
    for (i, bar) in score.sheet.bars().iter().enumerate() {
        let (start, end) = (score.sheet.bar_start(i), score.sheet.bar_start(i + 1));
        let chords: Vec<_> =
            bar.changes().iter().map(|c| c.chord.map_or("N.C.".into(), |c| c.to_string())).collect();
        println!("{:3} {} {}", i + 1, bar.section().unwrap_or(""), chords.join(" "));
        for part in &score.parts {
            let notes = part.notes.iter().filter(|n| n.onset >= start && n.onset < end);
            let text: Vec<String> = notes
                .map(|n| {
                    let beat = n.onset - start + Duration::QUARTER;
                    let names = n.pitches.as_slice().iter().rev().map(|p| match part.player {
                        Player::Drums => p.number().to_string(),
                        Player::Instrument(_) => p.to_string(),
                    });
                    format!("{beat}:{}({})", names.collect::<Vec<_>>().join("."), n.velocity.unwrap_or(0))
                })
                .collect();
            println!("      {:8} {}", part.player.name(), text.join(" "));
        }
    }
}
