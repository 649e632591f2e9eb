//! The command line. This binary counts allocations; the library has no allocator of its own. It
//! counts while it serves, too: `cargo run` builds one binary, so that a second one, which only
//! counts or only serves, would be missing where it is asked for.
#![forbid(unsafe_code)]

mod cli;

use std::alloc::System;
use std::process::ExitCode;

use four_ways::measure::Count;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn count() -> Count {
    ALLOCATOR.stats().into()
}

fn main() -> ExitCode {
    cli::run(count)
}
