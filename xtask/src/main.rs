//! `cargo xtask`: the arguments, and what they lead to.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::error::Error;
use xtask::pictures;
use xtask::results;

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
    /// docs/RESULTS-FULL.md, and the block of README.md and README.zh.md. What no bench has written
    /// stays as it was published.
    Results {
        /// Copy nothing; only write the documents and the plots
        #[arg(long)]
        render: bool,
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
        Task::Pictures => pictures::write(root),
    }
}
