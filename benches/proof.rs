//! How much is proven: all campaigns of the kit, each whole.
//! `cargo bench --bench proof [-- --random 1000000]`
//!
//! `cargo test` plays them too, but fewer random scenarios. The figures are written to
//! `target/results/proof.json`, or, with fewer random scenarios than are published, to
//! `proof-trial.json`. A violation ends the bench; it is printed with the smallest scenario that
//! still shows it.
#![forbid(unsafe_code)]

use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use clap::Parser;
use four_ways::measure::results::Proof;
use four_ways::measure::results::proof::Campaign;
use four_ways::measure::{Environment, Progress};
use four_ways::styles;
use kit::Rejection;
use kit::campaign::interleavings::{at_once, three, three_that_fail, two};
use kit::campaign::random::RANDOM;
use kit::campaign::{self, Tally};
use kit::scenario::Injected;

/// How many random scenarios, and how many of too many interleavings, are published.
const PUBLISHED: u64 = 1_000_000;
const SOME: u64 = 100_000;

/// How many random scenarios have one seed after the other in one thread.
const PIECE: u64 = 1_000;

/// All campaigns of the kit
#[derive(Parser)]
#[command(name = "proof")]
struct Arguments {
    /// How many random scenarios to play
    #[arg(long, default_value_t = RANDOM[1])]
    random: u64,
    /// What cargo passes to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let Arguments { random, .. } = Arguments::parse();
    let environment = Environment::look();
    let all = styles::all();
    let each_two = |played: fn(&[_], _) -> _| sum(two().into_iter().map(|two| played(&all, two)));
    let whole = |all: &[_], arrivals| campaign::interleavings(all, &at_once(arrivals));
    let campaigns = vec![
        timed("each conversation of the corpus", || campaign::conversations(&all)),
        timed("each fault alone", || campaign::single_faults(&all)),
        timed("each pair of faults", || campaign::fault_pairs(&all, 1)),
        timed("all interleavings of two requests", || each_two(whole)),
        timed("the same with each fault", || {
            each_two(|all, arrivals| campaign::with_one_fault(all, &arrivals, &Injected::ALL))
        }),
        timed("each kind of message, cancelled at each point", || campaign::cancellations(&all)),
        timed("all interleavings of three requests", || {
            sum(three().into_iter().map(|three| whole(&all, three)))
        }),
        timed("some interleavings of three requests that fail", || {
            campaign::some_interleavings(&all, &at_once(three_that_fail()), SOME)
        }),
        timed("random scenarios", || random_scenarios(random)),
    ];
    let is_trial = random != PUBLISHED;
    xtask::results::report(environment, &Proof(campaigns), is_trial, env!("CARGO_TARGET_TMPDIR"))
        .unwrap_or_else(|error| fail(&error.to_string()));
}

/// Plays a campaign and tells what it has done.
fn timed(name: &str, play: impl FnOnce() -> Result<Tally, Rejection>) -> Campaign {
    let started = Instant::now();
    let tally = play().unwrap_or_else(|rejection| fail(&rejection.to_string()));
    println!("{name}: {tally}");
    Campaign::new(name, &tally, started.elapsed().as_secs_f64())
}

fn sum(played: impl Iterator<Item = Result<Tally, Rejection>>) -> Result<Tally, Rejection> {
    let mut sum = Tally::default();
    for tally in played {
        sum.add(&tally?);
    }
    Ok(sum)
}

/// Plays random scenarios with the seeds from 0 on, on all cores.
fn random_scenarios(count: u64) -> Result<Tally, Rejection> {
    let progress = Progress::open();
    let next = AtomicU64::new(0);
    let pieces = || {
        let styles = styles::all();
        let seeds = || Some(next.fetch_add(PIECE, Ordering::Relaxed)).filter(|seed| *seed < count);
        sum(std::iter::from_fn(seeds).map(|seed| {
            progress.tell(|| format!("{seed} of {count} random scenarios"));
            campaign::random(&styles, seed, PIECE.min(count - seed), |_| ())
        }))
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(pieces)).collect();
        sum(workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| process::exit(1))))
    })
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
