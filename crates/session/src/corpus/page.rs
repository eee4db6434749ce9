//! A page on which a person can check what was read: file by file, beside what was written.

use std::fmt::Write;

use sideman_corpus::Piece;
use sideman_corpus::library::{FileRecord, Library};
use sideman_formats::notation::PartKey;
use sideman_music::{Bars, Sheet, Solo};

use crate::pages::{PageFormat, Pages};

/// Files that are shown, those that were skipped first, then those with most warnings.
const MOST_FILES: usize = 400;
/// Of them so many with the first bars of their melody engraved.
const MOST_ENGRAVED: usize = 40;
const ENGRAVED_BARS: usize = 8;
/// Pieces and warnings of a file, and characters of a text, that are shown.
const MOST_PIECES: usize = 8;
const MOST_WARNINGS: usize = 40;
const MOST_CHARACTERS: usize = 6_000;

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>What was read</title><style>
body{font:15px/1.4 system-ui,sans-serif;margin:2em;max-width:90em;color-scheme:light dark}
section{border-top:1px solid;padding:.5em 0}h2{font-size:1em}.beside{display:flex;gap:2em;flex-wrap:wrap}
.beside>div{flex:1 1 25em;min-width:0}pre{overflow:auto;max-height:30em}li,p.skipped{color:#a40}svg{max-width:100%;height:auto;background:#fff}
</style><h1>What was read</h1>";

/// The page; `written` gives the text of a file by its name, where it is text.
pub fn page(library: &Library, written: impl Fn(&str) -> Option<String>) -> String {
    let mut files = with_pieces(library);
    files.sort_by_key(|(file, _)| (file.skipped.is_none(), std::cmp::Reverse(file.warnings.len())));
    let mut page = format!("{HEAD}<p>{} files, {} pieces.</p>", files.len(), library.pieces.len());
    if files.len() > MOST_FILES {
        let _ = write!(page, "<p>Shown are the {MOST_FILES} that ask for it most.</p>");
    }
    for (number, (file, pieces)) in files.iter().take(MOST_FILES).enumerate() {
        let engraved = number < MOST_ENGRAVED;
        section(&mut page, file, pieces, written(&file.name).as_deref(), engraved);
    }
    page + "</html>\n"
}

/// The files, each with its pieces: they stand in the order of the files.
fn with_pieces(library: &Library) -> Vec<(&FileRecord, &[Piece])> {
    let mut rest = &library.pieces[..];
    let mut next = |file: &FileRecord| {
        let (these, others) = rest.split_at(file.pieces.min(rest.len()));
        rest = others;
        these
    };
    library.files.iter().map(|file| (file, next(file))).collect()
}

fn section(page: &mut String, file: &FileRecord, pieces: &[Piece], written: Option<&str>, engraved: bool) {
    let _ = write!(page, "<section><h2>{}</h2>", escaped(&file.name));
    if let Some(why) = &file.skipped {
        let _ = write!(page, "<p class=\"skipped\">skipped: {}</p>", escaped(why));
    }
    page.push_str("<ul>");
    for warning in file.warnings.iter().take(MOST_WARNINGS) {
        let _ = write!(page, "<li>{}: {}</li>", warning.kind.name(), escaped(&warning.words));
    }
    more(page, file.warnings.len(), MOST_WARNINGS, "warnings");
    page.push_str("</ul><div class=\"beside\"><div><h3>read</h3>");
    for piece in pieces.iter().take(MOST_PIECES) {
        let _ = write!(page, "<pre>{}</pre>", escaped(&piece.sheet.to_string()));
        if let Some(solo) = piece.solo.as_ref().filter(|_| engraved) {
            page.push_str(&first_bars(&piece.sheet, solo).unwrap_or_default());
        }
    }
    more(page, pieces.len(), MOST_PIECES, "pieces");
    page.push_str("</div>");
    if let Some(written) = written {
        let _ = write!(page, "<div><h3>written</h3><pre>{}</pre></div>", escaped(written));
    }
    page.push_str("</div></section>");
}

fn more(page: &mut String, all: usize, shown: usize, what: &str) {
    if all > shown {
        let _ = write!(page, "<p>and {} more {what}</p>", all - shown);
    }
}

/// The first bars of a melody as notes; `None` where there are none.
fn first_bars(sheet: &Sheet, solo: &Solo) -> Option<String> {
    let sheet = sheet.excerpt(Bars::new(1, ENGRAVED_BARS.min(sheet.bars().len()))?)?;
    let notes = solo.notes().iter().filter(|note| note.end() <= sheet.end()).cloned().collect();
    let pages = Pages::of(sheet, Some(Solo::new(solo.instrument(), notes).ok()?));
    let svg = String::from_utf8(pages.written(PageFormat::Svg, PartKey::C).ok()?.value).ok()?;
    Some(svg[svg.find("<svg")?..].to_owned())
}

/// Text as it is shown: no more than so much, and nothing that a browser takes for more than text.
fn escaped(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(MOST_CHARACTERS) {
        match c {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            '"' => shown.push_str("&quot;"),
            '\n' => shown.push(c),
            c if c.is_control() => shown.push(char::REPLACEMENT_CHARACTER),
            c => shown.push(c),
        }
    }
    if text.chars().nth(MOST_CHARACTERS).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use sideman_corpus::library::NamedBytes;

    fn page_of(files: &[(&str, &str)]) -> String {
        let named = files
            .iter()
            .map(|(name, text)| NamedBytes { name: (*name).into(), bytes: Ok(text.as_bytes().to_vec()) });
        let named: Vec<NamedBytes> = named.collect();
        let library = super::super::gather(named.into_iter(), &mut |_| ControlFlow::Continue(()));
        let text = |name: &str| files.iter().find(|file| file.0 == name).map(|file| file.1.to_owned());
        page(&library, text)
    }

    #[test]
    fn what_was_read_stands_beside_what_was_written() {
        let melody = "X:1\nT:Two Bars\nM:4/4\nL:1/4\nK:C\n\"C\"CDEF|\"G7\"G4|\n";
        let page =
            page_of(&[("good.txt", "title: Fine\nC | F"), ("tune.abc", melody), ("odd.txt", "C7zork | F")]);
        let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words} is not in {page}"));
        assert!(place("odd.txt") < place("good.txt"), "warnings come first");
        assert!(page.contains("<li>chords: ") && page.contains("<pre>C7zork | F</pre>"));
        assert!(
            page.contains("title: Two Bars") && page.contains("<svg") && page.contains("&quot;G7&quot;G4")
        );
    }

    #[test]
    fn nothing_that_was_written_becomes_part_of_the_page() {
        let page = page_of(&[("<b>.txt", "title: <script>alert(1)</script>\u{1b}\nC | F")]);
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains('\u{1b}'));
        let long = format!("title: A\nC | F{}", " | C".repeat(5_000));
        assert!(page_of(&[("long.txt", &long)]).len() < 5 * MOST_CHARACTERS);
    }
}
