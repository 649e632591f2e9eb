//! What is published: one file of each bench in `docs/results`, and what the fence has committed.

use std::path::Path;
use std::{fs, io};

use serde::de::DeserializeOwned;
use thiserror::Error;

use super::compare::Compare;
use super::environment::{Environment, Record};
use super::fence::Fence;
use super::forgotten;
use super::http::Http;
use super::peers::{Allocations, Peers};
use super::runtimes::Measure;
use super::source::Source;
use super::users::Users;

/// Where the files and the templates are.
pub const FOLDER: &str = "docs/results";

/// The file that the fence commits.
const FENCE: &str = "tests/fence/baseline.json";
const FENCE_COMMAND: &str = "UPDATE=1 cargo test --release --test fence";

/// A bench whose results are published.
pub struct Bench {
    /// The name of its file.
    pub name: &'static str,
    /// What makes that file.
    pub command: &'static str,
}

const fn bench(name: &'static str, command: &'static str) -> Bench {
    Bench { name, command }
}

/// All of them.
pub const BENCHES: [Bench; 8] = [
    bench("compare", "cargo bench --bench compare"),
    bench("peers", "cargo bench --bench peers"),
    bench("peers-allocations", "cargo bench --bench peers-allocations"),
    bench("users", "cargo bench --bench users"),
    bench("runtimes", "cargo bench --bench runtimes"),
    bench("http", "cargo bench --bench http"),
    bench("source", "cargo bench --bench source"),
    bench("forgotten", "cargo bench --bench source -- --forget"),
];

/// The files, read.
pub struct Published {
    pub compare: Record<Compare>,
    pub peers: Record<Peers>,
    pub peers_allocations: Record<Allocations>,
    pub users: Record<Users>,
    pub runtimes: Record<Vec<Measure>>,
    pub http: Record<Http>,
    pub source: Record<Source>,
    pub forgotten: Record<Vec<forgotten::Style>>,
    pub fence: Fence,
}

/// A file that cannot be used.
#[derive(Debug, Error)]
pub enum Unreadable {
    /// It cannot be read, and a command would make it.
    #[error("{file}: {why}; `{command}` makes it, `{}` publishes it", super::COMMAND)]
    Missing { file: String, why: io::Error, command: &'static str },
    /// It cannot be read, and is written by hand.
    #[error("{file}: {why}")]
    NotWritten { file: String, why: io::Error },
    /// It holds something else than is needed.
    #[error(
        "{file} cannot be published: {why}; `{command}` makes it anew, `{}` publishes it",
        super::COMMAND
    )]
    Shape { file: String, why: String, command: &'static str },
}

impl Published {
    /// Reads the files of the repository at `root`.
    ///
    /// # Errors
    /// The first that is missing or lacks a field.
    pub fn read(root: &Path) -> Result<Self, Unreadable> {
        let [compare, peers, peers_allocations, users, runtimes, http, source, forgotten] =
            &BENCHES;
        let published = Self {
            compare: record(root, compare)?,
            peers: record(root, peers)?,
            peers_allocations: record(root, peers_allocations)?,
            users: record(root, users)?,
            runtimes: record(root, runtimes)?,
            http: record(root, http)?,
            source: record(root, source)?,
            forgotten: record(root, forgotten)?,
            fence: read(root, FENCE, FENCE_COMMAND)?,
        };
        let stale = |why| Unreadable::Shape { file: file(compare), why, command: compare.command };
        match published.compare.results.fault(&published.fence) {
            Some(why) => Err(stale(why)),
            None => Ok(published),
        }
    }

    /// Of each bench.
    pub fn environments(&self) -> [&Environment; 8] {
        [
            &self.compare.environment,
            &self.peers.environment,
            &self.peers_allocations.environment,
            &self.users.environment,
            &self.runtimes.environment,
            &self.http.environment,
            &self.source.environment,
            &self.forgotten.environment,
        ]
    }
}

fn file(bench: &Bench) -> String {
    format!("{FOLDER}/{}.json", bench.name)
}

fn record<Results: DeserializeOwned>(
    root: &Path,
    bench: &Bench,
) -> Result<Record<Results>, Unreadable> {
    read(root, &file(bench), bench.command)
}

fn read<Shape: DeserializeOwned>(
    root: &Path,
    path: &str,
    command: &'static str,
) -> Result<Shape, Unreadable> {
    let text = text(root, path, Some(command))?;
    serde_json::from_str(&text).map_err(|why| Unreadable::Shape {
        file: path.to_owned(),
        why: why.to_string(),
        command,
    })
}

/// The text of a file. `command` is what makes it, where it is not written by hand.
///
/// # Errors
/// When it cannot be read.
pub fn text(root: &Path, path: &str, command: Option<&'static str>) -> Result<String, Unreadable> {
    let file = path.to_owned();
    fs::read_to_string(root.join(path)).map_err(|why| match command {
        Some(command) => Unreadable::Missing { file, why, command },
        None => Unreadable::NotWritten { file, why },
    })
}
