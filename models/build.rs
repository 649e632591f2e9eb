//! Copies the sources under test, once unchanged and once for each seeded bug. In the copies the
//! locks and threads of `std` and `tokio` are replaced by the stand-ins of this crate. So the
//! sources themselves need no `cfg`.

use std::path::Path;
use std::{env, fs};

#[allow(dead_code)]
#[path = "src/bugs.rs"]
mod bugs;
#[path = "src/sources.rs"]
mod sources;

use bugs::{BUGS, Bug};
use sources::SOURCES;

/// What is replaced in each copy, in this order.
const REPLACED: [(&str, &str); 7] = [
    ("crate::", "super::"),
    (" ::pipeline::", " super::pipeline::"),
    ("use pipeline::", "use super::pipeline::"),
    ("std::sync::", "crate::sync::"),
    ("tokio::", "crate::tokio::"),
    ("thread_local!", "crate::sync::thread_local!"),
    // A macro can be exported by one copy only, and no model uses one.
    ("#[macro_export]\n", ""),
];

fn main() {
    let here = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let here = Path::new(&here);
    let out = env::var("OUT_DIR").expect("cargo sets it");
    let out = Path::new(&out);
    for file in ["build.rs", "copies.rs", "src"] {
        println!("cargo::rerun-if-changed={file}");
    }
    for (_, file) in SOURCES {
        println!("cargo::rerun-if-changed=../{file}");
    }

    let unchanged = out.join("unchanged");
    copy(here, &unchanged, None);
    let mut modules = declare("unchanged", &unchanged.join("mod.rs"));
    fs::write(out.join("unchanged.rs"), modules).expect("the folder can be written");

    modules = String::new();
    let mut table = String::new();
    for bug in BUGS {
        let folder = out.join(bug.name);
        copy(here, &folder, Some(bug));
        let models = here.join("src/models").join(format!("{}.rs", bug.models));
        let inner = declare("source", &folder.join("mod.rs")) + &declare(bug.models, &models);
        modules += &format!("#[doc(hidden)]\npub mod {} {{\n{inner}}}\n", bug.name);
        table += &format!("    (\"{0}\", {0}::{1}::MODELS),\n", bug.name, bug.models);
    }
    modules += &format!("const TABLE: &[(&str, &[Model])] = &[\n{table}];\n");
    fs::write(out.join("seeded.rs"), modules).expect("the folder can be written");
}

fn declare(module: &str, file: &Path) -> String {
    format!(
        "#[allow(missing_docs, warnings, clippy::all)]\n#[path = {file:?}]\npub mod {module};\n"
    )
}

/// Copies all sources to a folder, with a bug in one of them.
fn copy(here: &Path, folder: &Path, bug: Option<&Bug>) {
    fs::create_dir_all(folder).expect("the folder can be made");
    let modules = fs::read_to_string(here.join("copies.rs")).expect("it lies beside this file");
    fs::write(folder.join("mod.rs"), modules).expect("the folder can be written");
    for (module, file) in SOURCES {
        let path = here.join("..").join(file);
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut source = source.split("\n#[cfg(test)]").next().unwrap_or_default().to_owned();
        if let Some(bug) = bug.filter(|bug| bug.file == file) {
            source = bug.put_into(&source);
        }
        for (find, replace) in REPLACED {
            source = source.replace(find, replace);
        }
        fs::write(folder.join(module).with_extension("rs"), source).expect("it can be written");
    }
    let known = bug.is_none_or(|bug| SOURCES.iter().any(|(_, file)| *file == bug.file));
    assert!(known, "models/src/bugs.rs: no such source: {:?}", bug.map(|bug| bug.file));
}
