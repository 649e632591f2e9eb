//! The list of mutants that no test can notice, with the reason: `docs/results/survivors.toml`,
//! written by hand.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, FOLDER};

/// The list.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survivors {
    /// Files whose mutants are not tested.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// Mutants that survive.
    #[serde(default)]
    pub survivor: Vec<Survivor>,
}

/// Files whose mutants are not tested.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The files, as globs.
    pub files: Vec<String>,
    /// The reason.
    pub why: String,
}

/// Mutants of one file that survive for one reason.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survivor {
    /// The file.
    pub file: String,
    /// What is changed, as cargo-mutants says it.
    pub changes: Vec<String>,
    /// Why nothing changes that can be observed.
    pub why: String,
}

impl Survivors {
    /// Reads the list of the repository at `root`.
    ///
    /// # Errors
    /// When it is missing or has another shape.
    pub fn read(root: &Path) -> Result<Self, Error> {
        let path = format!("{FOLDER}/survivors.toml");
        let text = fs::read_to_string(root.join(&path));
        let text = text.map_err(|why| Error::File(path.clone(), why))?;
        toml::from_str(&text).map_err(|why| Error::List(path, why))
    }

    /// The mutants of the list, as [`unplaced`] names them.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let names = |Survivor { file, changes, .. }: &Survivor| {
            changes.iter().map(|change| format!("{file}: {change}")).collect::<Vec<_>>()
        };
        self.survivor.iter().flat_map(names)
    }
}

/// The name of a mutant without its line and column, which move with every change of the file:
/// `file.rs:1:2: replace f with ()` is `file.rs: replace f with ()`.
#[must_use]
pub fn unplaced(name: &str) -> String {
    let (place, change) = name.split_once(": ").unwrap_or((name, ""));
    format!("{}: {change}", place.split(':').next().unwrap_or(place))
}
