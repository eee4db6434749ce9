//! What can be asked of the band, as a user types it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;

use common::{done, folder, refused, sideman};
use sideman_formats::midi;
use sideman_music::{Duration, Performance, Time, Track};

/// Four bars that the grammar improvises over, with these wishes for the band.
fn take(home: &Path, wishes: &[&str]) -> Performance {
    let ask =
        ["improvise", "key: C\nDm7 | G7 | Cmaj7 | A7", "--with", "grammar", "--sound", "none", "--quiet"];
    done(&sideman(home, &[&ask[..], wishes].concat()));
    midi::read(&fs::read(home.join("output/solo.mid")).unwrap()).unwrap().value
}

fn names(take: &Performance) -> Vec<&str> {
    take.tracks.iter().map(|track| track.name.as_str()).collect()
}

#[test]
fn those_play_who_are_asked_to() {
    let home = folder();
    let with = |wishes: &[&str]| take(home.path(), wishes);
    assert_eq!(names(&with(&[])), ["tenor sax", "piano", "bass", "drums"]);
    assert_eq!(names(&with(&["--band", "duo", "--chords", "guitar"])), ["tenor sax", "guitar", "bass"]);
    assert_eq!(names(&with(&["--band", "drums"])), ["tenor sax", "drums"]);
    assert_eq!(names(&with(&["--band", "none"])), ["tenor sax"]);
}

#[test]
fn the_band_plays_in_the_style_asked_for() {
    let home = folder();
    let kit = |take: &Performance| {
        take.tracks.iter().find(|track| track.channel == Track::DRUMS).and_then(Track::program)
    };
    assert_eq!(kit(&take(home.path(), &["--style", "swing"])), Some(0));
    let ballad = take(home.path(), &["--style", "Ballad"]);
    assert_eq!(kit(&ballad), Some(40), "brushes");
    let own = "name: mine\ntempo: 77 60-90\nfeel: straight\nmeter: 4/4\nkit: brushes\n\n[bass]\n1--- 5---\n\n[chords]\nx--- x---\n\n[time]\nride x--- x---\n";
    fs::write(home.path().join("mine.style"), own).unwrap();
    let played = sideman(
        home.path(),
        &["improvise", "C", "--with", "grammar", "--style", "mine.style", "--sound", "none"],
    );
    done(&played);
}

#[test]
fn swing_intro_and_count_in_are_heard() {
    let home = folder();
    let off_beats = |take: &Performance| {
        let ride = take.tracks.iter().find(|track| track.channel == Track::DRUMS).unwrap();
        let places = ride
            .notes()
            .filter(|note| note.2.number() == 51)
            .map(|note| note.0.since_start() % Duration::QUARTER);
        places.filter(|&at| at > Duration::quarters(3, 10) && at < Duration::quarters(9, 10)).max().unwrap()
    };
    let style = ["--style", "swing", "--tempo", "150"];
    let swung = |swing| take(home.path(), &[&style[..], &["--swing", swing]].concat());
    assert!(off_beats(&swung("straight")) < Duration::quarters(53, 100));
    assert!(off_beats(&swung("3:1")) > Duration::quarters(73, 100));
    let first = |take: &Performance| take.tracks[0].notes().next().unwrap().0;
    let (plain, introduced) = (take(home.path(), &[]), take(home.path(), &["--intro"]));
    assert_eq!(first(&introduced) - first(&plain), Duration::QUARTER * 16);
    let counted = take(home.path(), &["--count-in"]);
    let clicks = counted.tracks.iter().flat_map(Track::notes).filter(|note| note.2.number() == 37);
    assert_eq!(clicks.filter(|note| note.0 < Time::after_start(Duration::quarters(15, 2))).count(), 6);
}

#[test]
fn the_head_stands_before_and_after_in_the_key_of_the_chart() {
    let home = folder();
    let tune = "X:1\nT:Head\nM:4/4\nL:1/4\nK:D\n\"Em7\"e f g a|\"A7\"b a g f|\"Dmaj7\"d2 f2|\"B7\"^d4|\n";
    fs::write(home.path().join("head.abc"), tune).unwrap();
    let played = take(home.path(), &["--head", "head.abc", "--choruses", "1"]);
    let keys: Vec<u8> = played.tracks[0].notes().map(|note| note.2.number()).collect();
    let head = [74, 76, 77, 79, 81, 79, 77, 76, 72, 76, 73].map(|key| key - 12);
    let again = keys.len() - 12..keys.len() - 1;
    assert_eq!((&keys[..11], &keys[again]), (&head[..], &head[..]), "for the range of a tenor");
    assert_eq!(keys.last(), Some(&60), "the ending's");
    let bars = |bars: i64| Time::after_start(Duration::QUARTER * 4 * bars);
    assert!(
        played.end() > bars(12) && played.tracks[0].notes().any(|note| (bars(4)..bars(8)).contains(&note.0))
    );
}

#[test]
fn wishes_that_cannot_be_met_are_answered_with_what_can() {
    let home = folder();
    let ask =
        |wish: [&str; 2], code| refused(&sideman(home.path(), &["improvise", "C", wish[0], wish[1]]), code);
    for style in ["swing", "bossa", "even eighths", ".style"] {
        assert!(ask(["--style", "polka"], 2).contains(style));
    }
    assert!(ask(["--style", "no.style"], 1).contains("no.style"));
    assert!(ask(["--band", "quintet"], 2).contains("try trio, duo, drums or none"));
    assert!(ask(["--swing", "0.3"], 2).contains("2:1"));
    assert!(ask(["--chords", "trumpet"], 2).contains("guitar"));
    assert!(ask(["--trade", "4:bass"], 2).contains("4:drums"));
    let alone = ["improvise", "C", "--trade", "drums", "--band", "duo"];
    assert!(refused(&sideman(home.path(), &alone), 2).contains("--band trio"));
    assert!(ask(["--head", "missing.mid"], 1).contains("missing.mid"));
    fs::write(home.path().join("chart.txt"), "Dm7 | G7").unwrap();
    assert!(ask(["--head", "chart.txt"], 1).contains("no melody"));
    let help = done(&sideman(home.path(), &["improvise", "--help"]));
    assert!(
        ["The band", "The sound", "3:2", "bossa", "count"].iter().all(|word| help.contains(word)),
        "{help}"
    );
}
