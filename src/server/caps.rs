//! What a server admits, and how long it waits.

use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;

/// What a server admits.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// Connections at a time; more wait to be accepted.
    pub connections: usize,
    /// Requests under way at a time; more are answered `success` unread.
    pub requests: usize,
    /// How long a client may take to send the head of a request, and may be idle before it.
    pub head: Duration,
    /// How long the body of a request may take to arrive, once its head has. So a request has
    /// arrived after the sum of both, or never; one deadline for it all would begin while the
    /// connection is idle, and leave a body that follows a pause less than it needs.
    pub arrival: Duration,
    /// How long a connection may last.
    pub connection: Duration,
    /// How long the end may take, once it was asked for.
    pub shutdown: Duration,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            connections: 4096,
            requests: 2048,
            head: Duration::from_secs(5),
            arrival: Duration::from_secs(5),
            connection: Duration::from_secs(300),
            shutdown: Duration::from_secs(10),
        }
    }
}

impl Caps {
    /// How a connection speaks HTTP.
    #[must_use]
    pub fn http1(&self) -> http1::Builder {
        let mut http1 = http1::Builder::new();
        http1.timer(TokioTimer::new()).header_read_timeout(self.head).max_buf_size(64 * 1024);
        // A client that has said all that it has to say still wants its answer.
        http1.half_close(true);
        http1
    }
}
