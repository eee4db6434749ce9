//! How a line leads from chord to chord.

use sideman_music::{Chord, PitchClass};

use super::average::share;
use crate::excerpt::{Excerpt, ExcerptNote};

/// Of the pairs of notes with no rest between that cross a change to a root a fourth higher, the share that go by step
/// into the third.
pub(super) fn step_into_third(excerpt: &Excerpt<'_>) -> Option<f64> {
    const FOURTH: i32 = 5;
    let crossing = |w: &&[ExcerptNote]| {
        let roots = w[0].chord.zip(w[1].chord).map(|(from, to)| up(from, to.root.class()));
        roots == Some(FOURTH) && !w[0].breathes_before(&w[1])
    };
    let into_third = |w: &[ExcerptNote]| {
        matches!((w[1].pitch - w[0].pitch).abs(), 1 | 2)
            && w[1].chord.is_some_and(|c| is_third(c, w[1].pitch))
    };
    share(excerpt.tones.windows(2).filter(crossing).map(into_third))
}

fn is_third(chord: Chord, pitch: i32) -> bool {
    let class = PitchClass::new(pitch);
    matches!(up(chord, class), 3 | 4) && chord.tones().contains(class)
}

/// Semitones from the root of a chord up to a pitch class.
fn up(chord: Chord, class: PitchClass) -> i32 {
    chord.root.class().up_to(class)
}
