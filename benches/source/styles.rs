//! Where the sources are, and what else is needed to build a style alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A style, or what it is compared with.
pub struct Style {
    /// The name.
    pub name: &'static str,
    /// The folder of its sources in the repository.
    pub sources: &'static str,
    /// Where they are put in a library that contains this style only.
    pub place: &'static str,
    /// The text of such a library's `lib.rs`, if it needs one.
    pub root: Option<&'static str>,
    /// The code that calls the style in a program: a file of `probe/`.
    pub call: &'static str,
}

/// The same rules as one plain function, which cannot wait. What a style adds to it is what waiting
/// needs.
pub const NULL: Style = Style {
    name: "null",
    sources: "src/straight",
    place: "src/straight",
    root: Some("pub mod straight;\npub use straight::handle;\n"),
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

/// A style that already is a package.
const fn package(name: &'static str, sources: &'static str, call: &'static str) -> Style {
    Style { name, sources, place: "src", root: None, call }
}

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a file, by its path in a style's folder, is a layer or a unit. Such files are written
/// for each new layer or unit; the other files are written once.
pub fn is_written_again(path: &Path) -> bool {
    path.parent().is_some_and(|folder| !folder.as_os_str().is_empty()) && !path.ends_with("mod.rs")
}

impl Style {
    /// Whether an `and_then` only connects two steps, as a semicolon does, and does not handle a
    /// failure.
    pub fn chains(&self) -> bool {
        self.name == "promises"
    }

    /// The texts of its sources, by their paths in its folder.
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
