//! The same program with its functions in other orders.
//!
//! Where the linker puts a function changes a ratio by a few per cent, and one build has one order.
//! So each process that measures has an order of its own. What strays between the orders is then in
//! the uncertainty, and the ratios hold in another build, too.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use serde::Deserialize;
use thiserror::Error;

/// Why there is no other order.
#[derive(Debug, Error)]
pub enum LayoutError {
    /// cargo does not start, or its program cannot be copied.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The program was not built.
    #[error("{0}")]
    Build(String),
    /// cargo did not say where the program is.
    #[error("cargo names no program")]
    Nowhere,
}

/// A message of cargo.
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Builds this bench with its functions in the order of this number, as a file in `folder`. The
/// linker has to be lld, which comes with rustc on Linux.
///
/// # Errors
/// See [`LayoutError`].
pub fn build(number: u32, folder: &Path) -> Result<PathBuf, LayoutError> {
    let shuffle = format!("link-arg=-Wl,--shuffle-sections=.text*={number}");
    let output = Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--profile", "bench", "--bench", "compare"])
        .args(["--message-format", "json", "--", "-C", &shuffle])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::piped())
        .output()?;
    if !output.status.success() {
        return Err(LayoutError::Build(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages = messages.lines().filter_map(|line| serde_json::from_str(line).ok());
    let mut programs = messages.filter_map(|Message { target, executable }| {
        target.filter(|target| target.name == "compare").and(executable)
    });
    Ok(copy(&programs.next_back().ok_or(LayoutError::Nowhere)?, number, folder)?)
}

/// Copies a program to `folder`, as the one of this number: the next build takes its place.
///
/// # Errors
/// When the file cannot be written.
pub fn copy(program: &Path, number: u32, folder: &Path) -> io::Result<PathBuf> {
    let copy = folder.join(format!("compare-layout-{number}"));
    fs::copy(program, &copy)?;
    Ok(copy)
}
