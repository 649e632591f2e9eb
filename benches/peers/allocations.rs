//! What nine empty layers allocate, counted exactly. `cargo bench --bench peers-allocations`
//!
//! This is a separate target, because the counting allocator would slow the peers down in `peers`,
//! most of all those that allocate most. The figures are also written to
//! `target/results/peers-allocations.json`.
#![forbid(unsafe_code)]

mod generators;
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
use peer::{LAYERS, Peer};
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
    peers.remove(1); // the second copy of the baseline (the twin): counts do not vary
    let counted = |peer: Peer| Counted {
        peer: peer.nine.name.to_owned(),
        nine: exact(&peer.nine),
        none: exact(&peer.none),
    };
    let results =
        PeersAllocations { layers: LAYERS, peers: peers.into_iter().map(counted).collect() };
    xtask::results::report(environment, &results, false, env!("CARGO_TARGET_TMPDIR"))
        .unwrap_or_else(|error| fail(&error.to_string()));
}

/// What one reply asks of the allocator. The first reply is not counted, because it also makes what
/// is made only once.
fn exact(entry: &Entry) -> Count {
    let (world, mut replies) = (World::ready(), Vec::with_capacity(2));
    entry.play(&world, vec![everyone::request()], &mut replies);
    let request = vec![everyone::request()];
    measure::allocations(count, || entry.play(&world, request, &mut replies))
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
