//! A strip under the piano roll: how surprising each note was.

use std::fmt::Write;

use sideman_improv::line::Surprise;
use sideman_music::Note;

use super::lane::{LEFT, Lane};

pub(super) const HEIGHT: f64 = 44.0;
pub(super) const RHYTHM: &str = "#a9c3d6";
pub(super) const PITCH: &str = "#51657a";
/// The least that the strip's height stands for.
const LEAST_TOP: f64 = 8.0;
/// Between the lines of the scale.
const MARK: f64 = 4.0;
const WIDEST: f64 = 7.0;

/// The surprises of all notes, on one scale.
pub(super) struct Strip<'a> {
    surprises: &'a [Surprise],
    top: f64,
}

impl<'a> Strip<'a> {
    pub(super) fn new(surprises: &'a [Surprise]) -> Self {
        let most = surprises.iter().map(|s| s.rhythm + s.pitch).filter(|s| s.is_finite());
        Self { surprises, top: most.fold(LEAST_TOP, f64::max) }
    }

    /// The notes that begin in a lane, with bars that stand on its floor.
    pub(super) fn draw<'n>(
        &self,
        svg: &mut String,
        lane: &Lane,
        notes: impl Iterator<Item = (usize, &'n Note)>,
    ) {
        self.scale(svg, lane);
        for (i, note) in notes.filter(|(_, n)| n.onset >= lane.start) {
            let Some(surprise) = self.surprises.get(i) else { continue };
            let (x, width) = (lane.x(note.onset), lane.x(note.end()) - lane.x(note.onset) - 1.0);
            let width = width.clamp(1.5, WIDEST);
            let mut floor = lane.floor;
            for (part, colour) in [(surprise.rhythm, RHYTHM), (surprise.pitch, PITCH)] {
                let height = self.height(part.clamp(0.0, self.top));
                floor -= height;
                let _ = writeln!(
                    svg,
                    "<rect class=\"surprise\" x=\"{x:.1}\" y=\"{floor:.1}\" width=\"{width:.1}\" \
                     height=\"{height:.1}\" fill=\"{colour}\"/>"
                );
            }
        }
    }

    fn height(&self, nats: f64) -> f64 {
        nats / self.top * HEIGHT
    }

    fn scale(&self, svg: &mut String, lane: &Lane) {
        let step = MARK * (self.top / MARK / 4.0).ceil();
        let marks = (0..).map(|i| f64::from(i) * step).take_while(|mark| *mark <= self.top);
        for mark in marks {
            let y = lane.floor - self.height(mark);
            let _ = writeln!(
                svg,
                "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\" stroke=\"#e4e4e8\"/>\
                 <text x=\"{:.0}\" y=\"{:.1}\" font-size=\"9\" fill=\"#888\" text-anchor=\"end\">{mark}</text>",
                lane.right(),
                LEFT - 6.0,
                y + 3.0
            );
        }
        let middle = lane.floor - HEIGHT / 2.0;
        let _ = writeln!(
            svg,
            "<text x=\"18\" y=\"{middle:.1}\" font-size=\"9\" fill=\"#888\" text-anchor=\"middle\" \
             transform=\"rotate(-90 18 {middle:.1})\">nats</text>"
        );
    }
}
