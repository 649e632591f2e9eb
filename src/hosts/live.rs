//! The host of the server: everything in memory, real time, the runtime's tasks.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use pipeline::exchanges::Limits;
use pipeline::{Account, Begun, Exchange, Host, LeaseId, LogLine, Pending, Record, Work};
use tokio_util::task::TaskTracker;

use super::timers::Timers;
use super::turns::Turns;

/// Where the host's log lines go, and whether their account is one of the host's.
pub type Log = Box<dyn Fn(LogLine, bool) + Send + Sync>;

/// The host.
pub struct Live {
    accounts: RwLock<BTreeMap<String, Arc<Account>>>,
    turns: Turns,
    timers: Timers,
    tasks: TaskTracker,
    log: Log,
}

impl Live {
    /// A host of these accounts. Work that goes on after its request runs on `tasks`.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn new(accounts: Vec<Account>, limits: Limits, tasks: TaskTracker, log: Log) -> Self {
        Self {
            accounts: RwLock::new(named(accounts)),
            turns: Turns::new(limits),
            timers: Timers::start(),
            tasks,
            log,
        }
    }

    /// Changes the accounts. Requests under way keep the one that they began with.
    pub fn reload(&self, accounts: Vec<Account>) {
        *self.accounts.write().unwrap_or_else(PoisonError::into_inner) = named(accounts);
    }

    /// Whether there is an account of this name.
    fn knows(&self, name: &str) -> bool {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).contains_key(name)
    }
}

fn named(accounts: Vec<Account>) -> BTreeMap<String, Arc<Account>> {
    accounts.into_iter().map(|account| (account.name.to_string(), Arc::new(account))).collect()
}

impl Host for Live {
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        Pending::ready(accounts.get(name).cloned())
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        self.turns.begin(exchange, self.now())
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        self.turns.commit(lease, record, self.now())
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.turns.release(lease);
        Pending::ready(())
    }

    fn sleep(&self, duration: Duration) -> Pending<()> {
        self.timers.sleep(duration)
    }

    fn spawn(&self, work: Work) {
        self.tasks.spawn(work);
    }

    fn now(&self) -> Duration {
        // A clock before 1970 refuses every timestamp, which is right.
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
    }

    /// From the operating system; should it have none, from the standard library's hash keys.
    fn random(&self) -> u64 {
        getrandom::u64().unwrap_or_else(|_| RandomState::new().build_hasher().finish())
    }

    fn log(&self, line: LogLine) {
        let known = self.knows(&line.account);
        (self.log)(line, known);
    }

    fn release(&self, lease: LeaseId) {
        self.turns.release(lease);
    }
}
