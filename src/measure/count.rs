//! Counts of what the allocator was asked for. The binary owns the counter.

use std::ops::Sub;

use serde::{Deserialize, Serialize};
use stats_alloc::Stats;

/// What the allocator was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// How often memory was asked for. When a block grows, this counts once more.
    pub allocations: usize,
    /// How many bytes were asked for.
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

    /// What was asked for since `earlier`.
    fn sub(self, earlier: Self) -> Self {
        let allocations = self.allocations - earlier.allocations;
        Self { allocations, bytes: self.bytes - earlier.bytes }
    }
}

/// What `work` asks the allocator for. `count` reads the counter.
pub fn allocations(count: fn() -> Count, work: impl FnOnce()) -> Count {
    let before = count();
    work();
    count() - before
}
