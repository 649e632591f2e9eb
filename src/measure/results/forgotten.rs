//! What notices a forgotten error.

use serde::{Deserialize, Serialize};

use super::shape::{Results, told};

/// `forgotten.json`.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Forgotten(pub Vec<Style>);

/// The results of one style.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Its name.
    pub style: String,
    /// What was forgotten in it, each time.
    pub ways: Vec<Way>,
}

/// A way to forget.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// The file in the style's folder.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// `?`, `arm`, `call` or `success`.
    pub kind: String,
    /// What notices it.
    pub by: Noticed,
    /// The code of the compiler's error.
    #[serde(deserialize_with = "told")]
    pub code: Option<String>,
    /// The name of the lint.
    #[serde(deserialize_with = "told")]
    pub lint: Option<String>,
    /// The clause by which the kit refuses it.
    #[serde(deserialize_with = "told")]
    pub clause: Option<String>,
}

/// What notices a forgotten error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Noticed {
    /// It does not compile.
    Compiler,
    /// It compiles; a lint and the kit notice it.
    #[serde(rename = "lint and kit")]
    Both,
    /// Only a lint.
    Lint,
    /// Only the kit.
    Kit,
    /// Nothing.
    Nobody,
}

impl Results for Forgotten {
    const NAME: &'static str = "forgotten";
    const COMMAND: &'static str = "cargo bench --bench source -- --forget";
}
