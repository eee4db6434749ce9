//! What notes are to the chords.

use sideman_corpus::role::{Role, shares};

use super::point::{Points, mean};
use super::shares::{Shares, pairs};
use crate::excerpt::{Excerpt, ExcerptNote};

const DEGREES: [&str; 12] = ["1", "b9", "9", "b3", "3", "11", "b5", "5", "b13", "13", "b7", "7"];

pub(super) fn describe(excerpt: &Excerpt<'_>, points: &mut Points) {
    let tones = &excerpt.tones;
    let roles: Vec<Option<Role>> = tones.iter().map(|t| t.role).collect();
    let found = shares(&roles);
    for role in Role::ALL {
        points.push(format!("role: {role}"), found.map(|shares| shares[role as usize]));
    }
    let known: Vec<usize> = roles.iter().flatten().map(|role| *role as usize).collect();
    pairs("roles:", &Role::ALL.map(Role::name), &known, points);
    for (where_, at) in PLACES {
        let here = || tones.iter().filter(move |t| at(t));
        let all = where_.is_empty();
        let degrees = here().filter_map(degree);
        Shares::new(&DEGREES, degrees).describe(&format!("degree{where_}"), points);
        if !all {
            points.share(
                &format!("chord tones{where_}"),
                here().filter(|t| t.chord.is_some()).map(is_chord_tone),
            );
        }
    }
    qualities(tones, points);
    other_keys(tones, points);
    anticipations(excerpt, points);
}

type Where = (&'static str, fn(&ExcerptNote) -> bool);

const PLACES: [Where; 4] = [
    ("", |_| true),
    (" on downbeats", |t| t.place == 0),
    (" on other beats", |t| t.place != 0 && t.place % t.beat == 0),
    (" off the beat", |t| t.place % t.beat != 0),
];

/// The telling degrees of dominant and minor chords.
fn qualities(tones: &[ExcerptNote], points: &mut Points) {
    let over = |dominant: bool| {
        tones.iter().filter(move |t| t.chord.is_some_and(|c| c.quality.is_dominant() == dominant))
    };
    Shares::new(&DEGREES, over(true).filter_map(degree)).describe("over dominants, degree", points);
    Shares::new(&DEGREES, over(false).filter_map(degree)).describe("over other chords, degree", points);
}

fn degree(tone: &ExcerptNote) -> Option<usize> {
    let root = tone.chord?.root.class();
    Some(root.up_to(sideman_music::PitchClass::new(tone.pitch)) as usize)
}

fn is_chord_tone(tone: &ExcerptNote) -> bool {
    tone.role == Some(Role::ChordTone)
}

/// How much better the line fits its chords than the same chords in other keys.
fn other_keys(tones: &[ExcerptNote], points: &mut Points) {
    let fit = |up: i32| {
        let hits = tones
            .iter()
            .filter_map(|t| Some(t.chord?.tones().contains(sideman_music::PitchClass::new(t.pitch + up))));
        mean(&hits.map(|hit| f64::from(u8::from(hit))).collect::<Vec<_>>())
    };
    let others: Vec<f64> = (1..12).filter_map(fit).collect();
    let best = others.iter().copied().reduce(f64::max);
    points.push(
        "chord tones, less those in the mean of other keys",
        fit(0).zip(mean(&others)).map(|(a, b)| a - b),
    );
    points.push("chord tones, less those in the best other key", fit(0).zip(best).map(|(a, b)| a - b));
}

/// Notes within a beat before a change that fit what comes.
fn anticipations(excerpt: &Excerpt<'_>, points: &mut Points) {
    let before = excerpt.solo.notes().iter().filter_map(|note| {
        let (at, next) = excerpt.sheet.next_change(note.onset)?;
        let (now, next) = (excerpt.sheet.chord_at(note.onset)?, next?);
        let near = now != next && at - note.onset <= sideman_music::Duration::quarters(1, 2);
        let class = note.pitch().class();
        near.then(|| (next.tones().contains(class), now.tones().contains(class)))
    });
    let before: Vec<(bool, bool)> = before.collect();
    points.share("chord tones of what comes, an 8th before a change", before.iter().map(|b| b.0));
    points.share("chord tones of what goes, an 8th before a change", before.iter().map(|b| b.1));
    let changes = excerpt
        .tones
        .windows(2)
        .filter(|w| w[0].chord.is_some() && w[1].chord.is_some() && w[0].chord != w[1].chord);
    let across: Vec<i32> = changes.map(|w| (w[1].pitch - w[0].pitch).abs()).collect();
    points.share("changes crossed by a step", across.iter().map(|i| matches!(i, 1 | 2)));
    points.share("changes crossed on one pitch", across.iter().map(|i| *i == 0));
}
