//! Whether generated solos lie where real ones do: one table, a verdict a line.

use std::fmt;

use serde_json::{Value, json};
use sideman_corpus::Piece;
use sideman_corpus::measure::{Beside, Measure, MeasureReport, MeasureRow};
use sideman_corpus::role::{Role, roles, shares};
use sideman_session::judge::{self, Originality};

use crate::solos::Comparison;

/// The share of generated solos that should lie in the 5-95 % band of single real ones.
const INSIDE: f64 = 0.8;
/// How far their mean may lie from the real one, in standard deviations of real solos.
const FARTHEST: f64 = 0.5;
/// How far the shares of chord and scale tones may lie from the real ones.
const SHARES: f64 = 0.03;

/// Compares two corpora: `REAL GENERATED [--split FILE [--side SIDE]] [--json]`.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let asked = Comparison::read(arguments)?;
    let verdicts = Verdicts::new(&asked.real_side(), &asked.training_side(), &asked.generated)?;
    println!("{}", if asked.json { verdicts.to_json().to_string() } else { verdicts.to_string() });
    Ok(())
}

/// What was found.
struct Verdicts {
    report: MeasureReport,
    /// The share of each role: generated, real.
    roles: Vec<(Role, f64, f64)>,
    certificates: Vec<Originality>,
}

impl Verdicts {
    fn new(real: &[Piece], learned: &[Piece], generated: &[Piece]) -> Result<Self, String> {
        let report = judge::measure(generated, real).map_err(|e| e.to_string())?;
        if report.reference.is_none() {
            return Err("there is no real solo to compare with".into());
        }
        let (made, played) = (role_shares(generated), role_shares(real));
        let roles = Role::ALL.into_iter().zip(made.into_iter().zip(played)).map(|(r, (m, p))| (r, m, p));
        let certificates = judge::originality(generated, learned).map_err(|e| e.to_string())?;
        Ok(Self { report, roles: roles.collect(), certificates })
    }

    fn failed_certificates(&self) -> impl Iterator<Item = &str> {
        self.certificates.iter().filter(|solo| !solo.certificate.passes).map(|solo| solo.id.as_str())
    }

    fn to_json(&self) -> Value {
        let rows: Vec<Value> = self
            .report
            .rows
            .iter()
            .filter_map(|row| {
                let verdict = Verdict::of(row, row.beside.as_ref()?);
                Some(json!({"row": row, "inside": verdict.inside, "near": verdict.near, "shares": verdict.shares}))
            })
            .collect();
        let roles: Vec<Value> = self
            .roles
            .iter()
            .map(|(r, made, real)| json!({"role": r, "generated": made, "real": real}))
            .collect();
        let failed: Vec<&str> = self.failed_certificates().collect();
        json!({"solos": self.report.solos, "reference": self.report.reference, "measures": rows, "roles": roles,
               "certificates": self.certificates.len(), "certificates_failed": failed})
    }
}

fn role_shares(pieces: &[Piece]) -> [f64; Role::ALL.len()] {
    let all = pieces.iter().filter_map(|p| Some(roles(&p.sheet, p.solo.as_ref()?))).flatten();
    shares(&all.collect::<Vec<_>>()).unwrap_or_default()
}

/// Which of the demands a measure meets.
struct Verdict {
    inside: bool,
    near: bool,
    /// Of the shares of chord and scale tones alone.
    shares: Option<bool>,
}

impl Verdict {
    fn of(row: &MeasureRow, beside: &Beside) -> Self {
        let is_share =
            matches!(row.measure, Measure::ChordTones | Measure::ScaleTones | Measure::ScaleTonesAsNamed);
        Self {
            inside: beside.inside >= INSIDE,
            near: beside.distance.is_none_or(|d| d.abs() <= FARTHEST),
            shares: is_share.then(|| (row.mean - beside.mean).abs() <= SHARES),
        }
    }

    fn holds(&self) -> bool {
        self.inside && self.near && self.shares != Some(false)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.holds() {
            return f.write_str("ok");
        }
        let wrong = [
            (self.inside, "too few inside"),
            (self.near, "mean too far"),
            (self.shares != Some(false), "share too far"),
        ];
        let wrong: Vec<&str> =
            wrong.into_iter().filter(|(holds, _)| !holds).map(|(_, words)| words).collect();
        f.write_str(&wrong.join(", "))
    }
}

impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let solos =
            format!("{} solos beside {} real ones", self.report.solos, self.report.reference.unwrap_or(0));
        let (band, inside) = ("5-95 % of real", "inside");
        writeln!(f, "{solos:34} {:>9} {:>9} {band:>20} {inside:>7} {:>6}", "mean", "real", "SDs")?;
        let rows = || self.report.rows.iter().filter_map(|row| Some((row, row.beside?)));
        for (row, beside) in rows() {
            let band = format!("{:.3} to {:.3}", beside.band.0, beside.band.1);
            let away = beside.distance.map_or("-".to_owned(), |d| format!("{d:+.2}"));
            let (mean, real, inside) = (row.mean, beside.mean, 100.0 * beside.inside);
            let verdict = Verdict::of(row, &beside);
            writeln!(
                f,
                "{:34} {mean:9.3} {real:9.3} {band:>20} {inside:5.0} % {away:>6}  {verdict}",
                row.name
            )?;
        }
        for (role, made, real) in &self.roles {
            writeln!(f, "{:34} {made:9.3} {real:9.3}", format!("role: {role}"))?;
        }
        let holds = rows().filter(|(row, beside)| Verdict::of(row, beside).holds()).count();
        writeln!(f, "{holds} of {} measures hold", rows().count())?;
        let failed: Vec<&str> = self.failed_certificates().collect();
        let passed = self.certificates.len() - failed.len();
        write!(f, "{passed} of {} certificates of originality pass", self.certificates.len())?;
        if failed.is_empty() { Ok(()) } else { write!(f, "; not {}", failed.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_improv::built_in;

    #[test]
    fn a_corpus_lies_where_it_lies_and_copies_do_not_pass() {
        let corpus = built_in::corpus();
        let verdicts = Verdicts::new(&corpus, &corpus, &corpus).unwrap();
        let shown = verdicts.to_string();
        assert!(shown.contains("20 of 20 measures hold"), "{shown}");
        assert!(verdicts.failed_certificates().count() > 0, "what was learned is no original");
        assert!(Verdicts::new(&[], &corpus, &corpus).is_err());
    }
}
