//! A host around another.

use std::sync::Arc;
use std::time::Duration;

use crate::account::Account;
use crate::call::{Call, Called};
use crate::event::{Event, LogLine, Pushed};
use crate::exchange::{Begun, Exchange, ExchangeKey, LeaseId, Overdue, Record};
use crate::host::{Host, Work};
use crate::pending::Pending;
use crate::profile::{Created, Profile, User};
use crate::ticket::Ticket;

/// A [`Host`] around another host: an operation that it does not implement is done by the inner
/// one. It is a trait of its own, because with defaults in [`Host`] a real host could forget an
/// operation.
pub trait Around: Send + Sync {
    /// The host inside.
    fn inner(&self) -> &dyn Host;

    /// [`Host::account`]
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        self.inner().account(name)
    }

    /// [`Host::begin`]
    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        self.inner().begin(exchange)
    }

    /// [`Host::commit`]
    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        self.inner().commit(lease, record)
    }

    /// [`Host::abort`]
    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.inner().abort(lease)
    }

    /// [`Host::sleep`]
    fn sleep(&self, duration: Duration) -> Pending<()> {
        self.inner().sleep(duration)
    }

    /// [`Host::call`]
    fn call(&self, call: Call) -> Pending<Called> {
        self.inner().call(call)
    }

    /// [`Host::ticket`]
    fn ticket(&self, account: &str) -> Pending<Option<Ticket>> {
        self.inner().ticket(account)
    }

    /// [`Host::replace`]
    fn replace(&self, account: &str, before: Option<Ticket>, ticket: Ticket) -> Pending<()> {
        self.inner().replace(account, before, ticket)
    }

    /// [`Host::find`]
    fn find(&self, user: User) -> Pending<Option<Profile>> {
        self.inner().find(user)
    }

    /// [`Host::create`]
    fn create(&self, profile: Profile) -> Pending<Created> {
        self.inner().create(profile)
    }

    /// [`Host::spawn`]
    fn spawn(&self, work: Work) {
        self.inner().spawn(work);
    }
}

/// The other operations are always those of the host inside.
impl<A: Around> Host for A {
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        Around::account(self, name)
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        Around::begin(self, exchange)
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        Around::commit(self, lease, record)
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        Around::abort(self, lease)
    }

    fn sleep(&self, duration: Duration) -> Pending<()> {
        Around::sleep(self, duration)
    }

    fn call(&self, call: Call) -> Pending<Called> {
        Around::call(self, call)
    }

    fn ticket(&self, account: &str) -> Pending<Option<Ticket>> {
        Around::ticket(self, account)
    }

    fn replace(&self, account: &str, before: Option<Ticket>, ticket: Ticket) -> Pending<()> {
        Around::replace(self, account, before, ticket)
    }

    fn find(&self, user: User) -> Pending<Option<Profile>> {
        Around::find(self, user)
    }

    fn create(&self, profile: Profile) -> Pending<Created> {
        Around::create(self, profile)
    }

    fn hold(&self) -> (Box<dyn FnOnce() + Send>, Pending<()>) {
        self.inner().hold()
    }

    fn detach(&self) -> (Box<dyn FnOnce() + Send>, Pending<()>) {
        self.inner().detach()
    }

    fn shared(&self) -> Option<Arc<dyn Host>> {
        self.inner().shared()
    }

    fn spawn(&self, work: Work) {
        Around::spawn(self, work);
    }

    fn now(&self) -> Duration {
        self.inner().now()
    }

    fn elapsed(&self) -> Duration {
        self.inner().elapsed()
    }

    fn random(&self) -> u64 {
        self.inner().random()
    }

    fn log(&self, line: LogLine) {
        self.inner().log(line);
    }

    fn release(&self, lease: LeaseId) {
        self.inner().release(lease);
    }

    fn overdue(&self, key: &ExchangeKey) -> Overdue {
        self.inner().overdue(key)
    }

    fn pushed(&self, pushed: Pushed) {
        self.inner().pushed(pushed);
    }

    fn is_traced(&self) -> bool {
        self.inner().is_traced()
    }

    fn record(&self, event: Event) {
        self.inner().record(event);
    }
}
