//! Who asks. Every answer is checked; a round with a wrong one counts for nothing.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// A client, with keep-alive connections that each have one request under way.
pub trait Client {
    fn name(&self) -> &'static str;

    /// Asks a service for one round.
    fn play(&mut self, address: SocketAddr, connections: usize) -> io::Result<Round>;
}

/// One round of one service.
#[derive(Clone, Copy)]
pub struct Round {
    pub time: Duration,
    pub requests: usize,
    pub median: Duration,
    pub slowest_hundredth: Duration,
}
