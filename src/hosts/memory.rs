//! A host that keeps everything in memory and answers at once. So a measurement contains only the
//! cost of the style and the rules.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use pipeline::rules::deadline::LIMIT;
use pipeline::{
    Account, Begun, Call, Called, Completer, Created, Exchange, Failure, Fault, Host, LeaseId,
    LogLine, Operation, Pending, Profile, Record, Ticket, User, Work,
};

use super::records::{ROOM, Records};
use super::tickets::Tickets;
use super::turns::Turns;

/// What answers the calls.
pub type Services = Box<dyn Fn(&Call) -> Pending<Called> + Send + Sync>;

/// The host. Its clock stands still, and its random numbers count up: the same requests give the
/// same replies. A sleep is over at once, unless it lasts as long as the deadline: then it is armed
/// and never ends.
pub struct Memory {
    accounts: BTreeMap<String, Arc<Account>>,
    now: Duration,
    drawn: AtomicU64,
    turns: Turns,
    armed: Mutex<BTreeMap<(Duration, u64), Completer<()>>>,
    services: Services,
    tickets: Tickets,
    records: Records,
}

impl Memory {
    /// A host of these accounts, whose clock shows `now` (time since 1970).
    #[must_use]
    pub fn new(accounts: impl IntoIterator<Item = Account>, now: Duration) -> Self {
        let named = |account: Account| (account.name.to_string(), Arc::new(account));
        Self {
            accounts: accounts.into_iter().map(named).collect(),
            now,
            drawn: AtomicU64::default(),
            turns: Turns::default(),
            armed: Mutex::default(),
            services: Box::new(|_| missing()),
            tickets: Tickets::default(),
            records: Records::new(ROOM),
        }
    }

    /// The same host with these services. It has none otherwise, and every call fails.
    #[must_use]
    pub fn with_services(
        self,
        services: impl Fn(&Call) -> Pending<Called> + Send + Sync + 'static,
    ) -> Self {
        Self { services: Box::new(services), ..self }
    }

    /// The same host with `first` as the first random number.
    #[must_use]
    pub fn drawing_from(self, first: u64) -> Self {
        Self { drawn: AtomicU64::new(first), ..self }
    }
}

impl Memory {
    /// An entry behind a lock, as in the live host, so that arming costs much the same.
    fn arm(&self, duration: Duration) -> Pending<()> {
        let (completer, pending) = Pending::new(Operation::Sleep);
        // No code panics while it holds this lock, so the state is valid even if the lock is
        // poisoned.
        let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        // The timers of requests that were answered.
        while armed.first_key_value().is_some_and(|(_, first)| !first.is_wanted()) {
            armed.pop_first();
        }
        let number = armed.last_key_value().map_or(0, |((_, last), _)| last + 1);
        armed.insert((duration, number), completer);
        pending
    }
}

fn missing() -> Pending<Called> {
    Pending::ended(Err(Failure { operation: Operation::Call, fault: Fault::Permanent }))
}

impl Host for Memory {
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        Pending::ready(self.accounts.get(name).cloned())
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        self.turns.begin(exchange, self.elapsed())
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        self.turns.commit(lease, record, self.elapsed())
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.turns.release(lease);
        Pending::ready(())
    }

    fn sleep(&self, duration: Duration) -> Pending<()> {
        if duration < LIMIT { Pending::ready(()) } else { self.arm(duration) }
    }

    fn call(&self, call: Call) -> Pending<Called> {
        (self.services)(&call)
    }

    fn ticket(&self, account: &str) -> Pending<Option<Ticket>> {
        Pending::ready(self.tickets.get(account))
    }

    fn replace(&self, account: &str, before: Option<Ticket>, ticket: Ticket) -> Pending<()> {
        self.tickets.replace(account, before.as_ref(), ticket);
        Pending::ready(())
    }

    fn find(&self, user: User) -> Pending<Option<Profile>> {
        Pending::ready(self.records.find(user))
    }

    fn create(&self, profile: Profile) -> Pending<Created> {
        Pending::ready(self.records.create(profile))
    }

    /// All that can happen here happens in one poll.
    fn spawn(&self, work: Work) {
        let _ = work.now_or_never();
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::Relaxed)
    }

    fn log(&self, _line: LogLine) {}

    fn release(&self, lease: LeaseId) {
        self.turns.release(lease);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_is_kept_for_as_long_as_somebody_waits_for_it() {
        let memory = Memory::new([], Duration::ZERO);
        let armed = || memory.armed.lock().expect("whole").len();
        assert!(memory.sleep(Duration::from_millis(600)).try_take().is_ok());
        let waits = memory.sleep(LIMIT);
        for _ in 0..3 {
            assert!(memory.sleep(LIMIT).try_take().is_err());
        }
        assert_eq!(armed(), 4);
        drop(waits);
        drop(memory.sleep(LIMIT));
        assert_eq!(armed(), 1);
    }

    #[test]
    fn random_numbers_count_up_from_the_first() {
        let memory = Memory::new([], Duration::ZERO).drawing_from(7);
        assert_eq!([memory.random(), memory.random()], [7, 8]);
    }
}
