//! What units share: calls of WeChat's API, and the ticket that each of them needs.
//!
//! * `tickets`: the fetches that are under way.
//! * `fetch`: gets and stores a ticket.
//! * `ticket`: the ticket of an account.
//! * `api`: a call with a ticket.

mod api;
mod fetch;
mod ticket;
mod tickets;

pub use api::api;
pub use ticket::ticket;
pub use tickets::Tickets;
