use sideman_improv::built_in;

use super::*;

fn read(bytes: &[u8]) -> Source {
    Source::read(bytes, "file").unwrap().value
}

#[test]
fn content_tells_what_bytes_hold() {
    let sheet: Sheet = "title: A Tune\nDm7 | G7 | Cmaj7 | %".parse().unwrap();
    let bytes = |format| chart::write(&sheet, format).value;
    for format in [chart::Format::Text, chart::Format::MusicXml, chart::Format::Ireal] {
        assert!(
            matches!(&read(&bytes(format)), Source::Tunes(tunes) if tunes[0].sheet.chords() == sheet.chords())
        );
    }
    assert!(matches!(read(&bytes(chart::Format::Midi)), Source::Performance(_)));
    let library = Library { pieces: built_in::corpus(), files: Vec::new() };
    assert!(matches!(read(&library.to_bytes()), Source::Corpus(_)));
    assert!(matches!(
        read(include_bytes!("../../../../models/weimar.safetensors")),
        Source::Model(Model::Line(_))
    ));
    let complaint = Source::read(b"\x89PNG", "picture.txt").unwrap_err().to_string();
    assert!(complaint.starts_with("picture.txt: "), "{complaint}");
}

#[test]
fn a_tune_is_chosen_by_number_or_title() {
    let tune = |title: &str| {
        let sheet = "C | F".parse::<Sheet>().unwrap().with_title(title);
        Tune {
            sheet,
            solo: None,
            spelling: Default::default(),
            credits: Default::default(),
            form: Default::default(),
            warnings: Vec::new(),
        }
    };
    let source = || Source::Tunes(vec![tune("First"), tune("The Second")]);
    for words in ["2", "second", "The Second"] {
        assert_eq!(source().chosen(words).unwrap().chart().unwrap().title(), "The Second");
    }
    let complaint = source().chosen("third").unwrap_err().to_string();
    assert!(complaint.contains("\"third\"") && complaint.contains("2 charts"), "{complaint}");
    assert!(source().chart().is_err());
}

#[test]
fn what_stands_behind_the_fine_is_chosen_by_its_name() {
    let typed = Source::typed("title: Two\nC | F <Fine> | G7 <D.C. al Fine> ||\n[Solos] Dm7 | G7").unwrap();
    assert_eq!(typed.warnings.len(), 1);
    assert_eq!(typed.value.forms()[0].apart.len(), 1);
    let solos = typed.value.chosen("two: solos").unwrap().chart().unwrap();
    assert_eq!((solos.title(), solos.bars().len()), ("Two: solos", 2));
}

#[test]
fn what_is_typed_is_a_chart_or_the_bar_that_is_none() {
    assert_eq!(Source::typed("Dm7 | G7").unwrap().value.chart().unwrap().bars().len(), 2);
    let complaint = Source::typed("C | petrushka").unwrap_err().to_string();
    assert!(complaint.contains("bar 2") && complaint.contains("petrushka"), "{complaint}");
    assert_eq!(Source::blues().unwrap().chart().unwrap().bars().len(), 12);
}

#[test]
fn every_kind_says_what_it_holds() {
    let song = read(&chart::write(&"Dm7 | G7".parse().unwrap(), chart::Format::Midi).value);
    assert!(song.to_string().contains("2 chord symbols"), "{song}");
    let complaint = song.model().unwrap_err().to_string();
    assert!(complaint.contains("a MIDI file") && complaint.contains("train"), "{complaint}");
}
