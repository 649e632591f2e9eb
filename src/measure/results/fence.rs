//! The committed counts of the fence test: how many allocations and instructions a reply costs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shape::told;

/// The name of the baseline of all ratios.
pub const BASELINE: &str = "straight line";

/// How many replies are counted at once.
pub const REPLIES: usize = 16;

/// `tests/fence/baseline.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fence {
    /// The compiler and the processor that made the instructions. Libraries choose their
    /// instructions by what the processor can do, so counts of other machines cannot be compared.
    pub made_by: String,
    /// The counts, by situation and style.
    pub plays: BTreeMap<String, Play>,
}

/// The cost of all replies of a play.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Play {
    /// How often they ask for memory.
    pub allocations: usize,
    /// The instructions. `None` if they were not counted.
    #[serde(deserialize_with = "told")]
    pub instructions: Option<u64>,
    /// The instructions, by where they are spent. A kind with no instructions is left out.
    #[serde(deserialize_with = "told")]
    pub spent: Option<BTreeMap<Spent, u64>>,
}

/// A kind of function. The share of the style is the code that is compiled into its functions. So
/// library code that is inlined there counts as the style's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Spent {
    /// `malloc`, `free` and what they call: the cost of boxes.
    Allocating,
    /// `memcpy` and similar functions: the cost of moving values that are too large for registers.
    Moving,
    /// The style itself: layers, composition, driver.
    Style,
    /// The libraries that the style uses: futures, genawaiter, stacker.
    Library,
    /// Everything else: the rules, the host, and what they use.
    Work,
}

impl Fence {
    /// How many allocations a reply costs, if the fence has a count for it.
    #[must_use]
    pub fn allocations(&self, style: &str, situation: &str) -> Option<f64> {
        let play = self.plays.get(&format!("{situation}: {style}"))?;
        Some(play.allocations as f64 / REPLIES as f64)
    }
}
