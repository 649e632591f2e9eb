//! What units and `deadline` share: calls of WeChat's API, the ticket that each of them needs, and
//! messages that are sent later.
//!
//! * `tickets`: the fetches that are under way.
//! * `fetch`: gets and stores a ticket.
//! * `ticket`: the ticket of an account.
//! * `api`: a call with a ticket.
//! * `push`: a message of its own.

mod api;
mod fetch;
mod push;
mod ticket;
mod tickets;

pub use api::api;
pub use push::push;
pub use ticket::ticket;
pub use tickets::Tickets;
