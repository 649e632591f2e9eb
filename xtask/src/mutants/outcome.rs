//! What cargo-mutants has written: `mutants.out/outcomes.json`, of which only this is read.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The file.
#[derive(Deserialize)]
pub struct Outcomes {
    /// The version of the tool.
    pub cargo_mutants_version: String,
    outcomes: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    scenario: Scenario,
    summary: Summary,
}

#[derive(Deserialize)]
enum Scenario {
    /// The code as it is.
    Baseline,
    Mutant(Mutant),
}

#[derive(Deserialize)]
struct Mutant {
    name: String,
}

/// What became of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Summary {
    /// A test failed.
    CaughtMutant,
    /// No test noticed it.
    MissedMutant,
    /// It does not compile.
    Unviable,
    /// The tests did not end.
    Timeout,
    /// Only of the code as it is.
    Success,
    /// As above. Then no mutant is tested.
    Failure,
}

impl Outcomes {
    /// The mutants by their names.
    #[must_use]
    pub fn mutants(self) -> BTreeMap<String, Summary> {
        let mutants = self.outcomes.into_iter().filter_map(|outcome| match outcome.scenario {
            Scenario::Baseline => None,
            Scenario::Mutant(mutant) => Some((mutant.name, outcome.summary)),
        });
        mutants.collect()
    }
}
