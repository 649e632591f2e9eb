//! `cargo xtask`: the arguments, and what they lead to.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::error::Error;
use xtask::mutants::part::{PARTS, Part};
use xtask::results;
use xtask::{mutants, pictures};

/// Tasks of this repository
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Publish what the benches have measured
    ///
    /// Copies what the benches wrote to target/results into docs/results, where it is committed,
    /// and writes from there and from the templates beside it: docs/RESULTS.md with its plots,
    /// docs/RESULTS-FULL.md, and the block of README.md, README.zh.md and docs/METHODOLOGY.md. What
    /// no bench has written stays as it was published.
    Results {
        /// Copy nothing; only write the documents and the plots
        #[arg(long)]
        render: bool,
    },
    /// Change the code a little, again and again, and see whether a test notices it
    ///
    /// Runs cargo-mutants on parts of the code, in clones in target/mutants, with the tests that
    /// guard each part. Writes the figures to docs/results/mutants.json, and the documents. The
    /// whole takes hours; what was found stays in target/mutants, so it can be interrupted.
    Mutants {
        /// The parts; all of them if none is named
        #[arg(value_parser = PARTS.map(|part| part.name))]
        parts: Vec<String>,
        /// Test only so many samples, of so many: 1/4 is a quarter of the mutants
        #[arg(long, value_name = "TESTED/ALL", default_value = "1/1", value_parser = samples)]
        samples: (usize, usize),
    },
    /// Draw the pictures that show how the code runs, in docs/pictures
    Pictures,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(written) => {
            written.iter().for_each(|path| println!("written: {path}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Does a task; the paths that it has written.
fn run(task: Task) -> Result<Vec<String>, Error> {
    let root = results::root();
    match task {
        Task::Results { render } => {
            let copied = if render { vec![] } else { results::publish(root)? };
            Ok([copied, results::write(root)?].concat())
        }
        Task::Mutants { parts, samples } => {
            let named =
                |part: &&Part| parts.is_empty() || parts.iter().any(|name| name == part.name);
            let written =
                mutants::renew(root, &PARTS.iter().filter(named).collect::<Vec<_>>(), samples)?;
            Ok([written, results::write(root)?].concat())
        }
        Task::Pictures => pictures::write(root),
    }
}

/// `TESTED/ALL`.
fn samples(text: &str) -> Result<(usize, usize), String> {
    let parse = |number: &str| number.parse::<usize>().ok();
    text.split_once('/')
        .and_then(|(tested, all)| Some((parse(tested)?, parse(all)?)))
        .filter(|(tested, all)| (1..=*all).contains(tested))
        .ok_or_else(|| "two numbers, the first at least 1 and at most the second".to_owned())
}
