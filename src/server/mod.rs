//! `four-ways serve`: a style behind HTTP/1.1. Each module uses only those that stand before it:
//!
//! * [`config`]: the accounts and the services, in TOML.
//! * [`caps`]: what a server admits, and how long it waits.
//! * [`logs`]: what the log shows, and what it never does.
//! * [`ends`]: why a connection ended.
//! * [`metrics`]: what `/metrics` shows.
//! * [`under_way`]: a request's own view of the host, by which it is counted.
//! * [`service`]: a style with all that it needs to answer over HTTP.
//! * [`http`]: one request.
//! * [`places`]: who may be connected at a time, and who gives way.
//! * [`stream`]: a connection's bytes, with a deadline for those that are written.
//! * [`connection`]: one connection, from its first byte to its end.
//! * [`accept`]: the connections of a server, from the first to its end.
//! * [`reload`]: new accounts and services on SIGHUP, or when the file changes.
//! * [`sign`]: a signed request as a line for the shell.
//!
//! Not `axum::serve` and not hyper-util's automatic builder: both leave a client that sends
//! nothing connected for ever. hyper's own http1 builder with a timer does not.

pub mod accept;
pub mod caps;
pub mod config;
pub mod connection;
pub mod ends;
pub mod http;
pub mod logs;
pub mod metrics;
pub mod places;
pub mod reload;
pub mod service;
pub mod sign;
pub mod stream;
pub mod under_way;

pub use accept::{Listeners, Served};
pub use caps::Caps;
pub use service::Server;
