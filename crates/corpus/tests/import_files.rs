//! Melodies and chords out of the MIDI files at hand.

use sideman_corpus::import::{self, Error, Import, Options};

/// The import of a file of the shared data; `None`, with a word, where it is absent.
fn import(name: &str, options: &Options) -> Option<Result<Import, Error>> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/midi").join(name);
    let Ok(bytes) = std::fs::read(&file) else {
        println!("skipped: no {}", file.display());
        return None;
    };
    Some(import::midi(&bytes, name, options))
}

#[test]
fn every_file_gives_a_report() {
    const FILES: [&str; 13] = [
        "230_bpm_multitrack.mid", "6354774_Macabre_Waltz.mid", "Les_Yeux_Revolvers.mid", "Oscar-Peterson-1.mid",
        "TheEntertainer.mid", "alice.mid", "bach_format0.mid", "english1.mid", "example.mid", "k525short.mid",
        "primer.mid", "test03.mid", "test09.mid",
    ];
    for name in FILES {
        let Some(result) = import(name, &Options::default()) else { return };
        let Import { pieces, report } = result.unwrap();
        println!("{report}");
        for bar in pieces[0].sheet.bars().iter().take(12) {
            print!("| {} ", bar.changes().iter().map(|c| c.chord.map_or("NC".into(), |c| c.to_string())).collect::<Vec<_>>().join(" "));
        }
        println!("\n");
    }
}
