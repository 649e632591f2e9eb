//! The origin of a request: the part of its state that does not change, and what `deadline` must know
//! of the layers further in while they have the context.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::account::Late;
use crate::error::{Error, Outcome};
use crate::event::Event;
use crate::exchange::ExchangeKey;
use crate::host::Host;
use crate::request::{Request, Response};

/// The part of a request's state that does not change.
pub struct Origin {
    host: Arc<dyn Host>,
    request: Request,
    traced: bool,
    late: OnceLock<Late>,
    key: OnceLock<ExchangeKey>,
}

impl Origin {
    /// The origin of a new request.
    #[must_use]
    pub fn new(host: Arc<dyn Host>, request: Request) -> Arc<Self> {
        let traced = host.is_traced();
        Arc::new(Self { host, request, traced, late: OnceLock::new(), key: OnceLock::new() })
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &dyn Host {
        &*self.host
    }

    /// The host for work that several requests wait for.
    #[must_use]
    pub fn shared(&self) -> Arc<dyn Host> {
        self.host.shared().unwrap_or_else(|| Arc::clone(&self.host))
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Whether the host wants events.
    #[must_use]
    pub fn is_traced(&self) -> bool {
        self.traced
    }

    /// Notes what becomes of a late answer. The first note counts.
    pub(crate) fn note_late(&self, late: Late) {
        self.late.get_or_init(|| late);
    }

    /// What becomes of a late answer; nothing special before the account is found.
    pub(crate) fn late(&self) -> Late {
        self.late.get().copied().unwrap_or_default()
    }

    /// Notes the exchange, of which there may be several tries. The first note counts.
    pub(crate) fn note_key(&self, key: &ExchangeKey) {
        self.key.get_or_init(|| key.clone());
    }

    /// The exchange, once it is asked for.
    pub(crate) fn key(&self) -> Option<&ExchangeKey> {
        self.key.get()
    }

    /// Ends the request and gives the one reply. If the outcome is an error that no layer turned
    /// into a response, the reply is the error's own response. If there is no response at all, the
    /// reply is an internal error.
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
    /// Does not print the request, because it may hold a valid signature and a user's words.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Origin").finish_non_exhaustive()
    }
}
