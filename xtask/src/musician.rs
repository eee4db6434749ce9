//! What a musician hears in generated solos, beside real ones: one table, a row a habit.
//!
//! Figures are means over whole solos. z is the difference of the means over the standard error of the real one, s / √n:
//! beyond 2 the generated solos would be an unlikely lot of real ones. How notes a bar differ from chart to chart is judged by its
//! spread, whose standard error is s / √(2(n − 1)), and by the correlation of each solo with real ones over the same tune;
//! there the real figure is that of real solos among themselves, and z is of Fisher's transform, over 1 / √(n − 3) for n tunes.

mod density;
mod known;
mod row;

use std::fmt;

use serde_json::{Value, json};
use sideman_corpus::Piece;

use crate::excerpt::{Excerpt, on_the_grid};
use crate::habits;
use crate::solos::Comparison;
use known::KnownRuns;
use row::HabitRow;

/// Beyond so many standard errors a row does not hold.
const FARTHEST: f64 = 2.0;
/// Intervals of the runs that the corpus may know.
const RUNS: [(&str, usize); 2] =
    [("notes in runs of 7 intervals that the corpus knows", 7), ("notes in runs of 9 intervals", 9)];

/// Compares two corpora: `REAL GENERATED [--split FILE [--side SIDE]] [--corpus FILE] [--json]`.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let asked = Comparison::read(arguments)?;
    let (real, generated) = (on_the_grid(&asked.real_side()), on_the_grid(&asked.generated));
    let learned = asked.learned().map(|pieces| on_the_grid(&pieces));
    let table = HabitTable::new(&real, &generated, learned.as_deref(), &on_the_grid(&asked.real))?;
    println!("{}", if asked.json { table.to_json().to_string() } else { table.to_string() });
    Ok(())
}

/// What was found.
struct HabitTable {
    /// Real and generated solos.
    solos: [usize; 2],
    rows: Vec<HabitRow>,
}

impl HabitTable {
    /// `learned` is what runs may be known from; `all` are all real solos that may play the same tune.
    fn new(
        real: &[Piece],
        generated: &[Piece],
        learned: Option<&[Piece]>,
        all: &[Piece],
    ) -> Result<Self, String> {
        let sides = [whole(real), whole(generated)];
        let solos = [sides[0].len(), sides[1].len()];
        if solos.contains(&0) {
            return Err("there is a side without a solo".into());
        }
        let means = |name, unit, of: &dyn Fn(&Excerpt<'_>) -> Option<f64>| {
            let [real, generated] =
                [0, 1].map(|side: usize| -> Vec<f64> { sides[side].iter().filter_map(of).collect() });
            HabitRow::of_means(name, unit, &real, &generated)
        };
        let mut rows: Vec<HabitRow> =
            habits::all().map(|habit| means(habit.name, habit.unit, &habit.of)).collect();
        for (name, length) in learned.map_or(&[][..], |_| &RUNS[..]) {
            let known = KnownRuns::new(&whole(learned.unwrap_or_default()), *length);
            rows.push(means(name, habits::Unit::Share, &|excerpt| known.covered(excerpt)));
        }
        rows.extend(density::rows(real, generated, all));
        Ok(Self { solos, rows })
    }

    /// How many rows hold, and how many are judged.
    fn holding(&self) -> (usize, usize) {
        let judged = || self.rows.iter().filter_map(|row| row.z);
        (judged().filter(|z| z.abs() <= FARTHEST).count(), judged().count())
    }

    fn to_json(&self) -> Value {
        let (holding, judged) = self.holding();
        let rows: Vec<Value> = self.rows.iter().map(HabitRow::to_json).collect();
        json!({"real_solos": self.solos[0], "generated_solos": self.solos[1], "rows": rows,
               "holding": holding, "judged": judged})
    }
}

fn whole(pieces: &[Piece]) -> Vec<Excerpt<'_>> {
    pieces.iter().filter_map(Excerpt::whole).collect()
}

impl fmt::Display for HabitTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [real, generated] = self.solos;
        let head = format!("{generated} generated solos beside {real} real ones");
        writeln!(f, "{head:52} {:>9} {:>9} {:>6} {:>6}", "real", "generated", "z", "n")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))?;
        let (holding, judged) = self.holding();
        write!(f, "{holding} of {judged} rows within {FARTHEST:.0} standard errors of the real mean")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_improv::built_in;

    #[test]
    fn a_corpus_has_its_own_habits() {
        let corpus = built_in::corpus();
        let table = HabitTable::new(&corpus, &corpus, Some(&corpus), &corpus).unwrap();
        let (holding, judged) = table.holding();
        assert!(holding == judged && judged > 15, "{table}");
        let known = table.rows.iter().find(|row| row.name.contains("runs of 9")).unwrap();
        assert!(known.generated > 0.99, "{table}");
        assert_eq!(table.to_json()["judged"], judged);
        assert!(HabitTable::new(&corpus, &[], None, &corpus).is_err());
    }
}
