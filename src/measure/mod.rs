//! What the styles cost: exact counts, and times as ratios to the straight line.
//!
//! * [`gate`]: equal first; every bench target calls it before it measures.
//! * [`entry`]: who is measured, driven as natively as a caller would.
//! * [`world`]: where: a host whose operations are ready, wait or fail.
//! * [`situation`]: doing what: the ways that a request may take.
//! * [`layers`]: onions of layers that do nothing.
//! * [`exact`]: what can be counted, per reply.
//! * [`rounds`]: interleaved rounds, median ratios, and how far they can be trusted.
//! * [`stack`]: how deep a reply goes.
//! * [`leaf`]: one operation, consumed in each style.
//! * [`results`]: the shape of each result.
//! * [`record`]: a result for machines, with where it comes from.
//! * [`place`]: where a bench leaves its files.
//! * [`budget`]: how long each bench may take.
//! * [`progress`]: how far a bench is, on a terminal.
//!
//! There is no allocator in here: a binary that counts allocations passes a function that reads
//! its counter.

pub mod budget;
pub mod entry;
pub mod exact;
pub mod gate;
pub mod layers;
pub mod leaf;
pub mod place;
pub mod progress;
pub mod record;
pub mod results;
pub mod rounds;
pub mod situation;
pub mod stack;
pub mod world;

use std::ops::Sub;

use serde::{Deserialize, Serialize};
use stats_alloc::Stats;

pub use entry::{Entry, Unequal, agree};
pub use exact::Exact;
pub use place::Place;
pub use progress::Progress;
pub use record::{Environment, Record};
pub use rounds::{Comparison, compare, median};
pub use situation::Situation;
pub use world::World;

/// What was asked of the allocator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// How often it was asked for memory; growing a block counts as once more.
    pub allocations: usize,
    /// How many bytes it was asked for.
    pub bytes: usize,
}

impl From<Stats> for Count {
    fn from(stats: Stats) -> Self {
        let allocations = stats.allocations + stats.reallocations;
        Self { allocations, bytes: stats.bytes_allocated }
    }
}

impl Sub for Count {
    type Output = Self;

    /// What was asked since `earlier`.
    fn sub(self, earlier: Self) -> Self {
        let allocations = self.allocations - earlier.allocations;
        Self { allocations, bytes: self.bytes - earlier.bytes }
    }
}

/// What `work` asks of the allocator. `count` reads the counter.
pub fn allocations(count: fn() -> Count, work: impl FnOnce()) -> Count {
    let before = count();
    work();
    count() - before
}
