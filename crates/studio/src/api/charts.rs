//! Charts: as they are typed, chosen or dropped; and everything that can be chosen.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sideman_band::{Band, Style};
use sideman_formats::engraving::Paper;
use sideman_formats::notation::PartKey;
use sideman_formats::{Location, Warned, Warning};
use sideman_improv::built_in;
use sideman_music::{Instrument, Sheet};
use sideman_session::{Lead, Pages, Soloist, Source};

use crate::ask::{Ask, PathParts};
use crate::problem::{Answer, Problem};
use crate::reply::Reply;
use crate::studio::Studio;
use crate::take_order::TakeOrder;

/// Everything that can be chosen.
#[derive(Serialize)]
struct PlayChoices {
    instruments: Vec<&'static str>,
    /// Whom the model knows.
    performers: Vec<String>,
    styles: Vec<StyleChoice>,
    bands: [&'static str; 4],
    /// What plays the chords.
    chords: Vec<&'static str>,
    charts: Vec<ChartChoice>,
    /// What the model calls itself.
    model: String,
    defaults: TakeOrder,
}

/// A style of the band.
#[derive(Serialize)]
struct StyleChoice {
    name: String,
    /// Its usual tempo.
    tempo: u32,
}

/// A chart that comes with the program, or that the studio was opened with.
#[derive(Serialize)]
struct ChartChoice {
    title: String,
    /// Its style, by which charts are grouped; `yours` for those it was opened with.
    kind: String,
    text: String,
}

/// `GET /api/options`
pub(crate) fn options(studio: &Arc<Studio>, _: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    let soloist = studio.soloist()?;
    let performers = match &*soloist {
        Soloist::Player(player) => player.model().background.performers.clone(),
        _ => Vec::new(),
    };
    let style = |style: Style| StyleChoice { name: style.name().to_owned(), tempo: style.tempo().to_bpm() };
    let blues = Source::blues()?.chart()?;
    let ours = [blues].into_iter().chain(built_in::charts());
    let chart = |kind: Option<&str>, sheet: &Sheet| ChartChoice {
        title: if sheet.title().is_empty() { "Untitled".into() } else { sheet.title().to_owned() },
        kind: kind.unwrap_or(sheet.style()).to_owned(),
        text: sheet.to_string(),
    };
    let yours = studio.charts.iter().map(|sheet| chart(Some("yours"), sheet));
    Reply::json(&PlayChoices {
        instruments: Instrument::all().map(Instrument::name).collect(),
        performers,
        styles: Style::all().map(style).collect(),
        bands: ["trio", "duo", "drums", "none"],
        chords: Instrument::all().map(Instrument::name).filter(|name| Band::chordal(name).is_ok()).collect(),
        charts: yours.chain(ours.map(|sheet| chart(None, &sheet))).collect(),
        model: soloist.name(),
        defaults: TakeOrder::default(),
    })
}

/// A chart as it is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedChart {
    text: String,
    #[serde(default)]
    key: Option<String>,
    /// Whether the page is a narrow one.
    #[serde(default)]
    narrow: bool,
}

/// What a chart looks like.
#[derive(Serialize)]
struct ChartView {
    /// The chart as the program writes it; `None` where it cannot be read.
    text: Option<String>,
    title: String,
    key: Option<String>,
    tempo: Option<u32>,
    bars: usize,
    /// The engraved chart; every bar has an id.
    svg: Option<String>,
    /// What is wrong, and where.
    problems: Vec<ChartProblem>,
}

/// A complaint about a chart.
#[derive(Serialize)]
struct ChartProblem {
    /// The bar, counted from 0, where it is about one.
    bar: Option<usize>,
    words: String,
}

/// Bars that are engraved at most while a chart is typed.
const MOST_BARS: usize = 400;

/// `POST /api/chart`: engraves a chart that is typed, or a pasted link.
pub(crate) fn chart(_: &Arc<Studio>, ask: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    Reply::json(&view(&ask.json()?))
}

fn view(typed: &TypedChart) -> ChartView {
    match read(typed) {
        Ok(Warned { value: sheet, warnings }) => {
            let svg = engraved(&sheet, typed.narrow);
            let mut problems: Vec<ChartProblem> =
                warnings.iter().map(|warning| ChartProblem::of(warning, &typed.text)).collect();
            problems.extend(svg.as_ref().err().map(|words| ChartProblem::whole(words)));
            ChartView {
                text: Some(sheet.to_string()),
                title: sheet.title().to_owned(),
                key: sheet.key().map(|key| key.to_string()),
                tempo: sheet.tempo().map(|tempo| tempo.to_bpm()),
                bars: sheet.bars().len(),
                svg: svg.ok(),
                problems,
            }
        }
        Err(words) => {
            let (text, title, key, tempo, svg) = Default::default();
            ChartView { text, title, key, tempo, bars: 0, svg, problems: vec![ChartProblem::whole(&words)] }
        }
    }
}

fn read(typed: &TypedChart) -> Result<Warned<Sheet>, String> {
    if typed.text.trim().is_empty() {
        return Err("the chart is empty; type its bars, such as Dm7 | G7 | Cmaj7 | %".into());
    }
    let read = || {
        let Warned { value, warnings } = Source::typed(&typed.text)?;
        let sheet = value.chart()?;
        let sheet = match typed.key.as_deref().filter(|key| !key.is_empty()) {
            Some(key) => sheet.in_key(key.parse()?),
            None => sheet,
        };
        Ok(Warned { value: sheet, warnings })
    };
    read().map_err(|error: sideman_session::Error| error.to_string())
}

fn engraved(sheet: &Sheet, narrow: bool) -> Result<String, String> {
    if sheet.bars().len() > MOST_BARS {
        return Err(format!(
            "{} bars are too many to be shown; {MOST_BARS} are the most",
            sheet.bars().len()
        ));
    }
    let paper = if narrow { Paper::Narrow } else { Paper::A4 };
    let page = Pages::of(sheet.clone(), None).svg(PartKey::C, paper);
    Ok(page.map_err(|error| error.to_string())?.value)
}

/// The bar, counted from 1, in which a character of a chart stands: as many as the chart has that ends with it.
fn bar_of(text: &str, line: usize, column: usize) -> Option<usize> {
    let before = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::to_owned);
    let here = text.lines().nth(line - 1)?.chars().take(column.checked_sub(1)?).collect();
    let chart = before.chain([here, "C".into()]).collect::<String>();
    Some(Source::typed(&chart).ok()?.value.chart().ok()?.bars().len())
}

impl ChartProblem {
    fn of(warning: &Warning, text: &str) -> Self {
        let bar = match &warning.place {
            Location::Bar { number, .. } => number.parse::<usize>().ok(),
            Location::BarOnPage(bar) => Some(*bar),
            &Location::Character { line, column } => bar_of(text, line, column),
            _ => None,
        };
        Self { bar: bar.and_then(|bar| bar.checked_sub(1)), words: warning.to_string() }
    }

    /// What is said of the whole chart; of a bar where the words begin with one.
    fn whole(words: &str) -> Self {
        let number = words.split_once("bar ").and_then(|(_, rest)| {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            rest[..end].parse::<usize>().ok()?.checked_sub(1)
        });
        Self { bar: number, words: words.to_owned() }
    }
}

/// What a file is called.
#[derive(Deserialize)]
struct DroppedName {
    #[serde(default)]
    name: String,
}

/// What is in a file that was dropped.
#[derive(Serialize)]
struct DroppedFile {
    /// `charts` or `model`.
    holds: &'static str,
    charts: Vec<DroppedChart>,
    /// What was read in another way than it stands.
    notes: Vec<String>,
}

/// A chart in a file.
#[derive(Serialize)]
struct DroppedChart {
    title: String,
    text: String,
    /// Whether the file has a melody over it.
    melody: bool,
}

/// Charts of one file that are handed back.
const MOST_CHARTS: usize = 500;

/// `POST /api/files?name=`: the charts in a file of any format.
pub(crate) fn file(_: &Arc<Studio>, ask: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    let DroppedName { name } = ask.query()?;
    let name: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
    Reply::json(&dropped(&ask.body, &name)?)
}

fn dropped(bytes: &[u8], name: &str) -> Answer<DroppedFile> {
    if bytes.is_empty() {
        return Err(Problem::asked(format!("{name} is empty")));
    }
    let Warned { value, warnings } = Source::read(bytes, name)?;
    let mut notes: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let charts = match value {
        Source::Model(_) => {
            return Err(Problem::asked(format!(
                "{name} is a model; open the studio with it: sideman studio {name}"
            )));
        }
        // A performance without chord symbols has the chords that sound.
        song @ Source::Performance(_) => {
            let Warned { value, warnings } = Lead::read(song, name)?;
            notes.extend(warnings.iter().map(ToString::to_string));
            vec![DroppedChart::new(&value.sheet, true)]
        }
        Source::Tunes(tunes) => {
            tunes.iter().map(|tune| DroppedChart::new(&tune.sheet, tune.solo.is_some())).collect()
        }
        Source::Corpus(library) => {
            library.pieces.iter().map(|piece| DroppedChart::new(&piece.sheet, piece.solo.is_some())).collect()
        }
    };
    let charts: Vec<DroppedChart> = charts.into_iter().take(MOST_CHARTS).collect();
    notes.truncate(50);
    Ok(DroppedFile { holds: "charts", charts, notes })
}

impl DroppedChart {
    fn new(sheet: &Sheet, melody: bool) -> Self {
        Self { title: sheet.title().to_owned(), text: sheet.to_string(), melody }
    }
}
