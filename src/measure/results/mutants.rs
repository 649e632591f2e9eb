//! What the tests notice of small changes to the code, as cargo-mutants makes them.

use serde::{Deserialize, Serialize};

use super::shape::Results;

/// `mutants.json`.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mutants(pub Vec<Part>);

/// The mutants of one part of the code.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its name.
    pub part: String,
    /// The version of cargo-mutants.
    pub tool: String,
    /// Into how many samples of equal size its mutants are divided.
    pub samples: usize,
    /// How many of these samples were tested.
    pub tested_samples: usize,
    /// How many mutants were tested.
    pub tested: usize,
    /// How many a test caught.
    pub caught: usize,
    /// How many did not come to an end.
    pub timeout: usize,
    /// How many do not compile.
    pub unviable: usize,
    /// Those that no test noticed, as cargo-mutants names them.
    pub missed: Vec<String>,
    /// The runs, in their order. Each but the first of a sample looks only at what was missed.
    pub runs: Vec<Run>,
}

/// One run of cargo-mutants.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The commit.
    pub commit: String,
    /// The sample, from 0; `None` if it looked at what was missed in all of them.
    #[serde(deserialize_with = "super::shape::told")]
    pub sample: Option<usize>,
    /// The tests, as they are named to `cargo test`.
    pub tests: String,
    /// How many mutants it tested.
    pub tested: usize,
    /// How many of them were missed.
    pub missed: usize,
}

impl Results for Mutants {
    const NAME: &'static str = "mutants";
    const COMMAND: &'static str = "cargo xtask mutants";
}
