//! What units and `deadline` share: calls of WeChat's API, the ticket that each of them needs, and
//! messages that are sent later.

mod api;
mod push;
mod ticket;

pub use api::api;
pub use push::push;
pub use ticket::{Tickets, ticket};
