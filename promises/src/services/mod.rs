//! What units share: calls of WeChat's API, and the ticket that each of them needs.

mod api;
mod ticket;

pub use api::api;
pub use ticket::{Tickets, ticket};
