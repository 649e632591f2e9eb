//! The only way out of a style. Every wait is one of these operations, so that a deterministic
//! host decides all interleavings, and four styles can be driven through the same one.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::account::Account;
use crate::event::{Event, LogLine};
use crate::exchange::{Begun, Exchange, LeaseId, Record};
use crate::pending::Pending;

/// Work that goes on after its request was answered.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What the world offers to one request.
pub trait Host: Send + Sync {
    /// The account of this name.
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>>;

    /// Opens an exchange: waits for its turn among the user's messages, first come first served,
    /// and tells whether the message was already answered.
    fn begin(&self, exchange: Exchange) -> Pending<Begun>;

    /// Stores answer, session and journal entry in one step and lets the user's next message in.
    /// When it fails nothing is released: [`abort`](Host::abort).
    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()>;

    /// Lets the user's next message in, and a repeat of this one start afresh. Without effect on
    /// an exchange that is already committed.
    fn abort(&self, lease: LeaseId) -> Pending<()>;

    /// Completes after `duration`.
    fn sleep(&self, duration: Duration) -> Pending<()>;

    /// Drives `work` to its end. Callbacks have nothing to spawn: what is under way already
    /// belongs to the host.
    fn spawn(&self, work: Work);

    /// Time since 1970. Does not wait.
    fn now(&self) -> Duration;

    /// Sixty-four random bits. Does not wait.
    fn random(&self) -> u64;

    /// Writes a line of the log. Does not wait.
    fn log(&self, line: LogLine);

    /// What [`abort`](Host::abort) does, for a lease that is dropped: a cancelled request cannot
    /// wait any more. Without effect on a lease that is over, and on one whose commit is under
    /// way: that goes on, and ends the turn itself.
    fn release(&self, lease: LeaseId);

    /// Whether [`record`](Host::record) wants to be called.
    fn is_traced(&self) -> bool {
        false
    }

    /// Takes note of an event of the request.
    fn record(&self, _event: Event) {}
}
