//! The server under load: each style against a bare hyper service that returns fixed bytes.
//! `cargo bench --bench http [-- --quick] [--client wrk|own]`
//!
//! Each service is a process of its own, this binary started again, so that its memory and its
//! processor time are its own. All take turns in interleaved rounds, and the bare service plays
//! twice: how far it strays from itself is how far any ratio can be trusted. The figures are written
//! to `target/results/http.json` as well.
//!
//! Each file uses only those above it:
//! * [`request`]: what everybody is asked;
//! * [`service`]: who is asked;
//! * [`client`]: who asks, which is [`wrk`] or [`own`];
//! * [`table`]: what is printed.
#![forbid(unsafe_code)]

mod client;
mod own;
mod request;
mod service;
mod table;
mod wrk;

use std::cell::RefCell;
use std::io;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use four_ways::measure::results::Http;
use four_ways::measure::results::http::Level;
use four_ways::measure::{self, Environment, Progress, budget, gate};
use four_ways::styles;

use client::Client;
use own::Own;
use service::{BARE, Service};
use table::Row;
use wrk::Wrk;

/// How many keep-alive connections there are at a time.
const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// Requests/s, latency, processor time and memory of each style behind HTTP, beside bare hyper.
#[derive(Debug, Parser)]
#[command(name = "http")]
struct Arguments {
    /// Fewer and shorter rounds
    #[arg(long)]
    quick: bool,
    /// Who asks; wrk, if it is installed, and else our own
    #[arg(long, value_enum)]
    client: Option<Which>,
    /// What cargo passes to every bench
    #[arg(long, hide = true)]
    bench: bool,
    /// Be one of the services instead of measuring them
    #[arg(long, hide = true, value_name = "NAME")]
    serve: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Which {
    Wrk,
    Own,
}

impl Which {
    fn client(asked: Option<Self>, requests: usize) -> io::Result<Box<dyn Client>> {
        let wrk = match asked {
            Some(Self::Own) => None,
            Some(Self::Wrk) | None => Wrk::find(),
        };
        match (asked, wrk) {
            (_, Some(wrk)) => Ok(Box::new(wrk)),
            (Some(Self::Wrk), None) => Err(io::Error::other(
                "there is no wrk; `apt install wrk` and `brew install wrk` get it, and \
                 `--client own` does without",
            )),
            (Some(Self::Own) | None, None) => Ok(Box::new(Own::new(requests)?)),
        }
    }
}

/// How much is measured at each number of connections.
struct Extent {
    /// Rounds at most. A multiple of the six entries, so that the orders balance.
    rounds: usize,
    /// Requests to each service in a round of our own client. wrk's rounds last a second.
    requests: usize,
    /// How long all rounds may take at most, on a machine that is slow or busy.
    patience: Duration,
}

const FULL: Extent = Extent { rounds: 48, requests: 3_000, patience: budget::HTTP };
const QUICK: Extent = Extent { rounds: 12, requests: 1_000, patience: Duration::from_secs(36) };

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.serve {
        Some(name) => service::serve(name),
        None => measure(arguments.quick, arguments.client),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nothing is published: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(is_trial: bool, client: Option<Which>) -> io::Result<()> {
    let extent = if is_trial { &QUICK } else { &FULL };
    let mut client = Which::client(client, extent.requests)?;
    gate::pass();
    let environment = Environment::look();
    let mut services = vec![Service::start(BARE)?, Service::start(BARE)?];
    for style in styles::all() {
        services.push(Service::start(style.name)?);
    }
    let progress = Progress::lasting(extent.patience);
    let levels = CONNECTIONS
        .iter()
        .map(|connections| level(*connections, extent, &services, &mut *client, &progress));
    let levels = levels.collect::<Result<Vec<_>, _>>()?;
    drop(progress);
    // Only now: until the last answer has been checked, nothing is worth printing.
    levels.iter().for_each(table::print);
    let cores = thread::available_parallelism()?;
    println!("{}", table::notes(client.name(), cores.get(), request::answer().len()));
    let results = Http { client: client.name().to_owned(), levels };
    let written = environment.write(&results, is_trial, env!("CARGO_TARGET_TMPDIR"))?;
    println!("\nwritten: {written}");
    Ok(())
}

/// Measures all services at one number of connections.
fn level(
    connections: usize,
    extent: &Extent,
    services: &[Service],
    client: &mut dyn Client,
    progress: &Progress,
) -> io::Result<Level> {
    let mut rows: Vec<_> = services.iter().map(|service| Row::new(service.name)).collect();
    let used: Vec<_> = services.iter().map(Service::processor_time).collect();
    let failed = RefCell::new(None);
    let play = |entry: usize| {
        let service = &services[entry];
        match client.play(service.address, connections) {
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
    let started = Instant::now();
    let patience = extent.patience / u32::try_from(CONNECTIONS.len()).expect("they are few");
    let times = measure::compare(services.len(), play, |rounds| {
        progress.tell(|| format!("{connections} at a time: round {rounds}"));
        failed.borrow().is_none() && rounds < extent.rounds && started.elapsed() < patience
    });
    if let Some(failed) = failed.into_inner() {
        return Err(io::Error::other(failed));
    }
    for ((row, service), used) in rows.iter_mut().zip(services).zip(used) {
        let requests = row.rounds.iter().map(|round| round.requests).sum::<usize>();
        let spent = service.processor_time().zip(used).map(|(now, then)| now - then);
        row.processor_time = spent.map(|spent| spent.div_f64(requests.max(1) as f64));
        row.memory = service.memory();
    }
    Ok(table::level(connections, &rows, &times))
}
