//! What can be counted exactly, per reply.

use serde::{Deserialize, Serialize};

use super::{Count, Entry, Situation, allocations};

/// Counts that are the same in every run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Exact {
    /// How often a reply asks for memory, including the host's share.
    pub allocations: f64,
    /// How many bytes it asks for.
    pub bytes: f64,
    /// How often its future is polled from outside. A callback is not polled.
    pub polls: f64,
}

impl Exact {
    /// Plays the situation and counts. `count` reads the counter of allocations. A first play is not
    /// counted, as in the fence: what a pipeline asks for once belongs to no reply.
    #[must_use]
    pub fn count(situation: &Situation, entry: &Entry, count: fn() -> Count) -> Self {
        let (world, requests) = (situation.world(entry.can_wait), situation.requests.clone());
        let length = requests.len() as f64;
        let mut replies = Vec::with_capacity(requests.len());
        entry.play(&situation.world(entry.can_wait), requests.clone(), &mut replies);
        replies.clear();
        let asked = allocations(count, || entry.play(&world, requests, &mut replies));
        Self {
            allocations: asked.allocations as f64 / length,
            bytes: asked.bytes as f64 / length,
            polls: world.polls() as f64 / length,
        }
    }
}
