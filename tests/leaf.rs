//! The exact cost of one operation: nothing when its value is ready, one allocation when it really
//! waits, in each style. It has no test harness, because the threads of a harness would be counted,
//! too.
#![forbid(unsafe_code)]

use std::alloc::System;

use four_ways::measure::leaf::{LEAVES, heard};
use four_ways::measure::{Count, allocations};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn count() -> Count {
    ALLOCATOR.stats().into()
}

fn main() {
    for leaf in &LEAVES {
        let before = heard();
        let own = allocations(count, leaf.own);
        let all = allocations(count, leaf.run);
        let name = format!("{}, waits: {}", leaf.form, leaf.waits);
        assert_eq!(heard() - before, 2, "{name}: each consumer hears of its end once");
        assert_eq!(all.allocations - own.allocations, leaf.promised(), "{name}");
        println!("{name}: {} allocations, {} of its own", all.allocations, own.allocations);
    }
}
