//! The observable trace of a request. Two styles are equal only if their traces are equal, in
//! order.

use std::sync::Arc;
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
    /// The deadline came before the layers further in had ended.
    Expired(Expired),
    /// The exchange was not opened, because it takes longer than WeChat asks for its answer.
    Late,
    /// The one reply.
    Replied(Response),
    /// A late answer was sent as a customer-service message, or could not be.
    Pushed(Pushed),
}

/// What to do with a request whose time is up. In all cases the layers below go on with the context
/// that they have, and commit, even if the request is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// Answer `success`. Nobody gets the answer of the layers below, unless the user's session
    /// keeps it: after `success` WeChat sends no repeat.
    Answered,
    /// Answer `success`, and push the answer of the layers below.
    Pushed,
    /// Wait for the layers below. If WeChat closes the connection first, it sends the next try.
    Held,
}

/// What became of an answer that was to be sent as a customer-service message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The account's name.
    pub account: Arc<str>,
    /// The kind of the message that was answered.
    pub kind: &'static str,
    /// The unit that answered it.
    pub unit: &'static str,
    /// Why it was not sent; `None` when WeChat has taken it.
    pub failed: Option<String>,
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
