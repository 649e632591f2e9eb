//! Who holds what WeChat demands: the four styles and the Node originals in the same exam.
//! `cargo bench --bench exam`
//!
//! Each is served with the built-in account and examined in plain mode, as `four-ways exam` does it.
//! The findings do not depend on how busy the machine is. They are also written to
//! `target/results/exam.json`.
#![forbid(unsafe_code)]

use std::io;
use std::process::ExitCode;

use four_ways::measure::examined::{Unexamined, examined};
use four_ways::measure::{Environment, Progress};
use tokio::runtime::Builder;

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nothing is published: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> io::Result<()> {
    let environment = Environment::look();
    let progress = Progress::open();
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let results = match runtime.block_on(examined(|server| progress.tell(|| server.to_owned()))) {
        Ok(results) => results,
        // This is not a failure, so that a whole `cargo bench` goes on with the other benches.
        Err(Unexamined::Missing(missing)) => {
            eprintln!("the Node originals are not examined: {missing}");
            return Ok(());
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    drop(progress);
    xtask::results::report(environment, &results, false, env!("CARGO_TARGET_TMPDIR"))
        .map_err(io::Error::other)
}
