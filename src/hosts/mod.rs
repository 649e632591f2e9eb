//! What stands behind a [`Host`](pipeline::Host).
//!
//! * [`exchanges`]: the table of exchanges that every host keeps: turns, stored answers, sessions.
//! * [`turns`]: that table behind a lock, with those who wait.
//! * [`memory`]: a host that keeps everything in memory and answers at once.
//! * [`timers`]: timers for many requests on one task.
//! * [`live`]: the host of the server: in memory, real time, the runtime's tasks.
//!
//! The simulated host is part of the [`kit`](crate::kit).

pub mod exchanges;
pub mod live;
pub mod memory;
pub mod timers;
pub mod turns;

pub use exchanges::{Entry, Exchanges, Limits, Ticket};
pub use live::Live;
pub use memory::Memory;
