//! Arranging: a solo gets its rhythm section, on paper.

use sideman_music::{Instrument, Note, Part, Player, Score, Sheet, Solo, Tempo, Time};

use crate::chance::{Chance, Decision};
use crate::form::{Form, Passage};
use crate::options::BandOptions;
use crate::style::Style;
use crate::{bass, comp, drums};

/// Writes the score of a take: the soloist, and the rhythm section that `options` asks for.
///
/// `sheet` is one chorus; it is repeated as often as the solo needs. With a melody the form is head, solo,
/// head. The same arguments give the same score; the soloist's part does not depend on the band.
///
/// ```
/// use sideman_band::{BandOptions, Style, arrange, perform};
/// # use sideman_music::{Instrument, Sheet, Solo};
/// let sheet: Sheet = "Dm7 | G7 | Cmaj7 | %".parse()?;
/// # let solo = Solo::new(Instrument::TenorSax, vec![])?;
/// let options = BandOptions { style: Some(Style::named("bossa")?), ..BandOptions::default() };
/// let take = perform(&arrange(&sheet, &solo, &options, 7), &options, 7);
/// assert_eq!(take.tracks.iter().map(|t| &t.name[..]).collect::<Vec<_>>(), ["tenor sax", "piano", "bass", "drums"]);
/// # Ok::<(), sideman_music::Error>(())
/// ```
pub fn arrange(sheet: &Sheet, solo: &Solo, options: &BandOptions, seed: u64) -> Score {
    let style = options.style_for(sheet);
    let tempo = options.tempo_for(sheet);
    let ending = if options.ending { ending_bars(sheet, tempo) } else { 0 };
    let form = Form::new(sheet, choruses(sheet, solo), options.melody.is_some(), ending);
    let mut notes = lead(&form, sheet, solo, options.melody.as_ref());
    let form = if options.intro { form.introduced(sheet) } else { form };
    notes.iter_mut().for_each(|note| note.onset += form.intro());
    let form = form.trading(options.trade);
    let lead = Part::new(Player::Instrument(solo.instrument()), notes);
    let parts = parts(&form, lead, &style, options, seed);
    let sheet = form.sheet.with_tempo(Some(tempo)).with_style(style.name());
    Score { marks: form.marks, ..Score::new(sheet, parts) }
}

/// The parts over a form: the leading one, and those of the band, which follows it.
pub(crate) fn parts(form: &Form, lead: Part, style: &Style, options: &BandOptions, seed: u64) -> Vec<Part> {
    let form = &form.following(&lead.notes);
    let mut parts = vec![lead];
    let chance = |decision| Chance::new(seed, decision);
    if options.band.has_chords() {
        let notes = comp::write(form, style, &parts[0].notes, options.chords, chance(Decision::Chords));
        parts.push(Part::new(Player::Instrument(options.chords), notes));
    }
    if options.band.has_bass() {
        let notes = bass::write(form, style, chance(Decision::Bass));
        parts.push(Part::new(Player::Instrument(Instrument::Bass), notes));
    }
    if options.band.has_drums() {
        let notes = drums::write(form, style, &parts[0].notes, chance(Decision::Drums));
        parts.push(Part::new(Player::Drums, notes));
    }
    parts
}

/// Bars of an ending: as many as last two seconds, one to four.
pub(crate) fn ending_bars(sheet: &Sheet, tempo: Tempo) -> usize {
    let bar = sheet.bars()[sheet.bars().len() - 1].meter().bar();
    (1..4).find(|&bars| tempo.clock(bar * bars).as_secs_f64() >= 2.0).unwrap_or(4) as usize
}

/// How many choruses a solo takes: as many as it starts notes in, at least one.
fn choruses(sheet: &Sheet, solo: &Solo) -> usize {
    let last = solo.notes().last().map_or(Time::ZERO, |note| note.onset);
    let length = sheet.end() - Time::ZERO;
    let mut count = 1;
    while count < Sheet::MOST_BARS && Time::ZERO + length * count as i64 <= last {
        count += 1;
    }
    count
}

/// The soloist's line over the whole form.
fn lead(form: &Form, chorus: &Sheet, solo: &Solo, melody: Option<&Solo>) -> Vec<Note> {
    let end = form.sheet.end();
    let length = chorus.end() - Time::ZERO;
    let mut choruses =
        form.bars().step_by(chorus.bars().len()).filter(|bar| bar.2.passage != Passage::Ending);
    let head = choruses.next().filter(|bar| bar.2.passage == Passage::Head).and(melody);
    let Some(melody) = head.and_then(|melody| within_reach(melody, solo.instrument())) else {
        return clipped(solo.notes().to_vec(), end);
    };
    let solos = choruses.filter(|bar| bar.2.passage == Passage::Solo).count() as i64;
    let moved = |solo: &Solo, by| {
        let notes = solo.notes().iter();
        notes.map(|note| Note { onset: note.onset + by, ..*note }).collect::<Vec<_>>()
    };
    let mut line = moved(&melody, sideman_music::Duration::ZERO);
    for next in [moved(solo, length), moved(&melody, length * (solos + 1))] {
        let from = next.first().map_or(end, |note| note.onset);
        line = clipped(line, from);
        line.extend(next);
    }
    clipped(line, end)
}

/// The melody moved by the fewest octaves that bring most of it into the range of an instrument.
fn within_reach(melody: &Solo, instrument: Instrument) -> Option<Solo> {
    let outside = |solo: &Solo| {
        let pitches = solo.notes().iter().flat_map(|note| note.pitches.as_slice());
        pitches.filter(|pitch| !instrument.range().contains(pitch)).count()
    };
    let moved = [0, -12, 12, -24, 24, -36, 36].into_iter().filter_map(|by| melody.transposed(by));
    moved.min_by_key(outside)
}

/// The notes that start before `end`, held no longer than to it.
pub(crate) fn clipped(mut notes: Vec<Note>, end: Time) -> Vec<Note> {
    notes.retain(|note| note.onset < end);
    for note in &mut notes {
        note.duration = note.duration.min(end - note.onset);
    }
    notes
}
