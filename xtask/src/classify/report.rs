//! What the test found, for people and for programs.

use std::fmt;

use serde_json::{Value, json};

use super::area::{Area, Judged};
use super::feature::Group;
use super::sample::{BARS, Sample};

/// Telltales that are listed.
const LISTED: usize = 20;

/// What the test found.
pub(super) struct ClassifierReport {
    /// Real and generated.
    excerpts: [usize; 2],
    tunes: usize,
    pub(super) area: Area,
    groups: Vec<(Group, Area)>,
    /// Real against real.
    control: Vec<Area>,
    telltales: Vec<Telltale>,
}

/// A feature that differs between the sides.
struct Telltale {
    group: Group,
    name: String,
    real: f64,
    generated: f64,
    /// The area under the curve of this feature alone.
    area: f64,
}

impl ClassifierReport {
    pub(super) fn new(
        samples: &[Sample],
        area: Area,
        groups: Vec<(Group, Area)>,
        control: Vec<Area>,
    ) -> Self {
        let mut tunes: Vec<usize> = samples.iter().map(|s| s.tune).collect();
        tunes.sort_unstable();
        tunes.dedup();
        let count = samples.first().map_or(0, |s| s.features.len());
        let mut telltales: Vec<Telltale> = (0..count).filter_map(|i| telltale(samples, i)).collect();
        telltales.sort_by(|a, b| (b.area - 0.5).abs().total_cmp(&(a.area - 0.5).abs()));
        telltales.truncate(LISTED);
        let excerpts = [false, true].map(|side| samples.iter().filter(|s| s.generated == side).count());
        Self { excerpts, tunes: tunes.len(), area, groups, control, telltales }
    }

    /// The mean of real against real.
    fn of_control(&self) -> Option<f64> {
        let sum: f64 = self.control.iter().map(|area| area.value).sum();
        (!self.control.is_empty()).then(|| sum / self.control.len() as f64)
    }

    pub(super) fn to_json(&self) -> Value {
        let area = |a: &Area| json!({"auc": a.value, "low": a.interval.0, "high": a.interval.1});
        let groups: Vec<Value> =
            self.groups.iter().map(|(g, a)| json!({"group": g.name(), "area": area(a)})).collect();
        let telltales: Vec<Value> = self
            .telltales
            .iter()
            .map(|t| {
                json!({"group": t.group.name(), "feature": t.name, "real": t.real,
                       "generated": t.generated, "auc": t.area})
            })
            .collect();
        json!({
            "excerpts_a_side": self.excerpts[0].min(self.excerpts[1]), "real_excerpts": self.excerpts[0],
            "generated_excerpts": self.excerpts[1], "tunes": self.tunes, "auc": self.area.value,
            "low": self.area.interval.0, "high": self.area.interval.1, "groups": groups,
            "real_against_real": self.control.iter().map(area).collect::<Vec<_>>(), "telltales": telltales,
        })
    }
}

/// What one feature tells; `None` where it is the same everywhere, or missing on a side.
fn telltale(samples: &[Sample], feature: usize) -> Option<Telltale> {
    let point = &samples.first()?.features[feature];
    let value = |s: &Sample| s.features[feature].value;
    let mean = |side: bool| {
        let values: Vec<f64> = samples.iter().filter(|s| s.generated == side).filter_map(value).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let judged =
        samples.iter().filter_map(|s| Some(Judged { score: value(s)?, tune: 0, generated: s.generated }));
    let area = Area::of(judged.collect());
    let (group, name) = (point.group, point.name.clone());
    Some(Telltale { group, name, real: mean(false)?, generated: mean(true)?, area })
}

impl fmt::Display for ClassifierReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [real, generated] = self.excerpts;
        writeln!(f, "{real} real and {generated} generated excerpts of {BARS} bars, {} tunes", self.tunes)?;
        writeln!(f, "{:22} {}", "real or generated", self.area)?;
        for (group, area) in &self.groups {
            writeln!(f, "  by {:17} {area}", group.name())?;
        }
        if let Some(mean) = self.of_control() {
            let all: Vec<String> = self.control.iter().map(|a| format!("{:.3}", a.value)).collect();
            writeln!(f, "{:22} AUC {mean:.3} in the mean of {}", "real against real", all.join(", "))?;
        }
        writeln!(f, "What gives the generated ones away:")?;
        self.telltales.iter().try_for_each(|telltale| telltale.fmt(f))
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = self.interval;
        write!(f, "AUC {:.3} ({low:.3} to {high:.3})", self.value)
    }
}

impl fmt::Display for Telltale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, name, real, generated, area } = self;
        let more = if area > &0.5 { "more" } else { "less" };
        let group = group.name();
        writeln!(
            f,
            "  {more} {name}: {generated:.3}, real {real:.3} ({group}, alone AUC {:.2})",
            area.max(1.0 - area)
        )
    }
}
