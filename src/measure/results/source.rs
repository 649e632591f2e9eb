//! What the source takes, and what it costs to build it.

use serde::{Deserialize, Serialize};

use super::shape::{Results, told};

/// `source.json`. What is `None` was not built.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The four.
    pub styles: Vec<Style>,
    /// Bytes of the null style's program.
    #[serde(deserialize_with = "told")]
    pub null_binary: Option<u64>,
    /// How long it takes to build what all styles need.
    #[serde(deserialize_with = "told")]
    pub shared_seconds: Option<f64>,
    /// From nothing.
    #[serde(deserialize_with = "told")]
    pub clean: Option<Builds>,
    /// After a layer was touched.
    #[serde(deserialize_with = "told")]
    pub incremental: Option<Builds>,
}

/// A style.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Its name.
    pub style: String,
    /// Its files.
    pub files: Vec<File>,
    /// Bytes of its program.
    #[serde(deserialize_with = "told")]
    pub binary: Option<u64>,
}

/// A file, counted.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its path in the style's folder.
    pub file: String,
    /// How many tokens there are.
    pub tokens: usize,
    /// How deep control flow is nested.
    pub deepest: usize,
    /// How much control flow there is: each piece as often as it is deep.
    pub weight: usize,
    /// None are looked for in what is not written again for each layer or unit.
    #[serde(deserialize_with = "told")]
    pub sites: Option<Vec<Site>>,
}

/// Where something stands only because something can fail.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its line, from 1.
    pub line: usize,
    /// What stands there.
    pub kind: String,
}

/// Builds of the null style, and of the styles in their order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Builds {
    /// The null style's median.
    pub null_seconds: f64,
    /// How many rounds there were.
    pub rounds: usize,
    /// How far the null style strayed from itself.
    pub resolution: f64,
    /// The styles' times, relative to the null style's.
    pub ratios: Vec<f64>,
    /// With 95 % confidence.
    pub intervals: Vec<(f64, f64)>,
}

impl Results for Source {
    const NAME: &'static str = "source";
    const COMMAND: &'static str = "cargo bench --bench source -- --builds";
}
