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
    /// How many users of one account there may be before those of whom nothing is left to remember
    /// are looked for. Later looks come when the number has doubled since the last.
    pub sweep_users_at: usize,
    /// The same for an account's signatures whose window has closed.
    pub sweep_signatures_at: usize,
}

impl Default for Limits {
    /// Ten minutes, a hundred thousand answers, 64 MiB; sessions for a day; 64 waiting messages;
    /// looks from 1,024 users and from 1,024 signatures.
    fn default() -> Self {
        Self {
            answers_for: Duration::from_secs(600),
            answers: 100_000,
            bytes: 64 * 1024 * 1024,
            sessions_for: Duration::from_secs(24 * 3600),
            waiting: 64,
            sweep_users_at: 1024,
            sweep_signatures_at: 1024,
        }
    }
}
