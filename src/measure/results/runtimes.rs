//! The results of the styles on runtimes.

use serde::{Deserialize, Serialize};

use super::shape::{Results, told};

/// `runtimes.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runtimes {
    /// The styles on the runtimes.
    pub measures: Vec<Measure>,
    /// The runtimes that this machine does not run.
    #[serde(rename = "left out")]
    pub left_out: Vec<LeftOut>,
    /// What `Send` costs.
    pub send: Vec<Pair>,
}

/// A runtime that this machine does not run.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The runtime.
    pub runtime: String,
    /// What it says.
    pub why: String,
}

/// A piece of code twice: with types that are `Send`, and with those that stay on one thread.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// What it does.
    pub piece: String,
    /// Nanoseconds with types that stay on one thread: the median.
    pub local: f64,
    /// Nanoseconds with types that are `Send`: the median.
    pub send: f64,
    /// The time with `Send`, divided by the other.
    pub ratio: f64,
    /// The 95 % confidence interval of the ratio.
    pub interval: (f64, f64),
    /// How far the ratio of the second copy (the twin) was from 1.
    pub resolution: f64,
    /// How many rounds were played.
    pub rounds: usize,
}

/// One thing that was measured.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Its name.
    pub measure: String,
    /// The unit of the values.
    pub unit: String,
    /// How many rounds were played, if times are compared.
    #[serde(deserialize_with = "told")]
    pub rounds: Option<usize>,
    /// How far the ratio of the baseline's second copy (the twin) was from 1, if times are
    /// compared.
    #[serde(deserialize_with = "told")]
    pub resolution: Option<f64>,
    /// The baseline comes first.
    pub cells: Vec<Cell>,
}

/// A style on a runtime.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The runtime.
    pub runtime: String,
    /// The style.
    pub style: String,
    /// The median, if it could be measured.
    #[serde(deserialize_with = "told")]
    pub value: Option<f64>,
    /// The time, divided by the baseline's.
    #[serde(deserialize_with = "told")]
    pub ratio: Option<f64>,
    /// The 95 % confidence interval of the ratio.
    #[serde(deserialize_with = "told")]
    pub interval: Option<(f64, f64)>,
}

impl Results for Runtimes {
    const NAME: &'static str = "runtimes";
    const COMMAND: &'static str = "cargo bench --bench runtimes";
}
