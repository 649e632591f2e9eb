//! The observable trace of a request. Two styles are equal only if these lists are, in order.

use std::sync::Arc;

use crate::context::Origin;
use crate::error::Class;
use crate::exchange::Session;
use crate::host::{LogLine, Operation};
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

/// A layer that is under way. Whatever happens to it, it is recorded as left exactly once: dropped
/// without [`Span::leave`], it was cut short by a panic or a cancellation.
#[derive(Debug)]
pub struct Span {
    origin: Arc<Origin>,
    layer: &'static str,
    left: bool,
}

impl Span {
    /// Records that `layer` begins. `None` when nobody records, so that production pays one branch.
    #[must_use]
    pub fn enter(origin: &Arc<Origin>, layer: &'static str) -> Option<Self> {
        if !origin.is_traced() {
            return None;
        }
        origin.host().record(Event::Entered(layer));
        Some(Self { origin: Arc::clone(origin), layer, left: false })
    }

    /// Records that the layer ended.
    pub fn leave(mut self, class: Class) {
        self.left = true;
        self.origin.host().record(Event::Left(self.layer, class));
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if !self.left {
            self.origin.host().record(Event::Left(self.layer, Class::Dropped));
        }
    }
}
