//! How much the kit has played without finding a violation.

use kit::campaign::Tally;
use serde::{Deserialize, Serialize};

use super::shape::Results;

/// `proof.json`.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Proof(pub Vec<Campaign>);

/// What one campaign has played.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// Its name.
    pub campaign: String,
    /// Scenarios, or schedules of one scenario.
    pub scenarios: usize,
    /// Runs, over all styles.
    pub runs: usize,
    /// Runs that were compared with the prediction of the model.
    pub predicted: usize,
    /// Faults that were planned.
    pub planned: usize,
    /// Faults that did happen.
    pub fired: usize,
    /// Faults that could not happen in their run.
    pub impossible: usize,
    /// How long it took.
    pub seconds: f64,
}

impl Campaign {
    /// A campaign of this name that has done this.
    #[must_use]
    pub fn new(name: &str, tally: &Tally, seconds: f64) -> Self {
        let Tally { scenarios, runs, planned, fired, impossible, predicted } = *tally;
        let campaign = name.to_owned();
        Self { campaign, scenarios, runs, predicted, planned, fired, impossible, seconds }
    }
}

impl Results for Proof {
    const NAME: &'static str = "proof";
    const COMMAND: &'static str = "cargo bench --bench proof -- --random 1000000";
}
