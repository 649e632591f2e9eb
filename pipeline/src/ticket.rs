//! The access token of an account (全局票据).

use std::time::Duration;

use wechat::Secret;

/// An access token, and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The token.
    pub token: Secret,
    /// When it ends, by the clock of [`Host::elapsed`](crate::Host::elapsed).
    pub expires: Duration,
}
