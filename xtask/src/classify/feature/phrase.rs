//! Where phrases begin, how they go, where they end.

use sideman_corpus::role::Role;

use super::point::Points;
use super::shares::Shares;
use crate::excerpt::{Excerpt, ExcerptNote, QUARTER};

const BEATS: [&str; 8] = ["1", "1 and", "2", "2 and", "3", "3 and", "4", "4 and"];

pub(super) fn describe(excerpt: &Excerpt<'_>, points: &mut Points) {
    let phrases = excerpt.phrases();
    let size = || phrases.iter().map(|p| p.len() as f64);
    points.push("notes of the longest phrase", size().reduce(f64::max));
    points.spread("spread of the notes of a phrase", size());
    points.share("phrases of one or two notes", size().map(|n| n < 2.5));
    points.share("phrases of up to five notes", size().map(|n| n < 5.5));
    points.share("phrases of more than twenty notes", size().map(|n| n > 20.5));
    let eighth = |t: &ExcerptNote| (2 * t.place / t.beat % 8) as usize;
    let (first, last) = (|p: &&[ExcerptNote]| eighth(&p[0]), |p: &&[ExcerptNote]| eighth(&p[p.len() - 1]));
    Shares::new(&BEATS, phrases.iter().map(first)).describe("phrases that begin on", points);
    Shares::new(&BEATS, phrases.iter().map(last)).describe("phrases that end on", points);
    points.mean("bars of four in which phrases begin", phrases.iter().map(|p| (p[0].bar % 4) as f64));
    ends(&phrases, points);
    shape(&phrases, points);
}

fn ends(phrases: &[&[ExcerptNote]], points: &mut Points) {
    let role = |t: &ExcerptNote| t.role;
    for role_of in [Role::ChordTone, Role::Tension, Role::Outside] {
        let ends = phrases.iter().filter_map(|p| role(&p[p.len() - 1])).map(|r| r == role_of);
        points.share(&format!("phrases that end on: {role_of}"), ends);
        let starts = phrases.iter().filter_map(|p| role(&p[0])).map(|r| r == role_of);
        points.share(&format!("phrases that begin on: {role_of}"), starts);
    }
    let last = |p: &&[ExcerptNote]| p[p.len() - 1].length / QUARTER as f64;
    points.mean("length of the last note of a phrase, quarters", phrases.iter().map(last));
    let pairs = || phrases.iter().filter(|p| p.len() > 1);
    let into = |p: &&[ExcerptNote]| p[p.len() - 1].pitch - p[p.len() - 2].pitch;
    points.mean("last interval of a phrase, semitones", pairs().map(|p| into(p).into()));
    points.share("phrases that end with a step", pairs().map(|p| matches!(into(p).abs(), 1 | 2)));
    points.share("phrases that end on a repeated note", pairs().map(|p| into(p) == 0));
}

/// The contour of phrases of five notes and more.
fn shape(phrases: &[&[ExcerptNote]], points: &mut Points) {
    let long = || phrases.iter().filter(|p| p.len() >= 5);
    let range = |p: &&[ExcerptNote]| {
        let pitches = || p.iter().map(|t| t.pitch);
        f64::from(pitches().max().unwrap_or(0) - pitches().min().unwrap_or(0))
    };
    points.mean("range of a phrase, semitones", long().map(range));
    points.mean("rise of a phrase, semitones", long().map(|p| f64::from(p[p.len() - 1].pitch - p[0].pitch)));
    let place = |p: &&[ExcerptNote], sign: i32| {
        let at = (0..p.len()).max_by_key(|&i| sign * p[i].pitch).unwrap_or(0);
        at as f64 / (p.len() - 1) as f64
    };
    points.mean("place of a phrase's highest note", long().map(|p| place(p, 1)));
    points.mean("place of a phrase's lowest note", long().map(|p| place(p, -1)));
}
