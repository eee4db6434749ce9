//! Charts out, in any format that holds one; and charts as the texts of a MIDI file.
//!
//! ```
//! use sideman_formats::chart::{self, Format};
//! let sheet: sideman_music::Sheet = "title: Example\nstyle: swing\n[A] Dm7 G7 | Cmaj7".parse()?;
//! for format in [Format::Text, Format::Ireal, Format::MusicXml, Format::Midi] {
//!     let written = chart::write(&sheet, format);
//!     let read = sideman_formats::read(&written.value, "").map_err(|error| error.to_string());
//!     assert_eq!(read.map(|tunes| tunes[0].sheet.chords().to_vec()), Ok(sheet.chords().to_vec()));
//! }
//! # Ok::<(), sideman_music::Error>(())
//! ```

use sideman_music::{
    Bar, Change, Chord, Duration, Event, Meter, Performance, Pitch, Sheet, TempoMap, Text, TextKind, Time,
    Track,
};

use crate::{Error, Location, Tune, Warned, Warning, WarningKind, ireal, midi, musicxml};

/// A format that charts are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The text grammar of [`Sheet`].
    Text,
    /// An `irealb://` link.
    Ireal,
    /// MusicXML, with measures of chords alone.
    MusicXml,
    /// A MIDI file with the chords as texts and as sound.
    Midi,
}

impl Format {
    /// The format that a file name asks for by its ending: `.txt`, `.ireal` or `.html`, `.musicxml` or `.xml`,
    /// `.mid` or `.midi`.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "txt" | "chart" => Some(Self::Text),
            "ireal" | "irealb" | "html" => Some(Self::Ireal),
            "musicxml" | "xml" => Some(Self::MusicXml),
            "mid" | "midi" => Some(Self::Midi),
            _ => None,
        }
    }
}

/// The bytes of a chart, and what the format cannot carry.
pub fn write(sheet: &Sheet, format: Format) -> Warned<Vec<u8>> {
    match format {
        Format::Text => Warned { value: sheet.to_string().into_bytes(), warnings: Vec::new() },
        Format::Ireal => ireal::write(sheet).map(String::into_bytes),
        Format::MusicXml => without_alternatives(sheet, musicxml::write(sheet, None).map(String::into_bytes)),
        Format::Midi => without_alternatives(sheet, performance(sheet).map(|played| midi::write(&played))),
    }
}

/// What a format holds that has no place for alternative chords.
fn without_alternatives(sheet: &Sheet, mut written: Warned<Vec<u8>>) -> Warned<Vec<u8>> {
    let left = sheet.bars().iter().enumerate().filter(|(_, bar)| !bar.alternatives().is_empty());
    let told = |(i, _)| {
        Warning::new(Location::bar(i + 1), "alternative chords are left out").of(WarningKind::Alternatives)
    };
    written.warnings.extend(left.map(told));
    written
}

const END: &str = "End";

/// The longest text of a MIDI file that its reader takes for a chord symbol, in bytes.
const LONGEST_SYMBOL: usize = 24;

/// The sheet as a performance: chords as symbols and as close chords of a piano, sections as markers, composer and
/// style as remarks, the end as a marker; and what is not read back: places between the ticks of MIDI, and symbols of more than 24 letters.
pub fn performance(sheet: &Sheet) -> Warned<Performance> {
    let tick = Duration::quarters(1, i64::from(midi::TICKS_PER_QUARTER));
    let told = |&(at, chord): &(Time, Option<Chord>)| {
        let long = chord.filter(|chord| chord.to_string().len() > LONGEST_SYMBOL);
        let off = at.quantised(tick) != at;
        let moved = off.then(|| "a change between the ticks of MIDI is moved".to_owned());
        moved
            .or(long.map(|chord| format!("{chord} is too long to be read as a chord")))
            .map(|what| (at, what))
    };
    let warning = |(at, what): (Time, String)| Warning::new(Location::bar(sheet.place(at).0 + 1), what);
    let changes = sheet.chords().iter().filter_map(told).map(warning);
    let warnings = Warning::of_pickup(sheet).into_iter().chain(changes).collect();
    let text = |kind, words: String| Text { kind, words };
    let remarks = [("composer", sheet.composer()), ("style", sheet.style())];
    let remarks = remarks.into_iter().filter(|(_, words)| !words.is_empty());
    let remarks =
        remarks.map(|(name, words)| (Time::ZERO, text(TextKind::Remark, format!("{name}: {words}"))));
    let sections =
        sheet.bars().iter().enumerate().filter_map(|(i, bar)| Some((sheet.bar_start(i), bar.section()?)));
    let sections = sections.map(|(at, label)| (at, text(TextKind::Marker, label.to_owned())));
    let end = (sheet.end(), text(TextKind::Marker, END.to_owned()));
    let mut meters: Vec<(Time, Meter)> =
        sheet.bars().iter().enumerate().map(|(i, bar)| (sheet.bar_start(i), bar.meter())).collect();
    meters.dedup_by_key(|(_, meter)| *meter);
    let value = Performance {
        title: sheet.title().to_owned(),
        tempos: sheet.tempo().map(TempoMap::constant).unwrap_or_default(),
        meters,
        keys: sheet.key().map(|key| (Time::ZERO, key)).into_iter().collect(),
        texts: remarks.chain(sections).chain([end]).collect(),
        chords: sheet.chords().to_vec(),
        tracks: vec![piano(sheet)],
    };
    Warned { value, warnings }
}

/// Each chord from middle C upwards, held until the next.
fn piano(sheet: &Sheet) -> Track {
    let ends = sheet.chords().iter().skip(1).map(|change| change.0).chain([sheet.end()]);
    let sounding =
        sheet.chords().iter().zip(ends).filter_map(|(&(at, chord), end)| Some((at, chord?, end - at)));
    let notes = sounding.flat_map(|(at, chord, duration)| {
        let pitches = chord.tones().iter().filter_map(|class| Pitch::new(60 + class.index() as u8));
        pitches.map(move |pitch| (at, Event::Note { pitch, velocity: 64, duration }))
    });
    Track { name: "Chords".into(), channel: 0, events: notes.collect() }
}

/// The chart that the chord symbols of a performance tell, its sections by the markers.
///
/// # Errors
/// When it has no chord symbols.
pub fn of_performance(song: &Performance) -> Result<Tune, Error> {
    if song.chords.is_empty() {
        return Err(Error::Unsupported {
            place: Location::part("MIDI"),
            what: "a file without chord symbols".into(),
            hint: "import it to find melody and chords in its notes",
        });
    }
    let markers: Vec<(Time, &str)> = song
        .texts
        .iter()
        .filter(|(_, text)| text.kind == TextKind::Marker)
        .map(|(at, text)| (*at, text.words.as_str()))
        .collect();
    let said = markers.iter().rev().find(|(_, words)| *words == END).map(|(at, _)| *at);
    let last = song.chords.iter().map(|chord| chord.0).max().unwrap_or_default();
    let end = said.unwrap_or(song.end().max(last + Duration::quarters(1, 64)));
    let bars = bars(song, &markers, end);
    let sheet = Sheet::new(bars).map_err(Error::in_part("MIDI"))?;
    let remark = |name: &str| {
        let remarks = song.texts.iter().filter(|(_, text)| text.kind == TextKind::Remark);
        remarks.filter_map(|(_, text)| text.words.strip_prefix(name)).next().unwrap_or_default()
    };
    let tempo = song.tempos.changes().first().map(|change| change.1);
    let key = song.keys.first().map(|key| key.1);
    let sheet =
        sheet.with_title(&song.title).with_composer(remark("composer: ")).with_style(remark("style: "));
    Ok(Tune::chart(sheet.with_key(key).with_tempo(tempo), Vec::new()))
}

/// Bars up to the end, in the meters of the song.
fn bars(song: &Performance, markers: &[(Time, &str)], end: Time) -> Vec<Bar> {
    let (mut bars, mut start, mut meter) = (Vec::new(), Time::ZERO, Meter::COMMON);
    let mut meters = song.meters.iter().peekable();
    let (mut chords, mut markers) = (&song.chords[..], markers.iter().peekable());
    while start < end && bars.len() <= Sheet::MOST_BARS {
        while let Some((_, next)) = meters.next_if(|(at, _)| *at <= start) {
            meter = *next;
        }
        let next = start + meter.bar();
        let (here, after) = chords.split_at(chords.partition_point(|chord| chord.0 < next));
        chords = after;
        let changes = here.iter().map(|&(at, chord)| Change { at: at - start, chord }).collect();
        let mut label = None;
        while let Some((_, words)) = markers.next_if(|(at, _)| *at < next) {
            label = Some(*words);
        }
        let bar = Bar::new(meter, changes);
        bars.push(label.map_or(bar.clone(), |label| bar.with_section(label)));
        start = next;
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sideman_music::{Key, Mode, Quality, Tempo};

    fn sheet(text: &str) -> Sheet {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn names_ask_for_formats() {
        let of = |name| Format::of_name(name);
        assert_eq!(
            (of("a.TXT"), of("b.mid"), of("c.musicxml")),
            (Some(Format::Text), Some(Format::Midi), Some(Format::MusicXml))
        );
        assert_eq!((of("d.ireal"), of("e"), of("f.wav")), (Some(Format::Ireal), None, None));
    }

    #[test]
    fn a_song_without_symbols_is_no_chart() {
        let error = of_performance(&Performance::default()).unwrap_err().to_string();
        assert_eq!(
            error,
            "MIDI: a file without chord symbols is not supported; import it to find melody and chords in its notes"
        );
    }

    #[test]
    fn what_midi_cannot_carry_is_told() {
        let written = write(&sheet("C G7@15/7 | F"), Format::Midi);
        assert_eq!(written.warnings, ["bar 1: a change between the ticks of MIDI is moved"]);
        let written = write(&sheet("C | Ebmmaj7b9#9#11b13add11add13"), Format::Midi);
        assert_eq!(
            written.warnings,
            ["bar 2: Ebmmaj7b9#9#11b13add11add13 is too long to be read as a chord"]
        );
        for format in [Format::Midi, Format::Ireal] {
            let written = write(&sheet("pickup: / / G7 C7\nF | C7"), format);
            assert_eq!(written.warnings, ["pickup: its 2 chords are left out"]);
        }
    }

    proptest! {
        #[test]
        fn what_midi_carries_is_read_back(
            bars in proptest::collection::vec((0usize..4, proptest::collection::vec((0i64..96, 0usize..1000), 0..4), 0u8..3), 1..12),
            title in "[A-Za-z é♭]{0,12}",
            micros in 1000u32..3_000_000,
            fifths in -7i32..=7,
        ) {
            let meters = [(4u8, 4u8), (3, 4), (5, 4), (6, 8)].map(|(n, unit)| Meter::new(n, unit).unwrap());
            let chord = |quality: usize| Quality::all().filter(|q| q.to_string().len() < 20).nth(quality).map(|quality| Chord { root: "Eb".parse().unwrap(), quality, bass: None });
            let bar = |(meter, changes, section): (usize, Vec<(i64, usize)>, u8)| {
                let change = |(at, quality)| Change { at: Duration::quarters(at, 12), chord: chord(quality) };
                let bar = Bar::new(meters[meter], changes.into_iter().map(change).collect());
                if section == 0 { bar.with_section("A") } else { bar }
            };
            let mut bars: Vec<Bar> = bars.into_iter().map(bar).collect();
            bars.push(Bar::new(Meter::COMMON, vec![Change { at: Duration::ZERO, chord: None }]));
            let sheet = Sheet::new(bars).unwrap().with_title(&title).with_composer("A B").with_style("swing");
            let sheet = sheet.with_key(Key::from_fifths(fifths, Mode::Minor)).with_tempo(Some(Tempo::micros_per_quarter(micros)));
            let written = write(&sheet, Format::Midi);
            prop_assume!(written.warnings.is_empty());
            let tunes = crate::read(&written.value, "").unwrap();
            prop_assert_eq!(&tunes[0].sheet, &sheet);
        }
    }
}
