//! What the server withstood.

use serde::{Deserialize, Serialize};

use super::shape::Results;

/// `torture.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Torture {
    /// The styles that answered.
    pub styles: Vec<String>,
    /// What was done to them. A trial that is not passed is not written.
    pub trials: Vec<Trial>,
}

/// A trial.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Its name.
    pub trial: String,
    /// What was counted.
    pub counts: Vec<Count>,
}

/// A count.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// What it counts.
    pub what: String,
    /// How many there were with each style.
    pub of: Vec<u64>,
}

impl Results for Torture {
    const NAME: &'static str = "torture";
    const COMMAND: &'static str = "cargo bench --bench torture";
}
