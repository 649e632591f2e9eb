//! Waiting for one operation in each style. `cargo bench --bench leaf`
//!
//! This binary also sets the counting allocator, so an allocation costs a few nanoseconds more than
//! in a server. The counts that are printed first are exact.
#![forbid(unsafe_code)]

use std::alloc::System;

use criterion::{BenchmarkId, Criterion};
use four_ways::measure::leaf::LEAVES;
use four_ways::measure::{Count, Place, allocations, budget, gate};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn count() -> Count {
    ALLOCATOR.stats().into()
}

fn situation(waits: bool) -> &'static str {
    if waits { "waits" } else { "ready" }
}

/// Prints what each leaf allocates, and fails if that is not what the contract promises.
fn print_allocations() {
    println!("{:<13} {:<6} {:>11} {:>9} {:>6}", "form", "", "allocations", "its own", "bytes");
    for leaf in &LEAVES {
        let own = allocations(count, leaf.own);
        let all = allocations(count, leaf.run);
        println!(
            "{:<13} {:<6} {:>11} {:>9} {:>6}",
            leaf.form,
            situation(leaf.waits),
            all.allocations,
            own.allocations,
            all.bytes
        );
        assert_eq!(all.allocations - own.allocations, leaf.promised(), "{}", leaf.form);
    }
}

fn measure(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("leaf");
    for leaf in &LEAVES {
        group.bench_function(BenchmarkId::new(leaf.form, situation(leaf.waits)), |bencher| {
            bencher.iter(leaf.run);
        });
    }
    group.finish();
}

fn main() {
    gate::pass();
    print_allocations();
    let leaves = u32::try_from(LEAVES.len()).expect("they are few");
    // A quarter of the budget is used for warming up and drawing.
    let each = budget::LEAF / leaves;
    let criterion = Criterion::default().warm_up_time(each / 8).measurement_time(3 * each / 4);
    let mut criterion = criterion.configure_from_args();
    measure(&mut criterion);
    criterion.final_summary();
    println!("report: {}", Place::of_pictures(env!("CARGO_TARGET_TMPDIR")));
}
