//! What the source of each style takes, and what it costs to build it.
//! `cargo bench --bench source [-- --builds [--quick] | --forget]`
//!
//! Counts are exact, and take a second. With `--builds` the styles are built besides, in turn, in a
//! workspace of their own in the target directory; `--quick` is one round. The figures are written
//! to `target/results/source.json`, or, without all the builds, to `source-trial.json`.
//!
//! With `--forget` nothing is counted: errors are forgotten, one at a time, to see who notices. That
//! is written to `target/results/forgotten.json`.
//!
//! Each file uses only those above it:
//! * [`styles`]: where the sources are;
//! * [`tokens`], [`read`], [`nesting`], [`sites`]: what is counted in a text;
//! * [`survey`]: all of that, of every file;
//! * [`workspace`], [`builds`]: each style built alone;
//! * [`forgotten`], [`notice`]: errors that are forgotten, and who notices;
//! * [`table`]: what is printed.
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

use four_ways::measure::results::source::{self, File};
use four_ways::measure::results::{Results, Source};
use four_ways::measure::{Environment, budget, gate};
use styles::STYLES;

/// What is asked for.
enum Asked {
    /// To count, and to build for so long, if at all. One round of builds is taken anyway.
    Survey(Option<Duration>),
    /// To forget errors.
    Forget,
}

fn main() {
    let asked = arguments();
    gate::pass();
    match asked {
        Asked::Survey(patience) => survey(patience),
        Asked::Forget => forget(),
    }
}

fn survey(patience: Option<Duration>) {
    let environment = Environment::look();
    let files = STYLES.map(|style| survey::files(&style).unwrap_or_else(|why| fail(&why)));
    table::print(&survey::rows(&files));
    let built = patience.map(|patience| builds::run(&folder("source"), patience));
    let built = built.map(|built| built.unwrap_or_else(|why| fail(&why)));
    let style = |(at, (style, files)): (usize, (&styles::Style, Vec<File>))| {
        let binary = built.as_ref().map(|built| built.sizes[at + 1]);
        source::Style { style: style.name.to_owned(), files, binary }
    };
    let styles = STYLES.iter().zip(files).enumerate().map(style).collect();
    let null_binary = built.as_ref().map(|built| built.sizes[0]);
    let shared_seconds = built.as_ref().map(|built| built.shared.as_secs_f64());
    let (clean, incremental) = built.map(|built| (built.clean, built.incremental)).unzip();
    let results = Source { styles, null_binary, shared_seconds, clean, incremental };
    table::print_builds(&results);
    write(environment, &results, patience != Some(budget::BUILDS), table::LEGEND);
}

fn forget() {
    let environment = Environment::look();
    let forgotten = notice::run(&folder("forgotten"));
    let forgotten = forgotten.unwrap_or_else(|why| fail(&format!("nothing is tried: {why}")));
    table::print_forgotten(&forgotten);
    write(environment, &forgotten, false, table::FORGOTTEN);
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name(name)
}

fn write(environment: Environment, results: &impl Results, is_trial: bool, legend: &str) {
    match environment.write(results, is_trial, env!("CARGO_TARGET_TMPDIR")) {
        Ok(written) => println!("\n{legend}\n\nwritten: {written}"),
        Err(error) => fail(&format!("the record cannot be written: {error}")),
    }
}

fn arguments() -> Asked {
    let (mut builds, mut quick, mut forgets) = (false, false, false);
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--bench" => {} // cargo's own
            "--builds" => builds = true,
            "--quick" => quick = true,
            "--forget" => forgets = true,
            other => fail(&format!("{other} is unknown: --builds, --quick, --forget")),
        }
    }
    let patience = if quick { Duration::ZERO } else { budget::BUILDS };
    if forgets { Asked::Forget } else { Asked::Survey(builds.then_some(patience)) }
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
