use super::*;

#[test]
fn the_corpus_has_the_figures_of_jazz() {
    let report = Report::new(&corpus());
    println!("{report}");
    assert!(report.tunes >= 24 && report.choruses >= 200, "{report}");
    assert!(report.rhythms >= 60 && report.commonest_rhythm < 0.1, "{report}");
    assert!((0.10..=0.25).contains(&report.rests), "{report}");
    assert!((0.45..=0.60).contains(&report.chord_tones), "{report}");
    assert!((0.68..=0.78).contains(&report.scale_tones), "{report}");
    assert!((0.9 * 1.93..=1.1 * 1.93).contains(&report.h1), "{report}");
    assert!(report.phrases_ending_in_chord >= 0.95, "{report}");
}
