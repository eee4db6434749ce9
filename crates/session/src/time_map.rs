//! When what stands on the page sounds: bars, chords and notes in seconds of the performance.

use serde::Serialize;
use sideman_corpus::role::{Role, roles};
use sideman_music::{Duration, Note, Performance, Pitch, Player, Score, Solo, Time};

/// The times of a take, in seconds from the first frame of its sound. Numbers count from 0: bar `i` has the id `b{i}` on
/// the engraved page, note `i` of the leading part the id `n{i}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimeMap {
    /// Where the last bar ends.
    pub seconds: f64,
    /// Every bar of the page.
    pub bars: Vec<TimedBar>,
    /// Every change of chord.
    pub chords: Vec<TimedChord>,
    /// Every note of the leading part, as it is played.
    pub notes: Vec<TimedNote>,
}

/// A bar in time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimedBar {
    /// Where it begins.
    pub seconds: f64,
    /// Where it ends.
    pub until: f64,
    /// Where its beats begin.
    pub beats: Vec<f64>,
    /// The section that begins with it.
    pub section: Option<String>,
}

/// A chord in time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimedChord {
    /// Where it begins.
    pub seconds: f64,
    /// Where it ends.
    pub until: f64,
    /// The bar in which it begins.
    pub bar: usize,
    /// Its symbol; `None` for N.C.
    pub chord: Option<String>,
}

/// A note in time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimedNote {
    /// Where it begins to sound.
    pub seconds: f64,
    /// Where it ends.
    pub until: f64,
    /// Its bar; −1 for a pickup.
    pub bar: i64,
    /// Its highest pitch as MIDI numbers it.
    pub pitch: u8,
    /// The name of that pitch.
    pub name: String,
    /// What it is to the chord, where there is one.
    pub role: Option<Role>,
}

impl TimeMap {
    /// Of a score and its performance, which is so much later.
    pub(crate) fn new(score: &Score, performance: &Performance, lead: Duration) -> Self {
        let clock = |time: Time| performance.tempos.clock(Time::ZERO, time).as_secs_f64();
        let written = |time: Time| clock(time + lead);
        let sheet = &score.sheet;
        let bars = sheet.bars().iter().enumerate().map(|(i, bar)| {
            let (start, meter) = (sheet.bar_start(i), bar.meter());
            let beats = (0..i64::from(meter.beats())).map(|beat| written(start + meter.beat() * beat));
            TimedBar {
                seconds: written(start),
                until: written(sheet.bar_start(i + 1)),
                beats: beats.collect(),
                section: bar.section().map(str::to_owned),
            }
        });
        let changes = sheet.chords();
        let chords = changes.iter().enumerate().map(|(i, &(at, chord))| TimedChord {
            seconds: written(at),
            until: written(changes.get(i + 1).map_or(sheet.end(), |next| next.0)),
            bar: usize::try_from(sheet.place(at).0).unwrap_or(0),
            chord: chord.map(|chord| chord.to_string()),
        });
        let (bars, chords) = (bars.collect(), chords.collect());
        Self { seconds: written(sheet.end()), bars, chords, notes: notes(score, performance, clock, lead) }
    }
}

/// The notes of the leading part: each is the next of its pitch that is performed.
fn notes(
    score: &Score,
    performance: &Performance,
    clock: impl Fn(Time) -> f64,
    lead: Duration,
) -> Vec<TimedNote> {
    let Some(part) = score.parts.first() else { return Vec::new() };
    let sounds: Vec<(Time, Duration, Pitch)> = performance.tracks.first().map_or_else(Vec::new, |track| {
        track.notes().map(|(onset, duration, pitch, _)| (onset, duration, pitch)).collect()
    });
    let mut next = 0;
    let mut played = |note: &Note| {
        let found = sounds[next..].iter().position(|sound| sound.2 == note.pitch());
        let (onset, duration) =
            found.map_or((note.onset + lead, note.duration), |at| (sounds[next + at].0, sounds[next + at].1));
        if let Some(at) = found {
            next += at;
            next += sounds[next..].iter().take_while(|sound| sound.0 == onset).count();
        }
        (onset, onset + duration)
    };
    let timed = |(note, role): (&Note, Option<Role>)| {
        let (onset, end) = played(note);
        TimedNote {
            seconds: clock(onset),
            until: clock(end),
            bar: score.sheet.place(note.onset).0,
            pitch: note.pitch().number(),
            name: note.pitch().to_string(),
            role,
        }
    };
    part.notes.iter().zip(roles_of(score)).map(timed).collect()
}

fn roles_of(score: &Score) -> Vec<Option<Role>> {
    let Some(part) = score.parts.first() else { return Vec::new() };
    let line = match part.player {
        Player::Instrument(instrument) => Solo::new(instrument, part.notes.clone()).ok(),
        Player::Drums => None,
    };
    line.map_or_else(|| vec![None; part.notes.len()], |line| roles(&score.sheet, &line))
}

#[cfg(test)]
mod tests {
    use crate::{Request, Soloist, Take};
    use sideman_band::BandOptions;
    use sideman_music::{Sheet, Tempo};

    fn take(band: &BandOptions) -> Take {
        let sheet: Sheet = "key: F\ntempo: 120\n[A] Gm7 | C7 | F6 D7 | 3/4 Gm7".parse().unwrap();
        Take::new(&Soloist::rules("swing"), &sheet, &Request::default(), band, 5).unwrap()
    }

    #[test]
    fn bars_and_beats_are_where_the_tempo_has_them() {
        let counted = take(&BandOptions { count_in: true, ..BandOptions::default() }).time_map();
        let plain = take(&BandOptions::default()).time_map();
        let late = counted.bars[0].seconds - plain.bars[0].seconds;
        assert!((late - 4.0).abs() < 0.01 || plain.bars[0].seconds > 0.0, "{late}");
        let bar = &counted.bars[1];
        assert!((bar.until - bar.seconds - 2.0).abs() < 1e-6 && bar.beats.len() == 4);
        assert!((counted.bars[3].until - counted.bars[3].seconds - 1.5).abs() < 1e-6);
        assert_eq!(counted.bars[0].section.as_deref(), Some("A"));
        assert_eq!(counted.chords[3].chord.as_deref(), Some("D7"));
        assert!((counted.chords[3].seconds - counted.bars[2].beats[2]).abs() < 1e-6);
    }

    #[test]
    fn every_note_sounds_near_the_bar_it_is_written_in() {
        let take = take(&BandOptions::default());
        let map = take.time_map();
        assert_eq!(map.notes.len(), take.pages().score.parts[0].notes.len());
        for note in map.notes.iter().filter(|note| note.bar >= 0) {
            let bar = &map.bars[note.bar as usize];
            assert!(note.seconds > bar.seconds - 0.2 && note.seconds < bar.until + 0.2, "{note:?} {bar:?}");
            assert!(note.until > note.seconds);
        }
        assert!(map.notes.windows(2).all(|pair| pair[0].seconds <= pair[1].seconds));
    }

    #[test]
    fn another_tempo_is_the_same_take_in_another_time() {
        let take = take(&BandOptions::default());
        let (usual, slow) = (take.time_map(), take.at_tempo(Tempo::bpm(60)));
        let map = slow.time_map();
        assert!((map.seconds - 2.0 * usual.seconds).abs() < 1e-6);
        let pitches = |map: &super::TimeMap| map.notes.iter().map(|note| note.pitch).collect::<Vec<_>>();
        assert_eq!((pitches(&map), slow.solo()), (pitches(&usual), take.solo()));
    }
}
