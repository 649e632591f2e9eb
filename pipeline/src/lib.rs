//! The contract of the study: what a style gets, what it must return, and every decision that is
//! the same in all styles.
//!
//! Each module uses only those that come before it:
//!
//! * [`request`]: requests and responses.
//! * [`account`]: the settings of an Official Account.
//! * [`operation`]: the operations that wait, by name, and how one fails.
//! * [`call`]: a request to a service, and its answer.
//! * [`profile`]: the record of a user.
//! * [`ticket`]: the access token of an account.
//! * [`pending`]: an operation under way; each style waits for it in its own way.
//! * [`error`]: what can go wrong, by class.
//! * [`exchange`]: a message and its answer: what a host gets and what it stores.
//! * [`exchanges`]: the table of exchanges that every host keeps; a pure state machine.
//! * [`event`]: the observable trace by which styles are compared.
//! * [`host`]: the only way from a style to the outside; every wait is one of its operations.
//! * [`around`]: a host around another host.
//! * [`origin`]: the part of a request's state that does not change.
//! * [`span`]: a layer under way, for the trace.
//! * [`lease`]: a turn that ends by itself.
//! * [`context`]: the state of one request on its way through the layers.
//! * [`api`]: the decisions about WeChat's API: its ticket, and what to do when a call fails.
//! * [`rules`]: the decisions of the layers, one module a layer; pure.
//! * [`units`]: the decisions of the units, and the order in which they are asked; pure.
//!
//! No code here waits. Sequence, early end, race, recovery and the rest are the subject of the
//! study, so each style has its own code for them.
#![forbid(unsafe_code)]

pub mod account;
pub mod api;
pub mod around;
pub mod call;
pub mod context;
pub mod error;
pub mod event;
pub mod exchange;
pub mod exchanges;
pub mod host;
pub mod lease;
pub mod operation;
pub mod origin;
pub mod pending;
pub mod profile;
pub mod request;
pub mod rules;
pub mod span;
#[cfg(test)]
mod testing;
pub mod ticket;
pub mod units;

pub use account::{Account, Credentials, Keyword, Late, Match};
pub use around::Around;
pub use call::{Call, Called};
pub use context::Context;
pub use error::{Class, Error, Outcome};
pub use event::{Event, Expired, LogLine, Pushed};
pub use exchange::{Answer, Begun, Exchange, ExchangeKey, LeaseId, Overdue, Record, Session, Who};
pub use host::{Host, Work};
pub use lease::Lease;
pub use operation::{Failure, Fault, Operation};
pub use origin::Origin;
pub use pending::{Completer, Pending, Subscription};
pub use profile::{Created, Language, Profile, User};
pub use request::{Method, Request, Response};
pub use span::Span;
pub use ticket::Ticket;
pub use units::{Rule, Verdict, Walk};
