//! Why a connection ended.

use std::error::Error;
use std::io;

use prometheus_client::encoding::EncodeLabelValue;

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum End {
    /// One of the two sides said that this was the last request, or the client left between two.
    Closed,
    /// It was idle for too long.
    Idle,
    /// It was the one that had been idle longest when all places were taken, or all of its address.
    GaveWay,
    /// All places of its address were taken, and none was idle.
    Crowded,
    /// It had lasted long enough.
    Age,
    /// The head of a request did not arrive in time.
    Head,
    /// The client did not take its answer in time.
    Unread,
    /// What the client sent is not HTTP/1.1.
    Malformed,
    /// The client left in the middle of a request or of an answer.
    Broken,
    /// The server ended.
    Shutdown,
    /// The end of the connection took too long.
    Cut,
}

impl End {
    /// Why a connection ended that nobody asked to end.
    pub(super) fn of(result: &Result<(), hyper::Error>) -> Self {
        let Err(error) = result else { return Self::Closed };
        let of_stream = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        if of_stream.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            Self::Unread
        } else if error.is_timeout() {
            Self::Head
        } else if error.is_parse() {
            Self::Malformed
        } else {
            Self::Broken
        }
    }
}
