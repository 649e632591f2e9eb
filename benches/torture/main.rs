//! What `four-ways serve` withstands. `cargo bench --bench torture [-- --quick] [-- --all]`
//!
//! The built binary is asked, attacked, reloaded and ended, and each answer is judged. A wrong one
//! ends the bench, and nothing is published. All is on this machine. The figures are also written
//! to `target/results/torture.json`.
//!
//! Each file uses only those above it:
//! * [`client`]: a client that speaks bytes;
//! * [`serving`]: a server in a process of its own;
//! * [`trial`]: what a trial is given, and what it tells;
//! * [`mutations`]: bodies that are rightly signed and wrong;
//! * [`oddities`]: requests that are not quite HTTP;
//! * [`hostile`]: connections that take places and give nothing;
//! * [`reloads`]: files that change all the time;
//! * [`shutdowns`]: the end, while clients ask;
//! * [`logs`]: a log that nobody reads, or that cannot be written.
#![forbid(unsafe_code)]

mod client;
mod hostile;
mod logs;
mod mutations;
mod oddities;
mod reloads;
mod serving;
mod shutdowns;
mod trial;

use std::process::ExitCode;

use clap::Parser;
use four_ways::measure::Environment;
use four_ways::measure::results::Torture;
use four_ways::measure::results::torture::{Count, Trial};
use four_ways::styles;

use trial::{Counts, Extent, Failed, Play};

/// The styles that differ most in how they wait: one inside the host's calls, one in tasks.
const STYLES: [&str; 2] = ["callbacks", "async-await"];

const TRIALS: [(&str, Play); 6] = [
    ("signed mutations", mutations::play),
    ("HTTP oddities", oddities::play),
    ("hostile connections", hostile::play),
    ("reload storm", reloads::play),
    ("shutdowns under load", shutdowns::play),
    ("stalled and full logs", logs::play),
];

/// Asks, attacks, reloads and ends the server.
#[derive(Debug, Parser)]
#[command(name = "torture")]
struct Arguments {
    /// Less of everything
    #[arg(long)]
    quick: bool,
    /// All four styles
    #[arg(long)]
    all: bool,
    /// What cargo passes to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match torture(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("nothing is published: {why}");
            ExitCode::FAILURE
        }
    }
}

fn torture(arguments: &Arguments) -> Result<(), Failed> {
    let environment = Environment::look();
    let extent = if arguments.quick { Extent::QUICK } else { Extent::FULL };
    let all: Vec<_> = styles::all().into_iter().map(|style| style.name).collect();
    let styles = if arguments.all { all } else { STYLES.to_vec() };
    let mut trials = Vec::new();
    for (name, play) in TRIALS {
        let played = styles.iter().map(|style| {
            eprintln!("{name}: {style}");
            play(style, &extent).map_err(|why| format!("{name}, {style}: {why}").into())
        });
        let played = played.collect::<Result<Vec<Counts>, Failed>>()?;
        let counts = played[0].iter().enumerate().map(|(at, (what, _))| Count {
            what: (*what).to_owned(),
            of: played.iter().map(|counts| counts[at].1).collect(),
        });
        trials.push(Trial { trial: name.to_owned(), counts: counts.collect() });
    }
    let styles = styles.into_iter().map(str::to_owned).collect();
    let is_trial = arguments.quick || arguments.all;
    xtask::results::report(
        environment,
        &Torture { styles, trials },
        is_trial,
        env!("CARGO_TARGET_TMPDIR"),
    )?;
    Ok(())
}
