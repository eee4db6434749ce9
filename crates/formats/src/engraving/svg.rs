//! Drawings as SVG.

use std::fmt::Write;

use super::drawing::{Drawing, DrawnItem, Face, HEIGHT, Outline, Segment};
use super::paper::Paper;

/// The pages, one below the other.
pub(super) fn write(pages: &[Drawing], paper: Paper) -> String {
    let width = paper.width();
    let height = HEIGHT * pages.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}pt\" \
         height=\"{height}pt\" font-family=\"Helvetica, Arial, sans-serif\" stroke=\"#000\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\" stroke=\"none\"/>\n"
    );
    for (i, page) in pages.iter().enumerate() {
        let _ = writeln!(svg, "<g transform=\"translate(0 {})\">", HEIGHT * i as f64);
        page.0.iter().for_each(|item| put(&mut svg, item));
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

fn put(svg: &mut String, item: &DrawnItem) {
    let _ = match item {
        DrawnItem::Note { number, first, drawing } => {
            let id = if *first { format!(" id=\"n{number}\"") } else { String::new() };
            let _ = write!(svg, "<g{id} class=\"note\" data-note=\"{number}\">");
            drawing.0.iter().for_each(|item| put(svg, item));
            writeln!(svg, "</g>")
        }
        DrawnItem::Bar { number, from, to } => writeln!(
            svg,
            "<g id=\"b{number}\" class=\"bar\"><rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" \
             fill=\"none\" stroke=\"none\" pointer-events=\"all\"/></g>",
            from.x,
            from.y,
            to.x - from.x,
            to.y - from.y
        ),
        DrawnItem::Line { from, to, width } => writeln!(
            svg,
            "<path d=\"M{:.2} {:.2}L{:.2} {:.2}\" stroke-width=\"{width:.2}\"/>",
            from.x, from.y, to.x, to.y
        ),
        DrawnItem::Outline(path) => writeln!(svg, "<path d=\"{}\" stroke=\"none\"/>", outline(path)),
        DrawnItem::Text { at, size, face, words } => writeln!(
            svg,
            "<text x=\"{:.2}\" y=\"{:.2}\" font-size=\"{size:.2}\"{} stroke=\"none\" xml:space=\"preserve\">{}</text>",
            at.x,
            at.y,
            match face {
                Face::Regular => "",
                Face::Bold => " font-weight=\"bold\"",
                Face::Italic => " font-style=\"italic\"",
            },
            escaped(words)
        ),
    };
}

fn outline(path: &Outline) -> String {
    let mut d = String::new();
    for segment in &path.0 {
        let _ = match segment {
            Segment::Move(p) => write!(d, "M{:.2} {:.2}", p.x, p.y),
            Segment::Line(p) => write!(d, "L{:.2} {:.2}", p.x, p.y),
            Segment::Curve(a, b, p) => {
                write!(d, "C{:.2} {:.2} {:.2} {:.2} {:.2} {:.2}", a.x, a.y, b.x, b.y, p.x, p.y)
            }
            Segment::Close => write!(d, "Z"),
        };
    }
    d
}

fn escaped(text: &str) -> String {
    let printable = |c: char| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { '?' } else { c };
    let text: String = text.chars().map(printable).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
