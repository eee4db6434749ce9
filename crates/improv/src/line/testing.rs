//! Pieces and a model of a few units for tests.

use sideman_corpus::originality::{Humans, Index};
use sideman_corpus::{Catalogue, Credits, Piece};
use sideman_lstm::{Dropout, Network};
use sideman_music::{Duration, Instrument, Note, Pitch, Sheet, Solo, Time};

use super::background::Background;
use super::model::LineModel;
use super::shape::shape_of;

/// Three tunes of eight bars, with the notes of a few motifs.
pub(super) fn pieces() -> Vec<Piece> {
    let charts = [
        "title: One\nkey: F\ntempo: 140\nstyle: SWING\nF7 | Bb7 | F7 | Cm7 / F7 / | Bb7 | Bdim7 | F7 | D7b9",
        "title: Two\nmeter: 3/4\nstyle: WALTZ\nDm7 | G7 | Cmaj7 | A7 | N.C. | G7 | Em7b5 | A7",
        "title: Three\nkey: Eb\ntempo: 220\nstyle: SWING\nEbmaj7 | Cm7 | Fm7 | Bb7 | Gm7 | C7 | Fm7 | Bb7",
    ];
    charts.iter().enumerate().map(|(i, chart)| piece(&chart.parse().unwrap(), i)).collect()
}

fn piece(sheet: &Sheet, i: usize) -> Piece {
    let instrument = [Instrument::TenorSax, Instrument::Trumpet, Instrument::Piano][i];
    let performer = ["Ann Alto", "Bo Bari", "Ann Alto"][i];
    let credits = Credits {
        id: format!("{i}"),
        performer: performer.into(),
        instrument: Some(instrument),
        choruses: vec![0, 4],
        ..Credits::default()
    };
    Piece { id: credits.id.clone(), sheet: sheet.clone(), solo: Some(solo(instrument, i as i64)), credits }
}

/// Eighth notes and triplets with rests between, loud and late in places.
fn solo(instrument: Instrument, i: i64) -> Solo {
    let note = |n: i64| {
        let onset = Time::after_start(Duration::quarters(6 + 4 * n + n / 5 + i, 8));
        Note {
            velocity: (n % 3 > 0).then_some(40 + 10 * (n % 7) as u8),
            delay: (n % 4 > 0).then(|| Duration::quarters(n % 5 - 1, 48)),
            ..Note::new(onset, Duration::quarters(3 - n % 2, 8), Pitch::midi((60 + (n * 5 + i) % 17) as u8))
        }
    };
    Solo::new(instrument, (0..40).map(note).collect()).unwrap()
}

/// A network of a few units that has learned nothing, with all it needs to play.
pub(super) fn model() -> LineModel {
    let pieces = pieces();
    let index = Index::new(&pieces);
    LineModel {
        network: Network::new(shape_of(vec![6], Dropout::default()), 5).unwrap(),
        background: Background::of(&Catalogue::of(&pieces), &pieces),
        humans: Humans::new(&index.borrowings_of_humans()),
        index,
        tilt: Default::default(),
        remarks: Default::default(),
    }
}
