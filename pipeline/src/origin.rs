//! Where a request comes from: what does not change while it is under way.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Outcome};
use crate::event::Event;
use crate::host::Host;
use crate::request::{Request, Response};

/// What does not change while a request is under way.
pub struct Origin {
    host: Arc<dyn Host>,
    request: Request,
    traced: bool,
}

impl Origin {
    /// What does not change of a new request.
    #[must_use]
    pub fn new(host: Arc<dyn Host>, request: Request) -> Arc<Self> {
        let traced = host.is_traced();
        Arc::new(Self { host, request, traced })
    }

    /// The way out.
    #[must_use]
    pub fn host(&self) -> &dyn Host {
        &*self.host
    }

    /// What was asked.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Whether the host wants events.
    #[must_use]
    pub fn is_traced(&self) -> bool {
        self.traced
    }

    /// Ends the request: the one reply. An outcome that no layer turned into a response, or a
    /// pipeline that made none, is an internal error.
    #[must_use]
    pub fn reply(&self, outcome: Outcome, response: Option<Response>) -> Response {
        let response = match (outcome, response) {
            (Ok(()), Some(response)) => response,
            (Ok(()), None) => Error::Missing("response").response(),
            (Err(error), _) => error.response(),
        };
        if self.traced {
            self.host.record(Event::Replied(response.clone()));
        }
        response
    }
}

impl fmt::Debug for Origin {
    /// The request may hold a valid signature and a user's words: it is not printed.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Origin").finish_non_exhaustive()
    }
}
