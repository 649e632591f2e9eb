//! What one operation costs, exactly: nothing when its value is ready, one allocation when it
//! really waits, in whatever style it is consumed. Without the test harness, whose threads would
//! be counted too.
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
