//! A workspace in the target directory in which each style is built alone: a library with its
//! sources, and a program that calls it. The sources of the repository are only read.

use std::path::{Path, PathBuf};
use std::{error, fs, io};

use toml::{Table, Value};

use super::styles::{NULL, STYLES, Style, repository};

const MAIN: &str = include_str!("probe/main.rs");

/// The dependencies of a library whose sources are in the root package.
const PLAIN: &str = "pipeline.workspace = true\n";
const WITH_FUTURES: &str =
    "futures.workspace = true\npipeline.workspace = true\nstacker.workspace = true\n";

/// Writes the workspace. It has the dependency versions and the profiles of the repository.
pub fn make(folder: &Path) -> Result<(), Box<dyn error::Error>> {
    let mut manifest: Table = fs::read_to_string(repository().join("Cargo.toml"))?.parse()?;
    manifest.retain(|section, _| section == "workspace" || section == "profile");
    let release = inner(inner(&mut manifest, "profile")?, "release")?;
    release.insert("strip".to_owned(), true.into());
    let workspace = inner(&mut manifest, "workspace")?;
    workspace.retain(|key, _| !matches!(key, "default-members" | "exclude"));
    workspace.insert("members".to_owned(), vec!["*/library", "*/program"].into());
    for shared in ["wechat", "pipeline"] {
        let path = repository().join(shared).to_string_lossy().into_owned();
        let dependency = inner(inner(workspace, "dependencies")?, shared)?;
        dependency.insert("path".to_owned(), path.into());
    }
    write(&folder.join("Cargo.toml"), &manifest.to_string())?;
    // Without `--locked`, because this lock file lists other members. Offline, cargo keeps its
    // versions.
    fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    for style in [&NULL].into_iter().chain(&STYLES) {
        library(&folder.join(style.name).join("library"), style)?;
        program(&folder.join(style.name).join("program"), style)?;
    }
    Ok(())
}

fn inner<'a>(table: &'a mut Table, key: &str) -> Result<&'a mut Table, String> {
    let inner = table.get_mut(key).and_then(Value::as_table_mut);
    inner.ok_or_else(|| format!("the manifest has no table `{key}`"))
}

/// The package that is built for a style.
pub fn package(style: &Style) -> String {
    format!("with-{}", style.name)
}

/// The file that is touched for an incremental build: a layer, or the straight line, which has none.
pub fn layer(folder: &Path, style: &Style) -> PathBuf {
    let sources = folder.join(style.name).join("library").join(style.place);
    let layer = sources.join("layers/envelope.rs");
    if layer.exists() { layer } else { sources.join("mod.rs") }
}

fn library(folder: &Path, style: &Style) -> io::Result<()> {
    for (path, text) in style.texts()? {
        write(&folder.join(style.place).join(path), &text)?;
    }
    if let Some(root) = style.root {
        write(&folder.join("src/lib.rs"), root)?;
    }
    let own = repository().join(style.sources).with_file_name("Cargo.toml");
    let manifest = match style.place {
        "src" => fs::read_to_string(own)?,
        "src/straight" => self::manifest(style.name, PLAIN),
        _ => self::manifest(style.name, WITH_FUTURES),
    };
    write(&folder.join("Cargo.toml"), &manifest)
}

fn program(folder: &Path, style: &Style) -> io::Result<()> {
    let name = style.name;
    let dependencies = format!(
        "pipeline.workspace = true\nwechat.workspace = true\n\
         style = {{ path = \"../library\", package = \"{name}\" }}\n"
    );
    write(&folder.join("src/main.rs"), MAIN)?;
    write(&folder.join("src/answer.rs"), style.call)?;
    write(&folder.join("Cargo.toml"), &manifest(&package(style), &dependencies))
}

fn manifest(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nedition.workspace = true\n\n[dependencies]\n{dependencies}"
    )
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, text)
}
