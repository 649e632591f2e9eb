//! The contract of the study: what a style is given, what it must give back, and every decision
//! that is the same in all of them.
//!
//! * [`request`]: what comes in and what goes out.
//! * [`account`]: an Official Account's settings.
//! * [`context`]: the state of one request on its way through the layers.
//! * [`host`]: the only way out of a style; every wait is one of its operations.
//! * [`around`]: a host that stands around another.
//! * [`pending`]: an operation under way, consumed natively by every style.
//! * [`exchange`]: deduplication, the stored answer and the user's order as one mechanism.
//! * [`event`]: the observable trace by which styles are compared.
//! * [`error`]: what can go wrong, by class.
//! * [`rules`]: the decisions of the layers, one module a layer; pure.
//! * [`units`]: the decisions of the units, and the order in which they are asked; pure.
//!
//! There is no control flow here that waits: sequence, short circuit, race, recovery and the rest
//! are the subject of the study and are written once per style.
#![forbid(unsafe_code)]

pub mod account;
pub mod around;
pub mod context;
pub mod error;
pub mod event;
pub mod exchange;
pub mod host;
pub mod pending;
pub mod request;
pub mod rules;
#[cfg(test)]
mod testing;
pub mod units;

pub use account::{Account, Keyword, Match};
pub use around::Around;
pub use context::{Context, Origin};
pub use error::{Class, Error, Failure, Fault, Outcome};
pub use event::{Event, Span};
pub use exchange::{Answer, Begun, Exchange, ExchangeKey, Lease, LeaseId, Record, Session};
pub use host::{Host, LogLine, Operation, Work};
pub use pending::{Completer, Pending, Subscription};
pub use request::{Method, Request, Response};
pub use units::{Rule, Verdict, Walk};
