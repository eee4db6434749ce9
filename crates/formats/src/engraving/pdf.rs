//! Drawings as PDF, in the fonts that every reader brings along.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::drawing::{Drawing, DrawnItem, Face, HEIGHT, Outline, Segment};
use super::paper::Paper;

/// The faces, what the pages call them, and what they are.
const FONTS: [(Face, &[u8], &[u8]); 3] = [
    (Face::Regular, b"R", b"Helvetica"),
    (Face::Bold, b"B", b"Helvetica-Bold"),
    (Face::Italic, b"I", b"Helvetica-Oblique"),
];

/// A document of these pages.
pub(super) fn write(pages: &[Drawing], title: &str) -> Vec<u8> {
    let mut next = 0;
    let mut reference = || {
        next += 1;
        Ref::new(next)
    };
    let (catalog, tree, info) = (reference(), reference(), reference());
    let fonts = FONTS.map(|(_, name, base)| (name, base, reference()));
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.document_info(info).title(TextStr(title));
    for (_, base, font) in fonts {
        pdf.type1_font(font).base_font(Name(base)).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    let mut kids = Vec::new();
    for drawing in pages {
        let (kid, contents) = (reference(), reference());
        let mut page = pdf.page(kid);
        page.media_box(Rect::new(0.0, 0.0, Paper::A4.width() as f32, HEIGHT as f32))
            .parent(tree)
            .contents(contents);
        let mut resources = page.resources();
        let mut named = resources.fonts();
        for (name, _, font) in fonts {
            named.pair(Name(name), font);
        }
        named.finish();
        resources.finish();
        page.finish();
        pdf.stream(contents, &content(drawing));
        kids.push(kid);
    }
    pdf.pages(tree).count(kids.len() as i32).kids(kids);
    pdf.finish()
}

fn content(drawing: &Drawing) -> Vec<u8> {
    let mut content = Content::new();
    put(&mut content, drawing);
    content.finish().to_vec()
}

fn put(content: &mut Content, drawing: &Drawing) {
    for item in &drawing.0 {
        match item {
            DrawnItem::Note { drawing, .. } => put(content, drawing),
            DrawnItem::Bar { .. } => {}
            DrawnItem::Line { from, to, width } => {
                content.set_line_width(rounded(*width));
                content.move_to(rounded(from.x), flipped(from.y)).line_to(rounded(to.x), flipped(to.y));
                content.stroke();
            }
            DrawnItem::Outline(path) => fill(content, path),
            DrawnItem::Text { at, size, face, words } => {
                let font = FONTS.iter().find(|font| font.0 == *face).map_or(FONTS[0].1, |font| font.1);
                content.begin_text().set_font(Name(font), rounded(*size));
                content.next_line(rounded(at.x), flipped(at.y)).show(Str(&encoded(words))).end_text();
            }
        }
    }
}

fn fill(content: &mut Content, path: &Outline) {
    for segment in &path.0 {
        match segment {
            Segment::Move(p) => content.move_to(rounded(p.x), flipped(p.y)),
            Segment::Line(p) => content.line_to(rounded(p.x), flipped(p.y)),
            Segment::Curve(a, b, p) => content.cubic_to(
                rounded(a.x),
                flipped(a.y),
                rounded(b.x),
                flipped(b.y),
                rounded(p.x),
                flipped(p.y),
            ),
            Segment::Close => content.close_path(),
        };
    }
    content.fill_nonzero();
}

fn rounded(x: f64) -> f32 {
    ((x * 100.0).round() / 100.0) as f32
}

/// The height as PDF counts it, from below.
fn flipped(y: f64) -> f32 {
    rounded(HEIGHT - y)
}

/// The words in the encoding of the fonts; what is not in it becomes a question mark.
fn encoded(words: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        ' '..='~' | '\u{A0}'..='\u{FF}' => c as u32 as u8,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        '…' => 0x85,
        '€' => 0x80,
        'Œ' => 0x8C,
        'œ' => 0x9C,
        _ => b'?',
    };
    words.chars().map(byte).collect()
}
