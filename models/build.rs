//! Copies the sources under test, once unchanged and once for each seeded bug. In the copies the
//! locks and threads of `std` and `tokio` are replaced by the stand-ins of this crate. So the
//! sources themselves need no `cfg`.

use std::path::Path;
use std::{env, fs};

#[allow(dead_code, missing_docs)]
#[path = "src/seeds.rs"]
mod seeds;

/// Each module of `source.rs`, and the file that it is copied from.
const SOURCES: [(&str, &str); 9] = [
    ("all", "generators/src/all.rs"),
    ("ask", "generators/src/ask.rs"),
    ("co", "generators/src/co.rs"),
    ("compose", "callbacks/src/compose.rs"),
    ("pending", "pipeline/src/pending.rs"),
    ("thunk", "callbacks/src/thunk.rs"),
    ("timers", "src/hosts/timers.rs"),
    ("turns", "src/hosts/turns.rs"),
    ("unstarted", "generators/src/unstarted.rs"),
];

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
    for file in ["build.rs", "source.rs", "src"] {
        println!("cargo::rerun-if-changed={file}");
    }
    for (_, file) in SOURCES {
        println!("cargo::rerun-if-changed=../{file}");
    }

    let unchanged = out.join("unchanged");
    copy(here, &unchanged, None);
    let mut modules = declare("source", &unchanged.join("mod.rs"));
    fs::write(out.join("unchanged.rs"), modules).expect("the folder can be written");

    modules = String::new();
    let mut table = String::new();
    for seed in seeds::SEEDS {
        let folder = out.join(seed.name);
        copy(here, &folder, Some(seed));
        let models = here.join("src/models").join(format!("{}.rs", seed.models));
        let inner = declare("source", &folder.join("mod.rs")) + &declare(seed.models, &models);
        modules += &format!("#[doc(hidden)]\npub mod {} {{\n{inner}}}\n", seed.name);
        table += &format!("    (\"{0}\", {0}::{1}::MODELS),\n", seed.name, seed.models);
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
fn copy(here: &Path, folder: &Path, seed: Option<&seeds::Seed>) {
    fs::create_dir_all(folder).expect("the folder can be made");
    let modules = fs::read_to_string(here.join("source.rs")).expect("it lies beside this file");
    fs::write(folder.join("mod.rs"), modules).expect("the folder can be written");
    for (module, file) in SOURCES {
        let path = here.join("..").join(file);
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut source = source.split("\n#[cfg(test)]").next().unwrap_or_default().to_owned();
        for (find, replace) in seed.filter(|seed| seed.file == file).map_or(&[][..], |it| it.edits)
        {
            let found = source.matches(find).count();
            let name = seed.map_or("", |seed| seed.name);
            assert!(
                found == 1,
                "models/src/seeds.rs: the text that `{name}` replaces occurs {found} times in \
                 {file}, not once. Write the bug for the code as it is now:\n{find}"
            );
            source = source.replace(find, replace);
        }
        for (find, replace) in REPLACED {
            source = source.replace(find, replace);
        }
        fs::write(folder.join(module).with_extension("rs"), source).expect("it can be written");
    }
    let known = seed.is_none_or(|seed| SOURCES.iter().any(|(_, file)| *file == seed.file));
    assert!(known, "models/src/seeds.rs: no such source: {:?}", seed.map(|seed| seed.file));
}
