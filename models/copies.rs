//! The copies of the sources, as modules. `build.rs` puts this file beside them.

pub mod all;
pub mod ask;
pub mod co;
pub mod compose;
pub mod pending;
pub mod thunk;
pub mod timers;
pub mod turns;
pub mod unstarted;

pub use ::pipeline::operation;

/// What the copies see of `pipeline`: everything as it is, but the copied `Pending`.
pub mod pipeline {
    pub use ::pipeline::{
        Account, Begun, Called, Class, Context, Created, Error, Exchange, ExchangeKey, Failure,
        Fault, Host, LeaseId, Operation, Origin, Outcome, Overdue, Profile, Record, Request,
        Response, Span, Ticket, exchange, exchanges,
    };

    pub use super::pending::{Completer, Pending, Subscription};
}
