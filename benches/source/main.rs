//! What the source of each style takes, and what it costs to build it.
//! `cargo bench --bench source [-- --quick | --no-build]`
//!
//! Counts are exact. Builds take turns, in a workspace of their own in the target directory. The
//! figures are written to `target/results/source.json` as well.
#![forbid(unsafe_code)]

mod builds;
mod nesting;
mod read;
mod sites;
mod styles;
mod survey;
mod table;
mod tokens;
mod workspace;

use std::path::Path;
use std::time::Duration;
use std::{env, process};

use four_ways::measure::{Record, gate};
use styles::STYLES;

/// How long the builds from nothing may take, and how long those after a change. One round of them
/// is taken anyway.
const PATIENCE: Duration = Duration::from_secs(130);
const QUICK: Duration = Duration::ZERO;

fn main() {
    let patience = arguments();
    gate::pass();
    let record = Record::begin("source");
    let files = STYLES.map(|style| survey::files(&style).unwrap_or_else(|why| fail(&why)));
    table::print(&survey::rows(&files));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("source");
    let builds = patience.map(|patience| builds::run(&folder, patience));
    let builds = builds.map(|builds| builds.unwrap_or_else(|why| fail(&why)));
    if let Some(builds) = &builds {
        table::print_builds(builds);
    }
    match record.write(env!("CARGO_TARGET_TMPDIR"), table::json(&files, builds.as_ref())) {
        Ok(path) => println!("\n{}\n{}", table::LEGEND, path.display()),
        Err(error) => fail(&format!("the record cannot be written: {error}")),
    }
}

/// How long to build, if at all.
fn arguments() -> Option<Duration> {
    let mut patience = Some(PATIENCE);
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--bench" => {} // cargo's own
            "--quick" => patience = Some(QUICK),
            "--no-build" => patience = None,
            other => fail(&format!("{other} is unknown: --quick, --no-build")),
        }
    }
    patience
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
