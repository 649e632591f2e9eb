//! The decisions about WeChat's API: the ticket that every call needs, and what to do when a call
//! fails. Pure; each style writes the waiting, the sharing and the repeating.
//!
//! * [`caller`]: on whose behalf the API is called.
//! * [`attempts`]: what to do after each attempt of a call.
//! * [`ticket`]: whether a ticket is good, and how a new one is asked for.

pub mod attempts;
pub mod caller;
pub mod ticket;

pub use attempts::{Advice, Attempts, Trouble};
pub use caller::Caller;

/// The service of WeChat's API.
pub const SERVICE: &str = "wechat";
