//! What was asked of the allocator, by a counter that the binary owns.

use std::ops::Sub;

use serde::{Deserialize, Serialize};
use stats_alloc::Stats;

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
