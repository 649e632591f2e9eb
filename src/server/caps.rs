//! What a server admits, and how long it waits.

use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;

/// What a server admits.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// Connections at a time. For one more, the one that has been idle longest gives way; if none
    /// is idle, it waits.
    pub connections: usize,
    /// Connections of one address at a time; an IPv6 network of 64 bits is one address. For one
    /// more, one of the address gives way; if none is idle, it is closed.
    pub per_address: usize,
    /// Requests under way at a time; more are answered `success` unread.
    pub requests: usize,
    /// How long a connection may be idle. Shorter than what a request may take, because an idle
    /// connection serves nobody.
    pub idle: Duration,
    /// How long a client may take to send the head of a request, with the idle time before it.
    pub head: Duration,
    /// How long the body of a request may take to arrive, counted from the end of its head. One
    /// deadline for both would begin while the connection is idle, and would leave too little time
    /// for a body after a long pause.
    pub arrival: Duration,
    /// How long a client may take to read an answer, once it no longer fits between the two.
    pub write: Duration,
    /// How long a connection may last.
    pub connection: Duration,
    /// How long a connection that is to end may still begin its last request.
    pub grace: Duration,
    /// How long the end may take, once it was asked for.
    pub shutdown: Duration,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            connections: 4096,
            per_address: 1024,
            requests: 2048,
            idle: Duration::from_secs(3),
            head: Duration::from_secs(5),
            arrival: Duration::from_secs(5),
            write: Duration::from_secs(5),
            connection: Duration::from_secs(300),
            grace: Duration::from_millis(500),
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
        // A client may close its sending side after the request, and still wait for the answer.
        http1.half_close(true);
        http1
    }
}
