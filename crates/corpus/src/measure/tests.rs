use sideman_music::{Duration, Instrument, Note, Pitch, Solo, Time};

use super::mgeval::overlap_area;
use super::*;

/// Twelve notes over four bars (a change a bar, the last bar repeats its chord), each a quarter long but the
/// E of the third bar, which is a half:
///
/// ```text
/// Dm7: D F A C | G7: B F# G C | Cmaj7: E . F - | Cmaj7: - E C -
/// ```
fn four_bars() -> (Sheet, Solo) {
    let pitches = [62, 65, 69, 72, 71, 66, 67, 72, 76, 77, 64, 60];
    let onsets = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 14];
    let note = |(at, pitch): (i64, u8)| {
        let length = Duration::QUARTER * if at == 8 { 2 } else { 1 };
        Note::new(Time::ZERO + Duration::QUARTER * at, length, Pitch::midi(pitch))
    };
    let notes = onsets.into_iter().zip(pitches).map(note).collect();
    ("Dm7 | G7 | Cmaj7 | %".parse().unwrap(), Solo::new(Instrument::TenorSax, notes).unwrap())
}

#[test]
fn four_bars_by_hand() {
    let (sheet, solo) = four_bars();
    let h4 = (5.0 * 12_f64.log2() + 2.0 * 2.0 * 6_f64.log2() + 3.0 * 4_f64.log2()) / 12.0;
    let by_hand = [
        (Measure::H1, (2.0 + 2.0 + 1.0 + 1.0) / 4.0),
        (Measure::H4, h4),
        (Measure::GroovingSimilarity, 1.0 - 5.0 * 2.0 / 6.0 / 64.0),
        (Measure::PitchCount, 11.0),
        (Measure::NoteCount, 12.0),
        (Measure::NotesPerBar, 3.0),
        (Measure::PitchRange, 17.0),
        (Measure::MeanInterval, 4.0),
        (Measure::MeanIoi, 14.0 / 11.0),
        (Measure::ChordTones, 9.0 / 12.0),
        (Measure::ScaleTones, 11.0 / 12.0),
        (Measure::ScaleTonesAsNamed, 1.0),
        (Measure::ApproachTones, 1.0 / 12.0),
        (Measure::AvoidNotes, 2.0 / 12.0),
        (Measure::StrongChordTones, 6.0 / 7.0),
        (Measure::GuideTones, 2.0 / 3.0),
        (Measure::PhraseNotes, 6.0),
        (Measure::PhraseLength, 6.5),
        (Measure::RestLength, 2.0),
        (Measure::RestShare, 2.0 / 15.0),
    ];
    assert_eq!(by_hand.map(|(measure, _)| measure), Measure::ALL);
    let measured = SoloMeasures::new(&sheet, &solo);
    for (measure, value) in by_hand {
        let got = measured.get(measure).unwrap();
        assert!((got - value).abs() < 1e-12, "{measure:?}: {got}, by hand {value}");
    }
}

#[test]
fn features_by_hand() {
    let (sheet, solo) = four_bars();
    let measured = SoloMeasures::new(&sheet, &solo);
    assert_eq!(measured.feature(MgevalFeature::PitchCount), [11.0]);
    assert_eq!(measured.feature(MgevalFeature::MeanIoi), [14.0 / 11.0]);
    let twelfths = [3, 0, 1, 0, 2, 2, 1, 1, 0, 1, 0, 1].map(|n| f64::from(n) / 12.0);
    assert_eq!(measured.feature(MgevalFeature::PitchClasses), twelfths);
    let steps = measured.feature(MgevalFeature::PitchClassTransitions);
    assert_eq!((steps[2 * 12 + 5], steps[4 * 12], steps[5 * 12 + 2]), (1.0 / 11.0, 1.0 / 11.0, 0.0));
    let lengths = measured.feature(MgevalFeature::NoteLengths);
    assert_eq!((lengths[1], lengths[2]), (1.0 / 12.0, 11.0 / 12.0));
    let steps = measured.feature(MgevalFeature::NoteLengthTransitions);
    assert_eq!((steps[2 * 12 + 1], steps[12 + 2], steps[2 * 12 + 2]), (1.0 / 11.0, 1.0 / 11.0, 9.0 / 11.0));
}

#[test]
fn a_flat_over_d_flat_is_a_scale_tone_but_not_as_mingus_names_it() {
    let sheet: Sheet = "Dbmaj7".parse().unwrap();
    let note = Note::new(Time::ZERO, Duration::QUARTER, Pitch::midi(68));
    let solo = Solo::new(Instrument::TenorSax, vec![note]).unwrap();
    assert_eq!(Measure::ScaleTones.of(&sheet, &solo), Some(1.0));
    assert_eq!(Measure::ScaleTonesAsNamed.of(&sheet, &solo), Some(0.0));
}

#[test]
fn what_is_not_there_is_not_measured() {
    let sheet: Sheet = "N.C. | %".parse().unwrap();
    let solo = |notes| Solo::new(Instrument::TenorSax, notes).unwrap();
    let empty = SoloMeasures::new(&sheet, &solo(vec![]));
    assert!(Measure::ALL.iter().all(|&m| empty.get(m).is_none()));
    let one =
        SoloMeasures::new(&sheet, &solo(vec![Note::new(Time::ZERO, Duration::QUARTER, Pitch::midi(60))]));
    let known: Vec<Measure> = Measure::ALL.into_iter().filter(|&m| one.get(m).is_some()).collect();
    use Measure::*;
    assert_eq!(
        known,
        [
            H1,
            H4,
            GroovingSimilarity,
            PitchCount,
            NoteCount,
            NotesPerBar,
            PitchRange,
            PhraseNotes,
            PhraseLength,
            RestShare
        ]
    );
}

#[test]
fn densities_overlap_as_integrated_by_hand() {
    let (a, b) = ([0.0, 1.0, 2.0, 4.0], [1.0, 3.0, 3.0, 5.0, 6.0]);
    let area = overlap_area(&a, &b).unwrap();
    assert!((area - 0.668175).abs() < 1e-3, "{area}");
    assert!((overlap_area(&b, &a).unwrap() - area).abs() < 1e-12);
    assert!((overlap_area(&a, &a).unwrap() - 1.0).abs() < 1e-12);
    assert!(overlap_area(&a, &[1000.0, 1001.0]).unwrap() < 1e-6);
    assert!((overlap_area(&[0.5], &[0.5]).unwrap() - 1.0).abs() < 1e-12);
    assert_eq!(overlap_area(&a, &[]), None);
}

#[test]
fn a_set_stands_beside_a_reference() {
    let (sheet, solo) = four_bars();
    let up = |by: i32| SoloMeasures::new(&sheet, &solo.transposed(by).unwrap());
    let reference: Vec<SoloMeasures> = (0..12).map(up).collect();
    let report = MeasureReport::new(&reference, &reference);
    let notes = report.rows.iter().find(|r| r.measure == Measure::NoteCount).unwrap();
    let beside = notes.beside.unwrap();
    assert_eq!((notes.mean, beside.band, beside.inside, beside.distance), (12.0, (12.0, 12.0), 1.0, None));
    let tones = report.rows.iter().find(|r| r.measure == Measure::ChordTones).unwrap();
    assert_eq!(tones.beside.unwrap().distance, Some(0.0));
    assert!(tones.beside.unwrap().inside < 1.0, "the best and the worst fit lie outside");
    assert_eq!(report.inside(), (20, 20));
    let alone = MeasureReport::new(&reference, &[]);
    assert!(alone.reference.is_none() && alone.overlaps.is_empty() && alone.inside() == (0, 0));
    assert_eq!(report.to_string().lines().count(), 1 + 20 + 9 + 1);
}
