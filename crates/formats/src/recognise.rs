//! Which format bytes are in.

#[cfg(feature = "database")]
use crate::wjazzd;
use crate::{Error, Tune, Warned, abc, chart, improvisor, ireal, jazzstandards, jccp, midi, musicxml};

/// The tunes in a file of any format that is read here, told by its content; `name` helps where content does not
/// tell. Of a MIDI file it is the chart that its chord symbols tell. Archives are not opened, but for `.mxl`.
///
/// ```
/// let tunes = sideman_formats::read(b"Dm7 | G7 | Cmaj7 | %", "")?;
/// assert_eq!(tunes[0].sheet.bars().len(), 4);
/// # Ok::<(), sideman_formats::Error>(())
/// ```
///
/// # Errors
/// What the reader of its format says, or [`Error::NotThisFormat`] where it has none.
pub fn read(bytes: &[u8], name: &str) -> Result<Vec<Tune>, Error> {
    let readers = [
        #[cfg(feature = "database")]
        wjazzd::read,
        performance,
        musicxml::read,
        ireal::read,
        improvisor::read,
        jccp::read,
        jazzstandards::read,
        abc::read,
    ];
    for read in readers {
        match read(bytes) {
            Err(Error::NotThisFormat(_)) => {}
            read => return read,
        }
    }
    if name.to_ascii_lowercase().ends_with(".ls") {
        return improvisor::read(&[b"(meter 4 4) ", bytes].concat());
    }
    text(bytes)
}

fn performance(bytes: &[u8]) -> Result<Vec<Tune>, Error> {
    let Warned { value, warnings } = midi::read(bytes)?;
    let tune = chart::of_performance(&value)?;
    Ok(vec![Tune { warnings, ..tune }])
}

/// Text in the grammar of sheets.
fn text(bytes: &[u8]) -> Result<Vec<Tune>, Error> {
    let unknown = Error::NotThisFormat("a chart or a solo in a known format");
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0')) else {
        return Err(unknown);
    };
    let text = text.trim_start_matches('\u{feff}');
    match Tune::from_text(text) {
        Ok(tune) => Ok(vec![tune]),
        Err(error) if text.contains('|') => Err(Error::in_part("chart")(error)),
        Err(_) => Err(unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::Sheet;

    #[test]
    fn formats_are_told_by_their_content_whatever_their_name() {
        let song = chart::write(&"Dm7 | G7".parse().unwrap(), chart::Format::Midi).value;
        let files: [&[u8]; 8] = [
            &song,
            b"[A] Dm7 | G7 |",
            b"<a href=\"irealb://A=B=C=D=E\">irealbook://Title=B=Swing=C=n=[D-7 |G7 Z</a>",
            b"(title A)\n(meter 4 4)\nDm7 | G7 |",
            b"Title = A\nTimeSig = 4 4\nBars = 2\nDm7 | G7 |",
            b"{\"Title\": \"A\", \"Sections\": [{\"MainSegment\": {\"Chords\": \"Dm7|G7\"}}]}",
            b"X:1\nT:A\nM:4/4\nK:C\n\"Dm7\"z8|\"G7\"z8|",
            b"<score-partwise><part><measure><harmony><root><root-step>D</root-step></root><kind>minor-seventh</kind></harmony>\
              </measure><measure><harmony><root><root-step>G</root-step></root><kind>dominant</kind></harmony></measure>\
              </part></score-partwise>",
        ];
        let expected: Sheet = "Dm7 | G7".parse().unwrap();
        for file in files {
            for name in ["", "a.mid", "a.musicxml", "a.zip", "a.irealb", "a.abc", "a.json"] {
                let tunes = read(file, name)
                    .unwrap_or_else(|error| panic!("{name}: {error}: {}", String::from_utf8_lossy(file)));
                assert_eq!(tunes[0].sheet.chords(), expected.chords(), "{}", String::from_utf8_lossy(file));
            }
        }
    }

    #[test]
    fn a_name_helps_where_content_does_not_tell() {
        let bare = b"F13 | Bb9 Bo7 |\nr4 c+8 a8 g8 a4.";
        assert!(matches!(read(bare, "a.txt"), Err(Error::Malformed { .. })));
        assert_eq!(read(bare, "a.ls").unwrap()[0].solo.as_ref().unwrap().notes().len(), 4);
    }

    #[test]
    fn other_files_are_refused() {
        for bytes in [&b"\x89PNG\r\n\x1a\n\0\0"[..], b"", b"Hello, world.", b"\xff\xfe\0"] {
            assert!(matches!(read(bytes, ""), Err(Error::NotThisFormat(_))), "{bytes:?}");
        }
        let error = read(b"Dm7 | petrushka", "").unwrap_err().to_string();
        assert!(error.starts_with("chart: bar 2: chord \"petrushka\" is not known"), "{error}");
    }
}
