//! Small changes to the code, and whether a test notices them. cargo-mutants makes the changes; this
//! says which tests have to notice them, and publishes what the tool has found.
//!
//! * [`part`]: the parts of the code, and the tests that guard each.
//! * [`outcome`]: what the tool has written.
//! * [`tree`]: a clone of the repository, in which the tool changes files.
//! * [`run`]: runs the tool on one part.

use std::fs;
use std::path::Path;

use four_ways::measure::results::{Mutants, Results};
use four_ways::measure::{Environment, Record};

use crate::error::Error;
use crate::published::{file, record};

pub mod outcome;
pub mod part;
pub mod run;
pub mod tree;

use part::Part;

/// Tests the mutants of the parts, the first `tested` of every `samples` of them, and publishes the
/// figures. What was published of the other parts stays. Returns the path of the file.
///
/// # Errors
/// When a program fails, or a file cannot be read or written.
pub fn renew(
    root: &Path,
    parts: &[&Part],
    (tested, samples): (usize, usize),
) -> Result<Vec<String>, Error> {
    let path = file::<Mutants>();
    let now = Environment::look();
    let figures = parts.iter().map(|part| run::part(root, part, (tested, samples)));
    let figures = figures.collect::<Result<Vec<_>, _>>()?;
    let environment = Environment { after: Environment::look().before, ..now };
    // Read now, because another part may have been published meanwhile.
    let mut results = match record::<Mutants>(root) {
        Err(Error::Missing { .. }) => Mutants::default(),
        published => published?.results,
    };
    results.0.retain(|published| parts.iter().all(|part| part.name != published.part));
    results.0.extend(figures);
    results
        .0
        .sort_by_key(|published| part::PARTS.iter().position(|part| part.name == published.part));
    let text = Record { environment, results }.json().map_err(|why| Error::Shape {
        file: path.clone(),
        why: why.to_string(),
        command: Mutants::COMMAND,
    })?;
    fs::write(root.join(&path), text).map_err(|why| Error::File(path.clone(), why))?;
    Ok(vec![path])
}
