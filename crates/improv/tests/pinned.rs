//! The model that ships plays what it played: the notes of some seeds, as a digest.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use sideman_improv::Improvisation;
use sideman_improv::line::{Constraints, Controls, Fixed, Infill, LinePlayer, PlayerOptions, shipped};
use sideman_music::{Instrument, Sheet};

const CHARTS: [&str; 3] = [
    "key: F\ntempo: 140\nF7 | Bb7 | F7 | Cm7 / F7 / | Bb7 | Bdim7 | F7 | D7b9 | Gm7 | C7 | F7 / D7 / | Gm7 / C7 /",
    "meter: 3/4\nstyle: waltz\nDm7 | G7 | Cmaj7 | A7 | Dm7 | G7 | Em7b5 | A7alt",
    "style: SWING\nN.C. | Cm7 | F13 | Bbmaj7#11 | 5/4 Ebmaj7 | 4/4 Am7b5/Eb / D7#9 / | Gm6 | %",
];

/// Of each chart: a plain solo, one with wishes, one over a given rhythm, one that fills bars of the first.
const DIGESTS: [[u64; 4]; 3] = [
    [0x41688ac72d8c2b00, 0xac7d48a2588688e0, 0x7f85d43c85205e46, 0x6157b2ef4a83742e],
    [0xeacbe0e10bad65f3, 0x5c550c952563fbe5, 0xd7d1cfa832b3f2f9, 0xc6c7ae8c019560e1],
    [0xbf7d3c0d72755e65, 0x1475027f3a6900c6, 0x6ffef67b954140a0, 0xd64c768810089fc2],
];

fn digest(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
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
    let found = CHARTS.map(|chart| {
        let solos = solos(&player, &chart.parse().unwrap());
        solos.iter().map(|played| digest(&format!("{:?}", played.solo))).collect::<Vec<_>>()
    });
    assert_eq!(found, DIGESTS, "{found:#018x?}");
}
