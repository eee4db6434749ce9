//! Harmony: how surprising the chords of a tune are, what may stand in their place, and models of both.

mod curve;

use std::fmt;

use serde::Serialize;
use sideman_corpus::{Catalogue, HeldOutShares, Piece, Side, Split};
pub use sideman_improv::harmony::{
    ChordSurprise, Clash, HarmonyModel, Induction, Reharmonisation, ReharmonisationRequest, Rewrite,
    TreeChoice,
};
use sideman_improv::harmony::{Progression, induced};
use sideman_music::{Chord, Sheet};

use crate::{Error, Lead};

/// The share of tunes on which ways to expect are compared.
const HELD_OUT: HeldOutShares = HeldOutShares { validation: 0.1, test: 0.0 };
/// Places at which an induced rule must have been found, and how many are told.
const LEAST_PLACES: u32 = 8;
const TOLD: usize = 12;

/// A model of harmony, and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnedHarmony {
    /// Learned from all charts.
    pub model: HarmonyModel,
    /// How each way to expect did on tunes that it had not learned from.
    pub choice: TreeChoice,
    /// The rules that all the charts have, the commonest first.
    pub induced: Vec<Induction>,
    tunes: usize,
}

/// The chords of a tune, each as surprising as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct SurpriseCurve {
    sheet: Sheet,
    chords: Vec<ChordSurprise>,
}

/// Learns from the charts of a corpus: the way to expect is the one that does best on held-out tunes.
///
/// # Errors
/// When there are too few tunes.
pub fn learn(pieces: &[Piece]) -> Result<LearnedHarmony, Error> {
    let split = Split::by_tune(&Catalogue::of(pieces), HELD_OUT);
    let [train, held_out] =
        [Side::Train, Side::Validation].map(|side| Progression::by_tune(split.pieces(pieces, side)));
    let chords = |tunes: &[Vec<Progression>]| tunes.iter().flatten().map(|p| p.spans().len()).sum::<usize>();
    if chords(&train) == 0 || chords(&held_out) == 0 {
        return Err(Error::Asked("harmony is learned from two tunes with chords or more".into()));
    }
    let choice = TreeChoice::new(&train, &held_out);
    let tunes = Progression::by_tune(pieces);
    let model = HarmonyModel::learn(&tunes, choice.best());
    Ok(LearnedHarmony { model, choice, induced: induced(&tunes.concat(), LEAST_PLACES), tunes: tunes.len() })
}

/// The model in a text, or the one that comes with the program.
///
/// # Errors
/// When the text is none.
pub fn model(text: Option<&str>) -> Result<HarmonyModel, Error> {
    Ok(match text {
        Some(text) => text.parse()?,
        None => HarmonyModel::built_in(),
    })
}

/// New changes for a tune, with what is sung over them where that is known.
///
/// # Errors
/// When the chart has no such bars or no chord, or when the melody is no line over it.
pub fn reharmonise(
    model: &HarmonyModel,
    sheet: &Sheet,
    request: ReharmonisationRequest,
    melody: Option<&Lead>,
    seed: u64,
) -> Result<Reharmonisation, Error> {
    let bars = sheet.bars().len();
    if request.bars.is_some_and(|asked| asked.last() > bars) {
        return Err(Error::unmet("bars", format!("the last bar is {bars}")));
    }
    has_chords(sheet)?;
    let melody = melody.map(|lead| lead.over(sheet)).transpose()?.or(request.melody.clone());
    Ok(model.reharmonise(sheet, &ReharmonisationRequest { melody, ..request }, seed)?)
}

fn has_chords(sheet: &Sheet) -> Result<(), Error> {
    match sheet.chords().iter().any(|(_, chord)| chord.is_some()) {
        true => Ok(()),
        false => Err(Error::unmet("chart", "there are no chords in it")),
    }
}

impl SurpriseCurve {
    /// The chords of a sheet, as surprising as they are to a model.
    ///
    /// # Errors
    /// When the sheet has none.
    pub fn new(model: &HarmonyModel, sheet: &Sheet) -> Result<Self, Error> {
        has_chords(sheet)?;
        Ok(Self { sheet: sheet.clone(), chords: model.surprise(sheet) })
    }

    /// The bits of all chords, by the tree alone and given the rules.
    pub fn bits(&self) -> [f64; 2] {
        let sum = |of: fn(&ChordSurprise) -> f64| self.chords.iter().map(of).sum();
        [sum(|chord| chord.bits), sum(|chord| chord.bits_given_rules)]
    }

    /// The curve as a picture, SVG.
    pub fn picture(&self) -> String {
        curve::draw(&self.sheet, &self.chords)
    }

    fn rows(&self) -> impl Iterator<Item = SurpriseRow> {
        self.chords.iter().map(|chord| SurpriseRow::new(&self.sheet, chord))
    }
}

/// What is told of a chord.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct SurpriseRow {
    bar: i64,
    beat: f64,
    chord: String,
    bits: f64,
    bits_given_rules: f64,
    rule: Option<String>,
    expected: Option<String>,
}

impl SurpriseRow {
    fn new(sheet: &Sheet, chord: &ChordSurprise) -> Self {
        let (bar, offset) = sheet.place(chord.span.start);
        let (over, under) = offset.as_quarters();
        let rule = chord.rule.as_ref();
        let expected = |chord: &sideman_improv::harmony::RuleChord, up: u8| {
            chord.chord.transposed(up.into()).to_string()
        };
        Self {
            bar: bar + 1,
            beat: 1.0 + over as f64 / under as f64 * f64::from(sheet.meter_at(chord.span.start).unit()) / 4.0,
            chord: name(chord.span.chord),
            bits: chord.bits,
            bits_given_rules: chord.bits_given_rules,
            rule: rule.map(|rule| rule.name.clone()),
            expected: rule.map(|rule| {
                rule.from.iter().map(|from| expected(from, chord.up)).collect::<Vec<_>>().join(" ")
            }),
        }
    }
}

fn name(chord: Option<Chord>) -> String {
    chord.map_or("N.C.".into(), |chord| chord.to_string())
}

fn names(chords: &[Chord]) -> String {
    chords.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

impl Serialize for SurpriseCurve {
    /// A list with a member for each chord.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows())
    }
}

impl fmt::Display for SurpriseCurve {
    /// A table with a line for each chord.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>4} {:>5}  {:<9} {:>6} {:>6}  rule", "bar", "beat", "chord", "bits", "rules")?;
        for row in self.rows() {
            let SurpriseRow { bar, beat, chord, bits, bits_given_rules, rule, expected } = row;
            let why =
                rule.zip(expected).map_or(String::new(), |(rule, from)| format!("  {rule} (for {from})"));
            writeln!(f, "{bar:>4} {beat:>5.1}  {chord:<9} {bits:>6.2} {bits_given_rules:>6.2}{why}")?;
        }
        let ([bits, given], bars) = (self.bits(), self.sheet.bars().len() as f64);
        write!(f, "{:.2} bits a bar, {:.2} given the rules", bits / bars, given / bars)
    }
}

/// What was done to a tune, in words: a line for each rewrite, and what rubs.
pub fn told(sheet: &Sheet, made: &Reharmonisation) -> String {
    let bar = |at| sheet.place(at).0 + 1;
    let mut lines: Vec<String> = made
        .rewrites
        .iter()
        .map(|rewrite| {
            let Rewrite { start, from, to, rule, bits_before, bits_after, .. } = rewrite;
            let (from, to) = (names(from), names(to));
            format!(
                "bar {:>3}  {from:<18} -> {to:<28} {bits_before:>5.1} -> {bits_after:>5.1} bits  {}",
                bar(*start),
                rule.name
            )
        })
        .collect();
    lines.extend(made.clashes.iter().map(|clash| {
        format!("bar {:>3}  {} rubs against {}, shortly", bar(clash.at), clash.pitch, clash.chord)
    }));
    lines.join("\n")
}

impl fmt::Display for LearnedHarmony {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} tunes; {}kept: {}", self.tunes, self.choice, self.choice.best())?;
        write!(f, "{} rules of substitution found, the commonest:", self.induced.len())?;
        self.induced.iter().take(TOLD).try_for_each(|induction| {
            let Induction { rule, places, .. } = induction;
            write!(f, "\n{:>7} at {places:>4} places  {:<28} {}", rule.weight, rule.formula(), rule.name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus;

    fn sheet(text: &str) -> Sheet {
        text.parse().unwrap()
    }

    #[test]
    fn a_surprise_is_told_with_the_rule_that_explains_it() {
        let model = model(None).unwrap();
        let curve = SurpriseCurve::new(&model, &sheet("Cmaj7 | A7 | Dm7 | Db7 | Cmaj7 | %")).unwrap();
        let table = curve.to_string();
        assert!(table.contains("tritone substitution (for G7)"), "{table}");
        let json = serde_json::to_value(&curve).unwrap();
        assert_eq!((json[3]["bar"].as_i64(), json[3]["chord"].as_str()), (Some(4), Some("Db7")));
        let svg = curve.picture();
        assert!(svg.starts_with("<svg") && svg.contains("Db7") && svg.trim_end().ends_with("</svg>"));
        assert!(SurpriseCurve::new(&model, &sheet("N.C. | %")).is_err());
    }

    #[test]
    fn what_is_learned_from_charts_is_read_back_and_used() {
        let learned = learn(&corpus::built_in().pieces).unwrap();
        assert!(learned.to_string().contains("bits per chord"));
        let again = model(Some(&learned.model.to_string())).unwrap();
        let blues = sheet("F7 | Bb7 | F7 | Cm7 F7 | Bb7 | % | F7 | D7 | Gm7 | C7 | F7 | C7");
        let request = ReharmonisationRequest { spice: 60, ..Default::default() };
        let made = reharmonise(&again, &blues, request.clone(), None, 1).unwrap();
        assert_eq!(told(&blues, &made).lines().count(), made.rewrites.len());
        let bars = Some("12-13".parse().unwrap());
        let complaint = reharmonise(&again, &blues, ReharmonisationRequest { bars, ..request }, None, 1);
        assert!(complaint.unwrap_err().to_string().contains("the last bar is 12"));
        assert!(learn(&[]).is_err());
    }
}
