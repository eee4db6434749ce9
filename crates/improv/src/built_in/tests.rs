use std::collections::BTreeSet;

use super::*;

#[test]
fn the_corpus_has_the_figures_of_jazz() {
    let report = CorpusReport::new(&corpus());
    println!("{report}");
    assert!(report.tunes >= 24 && report.choruses >= 200, "{report}");
    assert!(report.rhythms >= 60 && report.commonest_rhythm < 0.1, "{report}");
    assert!((0.10..=0.25).contains(&report.rests), "{report}");
    assert!((0.45..=0.60).contains(&report.chord_tones), "{report}");
    assert!((0.68..=0.78).contains(&report.scale_tones), "{report}");
    assert!((0.9 * 1.93..=1.1 * 1.93).contains(&report.h1), "{report}");
    let [short, _, long] = report.phrase_lengths;
    assert!(short <= 3.0 && long >= 16.0 && report.phrases_ending_in_chord >= 0.98, "{report}");
}

#[test]
fn it_is_the_same_every_time() {
    assert_eq!(corpus(), corpus());
}

#[test]
fn every_piece_says_what_it_is_and_stays_in_its_chart() {
    let corpus = corpus();
    let ids: BTreeSet<&str> = corpus.iter().map(|piece| piece.id.as_str()).collect();
    let titles: BTreeSet<String> =
        charts().iter().map(|chart| sideman_corpus::title_key(chart.title())).collect();
    assert_eq!((ids.len(), titles.len()), (corpus.len(), charts().len()));
    for Piece { sheet, solo, credits, .. } in &corpus {
        assert!(sheet.key().is_some() && sheet.tempo().is_some() && !sheet.style().is_empty(), "{sheet}");
        assert_eq!((credits.performer.as_str(), credits.choruses.len()), ("sideman grammar", CHORUSES));
        let solo = solo.as_ref().unwrap();
        let range = solo.instrument().range();
        assert!(solo.notes().iter().all(|n| range.contains(&n.pitch()) && n.end() <= sheet.end()), "{sheet}");
    }
}

#[test]
fn tunes_of_every_family_are_there() {
    let styles: BTreeSet<String> = charts().iter().map(|chart| chart.style().to_owned()).collect();
    let expected = ["ballad", "blues", "bossa", "even eighths", "modal", "swing", "waltz"].map(str::to_owned);
    assert_eq!(styles, expected.into());
    let keys: BTreeSet<usize> =
        charts().iter().filter_map(|c| c.key()).map(|k| k.tonic().class().index()).collect();
    assert!(keys.len() >= 9, "{keys:?}");
}
