//! How much memory users take, counted exactly. `cargo bench --bench users`
//!
//! In each world every user sends one message. Then everything but the world is dropped. The group
//! `conversation` of `groups` measures how long that takes, without the counting allocator. The
//! figures are also written to `target/results/users.json`.
#![forbid(unsafe_code)]

use std::alloc::System;
use std::process;

use four_ways::measure::results::Users;
use four_ways::measure::results::users::Held;
use four_ways::measure::{self, Entry, Environment, Situation, gate};
use pipeline::rules::deadline::LIMIT;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// With the last number there is no longer room for all answers.
const USERS: [u64; 4] = [1_000, 10_000, 100_000, 400_000];

fn main() {
    gate::pass();
    let environment = Environment::look();
    let entries = Entry::all();
    let crowd = Situation::users(USERS[0]);
    let world = |entry: &Entry| crowd.world(entry.can_wait);
    if let Err(unequal) = measure::agree(&entries, world, &crowd.requests) {
        fail(&unequal.to_string());
    }
    let situations = USERS.map(Situation::users);
    let bytes = |entry: &Entry| Held {
        style: entry.name.to_owned(),
        bytes: situations.iter().map(|situation| held(entry, situation)).collect(),
    };
    let results = Users { users: USERS.to_vec(), held: entries.iter().map(bytes).collect() };
    xtask::results::report(environment, &results, false, env!("CARGO_TARGET_TMPDIR"))
        .unwrap_or_else(|error| fail(&error.to_string()));
}

/// The bytes that a world holds after all requests were answered.
fn held(entry: &Entry, situation: &Situation) -> usize {
    let before = in_use();
    let world = situation.world(entry.can_wait);
    let mut replies = Vec::with_capacity(situation.requests.len());
    entry.play(&world, situation.requests.clone(), &mut replies);
    drop(replies);
    // The host keeps the last deadline until the next is armed, and the straight line arms none.
    drop(world.host().sleep(LIMIT));
    in_use() - before
}

fn in_use() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
