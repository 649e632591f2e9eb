//! What the source of each style takes, and what it costs to build it.
//! `cargo bench --bench source [-- --quick | --no-build | --forget]`
//!
//! Counts are exact. Builds take turns, in a workspace of their own in the target directory. The
//! figures are written to `target/results/source.json` as well.
//!
//! With `--forget` nothing is counted: errors are forgotten, one at a time, to see who notices. That
//! takes ten minutes, and is written to `target/results/forgotten.json`.
#![forbid(unsafe_code)]

mod builds;
mod forgotten;
mod nesting;
mod notice;
mod read;
mod sites;
mod styles;
mod survey;
mod table;
mod tokens;
mod workspace;

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, process};

use four_ways::measure::{Record, gate};
use serde_json::Value;
use styles::STYLES;

/// How long the builds from nothing may take, and how long those after a change. One round of them
/// is taken anyway.
const PATIENCE: Duration = Duration::from_secs(130);
const QUICK: Duration = Duration::ZERO;

fn main() {
    let asked = arguments();
    gate::pass();
    let Asked::Survey(patience) = asked else { return forget() };
    let record = Record::begin("source").of_trial(patience != Some(PATIENCE));
    let files = STYLES.map(|style| survey::files(&style).unwrap_or_else(|why| fail(&why)));
    table::print(&survey::rows(&files));
    let builds = patience.map(|patience| builds::run(&folder("source"), patience));
    let builds = builds.map(|builds| builds.unwrap_or_else(|why| fail(&why)));
    if let Some(builds) = &builds {
        table::print_builds(builds);
    }
    write(record, table::json(&files, builds.as_ref()), table::LEGEND);
}

fn forget() {
    let record = Record::begin("forgotten");
    let tried = notice::run(&folder("forgotten"));
    let tried = tried.unwrap_or_else(|why| fail(&format!("nothing is tried: {why}")));
    table::print_forgotten(&tried);
    write(record, notice::json(&tried), table::FORGOTTEN);
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name(name)
}

fn write(record: Record, results: Value, legend: &str) {
    match record.write(env!("CARGO_TARGET_TMPDIR"), results) {
        Ok(path) => println!("\n{legend}\n{}", path.display()),
        Err(error) => fail(&format!("the record cannot be written: {error}")),
    }
}

/// What is asked for.
enum Asked {
    /// To count, and to build for so long, if at all.
    Survey(Option<Duration>),
    /// To forget errors.
    Forget,
}

fn arguments() -> Asked {
    let mut asked = Asked::Survey(Some(PATIENCE));
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--bench" => {} // cargo's own
            "--quick" => asked = Asked::Survey(Some(QUICK)),
            "--no-build" => asked = Asked::Survey(None),
            "--forget" => asked = Asked::Forget,
            other => fail(&format!("{other} is unknown: --quick, --no-build, --forget")),
        }
    }
    asked
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
