//! How much a host remembers about its users.

use std::time::Duration;

/// How much is remembered, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long an answer is kept for repeats. WeChat repeats within 15 s.
    pub answers_for: Duration,
    /// The most answers that are kept for one account.
    pub answers: usize,
    /// The most bytes of reply text that are kept for one account.
    pub bytes: usize,
    /// How long a session is kept after its last exchange.
    pub sessions_for: Duration,
    /// The most messages of one user that wait for their turn.
    pub waiting: usize,
}

impl Default for Limits {
    /// Ten minutes, a hundred thousand answers, 64 MiB; sessions for a day; 64 waiting messages.
    fn default() -> Self {
        Self {
            answers_for: Duration::from_secs(600),
            answers: 100_000,
            bytes: 64 * 1024 * 1024,
            sessions_for: Duration::from_secs(24 * 3600),
            waiting: 64,
        }
    }
}
