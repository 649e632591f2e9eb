//! The server under load: each style against a bare hyper service that returns fixed bytes, and
//! against the Node originals where they are found.
//! `cargo bench --bench http [-- --quick]`; it needs wrk
//!
//! Each service runs in a process of its own: this binary, started again, or Node. So its
//! processor time can be measured separately. The services take turns in rounds. The bare service
//! plays twice: how far the two copies differ shows how far any ratio can be trusted. The figures
//! are also written to `target/results/http.json`.
//!
//! Each file uses only those above it:
//! * [`request`]: the requests, and the answer that is expected;
//! * [`service`]: the services that are measured;
//! * [`wrk`]: the client;
//! * [`row`]: the results of one service.
#![forbid(unsafe_code)]

mod request;
mod row;
mod service;
mod wrk;

use std::cell::RefCell;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use four_ways::measure::node::ORIGINALS;
use four_ways::measure::results::Http;
use four_ways::measure::results::http::Level;
use four_ways::measure::{self, Environment, Progress, budget, gate};
use four_ways::styles;

use row::Row;
use service::{BARE, Service};
use wrk::Wrk;

/// How many keep-alive connections there are at a time.
const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// Requests/s, latency, processor time and memory of each style behind HTTP, beside bare hyper and
/// the Node originals.
#[derive(Debug, Parser)]
#[command(name = "http")]
struct Arguments {
    /// As few rounds as have a balanced order
    #[arg(long)]
    quick: bool,
    /// What cargo passes to every bench
    #[arg(long, hide = true)]
    bench: bool,
    /// Be one of the services instead of measuring them
    #[arg(long, hide = true, value_name = "NAME")]
    serve: Option<String>,
}

/// How long all rounds may take, of one second for each service. Where the order is not balanced by
/// then, it takes longer.
const FULL: Duration = budget::HTTP;
const QUICK: Duration = Duration::ZERO;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.serve {
        Some(name) => service::serve(name),
        None => measure(arguments.quick),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nothing is published: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(is_trial: bool) -> io::Result<()> {
    let patience = if is_trial { QUICK } else { FULL };
    let mut wrk = match Wrk::find() {
        Ok(wrk) => wrk,
        // This is not a failure, so that a whole `cargo bench` goes on with the other benches.
        Err(why) => {
            eprintln!("HTTP is not measured: {why}");
            return Ok(());
        }
    };
    gate::pass();
    let environment = Environment::look();
    let mut services = vec![Service::start(BARE)?, Service::start(BARE)?];
    for style in styles::all() {
        services.push(Service::start(style.name)?);
    }
    for original in ORIGINALS {
        match original.server() {
            Ok(command) => services.push(Service::original(original, command)?),
            Err(missing) => {
                eprintln!("the Node originals are not measured: {missing}");
                break;
            }
        }
    }
    let progress = Progress::lasting(patience);
    let levels = CONNECTIONS
        .iter()
        .map(|connections| level(*connections, patience, &services, &mut wrk, &progress));
    let levels = levels.collect::<Result<Vec<_>, _>>()?;
    drop(progress);
    let (client, log) = ("wrk".to_owned(), "with its log, which nobody reads".to_owned());
    let results = Http { client, log, levels };
    // Nothing is printed earlier, because the results count only when every answer was checked.
    xtask::results::report(environment, &results, is_trial, env!("CARGO_TARGET_TMPDIR"))
        .map_err(io::Error::other)
}

/// Measures all services at one number of connections.
fn level(
    connections: usize,
    patience: Duration,
    services: &[Service],
    wrk: &mut Wrk,
    progress: &Progress,
) -> io::Result<Level> {
    let mut rows: Vec<_> = services.iter().map(|service| Row::new(service.name)).collect();
    let used: Vec<_> = services.iter().map(Service::processor_time).collect();
    let failed = RefCell::new(None);
    let play = |entry: usize| {
        let service = &services[entry];
        match wrk.play(service, connections) {
            Ok(round) => {
                rows[entry].rounds.push(round);
                round.time.div_f64(round.requests.max(1) as f64)
            }
            Err(error) => {
                failed.replace(Some(format!("{}: {error}", service.name)));
                Duration::ZERO
            }
        }
    };
    let patience = patience / u32::try_from(CONNECTIONS.len()).expect("they are few");
    let mut proceed = measure::balanced(services.len(), patience);
    let times = measure::compare(services.len(), play, |rounds| {
        progress.tell(|| format!("{connections} at a time: round {rounds}"));
        failed.borrow().is_none() && proceed(rounds)
    });
    if let Some(failed) = failed.into_inner() {
        return Err(io::Error::other(failed));
    }
    for ((row, service), used) in rows.iter_mut().zip(services).zip(used) {
        let requests = row.rounds.iter().map(|round| round.requests).sum::<usize>();
        let spent = service.processor_time().zip(used).map(|(now, then)| now - then);
        row.processor_time = spent.map(|spent| spent.div_f64(requests.max(1) as f64));
    }
    Ok(row::level(connections, &rows, &times))
}
