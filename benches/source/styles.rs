//! Where the sources are, and what a style needs besides to be built alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A style, or what it is compared with.
pub struct Style {
    /// The name.
    pub name: &'static str,
    /// Its sources in the repository, a folder or a file.
    pub sources: &'static str,
    /// Where they are in a library of its own.
    pub place: &'static str,
    /// What such a library has to say besides.
    pub root: Option<&'static str>,
    /// How a program calls it: a file of `probe/`.
    pub call: &'static str,
}

/// The same rules as one plain function. A style is what has to be added so that it can wait.
pub const NULL: Style = Style {
    name: "null",
    sources: "src/straight.rs",
    place: "src/lib.rs",
    root: None,
    call: include_str!("probe/straight.rs"),
};

/// The four styles.
pub const STYLES: [Style; 4] = [
    package("callbacks", "callbacks/src", include_str!("probe/called.rs")),
    package("promises", "promises/src", include_str!("probe/polled.rs")),
    package("generators", "generators/src", include_str!("probe/polled.rs")),
    Style {
        place: "src/async_await",
        root: Some("pub mod async_await;\npub use async_await::pipeline;\n"),
        ..package("async-await", "src/async_await", include_str!("probe/polled.rs"))
    },
];

/// A style that is a package already.
const fn package(name: &'static str, sources: &'static str, call: &'static str) -> Style {
    Style { name, sources, place: "src", root: None, call }
}

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a file, by its path in a style's folder, is a layer or a unit: these are written ever
/// again, and the rest once.
pub fn is_written_again(path: &Path) -> bool {
    path.parent().is_some_and(|folder| !folder.as_os_str().is_empty()) && !path.ends_with("mod.rs")
}

impl Style {
    /// Whether an `and_then` is no handling of a failure, but what a semicolon is elsewhere.
    pub fn chains(&self) -> bool {
        self.name == "promises"
    }

    /// The texts of its sources, by their paths in its folder; of a file, the path is empty.
    pub fn texts(&self) -> io::Result<BTreeMap<PathBuf, String>> {
        let top = repository().join(self.sources);
        let mut left = vec![top.clone()];
        let mut texts = BTreeMap::new();
        while let Some(path) = left.pop() {
            if path.is_dir() {
                for entry in fs::read_dir(path)? {
                    left.push(entry?.path());
                }
            } else {
                let within = path.strip_prefix(&top).unwrap_or(&path).to_owned();
                texts.insert(within, fs::read_to_string(&path)?);
            }
        }
        Ok(texts)
    }
}
