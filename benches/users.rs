//! How much memory users take, exactly. `cargo bench --bench users`
//!
//! In each world every user sends one message; then everything but the world is dropped. How long
//! that takes is the group `conversation` of `groups`, which runs without the counting allocator.
//! The figures are written to `target/results/users.json` as well.
#![forbid(unsafe_code)]

use std::alloc::System;
use std::process;

use four_ways::measure::results::Users;
use four_ways::measure::results::users::Held;
use four_ways::measure::{self, Entry, Environment, Situation, gate};
use pipeline::exchanges::Limits;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The last is beyond what the host keeps.
const USERS: [u64; 4] = [1_000, 10_000, 100_000, 200_000];

fn main() {
    gate::pass();
    let environment = Environment::look();
    let entries = Entry::all();
    let crowd = Situation::users(USERS[0]);
    let world = |entry: &Entry| crowd.world(entry.can_wait);
    if let Err(unequal) = measure::agree(&entries, world, &crowd.requests) {
        fail(&unequal.to_string());
    }
    println!("\n{:<13}{}", "users", USERS.map(|users| format!("{users:>9}")).concat());
    let situations = USERS.map(Situation::users);
    let mut all = Vec::new();
    for entry in &entries {
        let bytes = situations.each_ref().map(|situation| held(entry, situation));
        let shares = USERS.iter().zip(bytes).map(|(users, bytes)| bytes as f64 / *users as f64);
        let shown: String = shares.map(|share| format!("{share:>9.0}")).collect();
        println!("{:<13}{shown}", entry.name);
        all.push(Held { style: entry.name.to_owned(), bytes: bytes.to_vec() });
    }
    let results = Users { users: USERS.to_vec(), held: all };
    match environment.write(&results, false, env!("CARGO_TARGET_TMPDIR")) {
        Ok(written) => println!("\n{}\n\nwritten: {written}", legend()),
        Err(error) => fail(&format!("the record cannot be written: {error}")),
    }
}

/// The bytes that a world holds after the requests were answered.
fn held(entry: &Entry, situation: &Situation) -> usize {
    let before = in_use();
    let world = situation.world(entry.can_wait);
    let mut replies = Vec::with_capacity(situation.requests.len());
    entry.play(&world, situation.requests.clone(), &mut replies);
    drop(replies);
    in_use() - before
}

fn in_use() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

fn legend() -> String {
    let Limits { answers_for, answers, bytes, sessions_for, .. } = Limits::default();
    format!(
        "bytes held for a user, the spare room of tables included: the session ({} h), the signature\n\
         and the answer ({} s). An account keeps at most {answers} answers and {} MiB of their text;\n\
         the clock stands still, so nothing else is forgotten. All of this is the host's: a style that\n\
         kept something itself would differ from the straight line.",
        sessions_for.as_secs() / 3600,
        answers_for.as_secs(),
        bytes >> 20,
    )
}

fn fail(why: &str) -> ! {
    eprintln!("nothing is measured: {why}");
    process::exit(1);
}
