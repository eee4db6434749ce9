//! The model that ships plays what it played: the notes of some seeds, as a digest.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use sideman_corpus::{Credits, Piece};
use sideman_improv::line::{
    Constraints, Control, Controls, Fixed, Infill, LinePlayer, PlayerOptions, Surprise, shipped,
};
use sideman_improv::{Improvisation, fingerprint};
use sideman_music::{Instrument, Sheet, Solo};

const CHARTS: [&str; 3] = [
    "key: F\ntempo: 140\nF7 | Bb7 | F7 | Cm7 / F7 / | Bb7 | Bdim7 | F7 | D7b9 | Gm7 | C7 | F7 / D7 / | Gm7 / C7 /",
    "meter: 3/4\nstyle: waltz\nDm7 | G7 | Cmaj7 | A7 | Dm7 | G7 | Em7b5 | A7alt",
    "style: SWING\nN.C. | Cm7 | F13 | Bbmaj7#11 | 5/4 Ebmaj7 | 4/4 Am7b5/Eb / D7#9 / | Gm6 | %",
];

fn digest(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

fn piece(sheet: &Sheet, solo: &Solo) -> Piece {
    let credits = Credits { instrument: Some(solo.instrument()), ..Credits::default() };
    Piece { id: String::new(), sheet: sheet.clone(), solo: Some(solo.clone()), credits }
}

/// The notes of a plain solo, one with wishes, one over a given rhythm, and one that fills bars of the first.
fn solos(player: &LinePlayer, sheet: &Sheet) -> Vec<Improvisation> {
    let usual = PlayerOptions { candidates: 2, choruses: 1, ..PlayerOptions::default() };
    let plain = player.improvise(sheet, &usual, 1).unwrap();
    let controls = Controls { density: Some(80), laid_back: Some(60), ..Controls::default() };
    let wished = PlayerOptions {
        controls,
        like: Some("parker".into()),
        instrument: Instrument::AltoSax,
        ..usual.clone()
    };
    let with = |constraints| PlayerOptions { constraints, ..usual.clone() };
    let rhythm = Constraints { fixed: Some(Fixed::Rhythm(plain.solo.clone())), ..Constraints::default() };
    let open = vec![sheet.bar_start(2)..sheet.bar_start(5)];
    let infill =
        Constraints { infill: Some(Infill { melody: plain.solo.clone(), open }), ..Constraints::default() };
    let others = [(wished, 2), (with(rhythm), 3), (with(infill), 4)];
    let others = others.map(|(options, seed)| player.improvise(sheet, &options, seed).unwrap());
    [plain].into_iter().chain(others).collect()
}

#[test]
fn the_notes_of_the_model_that_ships_stay() {
    let player = LinePlayer::new(shipped().unwrap());
    let sheets: Vec<Sheet> = CHARTS.iter().map(|chart| chart.parse().unwrap()).collect();
    let solos: Vec<Improvisation> = sheets.iter().flat_map(|sheet| solos(&player, sheet)).collect();
    let notes: Vec<String> =
        solos.iter().map(|i| format!("{:x}", digest(&format!("{:?}", i.solo)))).collect();
    assert_eq!(notes.join(" "), "");
    let pieces: Vec<Piece> = solos.iter().map(|i| piece(&i.sheet, &i.solo)).collect();
    println!("{:x} {:?}", fingerprint(&pieces), Control::ALL);
    let likelihoods = player.model().likelihoods(&pieces.iter().collect::<Vec<_>>());
    let nats: f64 = likelihoods.iter().map(|l| l.rhythm + l.pitch + l.own_rhythm).sum();
    let surprises: Vec<Surprise> = pieces.iter().flat_map(|p| player.model().surprises(p)).collect();
    let surprise: f64 = surprises.iter().map(|s| s.rhythm + s.pitch).sum();
    println!("{nats} {surprise}");
    assert_eq!(format!("{nats:.2} {surprise:.2}"), "");
}
