//! The styles on runtimes.

use four_ways::measure::rounds::{rounded, shown};
use serde::Deserialize;

use super::environment::told;
use super::markdown::{NONE, grouped, per_cent, table, whole};

/// One thing that was measured.
#[derive(Deserialize)]
pub struct Measure {
    measure: String,
    unit: String,
    #[serde(deserialize_with = "told")]
    rounds: Option<usize>,
    #[serde(deserialize_with = "told")]
    resolution: Option<f64>,
    /// The baseline stands first.
    cells: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    runtime: String,
    style: String,
    #[serde(deserialize_with = "told")]
    value: Option<f64>,
    #[serde(deserialize_with = "told")]
    ratio: Option<f64>,
}

/// A table for each measure.
pub fn tables(measures: &[Measure]) -> String {
    let tables = measures.iter().map(|measure| {
        let Measure { measure: name, unit, rounds, .. } = measure;
        let rounds = rounds.map_or(String::new(), |rounds| format!("{rounds} rounds, "));
        // The same measure in another unit, as times and as rates, has the same resolution.
        let same = measures.iter().filter(|other| other.measure == *name);
        let resolution = same.filter_map(|other| other.resolution).next();
        let trust = resolution
            .map(|resolution| format!(" ({rounds}resolution {})", per_cent(resolution)))
            .unwrap_or_default();
        format!("**{}, {unit}**{trust}\n\n{}", grouped(name), measure.table(resolution))
    });
    tables.collect::<Vec<_>>().join("\n\n")
}

impl Measure {
    /// A row for each runtime, a column for each style.
    fn table(&self, resolution: Option<f64>) -> String {
        let (mut runtimes, mut styles) = (Vec::new(), Vec::new());
        for Cell { runtime, style, .. } in &self.cells {
            if !runtimes.contains(&runtime) {
                runtimes.push(runtime);
            }
            if !styles.contains(&style) {
                styles.push(style);
            }
        }
        styles.reverse(); // the baseline's style is the last of the four elsewhere
        let rows = runtimes.into_iter().map(|runtime| {
            let cells = styles.iter().map(|style| {
                let is_here = |cell: &&Cell| cell.runtime == *runtime && cell.style == **style;
                let cell = self.cells.iter().find(is_here);
                cell.map_or(NONE.to_owned(), |cell| self.shown(cell, resolution))
            });
            [runtime.clone()].into_iter().chain(cells).collect()
        });
        let header: Vec<_> =
            [""].into_iter().chain(styles.iter().map(|style| style.as_str())).collect();
        table(&header, &rows.collect::<Vec<_>>())
    }

    fn shown(&self, cell: &Cell, resolution: Option<f64>) -> String {
        let Some(value) = cell.value else { return NONE.to_owned() };
        let value = match resolution {
            Some(resolution) => grouped(&rounded(value, value * resolution)),
            None => whole(value),
        };
        let is_baseline = self.cells.first().is_some_and(|first| std::ptr::eq(first, cell));
        match (cell.ratio, self.resolution) {
            (Some(_), Some(_)) if is_baseline => format!("{value} (1)"),
            (Some(ratio), Some(resolution)) => format!("{value} ({})", shown(ratio, resolution)),
            _ => value,
        }
    }
}
