use sideman_music::{Duration, Key, Pitch, Time};

use super::{WeightedNote, estimate_key, infer};

fn at(quarters: i64) -> Time {
    Time::after_start(Duration::QUARTER * quarters)
}

/// Chords of four quarters each, given by their pitches.
fn chords(weight: f64, pitches: &[&[u8]]) -> Vec<WeightedNote> {
    let sounds = pitches.iter().zip(0..).flat_map(|(pitches, bar)| {
        pitches.iter().map(move |&pitch| WeightedNote {
            onset: at(4 * bar),
            end: at(4 * bar + 4),
            pitch: Pitch::midi(pitch),
            weight,
        })
    });
    sounds.collect()
}

/// What is heard in bars of four quarters.
fn heard(sounds: &[WeightedNote], bars: i64, key: &str) -> Vec<String> {
    let cuts: Vec<(Time, bool)> = (0..=bars).map(|bar| (at(4 * bar), true)).collect();
    let heard = infer(sounds, &cuts, key.parse().unwrap());
    heard.iter().map(|heard| heard.chord.map_or("N.C.".into(), |chord| chord.to_string())).collect()
}

#[test]
fn block_chords_are_named_in_their_key() {
    let sounds = chords(1.0, &[&[38, 60, 65, 69], &[43, 59, 65, 62], &[40, 60, 64, 67], &[41, 60, 64, 69]]);
    assert_eq!(heard(&sounds, 4, "C"), ["Dm7", "G7", "C/E", "Fmaj7"]);
    let flat = chords(1.0, &[&[41, 63, 68, 60], &[44, 60, 63, 68], &[38, 60, 65, 68], &[42, 57, 60, 63]]);
    assert_eq!(heard(&flat, 4, "Ab"), ["Fm7", "Ab", "Dm7b5", "Gbdim7"]);
}

#[test]
fn silence_goes_on_with_what_was_heard() {
    let sounds: Vec<WeightedNote> = chords(1.0, &[&[], &[43, 59, 65, 62], &[], &[36, 60, 64, 67]]);
    assert_eq!(heard(&sounds, 5, "C"), ["N.C.", "G7", "G7", "C", "C"]);
}

#[test]
fn passing_notes_do_not_change_the_chord() {
    let mut sounds = chords(1.0, &[&[38, 60, 65, 69], &[38, 60, 65, 69]]);
    let passing = [61, 63, 66].into_iter().zip(0..);
    sounds.extend(passing.map(|(pitch, i)| WeightedNote {
        onset: at(4 + i),
        end: at(5 + i),
        pitch: Pitch::midi(pitch),
        weight: 0.4,
    }));
    assert_eq!(heard(&sounds, 2, "C"), ["Dm7", "Dm7"]);
}

#[test]
fn a_melody_alone_is_given_chords_of_its_key() {
    let tune = chords(0.4, &[&[67, 71, 74], &[69, 72, 74, 66], &[67, 71, 79]]);
    assert_eq!(heard(&tune, 3, "G"), ["G", "D7", "G"]);
}

#[test]
fn keys_are_told_by_their_scales_and_their_end() {
    let major = chords(1.0, &[&[63, 67, 70], &[68, 72, 63], &[70, 74, 65], &[51, 63, 67, 70]]);
    assert_eq!(estimate_key(&major, None).key.to_string(), "Eb major");
    let minor = chords(1.0, &[&[55, 58, 62], &[60, 63, 67], &[62, 66, 69], &[43, 55, 58, 62]]);
    assert_eq!(estimate_key(&minor, None).key.to_string(), "G minor");
    assert_eq!(estimate_key(&[], None).key.to_string(), "C major");
}

#[test]
fn a_declared_key_is_believed_when_it_may_be_true() {
    let sharps = chords(1.0, &[&[66, 70, 73], &[71, 75, 78], &[73, 77, 80], &[42, 66, 70, 73]]);
    let declared = |name: &str| estimate_key(&sharps, Some(name.parse::<Key>().unwrap())).key.to_string();
    assert_eq!(
        (declared("F#"), declared("Gb"), declared("C")),
        ("F# major".into(), "Gb major".into(), "Gb major".into())
    );
}
