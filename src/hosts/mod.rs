//! What stands behind a [`Host`](pipeline::Host).
//!
//! * [`exchanges`]: the table of exchanges that every host keeps: turns, stored answers, sessions.
//! * [`memory`]: a host that keeps everything in memory and answers at once.

pub mod exchanges;
pub mod memory;

pub use exchanges::{Entry, Exchanges, Limits, Ticket};
pub use memory::Memory;
