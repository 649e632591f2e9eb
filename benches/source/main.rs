//! How much source each style needs, and what it costs to build it.
//! `cargo bench --bench source [-- --builds [--quick] | --forget]`
//!
//! The counts are exact and take a second. With `--builds` the styles are also built, in turn, in a
//! workspace of their own in the target directory; `--quick` plays one round. The figures are
//! written to `target/results/source.json`, or, without all the builds, to `source-trial.json`.
//!
//! With `--forget` nothing is counted. Errors are forgotten, one at a time, to see what notices it.
//! The result is written to `target/results/forgotten.json`.
//!
//! Each file uses only those above it:
//! * [`styles`]: where the sources are;
//! * [`named`]: what an item is called;
//! * [`reached`]: what of a style its pipeline reaches;
//! * [`tokens`], [`read`], [`nesting`], [`sites`]: what is counted in a text;
//! * [`survey`]: all these counts, for every file;
//! * [`workspace`], [`builds`]: each style built alone;
//! * [`forgotten`], [`notice`]: errors that are forgotten, and what notices them.
#![forbid(unsafe_code)]

mod builds;
mod forgotten;
mod named;
mod nesting;
mod notice;
mod reached;
mod read;
mod sites;
mod styles;
mod survey;
mod tokens;
mod workspace;

use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use clap::Parser;
use four_ways::measure::results::source::{self, File};
use four_ways::measure::results::{Results, Source};
use four_ways::measure::{Environment, budget, gate};
use styles::STYLES;

/// What the source of each style takes, and what it costs to build it
#[derive(Parser)]
#[command(name = "source")]
struct Arguments {
    /// Also build each style
    #[arg(long)]
    builds: bool,
    /// One round of builds only
    #[arg(long)]
    quick: bool,
    /// Forget errors instead, one at a time
    #[arg(long)]
    forget: bool,
    /// What cargo passes to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let Arguments { builds, quick, forget: forgets, .. } = Arguments::parse();
    gate::pass();
    let patience = if quick { Duration::ZERO } else { budget::BUILDS };
    if forgets { forget() } else { survey(builds.then_some(patience)) }
}

/// Counts. With `patience` it also builds for about so long, but at least one round.
fn survey(patience: Option<Duration>) {
    let environment = Environment::look();
    let files = STYLES.map(|style| survey::files(&style).unwrap_or_else(|why| fail(&why)));
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
    report(environment, &results, patience != Some(budget::BUILDS));
}

fn forget() {
    let environment = Environment::look();
    let forgotten = notice::run(&folder("forgotten"));
    let forgotten = forgotten.unwrap_or_else(|why| fail(&format!("nothing is tried: {why}")));
    report(environment, &forgotten, false);
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name(name)
}

fn report(environment: Environment, results: &impl Results, is_trial: bool) {
    xtask::results::report(environment, results, is_trial, env!("CARGO_TARGET_TMPDIR"))
        .unwrap_or_else(|error| fail(&error.to_string()));
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
