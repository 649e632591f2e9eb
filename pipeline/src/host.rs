//! The only way from a style to the outside. Every wait is one of these operations. So a
//! deterministic host decides all interleavings, and the same host can drive all four styles.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::account::Account;
use crate::event::{Event, LogLine};
use crate::exchange::{Begun, Exchange, LeaseId, Record};
use crate::pending::Pending;

/// Work that goes on after its request was answered.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What one request can ask of the outside world.
pub trait Host: Send + Sync {
    /// The account of this name.
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>>;

    /// Opens an exchange: waits for its turn among the user's messages, first come first served,
    /// and tells whether the message was already answered.
    fn begin(&self, exchange: Exchange) -> Pending<Begun>;

    /// Stores answer, session and journal entry in one step, and ends the user's turn. If it fails,
    /// the turn is not ended; [`abort`](Host::abort) does that.
    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()>;

    /// Ends the user's turn; a repeat of this message then starts afresh. It has no effect on an
    /// exchange that is already committed.
    fn abort(&self, lease: LeaseId) -> Pending<()>;

    /// Completes after `duration`.
    fn sleep(&self, duration: Duration) -> Pending<()>;

    /// Drives `work` to its end. Callbacks have nothing to spawn, because the host already holds
    /// everything that is under way.
    fn spawn(&self, work: Work);

    /// Time since 1970, by a clock that somebody may set: only for what WeChat sends, and for what
    /// is sent to it. Does not wait.
    fn now(&self) -> Duration;

    /// Time since a moment that the host chose once, by a clock that nobody can set: for all spans.
    /// Does not wait.
    fn elapsed(&self) -> Duration;

    /// Sixty-four random bits. Does not wait.
    fn random(&self) -> u64;

    /// Writes a line of the log. Does not wait.
    fn log(&self, line: LogLine);

    /// Does what [`abort`](Host::abort) does, for a lease that is dropped: a cancelled request
    /// cannot wait. It has no effect on a lease that is over. It has none on a lease whose commit
    /// is under way either, because that commit goes on and ends the turn itself.
    fn release(&self, lease: LeaseId);

    /// Whether [`record`](Host::record) should be called.
    fn is_traced(&self) -> bool {
        false
    }

    /// Records an event of the request.
    fn record(&self, _event: Event) {}
}

#[cfg(test)]
mod tests {
    use super::Host;
    use crate::testing::Desk;

    #[test]
    fn a_host_is_traced_only_if_it_asks_for_it() {
        assert!(!Desk::default().is_traced());
    }
}
