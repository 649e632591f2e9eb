//! The hosts: implementations of [`Host`](pipeline::Host).
//!
//! * [`turns`]: the table of exchanges behind a lock, with those who wait.
//! * [`shards`]: many tables of exchanges, each for some of the users.
//! * [`timers`]: timers for many requests on one task.
//! * [`tickets`]: the accounts' access tokens, in memory.
//! * [`records`]: the users' records, in memory.
//! * [`memory`]: a host that keeps everything in memory and answers at once.
//! * [`services`]: the services of the configuration, called over HTTP.
//! * [`live`]: the host of the server: in memory, real time, the runtime's tasks.
//!
//! The simulated host is part of the [`kit`].

pub mod live;
pub mod memory;
pub mod records;
pub mod services;
pub mod shards;
pub mod tickets;
pub mod timers;
pub mod turns;

pub use live::Live;
pub use memory::Memory;
pub use services::{Directory, Service};
