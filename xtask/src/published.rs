//! What is published: one file of each bench in `docs/results`, and what the fence has committed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use four_ways::measure::Record;
use four_ways::measure::results::{
    Compare, Exam, Fence, Forgotten, Http, Mutants, Peers, PeersAllocations, Proof, Results,
    Runtimes, Source, Torture, Users, fence::REPLIES,
};
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::de::DeserializeOwned;

use crate::error::{Error, FOLDER};
use crate::survivor::Survivors;

/// The file that the fence commits, and what makes it.
const FENCE: &str = "tests/fence/baseline.json";
const FENCE_COMMAND: &str = "UPDATE=1 cargo test --release --test fence";

/// A bench whose results are published.
pub struct Bench {
    /// The name of its file.
    pub name: &'static str,
    /// What makes that file.
    pub command: &'static str,
    read: fn(&Path) -> Result<Value, Error>,
}

const fn bench<R: Results>() -> Bench {
    let read = |root: &Path| Ok(Serde(record::<R>(root)?).into());
    Bench { name: R::NAME, command: R::COMMAND, read }
}

/// All of them.
pub const BENCHES: [Bench; 12] = [
    bench::<Compare>(),
    bench::<Peers>(),
    bench::<PeersAllocations>(),
    bench::<Users>(),
    bench::<Runtimes>(),
    bench::<Http>(),
    bench::<Exam>(),
    bench::<Source>(),
    bench::<Forgotten>(),
    bench::<Proof>(),
    bench::<Torture>(),
    bench::<Mutants>(),
];

/// What a template may ask for: a file by its name (`peers-allocations.json` is
/// `peers_allocations`), `benches`, `fence`, `survivors`, and the number of `replies` that the fence counts.
pub struct Published(pub BTreeMap<String, Value>);

impl Published {
    /// Reads the files of the repository at `root`.
    ///
    /// # Errors
    /// The first that is missing, or has another shape than its bench writes.
    pub fn read(root: &Path) -> Result<Self, Error> {
        let (mut all, mut benches) = (BTreeMap::new(), Vec::new());
        for Bench { name, command, read } in BENCHES {
            let record = read(root)?;
            let environment = record.get_attr("environment")?;
            benches.push(context! { name, command, environment });
            all.insert(variable(name), record);
        }
        let committed = fence(root)?;
        if let Some(why) = record::<Compare>(root)?.results.fault(&committed) {
            let file = file::<Compare>();
            return Err(Error::Shape { file, why, command: Compare::COMMAND });
        }
        all.insert("benches".to_owned(), benches.into());
        all.insert("survivors".to_owned(), Serde(Survivors::read(root)?).into());
        all.insert("fence".to_owned(), Serde(committed).into());
        all.insert("replies".to_owned(), REPLIES.into());
        Ok(Self(all))
    }
}

/// The name by which a template knows what a bench of this name has written.
#[must_use]
pub fn variable(name: &str) -> String {
    name.replace('-', "_")
}

/// The file of a bench.
#[must_use]
pub fn file<R: Results>() -> String {
    format!("{FOLDER}/{}.json", R::NAME)
}

/// What a bench has written.
///
/// # Errors
/// When it is missing, or has another shape.
pub fn record<R: Results>(root: &Path) -> Result<Record<R>, Error> {
    shape(root, &file::<R>(), R::COMMAND)
}

/// What the fence has committed.
///
/// # Errors
/// As [`record`].
pub fn fence(root: &Path) -> Result<Fence, Error> {
    shape(root, FENCE, FENCE_COMMAND)
}

fn shape<T: DeserializeOwned>(root: &Path, file: &str, command: &'static str) -> Result<T, Error> {
    let file = file.to_owned();
    match fs::read_to_string(root.join(&file)) {
        Ok(text) => serde_json::from_str(&text).map_err(|why| Error::Shape {
            file,
            why: why.to_string(),
            command,
        }),
        Err(why) => Err(Error::Missing { file, why, command }),
    }
}
