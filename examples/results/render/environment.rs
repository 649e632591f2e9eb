//! Where a result comes from.

use serde::{Deserialize, Deserializer};

use super::markdown::{NONE, table};
use super::published::{BENCHES, Published};

/// What a bench wrote.
#[derive(Deserialize)]
pub struct Record<Results> {
    /// Where, when and from what.
    pub environment: Environment,
    /// What it measured.
    pub results: Results,
}

/// Where, when and from what; nothing where the system did not tell.
#[derive(Deserialize)]
pub struct Environment {
    #[serde(deserialize_with = "told")]
    machine: Option<String>,
    #[serde(deserialize_with = "told")]
    cores: Option<usize>,
    #[serde(deserialize_with = "told")]
    rustc: Option<String>,
    #[serde(deserialize_with = "told")]
    commit: Option<String>,
    #[serde(deserialize_with = "told")]
    date: Option<String>,
    #[serde(deserialize_with = "told", rename = "load before")]
    before: Option<String>,
    #[serde(deserialize_with = "told", rename = "load after")]
    after: Option<String>,
}

/// A field that may be `null`, but may not be missing.
pub fn told<'de, Source, Value>(source: Source) -> Result<Option<Value>, Source::Error>
where
    Source: Deserializer<'de>,
    Value: Deserialize<'de>,
{
    Option::deserialize(source)
}

impl Environment {
    /// The source.
    pub fn commit(&self) -> String {
        shown(self.commit.as_ref())
    }
}

fn shown(told: Option<&String>) -> String {
    told.map_or(NONE, |told| told.lines().next().unwrap_or(NONE)).to_owned()
}

/// A row for each bench.
pub fn environments(published: &Published) -> String {
    let header = [
        "",
        "commit",
        "date",
        "load before",
        "load after (1, 5, 15 min)",
        "machine",
        "cores",
        "compiler",
    ];
    let rows = BENCHES.iter().zip(published.environments()).map(|(bench, environment)| {
        let Environment { machine, cores, rustc, date, before, after, .. } = environment;
        vec![
            format!("[`{}`](results/{}.json)", bench.command, bench.name),
            environment.commit(),
            shown(date.as_ref()),
            shown(before.as_ref()),
            shown(after.as_ref()),
            shown(machine.as_ref()),
            cores.map_or(NONE.to_owned(), |cores| cores.to_string()),
            shown(rustc.as_ref()),
        ]
    });
    table(&header, &rows.collect::<Vec<_>>())
}
