//! The only way from a style to the outside. Every wait is one of these operations. So a
//! deterministic host decides all interleavings, and the same host can drive all four styles.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::account::Account;
use crate::call::{Call, Called};
use crate::event::{Event, LogLine, Pushed};
use crate::exchange::{Begun, Exchange, ExchangeKey, LeaseId, Overdue, Record};
use crate::operation::{Failure, Fault, Operation};
use crate::pending::Pending;
use crate::profile::{Created, Profile, User};
use crate::ticket::Ticket;

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

    /// Sends one request to a service of the configuration. An answer of the service is no failure,
    /// whatever its status. It fails when there is no answer: no connection, no answer in time, or
    /// one that is too long.
    fn call(&self, call: Call) -> Pending<Called> {
        let _ = call;
        missing(Operation::Call)
    }

    /// The stored ticket of the account of this name.
    fn ticket(&self, account: &str) -> Pending<Option<Ticket>> {
        let _ = account;
        missing(Operation::Ticket)
    }

    /// Stores a ticket, if `before` is still the stored one. If it is not, somebody else has stored
    /// a newer one, which stays.
    fn replace(&self, account: &str, before: Option<Ticket>, ticket: Ticket) -> Pending<()> {
        let _ = (account, before, ticket);
        missing(Operation::Replace)
    }

    /// The record of a user, if there is one.
    fn find(&self, user: User) -> Pending<Option<Profile>> {
        let _ = user;
        missing(Operation::Find)
    }

    /// Stores the record of a user who has none.
    fn create(&self, profile: Profile) -> Pending<Created> {
        let _ = profile;
        missing(Operation::Create)
    }

    /// A wait that another request ends, by the function that is returned with it. The host holds
    /// it as it holds an operation, so it ends when the request is cancelled. Only callbacks need
    /// it: in the other styles a request holds what it waits for, and not the other way round.
    fn hold(&self) -> (Box<dyn FnOnce() + Send>, Pending<()>) {
        let (completer, pending) = Pending::new(Operation::Ticket);
        let tell = move || {
            completer.complete(Ok(()));
        };
        (Box::new(tell), pending)
    }

    /// The same for a request that waits for its own layers, after its deadline: whatever else is
    /// under way for it goes on when the request is cancelled. Only callbacks need it: the other
    /// styles [`spawn`](Host::spawn) the layers and wait for their end.
    fn detach(&self) -> (Box<dyn FnOnce() + Send>, Pending<()>) {
        self.hold()
    }

    /// The host for work that several requests wait for: cancelling the request that began it does
    /// not end it. `None` if that is this host.
    fn shared(&self) -> Option<Arc<dyn Host>> {
        None
    }

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

    /// Tells that the deadline of a try of this exchange has come, and asks whether to answer it. Of
    /// the third try, a `begin` that waits gets [`Begun::Late`]. Does not wait.
    fn overdue(&self, key: &ExchangeKey) -> Overdue {
        let _ = key;
        Overdue::Success
    }

    /// Writes what became of an answer that was to be sent as a customer-service message. Does not
    /// wait.
    fn pushed(&self, pushed: Pushed) {
        let _ = pushed;
    }

    /// Whether [`record`](Host::record) should be called.
    fn is_traced(&self) -> bool {
        false
    }

    /// Records an event of the request.
    fn record(&self, _event: Event) {}
}

/// A host without services and records, as most are that tests use, fails every such operation.
fn missing<T>(operation: Operation) -> Pending<T> {
    Pending::ended(Err(Failure { operation, fault: Fault::Permanent }))
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
