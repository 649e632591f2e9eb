//! What the fence has committed: what a reply costs in allocations and instructions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shape::told;

/// To what everything is relative.
pub const BASELINE: &str = "straight line";

/// How many replies are counted at once.
pub const REPLIES: usize = 16;

/// `tests/fence/baseline.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fence {
    /// The compiler and the processor that made the instructions, because libraries choose theirs
    /// by what the processor can; those of others are not comparable.
    pub made_by: String,
    /// By the situation and the style.
    pub plays: BTreeMap<String, Play>,
}

/// What all replies of a play cost.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Play {
    /// How often they ask for memory.
    pub allocations: usize,
    /// `None` where they were not counted.
    #[serde(deserialize_with = "told")]
    pub instructions: Option<u64>,
    /// The same, by where they are spent; on what nothing is spent is not there.
    #[serde(deserialize_with = "told")]
    pub spent: Option<BTreeMap<Spent, u64>>,
}

/// A kind of function. The style's own share is what is compiled into its functions, so what a
/// library lends it inline counts as its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Spent {
    /// `malloc`, `free` and what they call: boxes.
    Allocating,
    /// `memcpy` and its like: values too large for registers that change their place.
    Moving,
    /// The style itself: layers, composition, driver.
    Style,
    /// What the style is built on: futures, genawaiter, stacker.
    Library,
    /// Everything else: the rules, the host, and what they use.
    Work,
}

impl Fence {
    /// How many allocations a reply takes, if this is fenced.
    #[must_use]
    pub fn allocations(&self, style: &str, situation: &str) -> Option<f64> {
        let play = self.plays.get(&format!("{situation}: {style}"))?;
        Some(play.allocations as f64 / REPLIES as f64)
    }
}
