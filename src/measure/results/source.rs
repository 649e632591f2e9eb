//! The results of counting the source and building it.

use serde::{Deserialize, Serialize};

use super::shape::{Results, told};

/// `source.json`. A field is `None` if nothing was built.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The four styles.
    pub styles: Vec<Style>,
    /// The size of the null style's program, in bytes.
    #[serde(deserialize_with = "told")]
    pub null_binary: Option<u64>,
    /// How long it takes to build what all styles need.
    #[serde(deserialize_with = "told")]
    pub shared_seconds: Option<f64>,
    /// The builds from nothing.
    #[serde(deserialize_with = "told")]
    pub clean: Option<Builds>,
    /// The builds after a layer was touched.
    #[serde(deserialize_with = "told")]
    pub incremental: Option<Builds>,
}

/// The results of one style.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Its name.
    pub style: String,
    /// Its files.
    pub files: Vec<File>,
    /// The size of its program, in bytes.
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
    /// How deep control flow is nested, at most.
    pub deepest: usize,
    /// How much control flow there is: the sum of the depths of all its structures.
    pub weight: usize,
    /// The error sites. They are looked for only in files that are written for each layer or unit.
    #[serde(deserialize_with = "told")]
    pub sites: Option<Vec<Site>>,
}

/// A place that has code only because something can fail.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its line, from 1.
    pub line: usize,
    /// What is there: `?`, `pattern`, `call` or `error`.
    pub kind: String,
}

/// Builds of the null style and of the styles, in their order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Builds {
    /// The median time of the null style.
    pub null_seconds: f64,
    /// How many rounds there were.
    pub rounds: usize,
    /// How far the ratio of the null style's second copy (the twin) was from 1.
    pub resolution: f64,
    /// The times of the styles, divided by the null style's.
    pub ratios: Vec<f64>,
    /// The 95 % confidence intervals of these ratios.
    pub intervals: Vec<(f64, f64)>,
}

impl Results for Source {
    const NAME: &'static str = "source";
    const COMMAND: &'static str = "cargo bench --bench source -- --builds";
}
