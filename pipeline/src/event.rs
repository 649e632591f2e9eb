//! The observable trace of a request. Two styles are equal only if their traces are equal, in
//! order.

use std::time::Duration;

use crate::error::Class;
use crate::exchange::Session;
use crate::operation::Operation;
use crate::request::Response;

/// Something that happened to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A layer began.
    Entered(&'static str),
    /// A layer ended, innermost first.
    Left(&'static str, Class),
    /// The exchange was opened: as a new one, with the user's session, or (`None`) as a repeat.
    Opened(Option<Session>),
    /// A unit was asked; whether it replied.
    Asked(&'static str, bool),
    /// An operation was handed to the host.
    Submitted(Operation),
    /// An operation ended; `true` if the request was still waiting for it.
    Completed(Operation, Class, bool),
    /// The line of the log.
    Logged(LogLine),
    /// The one reply.
    Replied(Response),
}

/// The structured log line at the end of every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The account's name as it was in the path.
    pub account: String,
    /// The kind of message as it was received; `-` when none was read.
    pub kind: &'static str,
    /// The unit that replied; `-` when no unit did.
    pub unit: &'static str,
    /// Whether the answer was a stored one.
    pub repeat: bool,
    /// The HTTP status.
    pub status: u16,
    /// From the first layer to the last, by [`Host::now`](crate::Host::now).
    pub elapsed: Duration,
}
