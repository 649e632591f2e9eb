//! Who notices an error that is forgotten.

use serde::{Deserialize, Serialize};

use super::shape::{Results, told};

/// `forgotten.json`.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Forgotten(pub Vec<Style>);

/// A style.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Its name.
    pub style: String,
    /// What was forgotten in it.
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
    /// Who notices it.
    pub by: Noticed,
    /// The compiler's error.
    #[serde(deserialize_with = "told")]
    pub code: Option<String>,
    /// A lint.
    #[serde(deserialize_with = "told")]
    pub lint: Option<String>,
    /// The clause by which the kit refuses it.
    #[serde(deserialize_with = "told")]
    pub clause: Option<String>,
}

/// Who notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Noticed {
    /// It does not compile.
    Compiler,
    /// It compiles, and both notice it.
    #[serde(rename = "lint and kit")]
    Both,
    /// A lint only.
    Lint,
    /// The kit only.
    Kit,
    /// Nobody.
    Nobody,
}

impl Results for Forgotten {
    const NAME: &'static str = "forgotten";
    const COMMAND: &'static str = "cargo bench --bench source -- --forget";
}
