//! A conversation: soloist and player in turns of some bars over a chart, the band under both.

use std::ops::Range;

use sideman_band::{self as band, BandOptions};
use sideman_corpus::import::written;
use sideman_music::{
    Bars, Duration, Instrument, Note, Part, Performance, Pitch, Pitches, Player, Score, Sheet, Solo,
    TempoMap, Time,
};

use crate::{Error, Lead, Request, Soloist, Take};

/// How many turns before an answer the soloist has in its ear.
const HEARD: usize = 2;

/// Where soloist and player take turns; the soloist begins.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Every bar of it.
    sheet: Sheet,
    /// Bars in a turn.
    turn: usize,
    instrument: Instrument,
    player: Instrument,
    band: BandOptions,
    seed: u64,
}

/// Who plays in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The network.
    Soloist,
    /// The user.
    Player,
}

impl Conversation {
    /// A conversation over so many choruses of a chart, in turns of so many bars.
    ///
    /// # Errors
    /// When that makes too long a sheet, or less than two turns.
    pub fn new(
        chart: &Sheet,
        choruses: usize,
        turn: usize,
        [instrument, player]: [Instrument; 2],
        band: BandOptions,
        seed: u64,
    ) -> Result<Self, Error> {
        let tempo = band.tempo_for(chart);
        let sheet = chart.clone().with_tempo(Some(tempo)).repeated(choruses)?;
        if turn == 0 || sheet.bars().len() <= turn {
            return Err(Error::unmet("trade", format!("{} bars leave no turn to you", sheet.bars().len())));
        }
        Ok(Self { sheet, turn, instrument, player, band, seed })
    }

    /// Every bar of it.
    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// The bars of each turn, counted from 0, and who plays in them.
    pub fn turns(&self) -> Vec<(Range<usize>, Speaker)> {
        let bars = self.sheet.bars().len();
        let speaker = |nth: usize| if nth.is_multiple_of(2) { Speaker::Soloist } else { Speaker::Player };
        let turn = |(nth, first): (usize, usize)| (first..(first + self.turn).min(bars), speaker(nth));
        (0..bars).step_by(self.turn).enumerate().map(turn).collect()
    }

    /// The band alone, for as long as it lasts.
    ///
    /// # Errors
    /// None for a conversation that has begun.
    pub fn backing(&self) -> Result<Take, Error> {
        let silence = Solo::new(self.instrument, Vec::new())?;
        Ok(Take::given(&Lead::new(self.sheet.clone(), silence), Vec::new(), &self.band, self.seed))
    }

    /// What the soloist plays in a turn after what both have played before: the same notes give the same answer. After a
    /// silence that is longer than any it knows it begins anew.
    ///
    /// # Errors
    /// When there is no such turn, or nothing can be played there.
    pub fn answer(&self, soloist: &Soloist, turn: usize, before: &[Note]) -> Result<Vec<Note>, Error> {
        let turns = self.turns();
        let no_turn = || Error::Asked(format!("there is no turn {} here", turn + 1));
        let bars = turns.get(turn).ok_or_else(no_turn)?.0.clone();
        let answer = self.after(soloist, bars.clone(), before)?;
        if answer.is_empty() { self.after(soloist, bars, &[]) } else { Ok(answer) }
    }

    /// What the soloist plays in some bars, with the turns before in its ear.
    fn after(&self, soloist: &Soloist, bars: Range<usize>, before: &[Note]) -> Result<Vec<Note>, Error> {
        let from = bars.start.saturating_sub(HEARD * self.turn);
        let (begin, end) = (self.sheet.bar_start(bars.start), self.sheet.bar_start(bars.end));
        let start = self.sheet.bar_start(from);
        let heard = line(before, &self.instrument, start, begin, start);
        let first = if heard.is_empty() { bars.start } else { from };
        let sheet = self.sheet.excerpt(bars_between(first, bars.end)?).ok_or_else(|| no_bars(bars.end))?;
        let mut request = Request { candidates: 1, ..Request::chorus(self.instrument) };
        if !heard.is_empty() {
            request.rules.keep = Some(Lead::new(sheet.clone(), Solo::new(self.instrument, heard)?));
            request.rules.bars = vec![bars_between(bars.start - first, bars.end - first)?];
        }
        let seed = self.seed.wrapping_mul(1009).wrapping_add(bars.start as u64);
        let solo = soloist.improvise(&sheet, &request, seed)?.solo;
        let later = self.sheet.bar_start(first) - Time::ZERO;
        let played = solo.notes().iter().map(|note| Note { onset: note.onset + later, ..*note });
        Ok(played.filter(|note| (begin..end).contains(&note.onset)).collect())
    }

    /// The sound of some notes of a turn, from its first moment on.
    pub fn phrase(&self, turn: usize, notes: &[Note]) -> Performance {
        let start = self.turns().get(turn).map_or(Time::ZERO, |turn| self.sheet.bar_start(turn.0.start));
        let parts = vec![part(self.instrument, notes.to_vec())];
        let alone = BandOptions { count_in: false, ..self.band.clone() };
        let mut played = band::perform(&Score::new(self.sheet.clone(), parts), &alone, self.seed);
        for track in &mut played.tracks {
            track
                .events
                .iter_mut()
                .for_each(|(time, _)| *time = (*time - (start - Time::ZERO)).max(Time::ZERO));
        }
        let tempos = TempoMap::constant(played.tempos.at(start));
        Performance { tempos, chords: Vec::new(), texts: Vec::new(), meters: Vec::new(), ..played }
    }

    /// The whole of it: the soloist's part, the player's below as it is written, the band.
    ///
    /// # Errors
    /// When the notes are no lines.
    pub fn take(&self, soloist: &[Note], player: &[Note]) -> Result<Take, Error> {
        let all = |notes, instrument| line(notes, instrument, Time::ZERO, self.sheet.end(), Time::ZERO);
        let solo = Solo::new(self.instrument, all(soloist, &self.instrument))?;
        let other = part(self.player, written(&all(player, &self.player), &self.sheet));
        Ok(Take::given(&Lead::new(self.sheet.clone(), solo), vec![other], &self.band, self.seed))
    }
}

/// Bars from one, counted from 0, to before another.
fn bars_between(first: usize, end: usize) -> Result<Bars, Error> {
    Bars::new(first + 1, end).ok_or_else(|| no_bars(end))
}

fn no_bars(end: usize) -> Error {
    Error::Asked(format!("there is no bar {end} here"))
}

fn part(instrument: Instrument, notes: Vec<Note>) -> Part {
    Part::new(Player::Instrument(instrument), notes)
}

/// Notes between two times as a line of an instrument, counted from `zero`: none overlaps the next, and each lies within
/// its range, moved by octaves where it does not.
fn line(notes: &[Note], instrument: &Instrument, from: Time, until: Time, zero: Time) -> Vec<Note> {
    let mut notes: Vec<Note> =
        notes.iter().filter(|note| (from..until).contains(&note.onset)).copied().collect();
    notes.sort_by_key(|note| note.onset);
    notes.dedup_by_key(|note| note.onset);
    let next: Vec<Time> = notes.iter().skip(1).map(|note| note.onset).chain([until]).collect();
    let fitted = notes.iter().zip(next).map(|(note, next)| Note {
        onset: note.onset - (zero - Time::ZERO),
        duration: note.duration.min(next - note.onset),
        pitches: Pitches::from(within(note.pitch(), instrument)),
        delay: None,
        ..*note
    });
    fitted.filter(|note| note.duration > Duration::ZERO).collect()
}

/// The pitch of this class in the range of an instrument that is nearest.
fn within(pitch: Pitch, instrument: &Instrument) -> Pitch {
    let range = instrument.range();
    let (low, high) = (range.start().number(), range.end().number());
    let octaves = (0..11u8).map(|octave| 12 * octave + pitch.class().index() as u8);
    let near = octaves.filter(|number| (low..=high).contains(number));
    near.min_by_key(|number| number.abs_diff(pitch.number())).and_then(Pitch::new).unwrap_or(*range.start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation() -> Conversation {
        let chart: Sheet = "key: C\ntempo: 240\nDm7 | G7 | Cmaj7 | A7".parse().unwrap();
        let both = [Instrument::TenorSax, Instrument::Piano];
        Conversation::new(&chart, 4, 4, both, BandOptions::default(), 3).unwrap()
    }

    fn motif() -> Vec<Note> {
        let note = |i: i64| {
            let onset = Time::after_start(Duration::quarters(16 + i, 1));
            Note::new(onset, Duration::quarters(2, 1), Pitch::midi(60 + [0, 4, 7][i as usize % 3]))
        };
        (0..12).map(note).collect()
    }

    #[test]
    fn answers_lie_in_their_turn_and_follow_what_was_played() {
        let (talk, soloist) = (conversation(), Soloist::shipped().unwrap());
        assert_eq!(
            talk.turns().iter().map(|turn| turn.0.clone()).collect::<Vec<_>>(),
            [0..4, 4..8, 8..12, 12..16]
        );
        let answer = talk.answer(&soloist, 2, &motif()).unwrap();
        let (from, until) = (talk.sheet().bar_start(8), talk.sheet().bar_start(12));
        assert!(!answer.is_empty() && answer.iter().all(|note| (from..until).contains(&note.onset)));
        assert_eq!(talk.answer(&soloist, 2, &motif()).unwrap(), answer);
        assert_ne!(talk.answer(&soloist, 2, &[]).unwrap(), answer);
        assert!(!talk.answer(&soloist, 2, &motif()[..1]).unwrap().is_empty(), "after four bars of silence");
        assert!(talk.answer(&soloist, 9, &[]).is_err());
    }

    #[test]
    fn the_whole_has_both_parts_and_a_phrase_begins_at_once() {
        let talk = conversation();
        let first = talk.answer(&Soloist::shipped().unwrap(), 0, &[]).unwrap();
        let take = talk.take(&first, &motif()).unwrap();
        let names: Vec<&str> = take.performance().tracks.iter().map(|track| track.name.as_str()).collect();
        assert_eq!(names[..2], ["tenor sax", "piano"], "{names:?}");
        assert_eq!(take.pages().score.parts.len(), 2);
        assert_eq!(take.pages().score.parts[1].notes.len(), 12);
        let late = Duration::quarters(7, 480);
        let played: Vec<Note> =
            motif().iter().map(|note| Note { onset: note.onset + late, ..*note }).collect();
        let take = talk.take(&first, &played).unwrap();
        let written = &take.pages().score.parts[1].notes;
        assert!(written.iter().zip(motif()).all(|(note, meant)| note.onset == meant.onset), "{written:?}");
        assert!(written.iter().all(|note| note.delay == Some(late)), "it sounds as it was played");
        let phrase = talk.phrase(1, &motif());
        let (onset, ..) = phrase.tracks[0].notes().next().unwrap();
        assert!(onset - Time::ZERO < Duration::quarters(1, 2), "{onset:?}");
    }
}
