//! The observable trace of a request. Two styles are equal only if these lists are, in order.

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
    /// The exchange was opened: afresh, with the user's session, or (`None`) as a repeat.
    Opened(Option<Session>),
    /// A unit was asked; whether it replied.
    Asked(&'static str, bool),
    /// An operation was handed to the host.
    Submitted(Operation),
    /// An operation ended; whether anybody was still waiting for it.
    Completed(Operation, Class, bool),
    /// The line of the log.
    Logged(LogLine),
    /// The one reply.
    Replied(Response),
}

/// The structured line that ends every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The account's name as it stood in the path.
    pub account: String,
    /// The kind of message as it was received; `-` when none was read.
    pub kind: &'static str,
    /// The unit that replied; `-` when none did.
    pub unit: &'static str,
    /// Whether the answer was a stored one.
    pub repeat: bool,
    /// The HTTP status.
    pub status: u16,
    /// From the first layer to the last, by [`Host::now`](crate::Host::now).
    pub elapsed: Duration,
}
