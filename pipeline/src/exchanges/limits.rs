//! How much a host remembers about its users.

use std::time::Duration;

use crate::account::{LONGEST_WINDOW, valid_for};

/// How much is remembered, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long, at least, an answer is kept for repeats, and a signature with its body: as long as
    /// a signature can be good. WeChat repeats within 15 s.
    pub kept_for: Duration,
    /// How long, at least, a session is kept after its last exchange.
    pub sessions_for: Duration,
    /// The most bytes of everything that is kept, keys included: half of them for answers, a
    /// quarter each for sessions and for signatures. Whatever no longer fits is forgotten earlier,
    /// oldest first.
    pub bytes: usize,
    /// The most messages of one user that wait for their turn.
    pub waiting: usize,
    /// How long a message waits for its turn. After 15 s WeChat asks no more for its answer.
    pub waiting_for: Duration,
}

impl Default for Limits {
    /// What the longest window needs; sessions for a day; 256 MiB; 16 messages of a user wait, for
    /// 15 s.
    fn default() -> Self {
        Self {
            kept_for: valid_for(LONGEST_WINDOW),
            sessions_for: Duration::from_secs(24 * 3600),
            bytes: 256 * 1024 * 1024,
            waiting: 16,
            waiting_for: Duration::from_secs(15),
        }
    }
}
