//! `cargo xtask`: the arguments, and what they lead to.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::results::{self, Error};

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
    /// and writes docs/RESULTS.md and the table of README.md from there and from the templates
    /// beside it. What no bench has written stays as it was published.
    Results {
        /// Copy nothing; only write the documents
        #[arg(long)]
        render: bool,
    },
}

fn main() -> ExitCode {
    let Task::Results { render } = Arguments::parse().task;
    match run(render) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(only_render: bool) -> Result<(), Error> {
    let root = results::root();
    let copied = if only_render { vec![] } else { results::publish(root)? };
    let written = results::write(root)?;
    copied.iter().chain(&written).for_each(|path| println!("written: {path}"));
    Ok(())
}
