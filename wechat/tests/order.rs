//! The map of `src/lib.rs` is an order in which the crate can be read: no file uses a later one, so
//! no two files use each other.

use std::fs;
use std::path::{Path, PathBuf};

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code of a file of `src`, without comments and tests.
fn code(file: &str) -> String {
    let text = fs::read_to_string(src().join(file)).expect("a file of the crate");
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The files in the order of the map, the modules inside a module before it.
fn files() -> Vec<String> {
    let lib = fs::read_to_string(src().join("lib.rs")).expect("the crate's root");
    let map = lib.lines().filter_map(|line| line.strip_prefix("//! * "));
    let mut files = Vec::new();
    for module in map.flat_map(|line| line.split('`').skip(1).step_by(2)) {
        let file = format!("{module}.rs");
        if !src().join(&file).exists() {
            continue; // a word about a module, and not its name
        }
        let inner = fs::read_dir(src().join(module)).into_iter().flatten();
        let mut inner: Vec<_> = inner
            .map(|file| format!("{module}/{}", file.expect("readable").file_name().display()))
            .collect();
        inner.sort();
        files.extend(inner);
        files.push(file);
    }
    files
}

/// The files that `code` uses: what follows each `crate::`, alone or in braces.
fn used(code: &str) -> Vec<String> {
    let paths = code.split("crate::").skip(1).flat_map(|rest| match rest.strip_prefix('{') {
        Some(several) => several.split('}').next().unwrap_or_default().split(',').collect(),
        None => vec![rest],
    });
    let names = paths.map(|path| {
        let mut names = path.trim().split(|each: char| !each.is_alphanumeric() && each != '_');
        let (module, inner) = (names.next().unwrap_or_default(), names.nth(1).unwrap_or_default());
        let inner = format!("{module}/{inner}.rs");
        if src().join(&inner).exists() { inner } else { format!("{module}.rs") }
    });
    names.collect()
}

#[test]
fn no_file_uses_one_that_is_read_later() {
    let files = files();
    let all = fs::read_dir(src()).expect("the sources").filter_map(Result::ok);
    let modules = all.filter(|each| each.path().is_file() && each.file_name() != "lib.rs").count();
    assert_eq!(
        files.iter().filter(|file| !file.contains('/')).count(),
        modules,
        "the map is whole"
    );
    for (number, file) in files.iter().enumerate() {
        let code = code(file);
        assert!(!code.contains("super::"), "{file}: uses are written from the root");
        for used in used(&code) {
            assert!(files[..number].contains(&used), "{file} uses {used}, which is read later");
        }
    }
}
