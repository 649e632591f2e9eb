//! What nine empty layers allocate, exactly. `cargo bench --bench peers-allocations`
//!
//! A target of its own: the counting allocator would cost the peers in `peers` time, and those
//! most that allocate most. The figures are written to `target/results/peers-allocations.json`.
#![forbid(unsafe_code)]

mod peer;
mod routes;
mod services;
mod states;

mod everyone;

use std::alloc::System;
use std::process;

use four_ways::measure::results::PeersAllocations;
use four_ways::measure::results::peers::Counted;
use four_ways::measure::{self, Count, Entry, Environment, World, gate};
use peer::LAYERS;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn count() -> Count {
    ALLOCATOR.stats().into()
}

fn main() {
    gate::pass();
    let environment = Environment::look();
    let mut peers = everyone::all().unwrap_or_else(|unequal| fail(&unequal.to_string()));
    peers.remove(1); // the twin: a count has no band
    println!("\n{:<21}  {:^18}  {:^18}  {:^18}", "", "nine layers", "none", "a layer");
    let header = format!("{:>11}  {:>5}", "allocations", "bytes");
    println!("{:<21}  {header}  {header}  {header}", "");
    let mut counted = Vec::new();
    for peer in &peers {
        let (nine, none) = (exact(&peer.nine), exact(&peer.none));
        let asked = nine - none;
        let layer = [asked.allocations, asked.bytes].map(|all| all as f64 / LAYERS as f64);
        println!(
            "{:<21}  {:>11}  {:>5}  {:>11}  {:>5}  {:>11.1}  {:>5.0}",
            peer.nine.name,
            nine.allocations,
            nine.bytes,
            none.allocations,
            none.bytes,
            layer[0],
            layer[1]
        );
        counted.push(Counted { peer: peer.nine.name.to_owned(), nine, none });
    }
    println!("\nper reply; axum's http::Request is in both");
    let results = PeersAllocations { layers: LAYERS, peers: counted };
    match environment.write(&results, false, env!("CARGO_TARGET_TMPDIR")) {
        Ok(written) => println!("\nwritten: {written}"),
        Err(error) => fail(&format!("the record cannot be written: {error}")),
    }
}

/// What one reply asks for. Not the first: what is made once is not a reply's.
fn exact(entry: &Entry) -> Count {
    let (world, mut replies) = (World::ready(), Vec::with_capacity(2));
    entry.play(&world, vec![everyone::request()], &mut replies);
    let request = vec![everyone::request()];
    measure::allocations(count, || entry.play(&world, request, &mut replies))
}

fn fail(why: &str) -> ! {
    eprintln!("nothing is counted: {why}");
    process::exit(1);
}
