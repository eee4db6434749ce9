use super::*;

fn chord(text: &str) -> Chord {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_chord_is_read_back() {
    let qualities: Vec<Quality> = Quality::all().collect();
    assert!(qualities.len() > 3000);
    for quality in qualities {
        assert_eq!(quality.to_string().parse(), Ok(quality));
        for fifths in -9..=11 {
            let root = NoteName::at_fifths(fifths).unwrap();
            let bass = NoteName::at_fifths(fifths - 3);
            for bass in [None, bass] {
                let chord = Chord { root, quality, bass };
                assert_eq!(chord.to_string().parse(), Ok(chord), "{chord}");
            }
        }
    }
}

#[test]
fn aliases_mean_one_chord() {
    let same = [
        "Cmaj7 CΔ CΔ7 CM7 Cma7 CMa7 Cj7 C^7 C^ Cmajor7 C(maj7)",
        "Cm7 C-7 C−7 Cmi7 Cmin7",
        "Cm7b5 Ch Ch7 Cø Cø7 C-7b5 C−7♭5 Cm7(b5) Cmin7b5",
        "Cdim7 Co7 C°7",
        "Cdim Co C°",
        "Caug C+ C(#5)",
        "Csus4 Csus",
        "C7sus4 C7sus Csus7",
        "C7alt Calt C7b9#9#11b13",
        "C7b9 C79b C7-9 C7(b9) C7♭9",
        "C7#9 C79# C7+9 C7♯9",
        "C7#5 C+7 C7+ Caug7",
        "C7b5 C7-5 C7(♭5)",
        "C13sus4 Csus7913 C13sus",
        "Cmmaj7 C-j7 C-^7 CmM7 Cm(maj7) C-Δ7 C-Δ",
        "C69 C6/9 C6(9)",
        "Cm6 C-6 Cmin6",
        "Cm69 C-69",
        "C9 C79",
        "C13 C7913",
        "C7b9b13 C79b13b",
        "C9#11 C7911#",
        "C7#9#11 C79#11#",
        "Cmaj9#11 Cj7911# C^9#11",
        "Cm11 C-7911",
        "C9#5 C+79",
        "C69#11 C6911#",
        "Cadd9 C2 C(add9) C/9 C(9)",
        "Cmaj7 C7M C7Maj C7maj C7Δ",
        "Cmaj9 C7M(9) C9M C7M/9 CM7(9) CM(9) Cmaj(9)",
        "Cmaj7#11 C7M(#11) C7M/#11",
        "Cmmaj7 Cm7M Cm(7M) C-7M Cmin/maj7 Cm/M7 CMI(MA7)",
        "Cm7 CMI7 CMi7 CMIN7 CMin7 Cmin.7 Cm(7)",
        "Cm7b5 CMI7(b5) CMi7b5",
        "C9 C7/9 C7(9)",
        "C7add13 C7/13 C7(13) C7/6",
        "C13 C7/9/13 C7(9,13) C7(9)(13) C9/13",
        "C9b13 C7(9,b13) C7/9/b13 C7(9)(b13)",
        "C7b9b13 C7(b9,b13) C7(b9/b13) C7/b9/b13",
        "Cm7add11 Cm7/11 Cm7(11)",
        "Cm6 Cm(6) Cm/6",
        "C7alt C7alt. C7(alt.) C7(alt) Calt.",
        "C7/G C7/g",
        "C9/G C7/9/G C7(9)/G",
        "C9sus4 C7sus4(9) Csus(4)7/9",
        "C/Bb C/B♭",
        "Bbm7/Eb B♭-7/E♭",
    ];
    for line in same {
        let chords: Vec<Chord> = line.split(' ').map(chord).collect();
        assert!(chords.windows(2).all(|w| w[0] == w[1]), "{line}: {chords:?}");
        assert_eq!(chords[0].to_string(), line.split(' ').next().unwrap());
    }
}

#[test]
fn the_figures_of_a_corpus_mean_what_it_says() {
    let tensions = |text: &str| chord(text).quality.tensions();
    assert_eq!(tensions("C79b13"), [Tension::FlatNine, Tension::Thirteen].into_iter().collect());
    assert_eq!(tensions("C79#13"), [Tension::SharpNine, Tension::Thirteen].into_iter().collect());
    assert_eq!(tensions("C7911"), [Tension::Nine, Tension::Eleven].into_iter().collect());
    assert_eq!(tensions("C-79b"), [Tension::FlatNine].into_iter().collect());
    assert_eq!(chord("C+j7/G").to_string(), "Cmaj7#5/G");
    assert_eq!(chord("Cj79#"), chord("Cmaj7#9"));
}

#[test]
fn nonsense_is_refused() {
    for text in [
        "",
        "H7",
        "c",
        "C7x",
        "Cpetrushka",
        "C77b",
        "C/",
        "C/H",
        "Cb#",
        "C+++",
        "C15",
        "7",
        "/E",
        "Cm7b5b5b5b55",
        "C7/x",
        "C7/",
        "Cm7/9x",
        "Fine",
        "D.C.",
        "D.S.",
        "Chorus",
        "End",
    ] {
        assert!(text.parse::<Chord>().is_err(), "{text}");
    }
}

#[test]
fn tones_and_colours_are_disjoint_and_spelled() {
    for quality in Quality::all() {
        for class in PitchClass::all() {
            let chord = Chord { root: NoteName::flat(class), quality, bass: None };
            assert!(chord.colours().iter().all(|c| !chord.tones().contains(c)));
            assert!(chord.tones().contains(class));
            assert!(PitchClass::all().all(|c| chord.spell(c).class() == c));
            assert_eq!(chord.transposed(5).transposed(7).tones(), chord.tones());
        }
    }
}

#[test]
fn spelling_follows_the_chord() {
    let spelled = |symbol: &str, class: i32| chord(symbol).spell(PitchClass::new(class)).to_string();
    assert_eq!(spelled("Gm7", 10), "Bb");
    assert_eq!(spelled("D7", 6), "F#");
    assert_eq!(spelled("C7#9", 3), "D#");
    assert_eq!(spelled("Cm7", 3), "Eb");
    assert_eq!(spelled("F#m7b5", 0), "C");
    assert_eq!(spelled("Eaug", 0), "C");
    assert_eq!(spelled("Caug", 8), "G#");
    assert_eq!(spelled("C7", 8), "Ab");
}

#[test]
fn guide_tones_tell_the_quality() {
    let guides = |symbol: &str| chord(symbol).guide_tones().iter().map(PitchClass::index).collect::<Vec<_>>();
    assert_eq!(guides("G7"), [5, 11]);
    assert_eq!(guides("C6"), [4, 9]);
    assert_eq!(guides("Csus4"), [5]);
}

#[test]
fn a_symbol_that_is_not_known_keeps_root_triad_and_bass() {
    let nearest = |text: &str| Chord::nearest(text).map(|chord| chord.to_string());
    for (text, chord) in [
        ("C7omit3", "C7"),
        ("Dm(b9)xyz", "Dmb9"),
        ("F#m7petrushka/E", "F#m7/E"),
        ("Bbdimwit", "Bbdim"),
        ("Ab\\Bb", "Ab/Bb"),
        ("D7\\Gm7", "D7/G"),
        ("C\\C", "C"),
        ("E♭7♮9", "Eb7"),
    ] {
        assert_eq!(nearest(text).as_deref(), Some(chord), "{text}");
    }
    assert_eq!([nearest("H7"), nearest("petrushka"), nearest("")], [None, None, None]);
    assert_eq!(nearest(&format!("C{}", "é".repeat(100_000))).as_deref(), Some("C"));
}
