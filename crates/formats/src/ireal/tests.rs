use super::*;
use proptest::prelude::*;
use sideman_music::{Bar, Change, Chord, Meter, NoteName, Quality};

/// The chords of a song in the plain format, bars apart.
fn bars(music: &str) -> String {
    let tune = read(format!("irealbook://Title=Some Body=Swing=A-=n={music}").as_bytes()).unwrap().remove(0);
    let name = |c: &Change| c.chord.map_or("NC".into(), |c| c.to_string());
    let bar = |b: &Bar| b.changes().iter().map(name).collect::<Vec<_>>().join(" ");
    tune.sheet.bars().iter().map(bar).collect::<Vec<_>>().join("|")
}

#[test]
fn the_form_is_written_out() {
    assert_eq!(bars("[T44C   |F   |G   Z"), "C|F|G");
    assert_eq!(bars("{C   |F   } [G   Z"), "C|F|C|F|G");
    assert_eq!(bars("{*AC   |N1F   } |N2G   ][*BA   Z"), "C|F|C|G|A");
    assert_eq!(bars("{C   <3x>|F   }G   Z"), "C|F|C|F|C|F|G");
    assert_eq!(bars("{*AC |N1D }N2E ] [*BF |<D.C. al 2nd End.>G Z"), "C|D|C|E|F|G|C|E");
    assert_eq!(bars("[C |SF |G Q|A <D.S. al Coda>Z [QB Z"), "C|F|G|A|F|G|B");
    assert_eq!(bars("[C |QF |G<D.C. al Coda>] [QB Z"), "C|F|G|C|B");
    assert_eq!(bars("[C |F<Fine> |G Z<D.C. al Fine>"), "C|F|G|C|F");
    assert_eq!(bars("[C | x |F |G | r|    Z"), "C|C|F|G|F|G");
    assert_eq!(bars("[C |F | r|G Z"), "C|F|C|F|G");
    let page = "{*AT44G- G-/F |Ch7, F7(Ab7) |Bb^7 sEh,A7,|Y|lG-7 |N1G-/F sEh,A7}            Y|N2sG-,C-,lG- ][*BC-7 F7 |Bb^7 n ||C-7 |A7,p,p,p,Z";
    let expected = "Gm Gm/F|Cm7b5 F7|Bbmaj7 Em7b5 A7|Gm7|Gm/F Em7b5 A7|Gm Gm/F|Cm7b5 F7|Bbmaj7 Em7b5 A7|Gm7|\
        Gm Cm Gm|Cm7 F7|Bbmaj7 NC|Cm7|A7";
    assert_eq!(bars(page), expected);
}

#[test]
fn cells_are_not_beats() {
    let starts = |music: &str| {
        let tune = read(format!("irealbook://T=C=S=C=n={music}").as_bytes()).unwrap().remove(0);
        let half = tune.sheet.bars()[0].meter().beat() / 2;
        tune.sheet.bars()[0].changes().iter().map(|c| c.at.in_units_of(half)).collect::<Vec<_>>()
    };
    // In halves of a beat.
    assert_eq!(starts("[T44C,F,Z"), [0, 4]);
    assert_eq!(starts("[T44C,F,G,A,Z"), [0, 2, 4, 6]);
    assert_eq!(starts("[T44C F Z"), [0, 4]);
    assert_eq!(starts("[T44C   F   Z"), [0, 4]);
    assert_eq!(starts("[T44C p p F Z"), [0, 6]);
    assert_eq!(starts("[T44p C  Z"), [4]);
    assert_eq!(starts("[T34C F  Z"), [0, 4]);
    assert_eq!(starts("[T12C F G A Z"), [0, 6, 12, 18]);
    assert_eq!(starts("[T44C D E F G A B C Z"), [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn symbols_are_read() {
    assert_eq!(
        bars("[n |C-7,W/Bb, |sC^7,lG7sus,|C7b9(D7)  |Ch7/Gb,p|C*m7add4*  |YfUAo7Z"),
        "NC|Cm7 Cm7/Bb|Cmaj7 G7sus4|C7b9|Cm7b5/Gb|Cm7add11|Adim7"
    );
    for quality in write::QUALITIES {
        assert!(quality.parse::<Quality>().is_ok(), "{quality}");
    }
}

#[test]
fn alternatives_are_kept_and_written_back() {
    let tune =
        read(b"irealbook://T=C=S=F=n=[T44G-7,C7(Gb7),|F6(A-7b5)(sD7) |x |(Db7/F)C7 pZ").unwrap().remove(0);
    assert_eq!(tune.warnings.len(), 0);
    let expected = "Gm7 C7 (Gb7) | F6 (Am7b5) (D7) | % | C7 (Db7/F)";
    let expected: Sheet = expected.parse().unwrap();
    assert_eq!(tune.sheet.bars(), expected.bars());
    assert_eq!(read(write(&tune.sheet).value.as_bytes()).unwrap()[0].sheet.bars(), expected.bars());
    let told = read(b"irealbook://T=C=S=F=n=[T44C7(wrong) |F6   Z").unwrap().remove(0).warnings;
    assert_eq!(told, ["bar 1 on the page: the alternative (wrong) is left out"]);
}

#[test]
fn a_song_stands_in_the_key_of_its_player() {
    let song = |key: &str, set: &str| {
        let link = format!(
            "irealb://Walk, A=Roe Mary==Swing={key}={set}=1r34LbKcu7[T44D-7 G7|C^7   |E7b9/G#   Z==90=0"
        );
        let sheet = read(link.as_bytes()).unwrap().remove(0).sheet;
        let chords: Vec<String> =
            sheet.chords().iter().map(|(_, chord)| chord.unwrap().to_string()).collect();
        format!("{}, {}, {}: {}", sheet.title(), sheet.composer(), sheet.key().unwrap(), chords.join(" "))
    };
    assert_eq!(song("C", ""), "A Walk, Mary Roe, C major: Dm7 G7 Cmaj7 E7b9/G#");
    assert_eq!(song("C", "0"), "A Walk, Mary Roe, C major: Dm7 G7 Cmaj7 E7b9/G#");
    assert_eq!(song("C", "10"), "A Walk, Mary Roe, Bb major: Cm7 F7 Bbmaj7 D7b9/F#");
    assert_eq!(song("A-", "0"), "A Walk, Mary Roe, A minor: Dm7 G7 Cmaj7 E7b9/G#");
    assert_eq!(song("A-", "3"), "A Walk, Mary Roe, C minor: Fm7 Bb7 Ebmaj7 G7b9/B");
    assert_eq!(song("C", "12"), song("C", ""));
}

#[test]
fn links_are_found_in_pages() {
    let sheet: Sheet = "title: It's One & Two\ncomposer: B. Nobody\nstyle: Bossa\nkey: F#m\nmeter: 4/4\ntempo: 140\n[A] F#m7 B7 | % | % | % | C#m7b5 | % | F#7b9 | % |".parse().unwrap();
    let link = write(&sheet).value;
    let encoded = link.strip_prefix("irealb://").unwrap();
    let page = format!(
        "<p>Say irealb here</p><a href=\"irealb://{encoded}%3D%3D%3D{encoded}===A List\">x</a>\n<a href='irealbook://A=B=Swing=C=n=C | F ='>"
    );
    let tunes = read(page.as_bytes()).unwrap();
    assert_eq!(tunes.len(), 3);
    assert_eq!((&tunes[0].sheet, &tunes[1].sheet), (&sheet, &sheet));
    assert_eq!(tunes[2].sheet.title(), "A");
}

#[test]
fn scrambling_swaps_within_blocks_of_fifty() {
    let text: String = (0..102).map(|i| char::from(b'0' + i)).collect();
    let swapped = link::swapped(&text);
    let (was, is): (Vec<char>, Vec<char>) = (text.chars().collect(), swapped.chars().collect());
    assert_eq!(
        (is[0], is[49], is[5], is[10], is[39], is[24]),
        (was[49], was[0], was[5], was[39], was[10], was[24])
    );
    assert_eq!((is[23], is[26], is[25]), (was[26], was[23], was[25]));
    assert_eq!((is[50], is[100], is[101]), (was[99], was[100], was[101]));
    assert_eq!(link::swapped(&text[..51]), text[..51]);
    assert_eq!(link::swapped(&swapped), text);
}

#[test]
fn damage_is_told() {
    assert!(matches!(read(b"Dm7 | G7"), Err(Error::NotThisFormat(_))));
    assert!(matches!(read(b"irealb://nothing"), Err(Error::NotThisFormat(_))));
    let error = read(b"irealbook://A=B=C=D=n=[]").unwrap_err().to_string();
    assert!(error.starts_with("chart: chart length \"0 bars\""), "{error}");
    let list = b"irealbook://A=B=C=D=n=[]=E=F=G=C=n=[C7b9wrong |x Z";
    let tune = read(list).unwrap().remove(0);
    assert_eq!(tune.warnings[0], "bar 1 on the page: 'w' is not known");
    assert!(tune.warnings.last().unwrap().words.starts_with("song 1 (A) is left out: chart: chart length"));
}

#[test]
fn a_short_link_with_a_long_form_is_bounded() {
    let music = "{C<64x>|".repeat(3000) + &"}".repeat(3000);
    let _ = read(format!("irealbook://A=B=C=D=n={music}").as_bytes());
    let music = "{C}".repeat(30_000);
    assert!(read(format!("irealbook://A=B=C=D=n={music}").as_bytes()).is_err());
}

fn any_bar() -> impl Strategy<Value = Bar> {
    let chord =
        proptest::option::of((-5i32..=6, 0usize..3000, proptest::option::of(-5i32..=6))).prop_map(|chord| {
            let name = |f| NoteName::at_fifths(f).unwrap();
            chord.map(|(root, quality, bass)| {
                let quality = Quality::all().nth(quality).unwrap();
                Chord { root: name(root), quality, bass: bass.map(name).filter(|&b| b != name(root)) }
            })
        });
    let meter = proptest::sample::select(vec![(4u8, 4u8), (3, 4), (5, 4), (12, 8), (6, 8), (7, 4)]);
    let section = proptest::option::of(proptest::sample::select(vec!["A", "B", "C", "D", "V", "Intro"]));
    let changes = proptest::collection::vec((0i64..12, chord), 0..5);
    (meter, changes, section).prop_map(|((beats, unit), changes, section)| {
        let meter = Meter::new(beats, unit).unwrap();
        let change = |(beat, chord)| Change { at: meter.beat() * beat, chord };
        let bar = Bar::new(meter, changes.into_iter().map(change).collect());
        section.map_or(bar.clone(), |label| bar.with_section(label))
    })
}

proptest! {
    #[test]
    fn what_the_format_carries_is_read_back(bars in proptest::collection::vec(any_bar(), 1..12), title in "[A-Za-z' é&<>%]{1,12}", bpm in 1u16..400) {
        let key = "Eb minor".parse().ok();
        let sheet = Sheet::new(bars).unwrap().with_title(&format!("x{title}")).with_composer("A B").with_style("Swing");
        let sheet = sheet.with_key(key).with_tempo(Some(Tempo::bpm(bpm)));
        let written = write(&sheet);
        prop_assert!(written.warnings.iter().all(|w| w.words.ends_with("free text")), "{:?}", written.warnings);
        prop_assert_eq!(&read(written.value.as_bytes()).unwrap()[0].sheet, &sheet);
    }

    #[test]
    fn any_music_is_read_or_refused(music in "[A-GTNSQZWx4 1r2<>(){}\\[\\]|*,/^h7bpné-]{0,80}") {
        let _ = read(format!("irealbook://A=B=C=D=n={music}").as_bytes());
        let _ = read(format!("irealb://A=B==C=D==1r34LbKcu7{music}==0=0").as_bytes());
    }
}

#[test]
fn words_and_signs_stand_where_players_look_for_them() {
    // The words of the jump stand a bar early.
    assert_eq!(
        bars("{*AA-7 |N1B7 }|N2E7 |<Fine>A-6 ][*BD-7 |C7 <D.C. al 2nd ending>|E7 ]"),
        "Am7|B7|Am7|E7|Am6|Dm7|C7|E7|Am7|E7|Am6"
    );
    assert_eq!(
        bars("{*AEb |N1Bb7 Q }|N2Eb6 ][*BAb |Bb7 <D.C. al Coda>]YQ|Ab-6 |Eb Z"),
        "Eb|Bb7|Eb|Eb6|Ab|Bb7|Eb|Bb7|Abm6|Eb"
    );
    assert_eq!(bars("{*AD-7 |N1G7 }{*BN2C7 |F6 }[*CBb Z"), "Dm7|G7|Dm7|C7|F6|C7|F6|Bb");
    assert_eq!(bars("[*AD |A7 ][*BD6 |A7 Z   Y[QG-6 |D Z"), "D|A7|D6|A7");
    assert_eq!(
        bars("{*AF |N1C7 }|N2F7 ][*BBb |<D.C. al 3rd End.>C7 ]|N3A7 ][*DD7 |G7 Z"),
        "F|C7|F|F7|Bb|C7|F|A7|D7|G7"
    );
}

#[test]
fn a_chord_beside_the_sign_of_repetition_is_kept() {
    assert_eq!(bars("[T44G |x  D7 |x |G Z"), "G|G D7|G D7|G");
    assert_eq!(bars("[T44G |x   D7   |x |G Z"), "G|G|D7|D7|G");
    assert_eq!(bars("[T44G   x   |D7   Z"), "G|G|D7");
    let tune = read(b"irealbook://T=C=S=C=n=[T44G |x  D7 |x Z").unwrap().remove(0);
    assert_eq!(tune.warnings, ["bar 2 on the page: a chord stands beside the sign of repetition"]);
}

#[test]
fn a_section_shows_its_first_chord() {
    let tune = read(b"irealbook://T=C=S=C=n=[*AT44F |C7 ][*BC7 |F Z").unwrap().remove(0);
    assert!(tune.sheet.to_string().contains("[B] C7 | F |"), "{}", tune.sheet);
}

#[test]
fn what_stands_behind_the_fine_is_kept_apart() {
    let music = "{*AG |C <Fine> }[*BD7 |G <D.C. al Fine>]{S*AG-7 |C7 <Fine>}[*BD7 |G-7 <D.S. al Fine>]";
    let tune = read(format!("irealbook://Tune=C=S=C=n={music}").as_bytes()).unwrap().remove(0);
    assert_eq!((tune.sheet.bars().len(), tune.form.apart[0].bars().len()), (8, 8));
    assert_eq!(tune.form.apart[0].title(), "Tune: solos");
    assert_eq!(
        tune.warnings,
        ["bar 5 on the page: 4 measures from here, behind the Fine: no part of the form"]
    );
}

#[test]
fn songs_made_of_repeats_are_bounded_together() {
    let song = |n: usize| format!("T{n}=C=S=C=n={}{}", "{C <64x>}".repeat(300), "=".repeat(2));
    let list: String = (0..300).map(song).collect();
    let tunes = read(format!("irealbook://{list}").as_bytes()).unwrap();
    let count: usize = tunes.iter().map(|tune| tune.sheet.bars().len()).sum();
    assert!(count <= Sheet::MOST_BARS + list.len() / 4 + 20, "{count}");
    let last = tunes.last().unwrap().warnings.last().unwrap();
    assert!(last.words.contains("those behind it are left out"), "{last}");
}
