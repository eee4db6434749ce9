//! The loss curve of a training.

use plotters::prelude::*;

use super::TrainingCurve;
use crate::Error;

/// The curve as an SVG document.
///
/// # Errors
/// When it cannot be drawn.
pub fn loss_curve(curve: &TrainingCurve) -> Result<String, Error> {
    let mut svg = String::new();
    draw(curve, &mut svg).map_err(|error| Error::Plot(error.to_string()))?;
    Ok(svg)
}

fn draw(curve: &TrainingCurve, svg: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let losses = || curve.training.iter().chain(&curve.held_out).chain(curve.floors.iter().map(|(_, y)| y));
    let top = losses().copied().fold(0.1, f64::max) * 1.05;
    let epochs = curve.training.len().max(1);
    let area = SVGBackend::with_string(svg, (900, 520)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption("Learning: held-out tunes against the floors", ("sans-serif", 22))
        .margin(14)
        .x_label_area_size(42)
        .y_label_area_size(56)
        .build_cartesian_2d(1..epochs.max(2), 0.0..top)?;
    chart
        .configure_mesh()
        .x_desc("epoch")
        .y_desc(format!("loss, {}", curve.unit))
        .light_line_style(WHITE)
        .draw()?;
    for (name, losses, colour) in lines(curve) {
        chart
            .draw_series(LineSeries::new(losses, colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2)));
    }
    for (i, (name, loss)) in curve.floors.iter().enumerate() {
        let colour = RGBColor(120, 120, 120).mix(1.0 - 0.4 * (i % 2) as f64);
        chart
            .draw_series(DashedLineSeries::new(
                [(1, *loss), (epochs.max(2), *loss)],
                6,
                4,
                colour.stroke_width(1),
            ))?
            .label(format!("{name} floor {loss:.2}"))
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(1)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.2))
        .draw()?;
    area.present()?;
    Ok(())
}

/// The losses epoch by epoch, the first counted as 1, each with its name and colour.
fn lines(curve: &TrainingCurve) -> impl Iterator<Item = (&'static str, Vec<(usize, f64)>, RGBColor)> {
    let series = |losses: &[f64]| losses.iter().enumerate().map(|(i, &y)| (i + 1, y)).collect::<Vec<_>>();
    let training = ("training", series(&curve.training), RGBColor(31, 95, 168));
    let held_out = ("held-out tunes", series(&curve.held_out), RGBColor(192, 57, 43));
    [training, held_out].into_iter().filter(|(_, losses, _)| !losses.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_shows_both_losses_and_the_floors() {
        let curve = TrainingCurve {
            training: vec![4.0, 3.0, 2.0],
            held_out: vec![4.1, 3.2, 2.9],
            floors: vec![("unigram".into(), 3.5), ("bigram".into(), 3.1)],
            ..TrainingCurve::default()
        };
        let svg = loss_curve(&curve).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        for words in
            ["training", "held-out tunes", "nats per value", "unigram floor 3.50", "bigram floor 3.10"]
        {
            assert!(svg.contains(words), "{words}");
        }
        assert!(loss_curve(&TrainingCurve::default()).is_ok());
    }
}
