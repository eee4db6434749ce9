//! The measures of a set beside the bands of a reference, each on a scale of its own.

use std::fmt::Write;

use sideman_corpus::measure::{Beside, MeasureReport, MeasureRow};

const WIDTH: f64 = 900.0;
const LEFT: f64 = 260.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 56.0;
const ROW: f64 = 26.0;

/// A report as an SVG document: grey is where nine in ten solos of the reference lie, the line its mean, the dot the
/// mean of the set.
pub fn bands(report: &MeasureReport) -> String {
    let rows: Vec<(&MeasureRow, &Beside)> =
        report.rows.iter().filter_map(|row| Some((row, row.beside.as_ref()?))).collect();
    let height = TOP + ROW * rows.len() as f64 + 12.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" height=\"{height:.0}\" \
         font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#222\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"24\" font-size=\"17\">{} solos beside {} of the reference</text>\n\
         <text x=\"16\" y=\"42\" fill=\"#666\">grey: 5–95 % of single solos · line: their mean · dot: mean of the set</text>\n",
        report.solos,
        report.reference.unwrap_or(0)
    );
    for (i, (row, beside)) in rows.into_iter().enumerate() {
        draw(&mut svg, row, beside, TOP + ROW * i as f64);
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw(svg: &mut String, row: &MeasureRow, beside: &Beside, y: f64) {
    let (low, high) = beside.band;
    let (least, most) = (low.min(row.mean), high.max(row.mean));
    let room = (most - least).max(1e-9) * 0.08;
    let x = |value: f64| LEFT + (WIDTH - LEFT - RIGHT) * (value - least + room) / (most - least + 2.0 * room);
    let middle = y + ROW / 2.0;
    let colour = if (low..=high).contains(&row.mean) { "#1f5fa8" } else { "#c0392b" };
    let _ = writeln!(
        svg,
        "<text x=\"16\" y=\"{:.1}\">{}</text>\
         <rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"10\" rx=\"3\" fill=\"#d5d8dc\"/>\
         <rect x=\"{:.1}\" y=\"{:.1}\" width=\"2\" height=\"16\" fill=\"#666\"/>\
         <circle cx=\"{:.1}\" cy=\"{middle:.1}\" r=\"5\" fill=\"{colour}\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{:.3}</text><text x=\"{:.1}\" y=\"{:.1}\" fill=\"#666\">{:.0} % inside</text>",
        middle + 4.0,
        row.name,
        x(low),
        middle - 5.0,
        (x(high) - x(low)).max(1.0),
        x(beside.mean) - 1.0,
        middle - 8.0,
        x(row.mean),
        WIDTH - RIGHT + 8.0,
        middle + 4.0,
        row.mean,
        WIDTH - RIGHT + 70.0,
        middle + 4.0,
        beside.inside * 100.0
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_corpus::measure::SoloMeasures;
    use sideman_improv::built_in;

    #[test]
    fn every_measure_has_its_row() {
        let corpus = built_in::corpus();
        let measured = |pieces: &[sideman_corpus::Piece]| -> Vec<SoloMeasures> {
            pieces.iter().filter_map(|p| Some(SoloMeasures::new(&p.sheet, p.solo.as_ref()?))).collect()
        };
        let report = MeasureReport::new(&measured(&corpus[..4]), &measured(&corpus[4..20]));
        let svg = bands(&report);
        assert_eq!(svg.matches("<circle").count(), report.rows.iter().filter(|r| r.beside.is_some()).count());
        assert!(svg.contains("4 solos beside 16"));
    }
}
